/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <errno.h>
#include <stdio.h>

enum { RULES_MAX = 2000, COLLECTIONS_MAX = 2000 };

static int
wrong(struct arena *a, struct str text, const struct jtree *at,
    struct check_place *place, struct err *e, const char *pointer,
    const char *why)
{
	char *copy = arena_dup(a, str_of(pointer));

	place->pointer = copy == NULL ? STR_NONE : str_of(copy);
	jtree_place(text, at->at, &place->line, &place->column);
	return err_set(e, ERR_PERM, EINVAL, "%s%s%s", pointer,
	    pointer[0] == '\0' ? "" : ": ", why);
}

/*
 * A collection by its name alone holds everybody where nobody knows it: here
 * all are known, so one that is not is a mistake.
 */
static int
check_named(
    const struct collections *all, const struct jtree *rule, struct err *e)
{
	const struct jtree *t = jtree_get(rule, "collections");
	struct str name;

	for (t = t == NULL ? NULL : t->first; t != NULL; t = t->next) {
		name = t->kind == JSCAN_STRING
			   ? t->text
			   : jtree_str(jtree_get(t, "name"));
		if (collections_named(all, t) == NULL && !str_eqz(name, "All"))
			return err_set(e, ERR_PERM, ENOENT,
			    "collections: no collection \"%.*s\"",
			    STR_ARG(name));
	}
	return 0;
}

/* ---- runtime ------------------------------------------------------------ */

static int
check_all_named(struct arena *a, const struct documents *d, struct str text,
    const struct jtree *t, struct check_place *place, struct err *e)
{
	const struct jtree *rule = jtree_get(t, "rules");
	const struct collections *own, *all;
	struct err why = {0};
	char pointer[64];
	size_t i = 0;
	int r = collections_read(a, jtree_get(t, "collections"), &own, e);

	if (r == 0)
		r = collections_join(a, own, d->collections, &all, e);
	if (r != 0)
		return r;
	for (rule = rule == NULL ? NULL : rule->first; rule != NULL;
	     rule = rule->next, i++)
		if (check_named(all, rule, &why) != 0) {
			(void)snprintf(
			    pointer, sizeof pointer, "/rules/%zu", i);
			return wrong(
			    a, text, rule, place, e, pointer, why.text);
		}
	return 0;
}

static int
check_runtime(struct arena *a, const struct documents *d, struct str text,
    const struct jtree *t, const struct policy_note **notes,
    struct check_place *place, struct err *e)
{
	const struct collections_who nobody = {0};
	const struct policy *p;
	int r = policy_read_with(
	    a, text, "body", d->collections, &nobody, &p, notes, e);

	if (r == 0)
		return check_all_named(a, d, text, t, place, e);
	for (const struct policy_note *n = *notes; n != NULL; n = n->next)
		if (n->severity == POLICY_ERROR) {
			place->pointer = n->pointer;
			place->line = n->line;
			place->column = n->column;
			return r;
		}
	return r;
}

/* ---- WAAS --------------------------------------------------------------- */

static int
check_rule(struct arena *a, const struct collections *all, struct str text,
    const struct jtree *rule, size_t i, struct check_place *place,
    struct err *e)
{
	const struct collections_who nobody = {0};
	const struct jtree *name, *apps;
	char pointer[64];
	struct err why = {0};
	bool in;

	(void)snprintf(pointer, sizeof pointer, "/rules/%zu", i);
	if (rule->kind != JSCAN_OBJECT)
		return wrong(a, text, rule, place, e, pointer, "not an object");
	name = jtree_get(rule, "name");
	if (jtree_str(name).n == 0)
		return wrong(a, text, name == NULL ? rule : name, place, e,
		    pointer, "no name");
	if (collections_match(
		all, jtree_get(rule, "collections"), &nobody, &in, &why) != 0 ||
	    check_named(all, rule, &why) != 0)
		return wrong(a, text, rule, place, e, pointer, why.text);
	apps = jtree_get(rule, "applicationsSpec");
	if (!jtree_is_null(apps) && apps->kind != JSCAN_ARRAY)
		return wrong(a, text, apps, place, e, pointer,
		    "applicationsSpec: not an array");
	return 0;
}

static int
check_waas(struct arena *a, const struct documents *d, struct str text,
    const struct jtree *t, struct check_place *place, struct err *e)
{
	const struct jtree *rules = jtree_get(t, "rules");
	const struct collections *own, *all;
	size_t i = 0;
	int r;

	if (t->kind != JSCAN_OBJECT)
		return wrong(a, text, t, place, e, "", "not an object");
	if (jtree_is_null(rules) || rules->kind != JSCAN_ARRAY)
		return wrong(a, text, rules == NULL ? t : rules, place, e,
		    "/rules", "not an array");
	if (rules->n > RULES_MAX)
		return wrong(
		    a, text, rules, place, e, "/rules", "too many rules");
	r = collections_read(a, jtree_get(t, "collections"), &own, e);
	if (r == 0)
		r = collections_join(a, own, d->collections, &all, e);
	for (rules = rules->first; rules != NULL && r == 0; rules = rules->next)
		r = check_rule(a, all, text, rules, i++, place, e);
	return r;
}

/* ---- collections -------------------------------------------------------- */

static int
check_names(struct arena *a, struct str text, const struct jtree *list,
    struct check_place *place, struct err *e)
{
	char pointer[64];
	size_t i = 0;

	for (const struct jtree *t = list->first; t != NULL; t = t->next, i++) {
		struct str name = jtree_str(jtree_get(t, "name"));

		for (const struct jtree *o = list->first; o != t; o = o->next)
			if (str_eq(jtree_str(jtree_get(o, "name")), name)) {
				(void)snprintf(
				    pointer, sizeof pointer, "/%zu", i);
				return wrong(a, text, t, place, e, pointer,
				    "a second collection of that name");
			}
	}
	return 0;
}

/* All that a policy names must still be there. */
static int
check_used(struct arena *a, const struct collections *all,
    const struct jtree *policy, const char *what, struct err *e)
{
	const struct collections_who nobody = {0};
	const struct jtree *rule = jtree_get(policy, "rules");
	const struct collections *own, *both;
	struct err why = {0};
	bool in;

	if (jtree_is_null(rule) ||
	    collections_read(a, jtree_get(policy, "collections"), &own, e) !=
		0 ||
	    collections_join(a, own, all, &both, e) != 0)
		return 0;
	for (rule = rule->first; rule != NULL; rule = rule->next)
		if (collections_match(both, jtree_get(rule, "collections"),
			&nobody, &in, &why) != 0 ||
		    check_named(both, rule, &why) != 0)
			return err_set(e, ERR_PERM, EBUSY,
			    "rule \"%.*s\" of the %s policy needs it: %s",
			    STR_ARG(jtree_str(jtree_get(rule, "name"))), what,
			    why.text);
	return 0;
}

static int
check_collections(struct arena *a, const struct documents *d, struct str text,
    const struct jtree *t, struct check_place *place, struct err *e)
{
	const struct collections *all;
	struct err why = {0};
	int r;

	if (t->kind != JSCAN_ARRAY)
		return wrong(a, text, t, place, e, "", "not an array");
	if (t->n > COLLECTIONS_MAX)
		return wrong(a, text, t, place, e, "", "too many collections");
	if (collections_read(a, t, &all, &why) != 0)
		return wrong(a, text, t, place, e, "", why.text);
	r = check_names(a, text, t, place, e);
	if (r == 0)
		r = check_used(
		    a, all, d->all[DOCUMENTS_RUNTIME].tree, "runtime", e);
	if (r == 0)
		r = check_used(a, all, d->all[DOCUMENTS_WAAS].tree, "WAAS", e);
	return r;
}

int
check_document(struct arena *a, const struct documents *d,
    enum documents_kind kind, struct str text, const struct jtree *t,
    const struct policy_note **notes, struct check_place *place, struct err *e)
{
	*notes = NULL;
	*place = (struct check_place){.pointer = STR_NONE};
	if (text.n > POLICY_TEXT_MAX)
		return err_set(e, ERR_PERM, EFBIG, "larger than %d bytes",
		    POLICY_TEXT_MAX);
	switch (kind) {
	case DOCUMENTS_RUNTIME:
		return check_runtime(a, d, text, t, notes, place, e);
	case DOCUMENTS_WAAS:
		return check_waas(a, d, text, t, place, e);
	default:
		return check_collections(a, d, text, t, place, e);
	}
}
