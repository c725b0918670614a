/* SPDX-License-Identifier: Apache-2.0 */
/* "rules" of network. */
#include <netinet/in.h>

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

static void
network_nets(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct policy_network_rule *rule = to;

	policy_add_nets(r, at, &rule->nets);
}

static void
network_ports(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct policy_network_rule *rule = to;

	policy_add_ports(r, at, -1, &rule->ports);
}

static void
network_sources(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct policy_network_rule *rule = to;

	policy_add_names(r, at, &rule->sources);
}

static void
network_protocol(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct policy_network_rule *rule = to;
	struct str s = jtree_str(at->t);

	if (str_eqz(s, "tcp"))
		rule->protocol = IPPROTO_TCP;
	else if (str_eqz(s, "udp"))
		rule->protocol = IPPROTO_UDP;
	else if (!str_eqz(s, "any"))
		policy_wrong(r, at, "not one of tcp, udp, any");
}

static void
network_direction(struct policy_reader *r, const struct policy_at *at, void *to)
{
	struct policy_network_rule *rule = to;
	struct str s = jtree_str(at->t);

	if (str_eqz(s, "outbound"))
		rule->directions |= POLICY_OUTBOUND;
	else if (str_eqz(s, "inbound"))
		rule->directions |= POLICY_INBOUND;
	else if (str_eqz(s, "listen"))
		rule->directions |= POLICY_LISTEN;
	else
		policy_wrong(r, at, "not one of outbound, inbound, listen");
}

static void
network_directions(
    struct policy_reader *r, const struct policy_at *at, void *to)
{
	policy_each(r, at, network_direction, to);
}

static const struct policy_member network_rule[] = {
    CALL("cidr", network_nets),
    CALL("ports", network_ports),
    CALL("protocol", network_protocol),
    CALL("direction", network_directions),
    CALL("fromSource", network_sources),
    MEMBER("effect", POLICY_RULE_EFFECT, struct policy_network_rule, effect),
    MEMBER("title", POLICY_TEXT, struct policy_network_rule, title),
    MEMBER("notes", POLICY_KEPT, struct policy_network_rule, title),
    {0},
};

void
policy_draft_network_rules(
    struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct policy_network_rule *rules =
	    policy_draft_rules(r, at, sizeof *rules);
	struct policy_at one = {.up = at, .t = at->t->first};
	struct policy_draft *d = dest;
	size_t n = 0;

	for (; rules != NULL && one.t != NULL; one.t = one.t->next) {
		struct policy_network_rule rule = {
		    .effect = policy_draft_effect(at)};

		if (policy_members(r, &one, network_rule, &rule) &&
		    rule.effect != POLICY_DISABLE)
			rules[n++] = rule;
		if (n > 0 && rules[n - 1].directions == 0)
			rules[n - 1].directions = POLICY_OUTBOUND;
		one.index++;
	}
	d->p.network_rules = rules;
	d->p.n_network_rules = rules == NULL ? 0 : n;
}
