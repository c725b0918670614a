/* SPDX-License-Identifier: Apache-2.0 */
/* policy_text: a policy of a literal, and what is told of it. */
#ifndef FG_UNIT_POLICY_TEXT_H
#define FG_UNIT_POLICY_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/policy_rule.h"

static const struct collections_who web = {
    STR("nginx:1.25"), STR("web"), STR("shop:1")};

static struct arena *arena;
static const struct policy_note *notes;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(POLICY_MEMORY_MAX);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct policy *
read_policy(const char *text)
{
	const struct policy *p = NULL;
	struct err e = {0};

	if (policy_read(arena, str_of(text), "p", &web, &p, &notes, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return p;
}

#endif
