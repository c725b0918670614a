/* SPDX-License-Identifier: Apache-2.0 */
/* "rules" of filesystem. */
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

/* The event of an operation's word; 0 for one that there is not. */
static event_set
op_events(struct str word)
{
	static const char *const words[] = {"open", "create", "read", "mkdir",
	    "mknod", "unlink", "truncate", "chmod", "chown", "setxattr",
	    "rename", "link", "symlink"};

	if (str_eqz(word, "write"))
		return POLICY_CHANGES;
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eqz(word, words[i]))
			return EVENT_BIT(EVENT_OPEN + i);
	return 0;
}

static void
file_op(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct policy_file_rule *rule = to;
	event_set events = op_events(jtree_str(at->t));

	if (events == 0)
		policy_wrong(r, at,
		    "not one of write, open, create, read, mkdir, mknod, "
		    "unlink, truncate, chmod, chown, setxattr, rename, link, "
		    "symlink");
	rule->ops |= events;
}

/* A file rule while it is read. */
struct file_draft {
	struct policy_file_rule rule;
	signed char recursive;
	event_set kinds; /* of "files" */
	bool placed;
};

static void
file_ops(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct file_draft *d = to;

	policy_each(r, at, file_op, &d->rule);
}

static void
file_paths(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct file_draft *d = to;

	if (d->placed) {
		policy_wrong(
		    r, at, "only one of \"path\", \"dir\" and \"glob\"");
		return;
	}
	d->placed = true;
	policy_add_paths(r, at, &d->rule.paths);
}

static void
file_dir(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct file_draft *d = to;
	struct str s = jtree_str(at->t);

	if (d->placed || !str_starts(s, "/")) {
		policy_wrong(r, at,
		    d->placed ? "only one of \"path\", \"dir\" and \"glob\""
			      : "not an absolute path");
		return;
	}
	d->placed = true;
	while (str_ends(s, "/"))
		s.n--;
	d->rule.dir = policy_keep_str(r, s);
}

static void
file_kinds(struct policy_reader *r, const struct policy_at *at, void *to)
{
	const event_set new = EVENT_BIT(EVENT_CREATE) | EVENT_BIT(EVENT_MKDIR) |
			      EVENT_BIT(EVENT_MKNOD) | EVENT_BIT(EVENT_LINK) |
			      EVENT_BIT(EVENT_SYMLINK) |
			      EVENT_BIT(EVENT_RENAME);
	struct file_draft *d = to;
	struct str s = jtree_str(at->t);

	if (str_eqz(s, "new"))
		d->kinds = new;
	else if (str_eqz(s, "existing"))
		d->kinds = ~new | EVENT_BIT(EVENT_RENAME);
	else if (!str_eqz(s, "all"))
		policy_wrong(r, at, "not one of new, existing, all");
}

static void
file_sources(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct file_draft *d = to;

	policy_add_names(r, at, &d->rule.sources);
}

static const struct policy_member file_rule[] = {
    CALL("path", file_paths),
    CALL("glob", file_paths),
    CALL("dir", file_dir),
    MEMBER("recursive", POLICY_BOOL, struct file_draft, recursive),
    CALL("ops", file_ops),
    CALL("files", file_kinds),
    CALL("fromSource", file_sources),
    MEMBER("effect", POLICY_RULE_EFFECT, struct file_draft, rule.effect),
    MEMBER("title", POLICY_TEXT, struct file_draft, rule.title),
    MEMBER("notes", POLICY_KEPT, struct file_draft, rule),
    {0},
};

static bool
read_file_rule(struct policy_reader *r, const struct policy_at *at, void *ret)
{
	struct file_draft d = {.rule.effect = policy_draft_effect(at),
	    .recursive = 1,
	    .kinds = ~(event_set)0};
	struct policy_file_rule *rule = ret;

	if (!policy_members(r, at, file_rule, &d))
		return false;
	*rule = d.rule;
	if (rule->ops == 0)
		rule->ops = POLICY_CHANGES;
	rule->ops &= d.kinds;
	rule->recursive = d.recursive == 1;
	return rule->effect != POLICY_DISABLE;
}

void
policy_draft_file_rules(
    struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct policy *p = &((struct policy_draft *)dest)->p;

	p->file_rules = policy_draft_rules(
	    r, at, sizeof *p->file_rules, read_file_rule, &p->n_file_rules);
}
