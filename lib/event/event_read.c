/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"

#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "base64/base64.h"
#include "event_names.h"
#include "time/time.h"

struct reader {
	struct arena *a;
	const char *in; /* of the object being read, "process." or "" */
	struct err *e;
	int r; /* the first error; then nothing more is read */
};

static void
refuse(struct reader *x, const char *key, const char *why)
{
	if (x->r == 0)
		x->r = err_set(
		    x->e, ERR_PERM, EINVAL, "%s%s: %s", x->in, key, why);
}

static void
out_of_memory(struct reader *x)
{
	if (x->r == 0)
		x->r = err_nomem(x->e);
}

/* The member, when there is one of that kind. */
static const struct jtree *
member(struct reader *x, const struct jtree *t, const char *key,
    enum jscan_kind kind, const char *what)
{
	const struct jtree *m = jtree_get(t, key);

	if (jtree_is_null(m) || x->r != 0)
		return NULL;
	if (m->kind == kind)
		return m;
	refuse(x, key, what);
	return NULL;
}

static const struct jtree *
object(struct reader *x, const struct jtree *t, const char *key)
{
	return member(x, t, key, JSCAN_OBJECT, "not an object");
}

static void
get(struct reader *x, const struct jtree *t, const char *key, struct str *to)
{
	const struct jtree *m = member(x, t, key, JSCAN_STRING, "not a string");

	if (m != NULL)
		*to = m->text;
}

static int64_t
get_int(struct reader *x, const struct jtree *t, const char *key, int64_t min,
    int64_t max)
{
	const struct jtree *m = member(x, t, key, JSCAN_NUMBER, "not a number");
	int64_t n = 0;

	if (m != NULL && !num_parse(m->text, min, max, &n))
		refuse(x, key, "not a whole number, or too large a one");
	return n;
}

static uint32_t
get_u32(struct reader *x, const struct jtree *t, const char *key)
{
	return (uint32_t)get_int(x, t, key, 0, UINT32_MAX);
}

static bool
get_bool(struct reader *x, const struct jtree *t, const char *key)
{
	const struct jtree *m = jtree_get(t, key);

	if (jtree_is_null(m))
		return false;
	if (m->kind != JSCAN_TRUE && m->kind != JSCAN_FALSE)
		refuse(x, key, "neither true nor false");
	return m->kind == JSCAN_TRUE;
}

/* As put_bytes() has written it. */
static void
get_bytes(struct reader *x, const struct jtree *t, const char *key,
    const char *raw_key, struct str *to)
{
	struct str raw = STR_NONE;
	struct buf bytes;

	get(x, t, key, to);
	get(x, t, raw_key, &raw);
	if (raw.n == 0)
		return;
	bytes = BUF_MAX(raw.n);
	if (!base64_decode(raw, &bytes)) {
		refuse(x, raw_key, "not base64");
	} else {
		*to = arena_str(x->a, buf_str(&bytes));
		if (to->p == NULL)
			out_of_memory(x);
	}
	buf_free(&bytes);
}

/* Up to max strings of an array; those behind them are left out. */
static uint8_t
get_strings(struct reader *x, const struct jtree *t, const char *key,
    struct str *to, uint8_t max)
{
	const struct jtree *m = member(x, t, key, JSCAN_ARRAY, "not an array");
	uint8_t n = 0;

	if (m == NULL)
		return 0;
	for (m = m->first; m != NULL && n < max; m = m->next) {
		if (m->kind != JSCAN_STRING) {
			refuse(x, key, "not an array of strings");
			return 0;
		}
		to[n++] = m->text;
	}
	return n;
}

/* "04755" */
static uint32_t
get_mode(struct reader *x, const struct jtree *t)
{
	struct str s = STR_NONE;
	uint64_t mode = 0;

	get(x, t, "mode", &s);
	for (size_t i = 0; i < s.n && mode <= UINT32_MAX; i++) {
		if (s.p[i] < '0' || s.p[i] > '7') {
			refuse(x, "mode", "not an octal number");
			return 0;
		}
		mode = mode << 3 | (uint64_t)(s.p[i] - '0');
	}
	if (mode > UINT32_MAX)
		refuse(x, "mode", "too large");
	return x->r == 0 ? (uint32_t)mode : 0;
}

/* ---- the parts -------------------------------------------------------- */

static void
read_args(struct reader *x, const struct jtree *t, struct str *to)
{
	const struct jtree *list =
	    member(x, t, "args", JSCAN_ARRAY, "not an array");
	size_t n = 0;
	char *p;

	if (list == NULL)
		return;
	for (const struct jtree *m = list->first; m != NULL; m = m->next) {
		if (m->kind != JSCAN_STRING ||
		    str_chr(m->text, '\0') < m->text.n) {
			refuse(x, "args", "not an array of strings");
			return;
		}
		n += m->text.n + 1;
	}
	p = arena_alloc(x->a, n);
	if (p == NULL) {
		out_of_memory(x);
		return;
	}
	*to = str_make(p, n);
	for (const struct jtree *m = list->first; m != NULL; m = m->next) {
		if (m->text.n > 0)
			memcpy(p, m->text.p, m->text.n);
		p += m->text.n + 1; /* the arena's memory is zero */
	}
}

static uint32_t
read_facts(struct reader *x, const struct jtree *t)
{
	struct str words[32];
	uint8_t n = get_strings(x, t, "facts", words, 32);
	uint32_t facts = 0;

	for (uint8_t i = 0; i < n; i++)
		facts |= event_fact_of(words[i]); /* a later version's: 0 */
	return facts;
}

static void
read_process(struct reader *x, const struct jtree *t, struct event_process *by)
{
	t = object(x, t, "process");
	x->in = "process.";
	by->pid = (int32_t)get_int(x, t, "pid", INT32_MIN, INT32_MAX);
	by->ppid = (int32_t)get_int(x, t, "ppid", INT32_MIN, INT32_MAX);
	by->uid = get_u32(x, t, "uid");
	by->euid = get_u32(x, t, "euid");
	by->gid = get_u32(x, t, "gid");
	by->facts = read_facts(x, t);
	get_bytes(x, t, "exe", "exe_b64", &by->exe);
	get_bytes(x, t, "script", "script_b64", &by->script);
	read_args(x, t, &by->args);
	by->args_cut = get_bool(x, t, "args_cut");
	get(x, t, "cwd", &by->cwd);
	get(x, t, "sha256", &by->sha256);
	get(x, t, "parent", &by->parent);
	by->n_ancestors =
	    get_strings(x, t, "ancestors", by->ancestors, EVENT_ANCESTORS_MAX);
	x->in = "";
}

static void
read_file(struct reader *x, const struct jtree *t, struct event *ev)
{
	t = object(x, t, "file");
	if (t == NULL)
		return;
	x->in = "file.";
	get_bytes(x, t, "path", "path_b64", &ev->path);
	get_bytes(x, t, "path2", "path2_b64", &ev->path2);
	ev->mode = get_mode(x, t);
	ev->flags = get_u32(x, t, "flags");
	ev->uid = get_u32(x, t, "uid");
	ev->dir = get_bool(x, t, "dir");
	x->in = "";
}

static void
read_net(struct reader *x, const struct jtree *t, struct event *ev)
{
	struct str proto = STR_NONE, addr = STR_NONE;

	t = object(x, t, "net");
	x->in = "net.";
	get(x, t, "proto", &proto);
	if (proto.n > 0 && !event_names_proto_of(proto, &ev->protocol))
		refuse(x, "proto", "not a protocol");
	get(x, t, "addr", &addr);
	if (addr.n > 0 && !ip_parse(addr, &ev->addr))
		refuse(x, "addr", "not an IP address");
	ev->port = (uint16_t)get_int(x, t, "port", 0, UINT16_MAX);
	ev->local_port = (uint16_t)get_int(x, t, "local_port", 0, UINT16_MAX);
	get(x, t, "domain", &ev->domain);
	x->in = "";
}

static void
read_syscall(struct reader *x, const struct jtree *t, struct event *ev)
{
	struct str name = STR_NONE;

	t = object(x, t, "syscall");
	if (t == NULL)
		return;
	x->in = "syscall.";
	get(x, t, "name", &name);
	if (str_chr(name, '\0') < name.n)
		refuse(x, "name", "a NUL in it");
	if (name.n > 0) {
		ev->syscall = arena_dup(x->a, name);
		if (ev->syscall == NULL)
			out_of_memory(x);
	}
	if (jtree_get(t, "mode") != NULL)
		ev->mode = get_mode(x, t);
	if (jtree_get(t, "flags") != NULL)
		ev->flags = get_u32(x, t, "flags");
	if (jtree_get(t, "uid") != NULL)
		ev->uid = get_u32(x, t, "uid");
	x->in = "";
}

/* ---- the head --------------------------------------------------------- */

static void
read_name(struct reader *x, const struct jtree *t, struct event *ev)
{
	struct str type = STR_NONE, name = STR_NONE;

	get(x, t, "type", &type);
	if (!str_eqz(type, "event"))
		refuse(x, "type", "not \"event\"");
	if (get_int(x, t, "v", 0, INT64_MAX) != 1)
		refuse(x, "v", "not 1");
	get(x, t, "name", &name);
	ev->name = event_name_of(name);
	if (ev->name == EVENT_NONE)
		refuse(x, "name", "not the name of an event");
}

/* With as much of a fraction as it has, nanoseconds at most. */
static void
read_time(struct reader *x, const struct jtree *t, struct event *ev)
{
	struct str s = STR_NONE, part;
	int64_t seconds, ns = 0, digit = 100000000;

	get(x, t, "ts", &s);
	if (s.n == 0)
		return;
	if (!time_parse(s, &seconds)) {
		refuse(x, "ts", "not a time of RFC 3339");
		return;
	}
	part = str_sub(s, str_chr(s, '.') + 1, s.n);
	for (size_t i = 0; i < part.n && part.p[i] >= '0' && part.p[i] <= '9';
	     i++) {
		ns += (part.p[i] - '0') * digit;
		digit /= 10;
	}
	if (seconds < 0) { /* so that the earliest is no overflow */
		seconds++;
		ns -= 1000000000;
	}
	if (__builtin_mul_overflow(seconds, 1000000000, &seconds) ||
	    __builtin_add_overflow(seconds, ns, &ev->ts_ns))
		refuse(x, "ts", "outside the years 1678 to 2261");
}

static void
read_decision(struct reader *x, const struct jtree *t, struct event *ev)
{
	struct str word = STR_NONE;
	const struct jtree *rule;

	get(x, t, "action", &word);
	if (word.n > 0 && !event_names_action_of(word, &ev->action))
		refuse(x, "action", "not an action");
	word = STR_NONE;
	get(x, t, "severity", &word);
	if (word.n > 0 && !event_names_severity_of(word, &ev->severity))
		refuse(x, "severity", "not a severity");
	rule = object(x, t, "rule");
	x->in = "rule.";
	get(x, rule, "id", &ev->rule_id);
	get(x, rule, "name", &ev->rule_name);
	x->in = "";
	get(x, t, "msg", &ev->msg);
	ev->n_attack =
	    get_strings(x, t, "attack", ev->attack, EVENT_ATTACKS_MAX);
	word = STR_NONE;
	get(x, t, "confidence", &word);
	ev->enforced = str_eqz(word, "enforced");
}

int
event_read(
    struct arena *a, const struct jtree *t, struct event *ret, struct err *e)
{
	struct reader x = {.a = a, .in = "", .e = e};
	struct event ev = {.count = 1};

	read_name(&x, t, &ev);
	read_time(&x, t, &ev);
	read_decision(&x, t, &ev);
	if (jtree_get(t, "count") != NULL)
		ev.count = (uint64_t)get_int(&x, t, "count", 0, INT64_MAX);
	ev.seq = (uint64_t)get_int(&x, t, "seq", 0, INT64_MAX);
	read_process(&x, t, &ev.by);
	read_file(&x, t, &ev);
	read_net(&x, t, &ev);
	read_syscall(&x, t, &ev);
	ev.target = (int32_t)get_int(&x, t, "target", INT32_MIN, INT32_MAX);
	ev.number = get_int(&x, t, "number", INT64_MIN, INT64_MAX);
	get(&x, t, "detail", &ev.detail);
	ev.attempt = get_bool(&x, t, "attempt");
	if (x.r == 0)
		*ret = ev;
	return x.r;
}
