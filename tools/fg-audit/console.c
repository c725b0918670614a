/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "ask.h"
#include "base/log.h"

enum {
	PAGE_LINES = 1000,
	WAIT_S = 55,
	CURSOR_MAX = 256,       /* bytes */
	BACKOFF_FIRST_MS = 500, /* doubled at each failure, */
	BACKOFF_MAX_MS = 30000, /* to that at most */
};

struct console {
	struct pick *p;
	struct ask ask;
	struct buf cursor; /* where the next page begins */
	struct buf newest; /* the first cursor that was seen at all */
	unsigned failures; /* in a row */
	unsigned long line;
};

/* ---- a page ----------------------------------------------------------- */

/* Events that were printed or kept. */
static size_t
have(const struct console *c)
{
	return (size_t)c->p->picked + c->p->tail.n;
}

/*
 * The lines of the page that came, until there are `want` events. How many
 * lines, or negative.
 */
static int
take_page(struct console *c, size_t want, struct err *e)
{
	struct str rest = buf_str(&c->ask.call.body), line;
	size_t before = have(c);
	int n = 0, r = 0;

	while (rest.n > 0 && r == 0 && have(c) - before < want) {
		struct pick_place at = {"the Console's answer", ++c->line};

		if (!str_cut(rest, '\n', &line, &rest))
			pick_bad(c->p, at, "the last line has no line end");
		else
			r = pick_line(c->p, line, at, &c->cursor, e);
		if (c->newest.n == 0)
			buf_adds(&c->newest, buf_str(&c->cursor));
		n++;
	}
	return r != 0 ? r : n;
}

/* Where the Console's search ended, which may be behind the last line. */
static void
take_end(struct console *c)
{
	struct str end;

	if (!client_header(&c->ask.call, "FG-Cursor", 0, &end) || end.n == 0)
		return;
	buf_reset(&c->cursor);
	buf_adds(&c->cursor, end);
}

/* ---- trying again ----------------------------------------------------- */

static void
rest_ms(unsigned ms)
{
	const struct timespec t = {
	    .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000L};

	(void)nanosleep(&t, NULL);
}

/* Full jitter: anything up to the bound, so that not all come at once. */
static unsigned
backoff_ms(unsigned failures)
{
	unsigned bound = BACKOFF_MAX_MS, random = 0;

	if (failures < 6)
		bound = (unsigned)BACKOFF_FIRST_MS << failures;
	if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
		random = (unsigned)time(NULL);
	return random % bound;
}

/*
 * The page, however often it takes with --follow. A page that was cut off is
 * asked for again, from the same cursor: nothing of it was taken.
 */
static int
get_page(struct console *c, const struct ask_page *page, struct err *e)
{
	unsigned retry_s;
	int r;

	for (;;) {
		r = ask_page(&c->ask, page, &retry_s, e);
		if (r == 0 || e->kind != ERR_TEMP || !c->p->o->follow)
			break;
		if (c->failures == 0)
			log_warn("%s; trying again", e->text);
		rest_ms(retry_s > 0 ? retry_s * 1000 + backoff_ms(0)
				    : backoff_ms(c->failures));
		c->failures++;
		*e = (struct err){0};
	}
	if (r == 0 && c->failures > 0) {
		log_warn("the Console is back");
		c->failures = 0;
	}
	return r;
}

static int
cursor_error(const struct console *c, struct err *e)
{
	if (buf_error(&c->cursor) != 0)
		return err_set(e, ERR_PERM, EPROTO,
		    "the Console's cursor is longer than %d bytes", CURSOR_MAX);
	return 0;
}

/*
 * One page from the cursor on, and the cursor behind it. 1: there may be
 * more; 0: that was all; negative.
 */
static int
step(struct console *c, struct ask_page *page, size_t want, struct err *e)
{
	cleanup_buf struct buf before = BUF_MAX(CURSOR_MAX);
	int n, r;

	buf_adds(&before, buf_str(&c->cursor));
	page->after = buf_str(&before);
	r = get_page(c, page, e);
	if (r != 0)
		return r;
	n = take_page(c, want, e);
	if (n < 0)
		return n;
	take_end(c);
	r = cursor_error(c, e);
	if (r != 0)
		return r;
	if (!str_eq(buf_str(&before), buf_str(&c->cursor)))
		return 1;
	return n == 0 ? 0
		      : err_set(e, ERR_PERM, EPROTO,
			    "the Console's answer does not go on");
}

/* ---- what is asked ---------------------------------------------------- */

/* All, in their order. */
static int
read_all(struct console *c, struct err *e)
{
	struct ask_page page = {.filtered = true, .limit = PAGE_LINES};
	int r;

	do
		r = step(c, &page, SIZE_MAX, e);
	while (r > 0);
	return r;
}

/* The last `limit` of them, the very last one first. */
static int
read_back(struct console *c, size_t limit, struct err *e)
{
	struct ask_page page = {.newest_first = true, .filtered = true};
	int r = 1;

	while (r > 0 && have(c) < limit) {
		size_t want = limit - have(c);

		page.limit = want < PAGE_LINES ? (unsigned)want : PAGE_LINES;
		r = step(c, &page, want, e);
	}
	return r < 0 ? r : 0;
}

/* The newest of all, whatever is asked for: what comes later is behind it. */
static int
find_end(struct console *c, struct buf *end, struct err *e)
{
	struct ask_page page = {.newest_first = true, .limit = 1};
	struct pick nobody = {.keep = true, .asked_elsewhere = true};
	struct pick *p = c->p;
	int r = get_page(c, &page, e);

	if (r != 0)
		return r;
	c->p = &nobody; /* its tail has no room */
	r = take_page(c, SIZE_MAX, e);
	c->p = p;
	buf_adds(end, buf_str(&c->cursor));
	buf_reset(&c->cursor);
	buf_reset(&c->newest);
	return r < 0 ? r : cursor_error(c, e);
}

static int
go_on(struct console *c, struct err *e)
{
	struct ask_page page = {.filtered = true, .limit = PAGE_LINES};
	int r = 0;

	while (r >= 0) {
		r = step(c, &page, SIZE_MAX, e);
		page.wait_s = r > 0 ? 0 : WAIT_S; /* first what is there */
		if (r >= 0 && out_flush(c->p->out, e) != 0)
			r = -EIO;
	}
	return r;
}

/*
 * The last ones, then what is behind the newest of them; of none, behind what
 * was the end before they were looked for.
 */
static int
follow(struct console *c, struct err *e)
{
	cleanup_buf struct buf end = BUF_MAX(CURSOR_MAX);
	int r = find_end(c, &end, e);

	if (r == 0)
		r = read_back(c, c->p->tail.limit, e);
	if (r == 0)
		r = pick_settle(c->p, true, e);
	if (r != 0)
		return r;
	buf_reset(&c->cursor);
	buf_adds(&c->cursor, buf_str(c->newest.n > 0 ? &c->newest : &end));
	return go_on(c, e);
}

static int
ask(struct console *c, struct err *e)
{
	struct pick *p = c->p;
	int r;

	if (p->o->after != NULL)
		buf_addz(&c->cursor, p->o->after);
	r = cursor_error(c, e);
	if (r != 0)
		return r;
	if (p->o->follow)
		return p->keep ? follow(c, e) : go_on(c, e);
	if (!p->keep)
		return read_all(c, e);
	p->keep = !p->o->reverse;
	r = read_back(c, p->tail.limit, e);
	return r == 0 && p->keep ? pick_settle(p, true, e) : r;
}

int
console_run(struct pick *p, struct err *e)
{
	struct console c = {.p = p,
	    .cursor = BUF_MAX(CURSOR_MAX),
	    .newest = BUF_MAX(CURSOR_MAX)};
	int r = ask_open(&c.ask, p->o, &p->query, e);

	p->asked_elsewhere = true;
	if (r == 0)
		r = ask(&c, e);
	ask_close(&c.ask);
	buf_free(&c.newest);
	buf_free(&c.cursor);
	return r;
}
