/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes on a connection, behind one byte: how much of it comes at a time.
 * Whole and in pieces the same requests are served, in the same order; what
 * is answered are responses that can be read, one for each and maybe a refusal
 * behind them; at the end nothing is left.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "http1/http1_chunk.h"
#include "httpd/httpd.h"

enum { HELD = 64, TURNS_MAX = 100000, SPACE = 65536, BODY = 64 };

static struct run {
	struct loop *loop;
	struct httpd *httpd;
	struct buf told, out;
	struct httpd_request *held; /* one at a time: they come in order */
	size_t served, refused, heads, head_of[HELD];
	bool cut;
} run;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
gone(struct httpd_request *r, void *arg)
{
	must(arg == &run && (run.held == r || run.held == NULL));
	run.held = NULL;
}

static void
room(struct httpd_request *r, void *arg)
{
	must(arg == &run);
	must(httpd_piece(r, STR("a piece")));
	must(httpd_piece(r, STR("")));
	must(httpd_piece(r, STR("and another")));
	httpd_end(r);
}

/* What is served, and by the target's first letter how. */
static void
serve(struct httpd_request *r, void *arg)
{
	static const struct httpd_stream stream = {room, gone, &run};
	const struct httpd_field field = {STR("X-Body"), r->body};
	struct str path = r->http->target.rest;

	must(arg == &run && run.held == NULL && r->http->h.bad == 0);
	buf_adds(&run.told, r->http->method);
	buf_addc(&run.told, ' ');
	buf_adds(&run.told, path);
	for (uint32_t i = 0; i < r->http->h.n; i++) {
		buf_addc(&run.told, ' ');
		buf_adds(&run.told, r->http->h.fields[i].name);
		buf_addc(&run.told, '=');
		buf_adds(&run.told, r->http->h.fields[i].value);
	}
	buf_addc(&run.told, '|');
	buf_adds(&run.told, r->body);
	buf_addc(&run.told, '\n');
	if (run.served < HELD)
		run.head_of[run.served] = r->http->id == HTTP1_METHOD_HEAD;
	run.served++;
	switch (path.n > 1 ? path.p[1] : '\0') {
	case 'h':
		run.held = r;
		break;
	case 'w':
		run.held = r;
		httpd_on_gone(r, gone, &run);
		break;
	case 's':
		httpd_begin(r, 200, NULL, 0, &stream);
		break;
	case 'e':
		httpd_error(r, 404, "nothing");
		break;
	case 'n':
		httpd_answer(r, 204, &field, 1, STR("none"));
		break;
	case 'a':
		run.cut = true;
		httpd_abort(r);
		break;
	default:
		httpd_answer(r, 200, NULL, 0, r->body);
		break;
	}
}

static size_t
body_limit(const struct http1_request *q, const struct tls_peer *p, void *arg)
{
	(void)p;
	must(arg == &run);
	return str_starts(q->target.rest, "/0") ? 0 : BODY;
}

static void
refused(const struct httpd_refusal *why, void *arg)
{
	must(arg == &run && why->status >= 400);
	buf_addf(&run.told, "refused %u %s\n", why->status, why->name);
	run.refused++;
}

/* ---- one connection ----------------------------------------------------- */

static void
turn(int fd)
{
	static char space[SPACE];
	ssize_t n;

	must(loop_turn(run.loop, 0, NULL) == 0);
	if (run.held != NULL) {
		struct httpd_request *r = run.held;

		run.held = NULL;
		httpd_answer(r, 200, NULL, 0, STR("late"));
	}
	while ((n = recv(fd, space, sizeof space, 0)) > 0)
		buf_add(&run.out, space, (size_t)n);
}

static void
connect_and_say(struct str all, size_t step)
{
	const struct httpd_stat *stat = httpd_stat(run.httpd);
	int ends[2], turns = 0;

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
		 ends) == 0);
	must(httpd_adopt(run.httpd, ends[0], NULL) == 0);
	while (all.n > 0 && stat->connections > 0) {
		ssize_t n = send(
		    ends[1], all.p, step < all.n ? step : all.n, MSG_NOSIGNAL);

		if (n > 0)
			all = str_sub(all, (size_t)n, all.n);
		turn(ends[1]);
		must(++turns < TURNS_MAX);
	}
	(void)shutdown(ends[1], SHUT_WR);
	while (stat->connections > 0 || run.held != NULL) {
		turn(ends[1]);
		must(++turns < TURNS_MAX);
	}
	turn(ends[1]);
	must(stat->memory == 0);
	(void)close(ends[1]);
}

static void
begin(void)
{
	struct httpd_config cfg = {.serve = serve,
	    .body_limit = body_limit,
	    .refused = refused,
	    .arg = &run};

	if (run.loop == NULL) {
		must(loop_new(&run.loop, NULL) == 0);
		cfg.loop = run.loop;
		must(httpd_new(&cfg, -1, &run.httpd, NULL) == 0);
	}
	run.told = run.out = BUF_MAX(1 << 26);
	run.served = run.refused = 0;
	run.held = NULL;
	run.cut = false;
}

/* ---- what was answered -------------------------------------------------- */

static void
read_body(const struct http1_response *a, struct str *in)
{
	struct http1_limits l = HTTP1_LIMITS;
	struct http1_chunks c;
	struct str data;

	if (a->h.body == HTTP1_BODY_LENGTH) {
		must(in->n >= a->h.length);
		*in = str_sub(*in, (size_t)a->h.length, in->n);
	} else if (a->h.body == HTTP1_BODY_CLOSE) {
		*in = STR_NONE;
	} else if (a->h.body == HTTP1_BODY_CHUNKED) {
		http1_chunk_begin(&c, NULL, 0);
		do
			must(http1_chunk_read(&c, in, &data, &l, NULL) == 0);
		while (!c.done);
	}
}

static void
check_answers(void)
{
	struct http1_limits l = HTTP1_LIMITS;
	struct http1_field fields[16];
	struct str in = buf_str(&run.out);
	size_t n = 0;
	bool last = false;

	/* By a reset the end of them may be lost. */
	while (in.n > 0 && !run.cut) {
		const struct http1_asked asked = {
		    n < HELD && n < run.served && run.head_of[n]
			? HTTP1_METHOD_HEAD
			: HTTP1_METHOD_GET,
		    false};
		struct http1_response a;

		must(!last);
		http1_response_begin(&a, fields, 16);
		must(http1_response_read(&a, in, &asked, &l, NULL) == 0);
		in = str_sub(in, a.h.size, in.n);
		if (a.status == 100)
			continue;
		last = !a.h.keep_alive;
		/* A refusal has no body either when it was a HEAD. */
		if (n >= run.served && in.n == 0)
			a.h.body = HTTP1_BODY_NONE;
		if (n++ >= HELD)
			return;
		read_body(&a, &in);
	}
	must(run.cut || n == run.served + run.refused);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole;
	struct str all;
	bool cut;

	if (n < 2 || n > 8192)
		return 0;
	all = str_make((const char *)data + 1, n - 1);
	begin();
	connect_and_say(all, all.n);
	check_answers();
	buf_free(&run.out);
	whole = run.told;
	cut = run.cut;
	begin();
	connect_and_say(all, 1 + data[0] % 64u);
	check_answers();
	must(cut == run.cut);
	must(str_eq(buf_str(&whole), buf_str(&run.told)));
	buf_free(&run.out);
	buf_free(&run.told);
	buf_free(&whole);
	return 0;
}
