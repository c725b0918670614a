/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the sections: the first whose conditions all hold. */
#include <netinet/in.h>
#include <string.h>

#include "runtime_look.h"

/* The words of argv with blanks between them, cut at the bound. */
static bool
match_args(const struct ere *re, struct str args)
{
	char text[EVENT_ARGS_MAX];

	while (args.n > 0 && args.p[args.n - 1] == '\0')
		args.n--;
	args = str_sub(args, 0, sizeof text);
	for (size_t i = 0; i < args.n; i++)
		text[i] = args.p[i] == '\0' ? ' ' : args.p[i];
	return ere_match(re, str_make(text, args.n));
}

static bool
has_ancestor(const struct event_process *by, const struct policy_names *list)
{
	if (policy_names_has(list, by->parent))
		return true;
	for (size_t i = 0; i < by->n_ancestors; i++)
		if (policy_names_has(list, by->ancestors[i]))
			return true;
	return false;
}

static bool
has_uid(const struct policy_process_rule *rule, uint32_t uid)
{
	for (size_t i = 0; i < rule->n_uids; i++)
		if (rule->uids[i] == uid)
			return true;
	return rule->n_uids == 0;
}

/* To refuse, any name will do; to allow, only the true one. */
static bool
has_program(
    const struct policy_process_rule *rule, const struct runtime_look *l)
{
	if (rule->programs.n == 0)
		return true;
	return rule->effect == POLICY_ALLOW
		   ? runtime_program_sure(&l->program, &rule->programs)
		   : runtime_program_any(&l->program, &rule->programs);
}

static bool
match_process(
    const struct policy_process_rule *rule, const struct runtime_look *l)
{
	const struct event_process *by = &l->ev->by;

	return has_program(rule, l) && has_uid(rule, by->uid) &&
	       (rule->parents.n == 0 ||
		   policy_names_has(&rule->parents, by->parent)) &&
	       (rule->sources.n == 0 || has_ancestor(by, &rule->sources)) &&
	       (rule->hashes.n == 0 ||
		   policy_set_has(&rule->hashes, by->sha256)) &&
	       (rule->args == NULL || match_args(rule->args, by->args));
}

enum policy_effect
runtime_process_rules(struct runtime_look *l)
{
	for (size_t i = 0; i < l->p->n_process_rules; i++) {
		const struct policy_process_rule *r = &l->p->process_rules[i];

		if (match_process(r, l)) {
			l->title = r->title;
			return r->effect;
		}
	}
	return POLICY_DISABLE;
}

static bool
is_source(const struct policy_names *list, const struct event_process *by)
{
	return list->n == 0 || policy_names_has(list, by->exe) ||
	       policy_names_has(list, by->script);
}

/* A datagram socket that is bound listens; a stream socket does not yet. */
static bool
is_listening(const struct event *ev)
{
	return ev->name == EVENT_LISTEN ||
	       (ev->name == EVENT_BIND && ev->protocol == IPPROTO_UDP);
}

enum policy_effect
runtime_network_rules(struct runtime_look *l)
{
	const struct event *ev = l->ev;

	if (ev->addr.family == 0 ||
	    (ev->name == EVENT_BIND && !is_listening(ev)))
		return POLICY_DISABLE;
	for (size_t i = 0; i < l->p->n_network_rules; i++) {
		const struct policy_network_rule *r = &l->p->network_rules[i];
		uint16_t port =
		    ev->name == EVENT_ACCEPT ? ev->local_port : ev->port;

		if (!(policy_direction_events(r->directions) &
			EVENT_BIT(ev->name)) ||
		    (r->protocol != 0 && ev->protocol != 0 &&
			r->protocol != ev->protocol) ||
		    (r->nets.n > 0 && !policy_nets_has(&r->nets, &ev->addr)) ||
		    (r->ports.n > 0 && !policy_ports_has(&r->ports, port)) ||
		    !is_source(&r->sources, &ev->by))
			continue;
		l->title = r->title;
		return r->effect;
	}
	return POLICY_DISABLE;
}

/* Is path dir, or something below it (recursive), or straight in it? */
static bool
is_below(struct str path, struct str dir, bool recursive)
{
	struct str rest;

	if (path.n <= dir.n || memcmp(path.p, dir.p, dir.n) != 0 ||
	    path.p[dir.n] != '/')
		return str_eq(path, dir) && dir.n > 0;
	rest = str_sub(path, dir.n + 1, path.n);
	return recursive || str_chr(rest, '/') == rest.n;
}

static bool
has_file(const struct policy_file_rule *rule, struct str path)
{
	if (path.n == 0)
		return false;
	if (rule->dir.p != NULL)
		return is_below(path, rule->dir, rule->recursive);
	return rule->paths.n == 0 || policy_paths_has(&rule->paths, path);
}

enum policy_effect
runtime_file_rules(struct runtime_look *l)
{
	const struct event *ev = l->ev;

	for (size_t i = 0; i < l->p->n_file_rules; i++) {
		const struct policy_file_rule *r = &l->p->file_rules[i];

		if (!(r->ops & EVENT_BIT(ev->name)) ||
		    !(has_file(r, ev->path) || has_file(r, ev->path2)) ||
		    !is_source(&r->sources, &ev->by))
			continue;
		l->title = r->title;
		return r->effect;
	}
	return POLICY_DISABLE;
}
