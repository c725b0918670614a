/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that runs the rules. A rule that takes too long or too much ends
 * it, with a last line that says which one that was.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "alerts.h"
#include "base/fd.h"
#include "base/log.h"
#include "jtree/jtree.h"
#include "jwrite/jwrite.h"
#include "ndjson/ndjson.h"
#include "ndjson/ndjson_jq.h"

enum {
	TREE = 64,
	MSG_MAX = 4096,
	OUT_MAX = 256 * 1024,
	LAST_MAX = 256,
	STACK = 65536,
};

struct rule {
	char id[ALERTS_NAME_MAX], severity[16], msg[512];
	struct ndjson_jq *jq;
	/* What is left to say when it ends the process. */
	char slow[LAST_MAX], large[LAST_MAX];
};

static struct run {
	int fd;
	struct rule rules[ALERTS_RULES_MAX];
	size_t n;
	const struct rule *volatile now;
	struct buf out, found;
} run;

/* ---- a bad end ---------------------------------------------------------- */

static void
last_words(int signal)
{
	const struct rule *r = run.now;
	const char *text;
	ssize_t n = 0;

	if (r != NULL) {
		text = signal == SIGPROF ? r->slow : r->large;
		n = write(run.fd, text, strlen(text));
	}
	_exit(n < 0 ? 1 : 0);
}

static void
set_bounds(void)
{
	static char stack[STACK];
	const struct rlimit memory = {ALERTS_MEMORY_MAX, ALERTS_MEMORY_MAX};
	const struct rlimit core = {0, 0};
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction act = {
	    .sa_handler = last_words, .sa_flags = SA_ONSTACK};

	(void)sigaltstack(&other, NULL);
	(void)sigaction(SIGPROF, &act, NULL);
	(void)sigaction(SIGABRT, &act, NULL);
	(void)sigaction(SIGSEGV, &act, NULL);
#if !defined(__SANITIZE_ADDRESS__)
	(void)setrlimit(RLIMIT_AS, &memory);
#else
	(void)memory;
#endif
	(void)setrlimit(RLIMIT_CORE, &core);
}

static void
set_timer(unsigned ms)
{
	const struct itimerval t = {.it_value = {
					.tv_sec = ms / 1000,
					.tv_usec = ms % 1000 * 1000,
				    }};

	(void)setitimer(ITIMER_PROF, &t, NULL);
}

/* ---- the rules ---------------------------------------------------------- */

static void
say_failed(const char *id, const char *why)
{
	struct str text = str_of(why);
	struct jwrite w;

	if (str_starts(text, "--jq: "))
		text = str_sub(text, 6, text.n);
	buf_reset(&run.out);
	jwrite_init(&w, &run.out);
	jwrite_record(&w, "failed");
	jwrite_kvz(&w, "rule", id);
	jwrite_kv(&w, "msg", text);
	jwrite_end(&w);
	buf_addc(&run.out, '\n');
	(void)fd_write_all(run.fd, "", run.out.p, run.out.n, NULL);
}

/* "# key: value" among the comments that a file begins with. */
static void
header(struct str text, const char *key, char *to, size_t n)
{
	struct str line, rest = text, name, value;

	while (rest.n > 0) {
		(void)str_cut(rest, '\n', &line, &rest);
		line = str_trim(line);
		if (line.n == 0 || line.p[0] != '#')
			return;
		if (!str_cut(str_sub(line, 1, line.n), ':', &name, &value) ||
		    !str_eqz(str_trim(name), key))
			continue;
		(void)snprintf(to, n, "%.*s", STR_ARG(str_trim(value)));
		return;
	}
}

static void
set_last(char to[LAST_MAX], const char *id, const char *why)
{
	(void)snprintf(to, LAST_MAX,
	    "{\"type\":\"failed\",\"v\":1,\"rule\":\"%s\",\"msg\":\"%s\"}\n",
	    id, why);
}

/* Ids are names of files that need no escaping. */
static bool
set_id(char id[ALERTS_NAME_MAX], const char *name)
{
	size_t n = strlen(name);

	if (n <= 3 || n - 3 >= ALERTS_NAME_MAX ||
	    strcmp(name + n - 3, ".jq") != 0)
		return false;
	for (size_t i = 0; i < n - 3; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
			name[i]) == NULL)
			return false;
	(void)snprintf(id, ALERTS_NAME_MAX, "%.*s", (int)(n - 3), name);
	return true;
}

static bool
is_off(const struct alerts *a, const char *id)
{
	for (size_t i = 0; i < a->n_off; i++)
		if (strcmp(a->off[i], id) == 0)
			return true;
	return false;
}

static void
load(const struct alerts *a, const char *name)
{
	cleanup_buf struct buf text = BUF_MAX(ALERTS_TEXT_MAX);
	struct rule *r = &run.rules[run.n];
	const char *what = NULL;
	char path[4096], id[ALERTS_NAME_MAX];
	struct err e = {0};

	if (run.n == ALERTS_RULES_MAX || !set_id(id, name) || is_off(a, id))
		return;
	*r = (struct rule){.severity = "medium"};
	memcpy(r->id, id, sizeof id);
	memcpy(r->msg, id, sizeof id);
	(void)snprintf(path, sizeof path, "%s/%s", a->dir, name);
	if (fd_read_input(path, &text, &what, &e) != 0) {
		say_failed(id, e.text);
		return;
	}
	header(buf_str(&text), "severity", r->severity, sizeof r->severity);
	header(buf_str(&text), "message", r->msg, sizeof r->msg);
	set_last(r->slow, id, "it took more than 2 s to be understood");
	set_last(r->large, id, "it took more memory than it may");
	run.now = r;
	set_timer(ALERTS_LOAD_MS);
	if (ndjson_jq_new(buf_z(&text), &r->jq, &e) == 0)
		run.n++;
	else
		say_failed(id, e.text);
	set_timer(0);
	run.now = NULL;
	set_last(r->slow, id, "it took more than 100 ms for one event");
}

static void
load_all(const struct alerts *a)
{
	struct dirent **names;
	int n = scandir(a->dir, &names, NULL, alphasort);

	if (n < 0)
		log_error("%s: %s", a->dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		load(a, names[i]->d_name);
		free(names[i]);
	}
}

/* ---- events ------------------------------------------------------------- */

static void
say(const struct rule *r, const struct jtree *event, const struct jtree *v)
{
	struct str msg = str_of(r->msg), severity = str_of(r->severity);
	struct jwrite w;

	if (v->kind == JSCAN_STRING)
		msg = v->text;
	/* select() yields the event itself, whose members mean other things. */
	if (str_eqz(jtree_str(jtree_get(v, "type")), "event"))
		v = NULL;
	if (jtree_str(jtree_get(v, "msg")).n > 0)
		msg = jtree_str(jtree_get(v, "msg"));
	if (jtree_str(jtree_get(v, "severity")).n > 0)
		severity = jtree_str(jtree_get(v, "severity"));
	jwrite_init(&w, &run.out);
	jwrite_record(&w, "alert");
	jwrite_kvz(&w, "rule", r->id);
	jwrite_kv(&w, "severity", severity);
	jwrite_kv(&w, "msg", str_sub(msg, 0, MSG_MAX));
	jwrite_kv(&w, "event", jtree_str(jtree_get(event, "id")));
	jwrite_kv(&w, "container",
	    jtree_str(jtree_get(jtree_get(event, "container"), "name")));
	jwrite_end(&w);
	buf_addc(&run.out, '\n');
}

/* What a program yields is an alert, unless it is false or null. */
static void
say_found(const struct rule *r, const struct jtree *event)
{
	struct str line, rest = buf_str(&run.found);

	while (rest.n > 0) {
		cleanup_arena struct arena *a =
		    arena_new(TREE * (rest.n + 1024));
		const struct jtree *v;

		(void)str_cut(rest, '\n', &line, &rest);
		if (a != NULL && jtree_parse(a, line, "", &v, NULL) == 0 &&
		    v->kind != JSCAN_FALSE && !jtree_is_null(v))
			say(r, event, v);
	}
}

static void
judge(struct str line)
{
	cleanup_arena struct arena *a = arena_new(TREE * (line.n + 1024));
	const struct jtree *event;

	if (a == NULL || jtree_parse(a, line, "", &event, NULL) != 0)
		return;
	buf_reset(&run.out);
	for (size_t i = 0; i < run.n; i++) {
		struct err e = {0};

		run.now = &run.rules[i];
		buf_reset(&run.found);
		set_timer(ALERTS_CPU_MS);
		if (ndjson_jq_run(run.now->jq, line, &run.found, &e) != 0)
			log_note(1, "rule %s: %s", run.now->id, e.text);
		set_timer(0);
		say_found(run.now, event);
		run.now = NULL;
	}
	if (run.out.n > 0 && buf_error(&run.out) == 0 &&
	    fd_write_all(run.fd, "", run.out.p, run.out.n, NULL) != 0)
		_exit(0);
}

void
alerts_run(const struct alerts *a, int fd)
{
	struct ndjson_in in = {.what = "events", .line_max = 128 * 1024};
	struct str line;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(fd, STDIN_FILENO) < 0)
		_exit(1);
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	run.out = BUF_MAX(OUT_MAX);
	run.found = BUF_MAX(OUT_MAX);
	set_bounds();
	load_all(a);
	in.fd = run.fd;
	while (ndjson_in_next(&in, &line, NULL) > 0) {
		judge(line);
		++*a->judged;
	}
	_exit(0);
}
