/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

/* The collections of a policy's own are few. */
enum { SCRATCH_MAX = 1 << 16 };

static bool
is_disabled(const struct jtree *rule)
{
	const struct jtree *t = jtree_get(rule, "disabled");

	return t != NULL && t->kind == JSCAN_TRUE;
}

/* May what an item of "collections" stands for hold the App ID? */
static bool
may_hold(const struct jtree *named, struct str app_id)
{
	return named == NULL || collections_for_app(named, app_id);
}

static bool
concerns(
    const struct collections *all, const struct jtree *rule, struct str app_id)
{
	const struct jtree *list = jtree_get(rule, "collections"), *t;

	if (is_disabled(rule))
		return false;
	if (jtree_is_null(list) || list->n == 0)
		return true;
	for (t = list->first; t != NULL; t = t->next)
		if (may_hold(collections_named(all, t), app_id))
			return true;
	return false;
}

static void
write_collections(const struct collections *all, const struct jtree *list,
    struct str app_id, struct jwrite *w)
{
	jwrite_array(w);
	for (const struct jtree *t = list->first; t != NULL; t = t->next) {
		const struct jtree *named = collections_named(all, t);

		if (may_hold(named, app_id))
			jtree_write(named == NULL ? t : named, w);
	}
	jwrite_end(w);
}

static void
write_rule(const struct collections *all, const struct jtree *rule,
    struct str app_id, struct jwrite *w)
{
	jwrite_object(w);
	for (const struct jtree *t = rule->first; t != NULL; t = t->next) {
		jwrite_keys(w, t->key);
		if (str_eqz(t->key, "collections") && t->kind == JSCAN_ARRAY)
			write_collections(all, t, app_id, w);
		else
			jtree_write(t, w);
	}
	jwrite_end(w);
}

static void
write_rules(const struct collections *all, const struct jtree *rules,
    struct str app_id, struct jwrite *w)
{
	jwrite_array(w);
	for (const struct jtree *t = rules->first; t != NULL; t = t->next)
		if (concerns(all, t, app_id))
			write_rule(all, t, app_id, w);
	jwrite_end(w);
}

int
policy_for_app(const struct jtree *policy, const struct collections *more,
    struct str app_id, struct jwrite *w, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(SCRATCH_MAX);
	const struct collections *own = NULL, *all = NULL;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = collections_read(a, jtree_get(policy, "collections"), &own, e);
	if (r == 0)
		r = collections_join(a, own, more, &all, e);
	if (r != 0)
		return r;
	jwrite_object(w);
	for (const struct jtree *t = policy->first; t != NULL; t = t->next) {
		if (str_eqz(t->key, "collections"))
			continue;
		jwrite_keys(w, t->key);
		if (str_eqz(t->key, "rules") && t->kind == JSCAN_ARRAY)
			write_rules(all, t, app_id, w);
		else
			jtree_write(t, w);
	}
	jwrite_end(w);
	return 0;
}
