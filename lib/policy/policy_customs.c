/* SPDX-License-Identifier: Apache-2.0 */
/* "customRules": the vendor's, with the script beside the reference. */
#include "policy_draft.h"
#include "policy_value.h"

#define ON(name) EVENT_BIT(EVENT_##name)

struct custom_draft {
	struct policy_custom rule;
	struct str id;
	bool scripted, elsewhere, typed;
};

/* What the vendor's types of rules are about. */
static const struct {
	const char *name;
	event_set events;
} types[] = {
    {"processes", ON(EXEC) | ON(ENTERED) | ON(SETUID)},
    {"filesystem", POLICY_CHANGES},
    {"network-outgoing", ON(CONNECT) | ON(SEND) | ON(DNS)},
    {"network-incoming", ON(ACCEPT) | ON(LISTEN) | ON(BIND)},
    {"kernel", ON(PTRACE) | ON(MOUNT) | ON(NAMESPACE) | ON(MODULE) | ON(BPF) |
		   ON(SIGNAL)},
};

static void
custom_type(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct custom_draft *d = to;
	struct str s = jtree_str(at->t);

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eqz(s, types[i].name)) {
			d->rule.events = types[i].events;
			d->typed = true;
			return;
		}
	if (str_eqz(s, "kubernetes-audit") || str_starts(s, "waas-")) {
		d->elsewhere = true;
		policy_tell(r, at, POLICY_NOTE, "policy.no-effect",
		    "kept; rules of this type have no effect here");
		return;
	}
	policy_wrong(r, at,
	    "not one of processes, filesystem, network-outgoing, "
	    "network-incoming, kernel");
}

static void
custom_script(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct custom_draft *d = to;
	struct err e = {0};

	if (at->t->kind != JSCAN_STRING)
		policy_wrong(r, at, "not a string");
	else if (d->elsewhere)
		return; /* another language */
	else if (custom_compile(r->arena, at->t->text, &d->rule.script, &e) !=
		 0)
		policy_tell(r, at, POLICY_ERROR, "policy.script",
		    "the script: %s", e.text);
	d->scripted = true;
}

/* "T1059" or "T1059.004". */
static bool
is_technique(struct str s)
{
	if ((s.n != 5 && s.n != 9) || s.p[0] != 'T')
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (i == 5 ? s.p[i] != '.' : s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static void
add_technique(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct policy_custom *rule = to;
	struct str s = jtree_str(at->t);

	if (at->t->kind != JSCAN_STRING)
		policy_wrong(r, at, "not a string");
	else if (!is_technique(s))
		policy_tell(r, at, POLICY_NOTE, "policy.no-effect",
		    "kept; events carry ids such as T1059.004 only");
	else if (rule->n_attack == EVENT_ATTACKS_MAX)
		policy_tell(r, at, POLICY_WARNING, "policy.no-effect",
		    "kept; events carry four techniques at most");
	else
		rule->attack[rule->n_attack++] = policy_keep_str(r, s);
}

static void
custom_attack(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct custom_draft *d = to;

	policy_each(r, at, add_technique, &d->rule);
}

static void
custom_action(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct custom_draft *d = to;
	struct str s = jtree_str(at->t);

	d->rule.incident = str_eqz(s, "incident");
	if (!d->rule.incident && s.n > 0 && !str_eqz(s, "audit"))
		policy_wrong(r, at, "not one of audit, incident");
}

/* A number with the vendor. */
static void
custom_id(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct custom_draft *d = to;

	if (at->t->kind == JSCAN_NUMBER || at->t->kind == JSCAN_STRING)
		d->id = policy_keep_str(r, at->t->text);
	else
		policy_wrong(r, at, "neither a number nor a string");
}

static const struct policy_member members[] = {
    {.name = "_id", .kind = POLICY_CALL, .read = custom_id},
    {.name = "name",
	.kind = POLICY_TEXT,
	.at = offsetof(struct custom_draft, rule.title)},
    {.name = "type", .kind = POLICY_CALL, .read = custom_type},
    {.name = "script", .kind = POLICY_CALL, .read = custom_script},
    {.name = "message",
	.kind = POLICY_TEXT,
	.at = offsetof(struct custom_draft, rule.msg)},
    {.name = "effect",
	.kind = POLICY_RULE_EFFECT,
	.at = offsetof(struct custom_draft, rule.effect)},
    {.name = "action", .kind = POLICY_CALL, .read = custom_action},
    {.name = "attackTechniques", .kind = POLICY_CALL, .read = custom_attack},
    {.name = "description", .kind = POLICY_KEPT},
    {.name = "owner", .kind = POLICY_KEPT},
    {.name = "modified", .kind = POLICY_KEPT},
    {.name = "minVersion", .kind = POLICY_KEPT},
    {.name = "vulnIDs", .kind = POLICY_KEPT},
    {.name = "notes", .kind = POLICY_KEPT},
    {0},
};

static bool
read_custom(struct policy_reader *r, const struct policy_at *at, void *ret)
{
	/* READ is left to the rules of the section: it is dear. */
	struct custom_draft d = {.rule.events = EVENT_BIT(EVENT_LIFECYCLE) - 1 -
						ON(NONE) - ON(READ)};

	if (!policy_members(r, at, members, &d))
		return false;
	if (!d.scripted) {
		if (!d.elsewhere)
			policy_tell(r, at, POLICY_WARNING, "policy.no-script",
			    "no \"script\": the rule is kept elsewhere and "
			    "does nothing here");
		return false;
	}
	if (d.rule.script == NULL || d.rule.effect == POLICY_DISABLE)
		return false;
	/* Without a type, one that asks for the process alone is of processes.
	 */
	if (!d.typed && (d.rule.events & ~custom_events(d.rule.script)) == 0)
		d.rule.events = types[0].events;
	d.rule.events &= custom_events(d.rule.script);
	if (d.rule.events == 0)
		policy_tell(r, at, POLICY_WARNING, "policy.never-true",
		    "no event has all that the script asks for");
	if (d.rule.title.n == 0)
		d.rule.title = d.id;
	*(struct policy_custom *)ret = d.rule;
	return true;
}

void
policy_draft_customs(
    struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct policy *p = &((struct policy_draft *)dest)->p;

	p->customs = policy_draft_rules(
	    r, at, sizeof *p->customs, read_custom, &p->n_customs);
}
