/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule that was read comes to: the effect of each detection. */
#include "policy_draft.h"

static bool
has_list(const struct policy *p, enum policy_detection which)
{
	switch (which) {
	case POLICY_DENIED_PROCESS:
		return p->denied_processes.n > 0;
	case POLICY_NOT_ALLOWED_PROCESS:
		return p->allowed_processes.n > 0;
	case POLICY_DENIED_IP:
		return p->denied_ips.n > 0;
	case POLICY_NOT_ALLOWED_IP:
		return p->allowed_ips.n > 0;
	case POLICY_DENIED_OUTBOUND_PORT:
		return p->denied_out.n > 0;
	case POLICY_NOT_ALLOWED_OUTBOUND_PORT:
		return p->allowed_out.n > 0;
	case POLICY_DENIED_LISTENING_PORT:
		return p->denied_listen.n > 0;
	case POLICY_NOT_ALLOWED_LISTENING_PORT:
		return p->allowed_listen.n > 0;
	case POLICY_INTERNAL_PORT:
		return p->internal.n > 0;
	case POLICY_DENIED_DOMAIN:
		return p->denied_domains.n > 0;
	case POLICY_NOT_ALLOWED_DOMAIN:
		return p->allowed_domains.n > 0;
	case POLICY_DENIED_FILE:
		return p->denied_files.n > 0;
	case POLICY_NOT_ALLOWED_FILE:
		return p->allowed_files.n > 0;
	default:
		return false; /* rules have effects of their own */
	}
}

/* Is it on, given that its section has an effect? */
static bool
is_on(const struct policy_draft *d, const struct policy_detection_row *row,
    enum policy_detection which)
{
	signed char by = d->switches[row->by];

	switch (row->source) {
	case POLICY_BY_LIST:
		return has_list(&d->p, which);
	case POLICY_BY_CHECK:
		return by == 1;
	case POLICY_BY_SKIP:
		return by != 1 ||
		       (which == POLICY_MODIFIED_PROCESS &&
			   d->switches[POLICY_CHECK_NEW_BINARIES] == 1);
	case POLICY_BY_EITHER:
		return by < 0 || by == (row->skips ? 0 : 1);
	case POLICY_ALWAYS:
		return true;
	case POLICY_ASKED:
		break;
	}
	return false;
}

static enum policy_effect
effect_of(const struct policy_draft *d, enum policy_detection which)
{
	const struct policy_detection_row *row = &policy_detections[which];
	enum policy_effect effect = d->sections[row->section];
	bool said =
	    row->source == POLICY_BY_EITHER && d->switches[row->by] >= 0;

	if (d->said[which])
		return row->source != POLICY_BY_LIST || has_list(&d->p, which)
			   ? d->effects[which]
			   : POLICY_DISABLE;
	if (effect == POLICY_DISABLE || !is_on(d, row, which))
		return POLICY_DISABLE;
	return row->alert && !said ? POLICY_ALERT : effect;
}

static void
activate(struct policy *p, enum policy_detection which, event_set events)
{
	for (unsigned i = 0; i < EVENT_LIFECYCLE; i++)
		if ((events & EVENT_BIT(i)) != 0)
			p->active[i] |= (uint64_t)1 << which;
}

/* A rule of a section, or a custom one. */
static void
add_rule(struct policy *p, enum policy_detection which,
    enum policy_effect effect, event_set events)
{
	activate(p, which, events);
	/* For the tracer: of modes all, not only those that give a right. */
	if (effect >= POLICY_ALERT && (events & EVENT_BIT(EVENT_CHMOD)))
		p->watches |= EVENT_BIT(EVENT_CHOWN);
	if (effect >= POLICY_ALERT)
		p->watches |= events;
	if (effect >= POLICY_PREVENT)
		p->prevents |= events;
	if (effect > p->effects[which])
		p->effects[which] = effect;
}

event_set
policy_direction_events(unsigned directions)
{
	event_set events = 0;

	if (directions & POLICY_OUTBOUND)
		events |= EVENT_BIT(EVENT_CONNECT) | EVENT_BIT(EVENT_SEND);
	if (directions & POLICY_INBOUND)
		events |= EVENT_BIT(EVENT_ACCEPT);
	if (directions & POLICY_LISTEN)
		events |= EVENT_BIT(EVENT_LISTEN) | EVENT_BIT(EVENT_BIND);
	return events;
}

static void
add_rules(struct policy *p)
{
	for (size_t i = 0; i < p->n_process_rules; i++) {
		add_rule(p, POLICY_PROCESS_RULE, p->process_rules[i].effect,
		    EVENT_BIT(EVENT_EXEC) | EVENT_BIT(EVENT_ENTERED));
		p->hash |= p->process_rules[i].hashes.n > 0;
	}
	for (size_t i = 0; i < p->n_network_rules; i++)
		add_rule(p, POLICY_NETWORK_RULE, p->network_rules[i].effect,
		    policy_direction_events(p->network_rules[i].directions));
	for (size_t i = 0; i < p->n_file_rules; i++)
		add_rule(p, POLICY_FILE_RULE, p->file_rules[i].effect,
		    p->file_rules[i].ops);
	for (size_t i = 0; i < p->n_customs; i++) {
		add_rule(p, POLICY_CUSTOM_RULE, p->customs[i].effect,
		    p->customs[i].events);
		p->hash |= custom_wants_hash(p->customs[i].script);
	}
}

/* What the tracer refuses as soon as anything is watched is told, too. */
static void
add_closed(struct policy_draft *d)
{
	static const enum policy_detection closed[] = {
	    POLICY_DEFENDER_ATTACK, POLICY_IO_URING, POLICY_FOREIGN_ABI};
	struct policy *p = &d->p;

	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
		event_set events = policy_detections[closed[i]].events;

		if (p->effects[closed[i]] != POLICY_DISABLE ||
		    d->said[closed[i]])
			continue;
		p->effects[closed[i]] = POLICY_ALERT;
		activate(p, closed[i], events);
		p->watches |= events;
	}
}

void
policy_draft_finish(struct policy_draft *d)
{
	struct policy *p = &d->p;

	add_rules(p);
	for (unsigned i = 0; i < POLICY_DETECTIONS; i++) {
		const struct policy_detection_row *row = &policy_detections[i];
		enum policy_effect effect;

		if (row->events == 0)
			continue; /* rules */
		effect = effect_of(d, (enum policy_detection)i);
		p->effects[i] = effect;
		if (effect == POLICY_DISABLE)
			continue;
		activate(p, (enum policy_detection)i, row->events | row->also);
		p->watches |= row->events;
		if (effect >= POLICY_PREVENT)
			p->prevents |= row->events;
	}
	if (p->watches != 0)
		add_closed(d);
	p->prevents &= p->watches;
}
