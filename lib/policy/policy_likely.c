/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_likely.h"

static const char *const sections[POLICY_SECTIONS] = {
    [POLICY_PROCESSES] = "processes",
    [POLICY_NETWORK] = "network",
    [POLICY_DNS] = "dns",
    [POLICY_FILESYSTEM] = "filesystem",
};

/* Something of "detections" makes use of the section's lists. */
static bool
is_said(const struct policy_draft *d, enum policy_section section)
{
	for (size_t i = 0; i < POLICY_DETECTIONS; i++)
		if (d->said[i] && policy_detections[i].section == section)
			return true;
	return false;
}

/* A list; of rules one that has no effect of its own. */
static bool
wants_effect(const struct jtree *member)
{
	if (member->kind != JSCAN_ARRAY || member->n == 0)
		return false;
	if (!str_eqz(member->key, "rules"))
		return true;
	for (const struct jtree *t = member->first; t != NULL; t = t->next)
		if (jtree_is_null(jtree_get(t, "effect")))
			return true;
	return false;
}

static void
look_at_section(
    struct policy_reader *r, const struct policy_at *rule, const char *name)
{
	const struct policy_at at = {.up = rule, .t = jtree_get(rule->t, name)};

	if (jtree_is_null(at.t) || at.t->kind != JSCAN_OBJECT ||
	    !jtree_is_null(jtree_get(at.t, "effect")))
		return;
	for (const struct jtree *t = at.t->first; t != NULL; t = t->next)
		if (wants_effect(t)) {
			policy_tell(r, &at, POLICY_WARNING, "policy.idle",
			    "nothing comes of it without \"effect\"");
			return;
		}
}

void
policy_likely_idle(struct policy_reader *r, const struct policy_at *rule,
    const struct policy_draft *d)
{
	for (enum policy_section i = 0; i < POLICY_SECTIONS; i++)
		if (!is_said(d, i))
			look_at_section(r, rule, sections[i]);
}

/* A collection whose patterns, if it has any, are "*" alone. */
static bool
holds_all(const struct jtree *collection)
{
	if (collection->kind != JSCAN_OBJECT)
		return str_eqz(jtree_str(collection), "All");
	for (const struct jtree *t = collection->first; t != NULL; t = t->next)
		if (t->kind == JSCAN_ARRAY &&
		    (t->n != 1 || !str_eqz(jtree_str(t->first), "*")))
			return false;
	return true;
}

bool
policy_likely_is_for_all(const struct jtree *rule)
{
	const struct jtree *list = jtree_get(rule, "collections");
	const struct jtree *disabled = jtree_get(rule, "disabled");

	if (disabled != NULL && disabled->kind == JSCAN_TRUE)
		return false;
	if (jtree_is_null(list) || list->n == 0)
		return true;
	for (const struct jtree *t = list->first; t != NULL; t = t->next)
		if (holds_all(t))
			return true;
	return false;
}

void
policy_likely_unreached(struct policy_reader *r, const struct policy_at *rule)
{
	policy_tell(r, rule, POLICY_WARNING, "policy.unreached",
	    "no container comes to this rule: one before it is for all");
}
