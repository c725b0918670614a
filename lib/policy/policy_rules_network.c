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

static bool
read_network_rule(
    struct policy_reader *r, const struct policy_at *at, void *ret)
{
	struct policy_network_rule *rule = ret;

	*rule = (struct policy_network_rule){.effect = policy_draft_effect(at)};
	if (!policy_members(r, at, network_rule, rule))
		return false;
	if (rule->directions == 0)
		rule->directions = POLICY_OUTBOUND;
	return rule->effect != POLICY_DISABLE;
}

void
policy_draft_network_rules(
    struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct policy *p = &((struct policy_draft *)dest)->p;

	p->network_rules = policy_draft_rules(r, at, sizeof *p->network_rules,
	    read_network_rule, &p->n_network_rules);
}
