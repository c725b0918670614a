/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target: the containers that a stream of events speaks of, each with the rule
 * of the policy that is for it, and with what is remembered of it.
 */
#ifndef FG_POLICY_TARGET_H
#define FG_POLICY_TARGET_H

#include "collections/collections.h"
#include "policy/policy.h"
#include "runtime/runtime.h"

enum { TARGETS_MAX = 1024 };

struct target {
	struct collections_who who; /* in arena */
	struct str boot;
	struct arena *arena;
	const struct policy *policy;
	struct runtime_state *state;
};

struct targets {
	const char *what; /* names the policy in errors */
	struct str text;  /* of the policy */
	struct target *list[TARGETS_MAX];
	size_t n;
};

/*
 * That of this container in this start; made when it is new. Of more than
 * TARGETS_MAX the first one is forgotten.
 */
int target_get(struct targets *t, const struct collections_who *who,
    struct str boot, struct target **ret, struct err *e);

void target_free_all(struct targets *t);

#endif
