/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy or nothing, and behind it events, each on a line that starts with
 * {"type": : what is learnt of them is a policy under which none of them is
 * an event, and that says the same when it is read and written again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "learn/learn.h"
#include "policy/policy.h"
#include "runtime/runtime.h"

enum { INPUT_MAX = 64 * 1024, ARENA_MAX = 64 * 1024 * 1024, EVENTS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static struct learn *
start(struct arena *a, struct str given)
{
	struct learn *l = NULL;
	struct err e = {0};

	must(learn_new(a, &l, &e) == 0);
	if (learn_read(l, given, "p", &e) != 0) {
		must(e.kind != ERR_NONE && e.text[0] != '\0');
		return NULL;
	}
	return l;
}

static void
written(struct learn *l, struct buf *b)
{
	const struct learn_about about = {.agent = "fuzz"};
	struct err e = {0};

	must(learn_write(l, &about, b, &e) == 0);
}

static size_t
events_of(struct arena *a, struct str lines, struct event *to)
{
	struct str line;
	size_t n = 0;

	while (lines.n > 0 && n < EVENTS_MAX) {
		const struct jtree *t;

		(void)str_cut(lines, '\n', &line, &lines);
		if (jtree_parse(a, line, "event", &t, NULL) == 0 &&
		    event_read(a, t, &to[n], NULL) == 0 && !to[n].attempt)
			n++;
	}
	return n;
}

/* Names that no list could hold; the tracer's are in lower case. */
static bool
is_odd(struct str domain)
{
	for (size_t i = 0; i < domain.n; i++)
		if (domain.p[i] <= ' ' || domain.p[i] >= 0x7f ||
		    domain.p[i] == '*' || domain.p[i] == '?' ||
		    (domain.p[i] >= 'A' && domain.p[i] <= 'Z'))
			return true;
	return false;
}

/*
 * What is never allowed: attacks on the defender, the root itself, what no
 * program did. The tracer's paths have no '/' at their end.
 */
static bool
is_never(const struct event *ev)
{
	return is_odd(ev->domain) || ev->by.exe.n == 0 ||
	       ev->name == EVENT_SIGNAL || ev->name == EVENT_READ ||
	       ev->name == EVENT_ACCEPT || str_ends(ev->path, "/") ||
	       str_ends(ev->path2, "/");
}

/* Under the policy alone, which nobody gave. */
static void
law(struct arena *a, struct str policy, struct event *events, size_t n)
{
	const struct collections_who who = {.image = STR_NONE};
	const struct policy *p;
	char text[RUNTIME_MSG_MAX];
	void *state = calloc(1, RUNTIME_STATE_SIZE);

	must(state != NULL);
	must(policy_read(a, policy, "learnt", &who, &p, NULL, NULL) == 0);
	for (size_t i = 0; i < n; i++) {
		runtime_decide(p, state, &events[i], text);
		must(events[i].action == EVENT_ALLOWED || is_never(&events[i]));
	}
	free(state);
}

/* Without our notes, which tell of one run alone. */
static struct str
without_notes(struct buf *b)
{
	static const char notes[] = "\"notes\": \"Learnt by ";
	char *at = memmem(b->p, b->n, notes, sizeof notes - 1), *end;

	if (at != NULL) {
		end = memchr(at, '\n', b->n - (size_t)(at - b->p));
		must(end != NULL);
		memmove(at, end, b->n - (size_t)(end - b->p));
		b->n -= (size_t)(end - at);
	}
	return buf_str(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event events[EVENTS_MAX];
	struct str text = str_make((const char *)data, size), lines;
	cleanup_buf struct buf one = BUF_MAX(4 << 20), two = BUF_MAX(4 << 20);
	struct arena *a, *b;
	struct learn *l;
	size_t n;

	if (size > INPUT_MAX)
		return 0;
	text.n = 0;
	while (text.n < size && memcmp(data + text.n, "{\"type\":\"event\"",
				    size - text.n < 15 ? size - text.n : 15))
		text.n++;
	lines = str_make(text.p + text.n, size - text.n);
	a = arena_new(ARENA_MAX);
	b = arena_new(ARENA_MAX);
	must(a != NULL && b != NULL);
	n = events_of(a, lines, events);
	l = start(a, str_trim(text));
	if (l != NULL) {
		for (size_t i = 0; i < n; i++)
			(void)learn_add(l, &events[i]);
		written(l, &one);
		if (str_trim(text).n == 0)
			law(b, buf_str(&one), events, n);
		l = start(b, buf_str(&one));
		must(l != NULL);
		written(l, &two);
		must(str_eq(without_notes(&one), without_notes(&two)));
	}
	buf_free(&two);
	arena_free(a);
	arena_free(b);
	return 0;
}
