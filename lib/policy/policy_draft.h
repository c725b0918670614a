/* SPDX-License-Identifier: Apache-2.0 */
/* policy_draft: a rule while it is read. Inside policy only. */
#ifndef FG_POLICY_POLICY_DRAFT_H
#define FG_POLICY_POLICY_DRAFT_H

#include "policy_reader.h"
#include "policy_rule.h"

struct policy_draft {
	struct policy p;
	enum policy_effect sections[POLICY_SECTIONS];
	signed char switches[POLICY_SWITCHES]; /* -1: not given */
	/* From "detections"; `said` tells that an effect was given. */
	enum policy_effect effects[POLICY_DETECTIONS];
	bool said[POLICY_DETECTIONS];
};

/* All of a rule but "disabled" and "collections"; fills d, and d->p. */
void policy_draft_read(struct policy_reader *r, const struct policy_at *rule,
    struct policy_draft *d);

/* The last step: effects, active, watches, prevents of d->p. */
void policy_draft_finish(struct policy_draft *d);

/* "rules" of the sections and "customRules"; dest is the draft. */
void policy_draft_process_rules(
    struct policy_reader *r, const struct policy_at *at, void *dest);
void policy_draft_network_rules(
    struct policy_reader *r, const struct policy_at *at, void *dest);
void policy_draft_file_rules(
    struct policy_reader *r, const struct policy_at *at, void *dest);
void policy_draft_customs(
    struct policy_reader *r, const struct policy_at *at, void *dest);

/* The effect of the section that has the rule, for one that gives none. */
enum policy_effect policy_draft_effect(const struct policy_at *rule);

/*
 * The items of an array of at most POLICY_RULES_MAX rules, each of so many
 * bytes, their number in *n: those that read() fills and takes. NULL, noted,
 * when at is no array or too long.
 */
void *policy_draft_rules(struct policy_reader *r, const struct policy_at *at,
    size_t size,
    bool (*read)(
	struct policy_reader *r, const struct policy_at *rule, void *ret),
    size_t *n);

#endif
