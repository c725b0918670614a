/* SPDX-License-Identifier: Apache-2.0 */
/* "rules" of processes. */
#include "policy_draft.h"
#include "policy_value.h"

#define MEMBER(text, what, type, member)                                       \
	{                                                                      \
		.name = (text), .kind = (what), .at = offsetof(type, member)   \
	}
#define CALL(text, function)                                                   \
	{                                                                      \
		.name = (text), .kind = POLICY_CALL, .read = (function)        \
	}

/* Programs by path and by name are one list. */
struct process_draft {
	struct policy_process_rule rule;
	bool named;
};

static void
process_programs(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct process_draft *d = to;

	if (d->named) {
		policy_wrong(r, at, "\"path\" and \"name\" exclude each other");
		return;
	}
	d->named = true;
	policy_add_names(r, at, &d->rule.programs);
}

static void
process_parents(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct process_draft *d = to;

	policy_add_names(r, at, &d->rule.parents);
}

static void
process_sources(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct process_draft *d = to;

	policy_add_names(r, at, &d->rule.sources);
}

static void
process_hashes(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct process_draft *d = to;

	policy_add_hashes(r, at, &d->rule.hashes);
}

struct uids {
	uint32_t *to;
	size_t n;
};

static void
add_uid(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct uids *uids = dest;
	int64_t uid;

	if (policy_integer(r, at, 0, UINT32_MAX, &uid))
		uids->to[uids->n++] = (uint32_t)uid;
}

static void
process_uids(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct process_draft *d = to;
	size_t n = at->t->kind == JSCAN_ARRAY ? at->t->n : 1;
	struct uids uids = {0};

	if (n > POLICY_RULES_MAX) {
		policy_wrong(r, at, "more than 1024 users");
		return;
	}
	uids.to = policy_keep(r, n * sizeof *uids.to);
	if (uids.to == NULL)
		return;
	policy_each(r, at, add_uid, &uids);
	d->rule.uids = uids.to;
	d->rule.n_uids = uids.n;
}

static void
process_args(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct process_draft *d = to;
	struct err e = {0};

	if (at->t->kind != JSCAN_STRING)
		policy_wrong(r, at, "not a regular expression");
	else if (ere_compile(r->arena, at->t->text, false, &d->rule.args, &e) !=
		 0)
		policy_wrong(r, at, e.text);
}

static const struct policy_member process_rule[] = {
    CALL("path", process_programs),
    CALL("name", process_programs),
    CALL("parent", process_parents),
    CALL("fromSource", process_sources),
    CALL("sha256", process_hashes),
    CALL("uid", process_uids),
    CALL("args", process_args),
    MEMBER("effect", POLICY_RULE_EFFECT, struct process_draft, rule.effect),
    MEMBER("title", POLICY_TEXT, struct process_draft, rule.title),
    MEMBER("notes", POLICY_KEPT, struct process_draft, rule),
    {0},
};

static bool
read_process_rule(
    struct policy_reader *r, const struct policy_at *at, void *ret)
{
	struct process_draft d = {.rule.effect = policy_draft_effect(at)};
	struct policy_process_rule *rule = ret;

	if (!policy_members(r, at, process_rule, &d))
		return false;
	*rule = d.rule;
	return rule->effect != POLICY_DISABLE;
}

void
policy_draft_process_rules(
    struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct policy *p = &((struct policy_draft *)dest)->p;

	p->process_rules = policy_draft_rules(r, at, sizeof *p->process_rules,
	    read_process_rule, &p->n_process_rules);
}
