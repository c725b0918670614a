/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include <errno.h>

#include "policy_draft.h"
#include "policy_likely.h"
#include "policy_value.h"

/* The tree of POLICY_TEXT_MAX bytes, and the rules that do not apply. */
enum { SCRATCH_MAX = 256 << 20 };

static bool
is_true(const struct jtree *t)
{
	return t != NULL && t->kind == JSCAN_TRUE;
}

/* Is the rule for this container? */
static bool
applies(struct policy_reader *r, const struct policy_at *rule,
    const struct collections *all, const struct collections_who *who)
{
	const struct jtree *list = jtree_get(rule->t, "collections");
	struct policy_at at = {.up = rule, .t = list};
	struct err e = {0};
	bool in = false;

	if (collections_match(all, list, who, &in, &e) != 0) {
		policy_wrong(r, &at, e.text);
		return false;
	}
	return in && !is_true(jtree_get(rule->t, "disabled"));
}

/* What reads the rules of one text. */
struct work {
	struct policy_reader *r;
	const struct collections *all; /* at first those from outside */
	const struct collections_who *who;
	struct policy_draft draft;
	struct policy *taken;
};

static void
read_rule(struct work *w, const struct policy_at *rule)
{
	struct policy_reader *r = w->r;
	struct arena *arena = r->arena;
	bool take = applies(r, rule, w->all, w->who) && w->taken == NULL;
	struct policy *p;

	if (!take) /* only looked at */
		r->arena = r->scratch;
	policy_draft_read(r, rule, &w->draft);
	r->arena = arena;
	if (!take)
		return;
	p = policy_keep(r, sizeof *p);
	if (p == NULL)
		return;
	*p = w->draft.p;
	w->taken = p;
}

static void
read_rules(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct policy_at one = {.up = at, .t = at->t->first};
	struct work *w = dest;
	bool all = false;

	if (at->t->kind != JSCAN_ARRAY) {
		policy_wrong(r, at, "not an array");
		return;
	}
	for (; one.t != NULL; one.t = one.t->next) {
		if (all)
			policy_likely_unreached(r, &one);
		if (one.t->kind == JSCAN_OBJECT)
			read_rule(w, &one);
		else
			policy_wrong(r, &one, "not an object");
		all = all || policy_likely_is_for_all(one.t);
		one.index++;
	}
}

static const struct policy_member policy_table[] = {
    {.name = "rules", .kind = POLICY_CALL, .read = read_rules},
    {.name = "collections", .kind = POLICY_KEPT},
    {.name = "_id", .kind = POLICY_KEPT},
    {.name = "owner", .kind = POLICY_KEPT},
    {.name = "modified", .kind = POLICY_KEPT},
    {.name = "notes", .kind = POLICY_KEPT},
    {.name = "$schema", .kind = POLICY_KEPT},
    {0},
};

static void
read_collections(struct work *w, const struct policy_at *policy)
{
	const struct jtree *list = jtree_get(policy->t, "collections");
	struct policy_at at = {.up = policy, .t = list};
	const struct collections *own;
	struct err e = {0};

	if (collections_read(w->r->scratch, list, &own, &e) != 0 ||
	    collections_join(w->r->scratch, own, w->all, &w->all, &e) != 0)
		policy_wrong(w->r, list == NULL ? policy : &at, e.text);
}

/* {"rules": …} or a rule. */
static void
read_policy(struct work *w, const struct policy_at *at)
{
	if (at->t->kind != JSCAN_OBJECT) {
		policy_wrong(w->r, at, "not an object");
	} else if (jtree_get(at->t, "rules") != NULL) {
		read_collections(w, at);
		(void)policy_members(w->r, at, policy_table, w);
	} else {
		read_rule(w, at);
	}
}

/* The record that carries a policy on a pipe. */
struct record {
	struct work *w;
	int64_t version;
	bool read;
};

static void
record_kind(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	(void)dest;
	if (!str_eqz(jtree_str(at->t), "runtime"))
		policy_wrong(r, at, "not a runtime policy");
}

static void
record_v(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	int64_t v;

	(void)dest;
	(void)policy_integer(r, at, 1, 1, &v);
}

static void
record_version(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct record *record = dest;

	(void)policy_integer(r, at, 0, INT64_MAX, &record->version);
}

static void
record_policy(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct record *record = dest;

	(void)r;
	record->read = true;
	read_policy(record->w, at);
}

static const struct policy_member record_table[] = {
    {.name = "type", .kind = POLICY_KEPT},
    {.name = "v", .kind = POLICY_CALL, .read = record_v},
    {.name = "kind", .kind = POLICY_CALL, .read = record_kind},
    {.name = "version", .kind = POLICY_CALL, .read = record_version},
    {.name = "policy", .kind = POLICY_CALL, .read = record_policy},
    {0},
};

/* The whole text; the version of a record. */
static int64_t
read_all(struct work *w, const struct jtree *t)
{
	const struct policy_at at = {.t = t};
	struct record record = {.w = w};

	if (!str_eqz(jtree_str(jtree_get(t, "type")), "policy")) {
		read_policy(w, &at);
		return 0;
	}
	(void)policy_members(w->r, &at, record_table, &record);
	if (!record.read)
		policy_wrong(w->r, &at, "no \"policy\" in the record");
	return record.version;
}

int
policy_note_error(
    const struct policy_note *note, const char *what, struct err *e)
{
	bool whole = note->pointer.n == 0;

	return err_set(e, ERR_PERM, EINVAL, "%s:%u:%u: %.*s%s%.*s", what,
	    note->line, note->column, STR_ARG(note->pointer), whole ? "" : ": ",
	    STR_ARG(note->msg));
}

static int
finish(struct work *w, const char *what, int64_t version,
    const struct policy **ret, struct err *e)
{
	struct policy_reader *r = w->r;

	if (r->error != NULL)
		return policy_note_error(r->error, what, e);
	if (w->taken == NULL)
		w->taken = policy_keep(r, sizeof *w->taken);
	if (r->full || w->taken == NULL)
		return err_set(e, ERR_PERM, E2BIG,
		    "%s: the policy needs more memory than there is for it",
		    what);
	w->taken->version = version;
	*ret = w->taken;
	return 0;
}

int
policy_read(struct arena *a, struct str text, const char *what,
    const struct collections_who *who, const struct policy **ret,
    const struct policy_note **notes, struct err *e)
{
	return policy_read_with(a, text, what, NULL, who, ret, notes, e);
}

int
policy_read_with(struct arena *a, struct str text, const char *what,
    const struct collections *more, const struct collections_who *who,
    const struct policy **ret, const struct policy_note **notes, struct err *e)
{
	cleanup_arena struct arena *scratch = arena_new(SCRATCH_MAX);
	struct policy_reader r = {
	    .arena = a, .keep = a, .scratch = scratch, .text = text};
	struct work w = {.r = &r, .all = more, .who = who};
	const struct jtree *t = NULL;
	int64_t version;
	int error;

	if (notes != NULL)
		*notes = NULL;
	if (scratch == NULL)
		return err_nomem(e);
	if (text.n > POLICY_TEXT_MAX)
		return err_set(e, ERR_PERM, E2BIG, "%s: larger than %d bytes",
		    what, POLICY_TEXT_MAX);
	error = jtree_parse(scratch, text, what, &t, e);
	if (error != 0)
		return error;
	r.end = &r.notes;
	version = read_all(&w, t);
	if (notes != NULL)
		*notes = r.notes;
	return finish(&w, what, version, ret, e);
}

event_set
policy_watches(const struct policy *p)
{
	return p->watches;
}

event_set
policy_prevents(const struct policy *p)
{
	return p->prevents;
}

bool
policy_wants_hash(const struct policy *p)
{
	return p->hash;
}

bool
policy_wants_manifest(const struct policy *p)
{
	return p->effects[POLICY_ALTERED_BINARY] != POLICY_DISABLE;
}

struct str
policy_name(const struct policy *p)
{
	return p->name;
}

int64_t
policy_version(const struct policy *p)
{
	return p->version;
}

struct str
policy_tier(const struct policy *p)
{
	return p->tier;
}
