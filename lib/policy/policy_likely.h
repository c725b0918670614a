/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_likely: what a policy may well say and hardly anybody means. Warnings
 * only. Inside policy only.
 */
#ifndef FG_POLICY_POLICY_LIKELY_H
#define FG_POLICY_POLICY_LIKELY_H

#include "policy_draft.h"

/* A section of the rule has lists or rules, and nothing gives them an effect.
 */
void policy_likely_idle(struct policy_reader *r, const struct policy_at *rule,
    const struct policy_draft *d);

/* Does the rule hold every container, whatever its name? */
bool policy_likely_is_for_all(const struct jtree *rule);

/* A rule behind such a one. */
void policy_likely_unreached(
    struct policy_reader *r, const struct policy_at *rule);

#endif
