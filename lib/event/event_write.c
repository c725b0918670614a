/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "event_names.h"
#include "event_put.h"
#include "time/time.h"

enum { FACTS = EXE_TTY | (EXE_TTY - 1) }; /* those that have names */

/* ---- the head --------------------------------------------------------- */

static void
put_id(const struct event_put *x)
{
	char text[128];

	(void)snprintf(text, sizeof text, "%.*s-%" PRId64,
	    (int)(x->src->boot.n < 64 ? x->src->boot.n : 64), x->src->boot.p,
	    event_put_counter(x->ev->seq));
	jwrite_kvz(x->w, "id", text);
}

/* RFC 3339 with nanoseconds. */
static void
put_time(const struct event_put *x)
{
	int64_t rest = x->ev->ts_ns % 1000000000;
	int64_t seconds = x->ev->ts_ns / 1000000000;
	char text[TIME_TEXT], whole[TIME_TEXT + 16];

	if (rest < 0) {
		rest += 1000000000;
		seconds--;
	}
	(void)time_format(seconds, text);
	(void)snprintf(whole, sizeof whole, "%.19s.%09" PRId64 "Z", text, rest);
	jwrite_kvz(x->w, "ts", whole);
}

static void
put_app(const struct event_put *x)
{
	struct str id = x->src->app_id, name, uuid;

	if (id.n == 0)
		return;
	jwrite_key(x->w, "app");
	jwrite_object(x->w);
	event_put_str(x, "id", id);
	name = str_sub(id, 0, str_rchr(id, ':'));
	uuid = str_sub(id, name.n + 1, id.n);
	event_put_str(x, "name", name);
	event_put_str(x, "uuid", uuid);
	jwrite_end(x->w);
}

static void
put_container(const struct event_put *x)
{
	if (x->src->container.n + x->src->image.n + x->src->digest.n == 0)
		return;
	jwrite_key(x->w, "container");
	jwrite_object(x->w);
	event_put_str(x, "name", x->src->container);
	event_put_str(x, "image", x->src->image);
	event_put_str(x, "digest", x->src->digest);
	jwrite_end(x->w);
}

static void
put_rule(const struct event_put *x)
{
	if (x->ev->rule_id.n + x->ev->rule_name.n == 0)
		return;
	jwrite_key(x->w, "rule");
	jwrite_object(x->w);
	event_put_str(x, "id", x->ev->rule_id);
	event_put_str(x, "name", x->ev->rule_name);
	event_put_str(x, "policy_version", x->src->version);
	jwrite_end(x->w);
}

static void
put_head(const struct event_put *x)
{
	const struct event *ev = x->ev;

	put_id(x);
	put_time(x);
	jwrite_kvz(x->w, "kind", event_kind(ev->name));
	jwrite_kvz(x->w, "name", event_name_text(ev->name));
	jwrite_kvz(x->w, "severity", event_severity_text(ev->severity));
	jwrite_kvz(x->w, "action", event_action_text(ev->action));
	put_app(x);
	put_container(x);
	put_rule(x);
	event_put_str(x, "msg", ev->msg);
	event_put_strings(x, "attack", ev->attack, ev->n_attack);
	event_put_count(x, "count", ev->count);
	event_put_count(x, "seq", ev->seq);
	jwrite_kv(x->w, "boot", x->src->boot);
	event_put_str(x, "agent", str_of(x->src->agent));
}

/* ---- who -------------------------------------------------------------- */

static void
put_words(const struct event_put *x, struct str args)
{
	jwrite_key(x->w, "args");
	jwrite_array(x->w);
	while (args.n > 0) {
		struct str word;

		(void)str_cut(args, '\0', &word, &args);
		jwrite_str(x->w, word);
	}
	jwrite_end(x->w);
}

static void
put_args(const struct event_put *x)
{
	struct str args = x->ev->by.args;
	cleanup_buf struct buf shown = BUF_MAX(3 * args.n);
	size_t last = 0, from, to, n;
	struct event_mask m;

	if (args.n == 0)
		return;
	event_mask_init(&m, args);
	while (event_mask_next(&m, &from, &to)) {
		buf_add(&shown, args.p + last, from - last);
		buf_addz(&shown, "***");
		last = to;
	}
	buf_add(&shown, args.p + last, args.n - last);
	if (buf_error(&shown) != 0)
		x->w->out->error = shown.error;
	n = event_put_fitting(buf_str(&shown), x->longest);
	put_words(x, str_sub(buf_str(&shown), 0, n));
	event_put_true(x, "args_cut", x->ev->by.args_cut || n < shown.n);
}

static void
put_facts(const struct event_put *x)
{
	uint32_t facts = x->ev->by.facts & FACTS;

	if (facts == 0)
		return;
	jwrite_key(x->w, "facts");
	jwrite_array(x->w);
	for (uint32_t fact = 1; fact <= EXE_TTY; fact <<= 1) {
		if ((facts & fact) != 0)
			jwrite_strz(x->w, event_fact_text(fact));
	}
	jwrite_end(x->w);
}

static bool
has_process(const struct event_process *by)
{
	return by->pid != 0 || by->ppid != 0 || by->uid != 0 || by->euid != 0 ||
	       by->gid != 0 || (by->facts & FACTS) != 0 ||
	       by->n_ancestors != 0 ||
	       by->exe.n + by->script.n + by->args.n + by->cwd.n +
		       by->sha256.n + by->parent.n !=
		   0;
}

static void
put_process(const struct event_put *x)
{
	const struct event_process *by = &x->ev->by;

	if (!has_process(by))
		return;
	jwrite_key(x->w, "process");
	jwrite_object(x->w);
	jwrite_kv_int(x->w, "pid", by->pid);
	jwrite_kv_int(x->w, "ppid", by->ppid);
	event_put_bytes(x, "exe", "exe_b64", by->exe);
	event_put_bytes(x, "script", "script_b64", by->script);
	put_args(x);
	event_put_str(x, "cwd", by->cwd);
	jwrite_kv_int(x->w, "uid", by->uid);
	jwrite_kv_int(x->w, "euid", by->euid);
	jwrite_kv_int(x->w, "gid", by->gid);
	event_put_str(x, "sha256", by->sha256);
	put_facts(x);
	event_put_str(x, "parent", by->parent);
	event_put_strings(x, "ancestors", by->ancestors, by->n_ancestors);
	jwrite_end(x->w);
}

/* ---- to what ---------------------------------------------------------- */

static bool
has_file(const struct event *ev)
{
	return event_names_is_file(ev->name) || ev->path.n + ev->path2.n > 0 ||
	       ev->dir;
}

static void
put_file(const struct event_put *x)
{
	const struct event *ev = x->ev;

	if (!has_file(ev))
		return;
	jwrite_key(x->w, "file");
	jwrite_object(x->w);
	event_put_bytes(x, "path", "path_b64", ev->path);
	event_put_bytes(x, "path2", "path2_b64", ev->path2);
	if (event_names_is_file(ev->name))
		jwrite_kvz(x->w, "op", event_names_op(ev->name));
	event_put_mode(x, "mode", ev->mode);
	event_put_int(x, "flags", ev->flags);
	if (ev->uid != 0 || ev->name == EVENT_CHOWN)
		jwrite_kv_int(x->w, "uid", ev->uid);
	event_put_true(x, "dir", ev->dir);
	jwrite_end(x->w);
}

static void
put_net(const struct event_put *x)
{
	const struct event *ev = x->ev;
	char text[IP_TEXT];

	if (!event_names_is_net(ev->name) && ev->addr.family == 0 &&
	    ev->protocol == 0 && ev->port == 0 && ev->local_port == 0 &&
	    ev->domain.n == 0)
		return;
	jwrite_key(x->w, "net");
	jwrite_object(x->w);
	event_names_proto(ev->protocol, text);
	event_put_str(x, "proto", str_of(text));
	jwrite_kvz(x->w, "dir", event_names_direction(ev->name));
	ip_text(&ev->addr, text);
	event_put_str(x, "addr", str_of(text));
	event_put_int(x, "port", ev->port);
	event_put_int(x, "local_port", ev->local_port);
	event_put_str(x, "domain", ev->domain);
	jwrite_end(x->w);
}

/* The call; what has no place in a file stands here. */
static void
put_syscall(const struct event_put *x)
{
	const struct event *ev = x->ev;
	bool own = !has_file(ev);

	if (ev->syscall == NULL &&
	    (!own || (ev->mode | ev->flags | ev->uid) == 0))
		return;
	jwrite_key(x->w, "syscall");
	jwrite_object(x->w);
	event_put_str(x, "name", str_of(ev->syscall));
	if (own) {
		event_put_mode(x, "mode", ev->mode);
		event_put_int(x, "flags", ev->flags);
		if (ev->uid != 0 || ev->name == EVENT_SETUID)
			jwrite_kv_int(x->w, "uid", ev->uid);
	}
	jwrite_end(x->w);
}

static void
put_tail(const struct event_put *x)
{
	const struct event *ev = x->ev;
	int64_t number = ev->number;

	event_put_int(x, "target", ev->target);
	if (number > EVENT_PUT_INT_MAX || number < -EVENT_PUT_INT_MAX)
		number = number > 0 ? EVENT_PUT_INT_MAX : -EVENT_PUT_INT_MAX;
	if (number != 0 || ev->name == EVENT_EXIT)
		jwrite_kv_int(x->w, "number", number);
	event_put_str(x, "detail", ev->detail);
	event_put_true(x, "attempt", ev->attempt);
	if (ev->name < EVENT_LIFECYCLE || ev->name == EVENT_CUSTOM_ALERT)
		jwrite_kvz(
		    x->w, "confidence", ev->enforced ? "enforced" : "observed");
}

static void
put_event(const struct event_put *x)
{
	jwrite_record(x->w, "event");
	put_head(x);
	put_process(x);
	put_file(x);
	put_net(x);
	put_syscall(x);
	put_tail(x);
	jwrite_end(x->w);
}

/*
 * A string of control characters takes six times its bytes: where the line
 * becomes too long for that, it is written again with shorter strings.
 */
void
event_write(
    const struct event *ev, const struct event_source *src, struct jwrite *w)
{
	static const size_t longest[] = {EVENT_PATH_MAX, 1024, 256};
	const struct jwrite start = *w;
	struct buf *out = w->out;
	size_t before = out->n;

	if (out->error != 0)
		return;
	for (size_t i = 0; i < sizeof longest / sizeof *longest; i++) {
		struct event_put x = {w, ev, src, longest[i]};

		put_event(&x);
		if (out->error != EFBIG && out->n - before <= EVENT_LINE_MAX)
			return;
		if (i + 1 == sizeof longest / sizeof *longest)
			return;
		*w = start;
		out->n = before;
		out->error = 0;
	}
}
