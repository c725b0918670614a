/* SPDX-License-Identifier: Apache-2.0 */
/* judge: a policy and an event, and what lib/runtime says of them. */
#ifndef FG_UNIT_JUDGE_H
#define FG_UNIT_JUDGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/policy.h"
#include "runtime/runtime.h"

/* argv of literals: ARGS("sh\0-c\0true") */
#define ARGS(literal) ((struct str){(literal), sizeof(literal)})

/* EVENT_EXEC of process 7. */
#define EXEC(path, ...)                                                        \
	{                                                                      \
		.name = EVENT_EXEC,                                            \
		.by = {.pid = 7,                                               \
			.ppid = 6,                                             \
			.exe = STR(path),                                      \
			__VA_ARGS__ }                                          \
	}

/* An event of /usr/bin/app. */
#define DID(what, ...)                                                         \
	{                                                                      \
		.name = EVENT_##what,                                          \
		.by = {.pid = 7, .ppid = 6, .exe = STR("/usr/bin/app")},       \
		__VA_ARGS__                                                    \
	}

struct judge_case {
	const char *policy; /* NULL: that of the case before */
	struct event ev;
	const char *id; /* of the detection; NULL: nothing is to be told */
};

struct judge {
	struct arena *arena;
	const struct policy *policy;
	void *state;
	char text[RUNTIME_MSG_MAX];
};

static inline void
judge_open(struct judge *j, const char *policy)
{
	const struct collections_who who = {STR("a"), STR("b"), STR("c:1")};
	struct err e = {0};

	*j = (struct judge){.arena = arena_new(POLICY_MEMORY_MAX),
	    .state = calloc(1, RUNTIME_STATE_SIZE)};
	assert_non_null(j->arena);
	assert_non_null(j->state);
	if (policy_read(j->arena, str_of(policy), "policy", &who, &j->policy,
		NULL, &e) != 0)
		fail_msg("%s", e.text);
}

static inline void
judge_close(struct judge *j)
{
	arena_free(j->arena);
	free(j->state);
}

static inline void
judge_ask(struct judge *j, struct event *ev)
{
	memset(j->text, 'x', sizeof j->text);
	runtime_decide(j->policy, j->state, ev, j->text);
	/* What says something was watched. */
	if (ev->action != EVENT_ALLOWED) {
		assert_true(policy_watches(j->policy) & EVENT_BIT(ev->name));
		assert_true(ev->rule_id.n > 0 && ev->msg.n > 0);
		assert_null(memchr(ev->msg.p, '%', ev->msg.n));
	} else {
		assert_int_equal(ev->rule_id.n, 0);
		assert_int_equal(ev->msg.n, 0);
	}
}

/* Each case on its own, with nothing remembered from the one before. */
static inline void
judge_cases(const struct judge_case *c, size_t n)
{
	const char *policy = NULL;

	for (size_t i = 0; i < n; i++) {
		struct event ev = c[i].ev;
		struct judge j;

		policy = c[i].policy == NULL ? policy : c[i].policy;
		judge_open(&j, policy);
		judge_ask(&j, &ev);
		if (c[i].id == NULL ? ev.action != EVENT_ALLOWED
				    : !str_eqz(ev.rule_id, c[i].id))
			fail_msg("case %zu: \"%.*s\", not \"%s\": %.*s", i,
			    STR_ARG(ev.rule_id), c[i].id == NULL ? "" : c[i].id,
			    STR_ARG(ev.msg));
		judge_close(&j);
	}
}

#define JUDGE(cases) judge_cases(cases, sizeof(cases) / sizeof *(cases))

#endif
