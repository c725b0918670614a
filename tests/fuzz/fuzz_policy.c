/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy, and behind it events, each on a line that starts with {"type":
 * whatever is read decides within its bounds, and always in the same way; what
 * is told of was watched, what is refused was among what may be. The one rule
 * that is handed on is the one that was read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy_rule.h"
#include "runtime/runtime.h"

enum { INPUT_MAX = 64 * 1024, ARENA_MAX = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_notes(const struct policy_note *note, struct str text)
{
	for (; note != NULL; note = note->next) {
		must(note->msg.n > 0 && note->id != NULL);
		must(note->pointer.n == 0 || note->pointer.p[0] == '/');
		must(note->line >= 1 && note->column >= 1);
		must(note->line <= text.n + 1 && note->column <= text.n + 1);
	}
}

static void
decide(const struct policy *p, void *state, const struct event *from,
    struct event *ev, char text[RUNTIME_MSG_MAX])
{
	*ev = *from;
	runtime_decide(p, state, ev, text);
}

static void
check_event(const struct policy *p, const struct event *from)
{
	char one[RUNTIME_MSG_MAX], other[RUNTIME_MSG_MAX];
	void *state = calloc(1, RUNTIME_STATE_SIZE);
	void *again = calloc(1, RUNTIME_STATE_SIZE);
	struct event a, b;

	must(state != NULL && again != NULL);
	decide(p, state, from, &a, one);
	decide(p, again, from, &b, other);
	must(a.action == b.action && str_eq(a.msg, b.msg));
	must(memcmp(state, again, RUNTIME_STATE_SIZE) == 0);
	must(a.msg.n <= RUNTIME_MSG_MAX);
	must((a.action == EVENT_ALLOWED) == (a.rule_id.n == 0));
	must(a.n_attack <= EVENT_ATTACKS_MAX);
	if (a.action != EVENT_ALLOWED) {
		enum policy_detection which = policy_detection_of(a.rule_id);

		must(which < POLICY_DETECTIONS);
		must(p->active[a.name] & (uint64_t)1 << which);
	}
	free(state);
	free(again);
}

static void
check_events(struct arena *a, const struct policy *p, struct str lines)
{
	struct str line;

	while (lines.n > 0) {
		const struct jtree *t;
		struct event ev;

		(void)str_cut(lines, '\n', &line, &lines);
		if (jtree_parse(a, line, "event", &t, NULL) == 0 &&
		    event_read(a, t, &ev, NULL) == 0)
			check_event(p, &ev);
	}
}

static void
check_resolved(struct arena *a, const struct policy *p, struct str text,
    const struct collections_who *who)
{
	const struct collections_who nobody = {0};
	cleanup_buf struct buf out = BUF_MAX(8 * POLICY_TEXT_MAX);
	const struct policy *again = NULL;
	struct jwrite w;

	jwrite_init(&w, &out);
	must(policy_resolve(text, "p", who, 0, &w, NULL) == 0);
	must(jwrite_end_text(&w) == 0);
	if (out.n > POLICY_TEXT_MAX)
		return;
	must(policy_read(a, buf_str(&out), "r", &nobody, &again, NULL, NULL) ==
	     0);
	must(policy_watches(p) == policy_watches(again));
	must(policy_prevents(p) == policy_prevents(again));
	must(policy_wants_hash(p) == policy_wants_hash(again));
	must(policy_version(p) == policy_version(again));
	must(str_eq(policy_name(p), policy_name(again)));
	must(str_eq(policy_tier(p), policy_tier(again)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct collections_who who = {
	    STR("registry.example.com/a/b:1"), STR("web"), STR("shop:1")};
	const struct policy_note *notes = NULL;
	const struct policy *p = NULL;
	struct str text = str_make((const char *)data, size), events;
	struct err e = {0};
	struct arena *a;
	const char *at;
	int r;

	if (size > INPUT_MAX)
		return 0;
	at = memmem(data, size, "\n{\"type\":\"event\"", 16);
	events = at == NULL ? STR_NONE
			    : str_sub(text, (size_t)(at - text.p) + 1, size);
	text = str_sub(text, 0, size - events.n);
	a = arena_new(ARENA_MAX);
	must(a != NULL);
	r = policy_read(a, text, "p", &who, &p, &notes, &e);
	check_notes(notes, text);
	must((r == 0) == (p != NULL));
	must(r == 0 || (e.kind != ERR_NONE && e.text[0] != '\0'));
	if (r == 0) {
		must((policy_prevents(p) & ~policy_watches(p)) == 0);
		check_events(a, p, events);
		check_resolved(a, p, text, &who);
	}
	arena_free(a);
	return 0;
}
