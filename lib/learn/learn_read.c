/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy allows already. */
#include <errno.h>

#include "base/num.h"
#include "learn_state.h"

enum { SCRATCH_MAX = 64 << 20 };

/*
 * What is learnt into when there is nothing. A list without an entry would
 * allow everything, so that each has one that allows nothing of interest.
 */
static const char empty[] =
    "{\"rules\":[{\"name\":\"learnt\",\"notes\":\"\",\"tier\":\"full\","
    "\"processes\":{\"effect\":\"alert\","
    "\"whitelist\":[\"/opt/fg/bin/fg-wrap\"],\"rules\":[],"
    "\"checkCryptoMiners\":true,\"checkLateralMovement\":true,"
    "\"checkNewBinaries\":true,\"checkParentChild\":true,"
    "\"checkSuidBinaries\":true},"
    "\"network\":{\"effect\":\"alert\","
    "\"whitelistIPs\":[\"127.0.0.0/8\",\"::1\"],"
    "\"whitelistOutboundPorts\":[{\"start\":0,\"end\":0,\"deny\":false}],"
    "\"whitelistListeningPorts\":[{\"start\":0,\"end\":0,\"deny\":false}],"
    "\"detectPortScan\":true},"
    "\"dns\":{\"effect\":\"alert\",\"whitelist\":[\"localhost\"]},"
    "\"filesystem\":{\"effect\":\"alert\",\"whitelist\":[\"/dev/null\"],"
    "\"rules\":[],\"backdoorFiles\":true,\"checkNewFiles\":true,"
    "\"suspiciousELFHeaders\":true},"
    "\"cloudMetadataEnforcement\":true,\"detections\":{}}]}";

static const struct jtree *
first_of(const struct jtree *section, const char *list)
{
	const struct jtree *t = jtree_get(section, list);

	return t == NULL || t->kind != JSCAN_ARRAY ? NULL : t->first;
}

static bool
is_allowed(const struct jtree *rule)
{
	return str_eqz(jtree_str(jtree_get(rule, "effect")), "allow");
}

bool
learn_read_program(const struct jtree *rule, struct str *path, struct str *args)
{
	const struct jtree *parent = jtree_get(rule, "parent");
	size_t n = 2;

	*path = jtree_str(jtree_get(rule, "path"));
	*args = jtree_str(jtree_get(rule, "args"));
	n += args->n > 0;
	n += parent != NULL;
	if (parent != NULL && parent->kind != JSCAN_ARRAY)
		return false;
	return rule->n == n && path->n > 0 && is_allowed(rule);
}

bool
learn_read_attributes(const struct jtree *rule, struct str *path)
{
	const struct jtree *op = first_of(rule, "ops");

	*path = jtree_str(jtree_get(rule, "path"));
	if (op == NULL || !str_eqz(jtree_str(op), "chmod") ||
	    op->next == NULL || !str_eqz(jtree_str(op->next), "chown") ||
	    op->next->next == NULL ||
	    !str_eqz(jtree_str(op->next->next), "setxattr") ||
	    op->next->next->next != NULL)
		return false;
	return rule->n == 3 && path->n > 0 && is_allowed(rule);
}

static void
read_programs(struct learn *l, const struct jtree *section)
{
	const struct jtree *t = first_of(section, "whitelist"), *parent;
	struct learn_program *p;
	struct str path, args;

	for (; t != NULL; t = t->next)
		if (t->kind == JSCAN_STRING)
			learn_program_named(l, t->text);
	for (t = first_of(section, "rules"); t != NULL; t = t->next) {
		if (!learn_read_program(t, &path, &args))
			continue;
		p = learn_program_of(l, path, args);
		if (p == NULL)
			continue;
		parent = first_of(t, "parent");
		if (parent == NULL)
			p->any_parent = true;
		for (; parent != NULL; parent = parent->next)
			learn_program_parent(l, p, jtree_str(parent));
	}
}

/* 80, "80", "8000-8080", {"start":…,"end":…}: checked by policy_read(). */
static void
read_ports(struct learn *l, const struct jtree *t, struct learn_ports *to)
{
	for (; t != NULL; t = t->next) {
		struct str from = t->text, end;
		int64_t a, b;

		if (t->kind == JSCAN_OBJECT) {
			const struct jtree *last = jtree_get(t, "end");

			from = jtree_get(t, "start")->text;
			end = jtree_is_null(last) ? from : last->text;
		} else if (!str_cut(from, '-', &from, &end)) {
			end = from;
		}
		if (num_parse(from, 0, UINT16_MAX, &a) &&
		    num_parse(end, 0, UINT16_MAX, &b))
			learn_ports_add(l, to, (unsigned)a, (unsigned)b);
	}
}

static void
read_network(struct learn *l, const struct jtree *section)
{
	const struct jtree *t = first_of(section, "whitelistIPs");
	struct ip_prefix p;

	for (; t != NULL; t = t->next)
		if (ip_parse_prefix(jtree_str(t), &p))
			learn_network_net(l, &p);
	read_ports(
	    l, first_of(section, "whitelistOutboundPorts"), &l->outbound);
	read_ports(
	    l, first_of(section, "whitelistListeningPorts"), &l->listening);
}

static bool
read_files(struct learn *l, const struct jtree *section)
{
	const struct jtree *t = jtree_get(section, "whitelist");
	const struct jtree *rules = jtree_get(section, "rules");
	size_t n = t == NULL ? 0 : t->n;
	struct str path;

	if (!learn_list_init(&l->files, l->arena, n) ||
	    !learn_list_init(
		&l->attributes, l->arena, rules == NULL ? 0 : rules->n))
		return false;
	for (t = first_of(section, "whitelist"); t != NULL; t = t->next) {
		(void)learn_list_add(&l->files, jtree_str(t));
		learn_file_given(l, jtree_str(t));
	}
	for (t = first_of(section, "rules"); t != NULL; t = t->next)
		if (learn_read_attributes(t, &path))
			(void)learn_list_add(&l->attributes, path);
	return true;
}

static void
read_detections(struct learn *l, const struct jtree *section)
{
	const struct jtree *t = section == NULL ? NULL : section->first;

	for (; t != NULL; t = t->next) {
		enum policy_detection which = policy_detection_of(t->key);
		const struct jtree *name = first_of(t, "except");

		for (; name != NULL && which < POLICY_DETECTIONS;
		     name = name->next)
			learn_detect_except(l, which, jtree_str(name));
	}
}

int
learn_read_rule(struct learn *l, struct err *e)
{
	const struct jtree *t;

	read_programs(l, jtree_get(l->rule, "processes"));
	read_network(l, jtree_get(l->rule, "network"));
	t = first_of(jtree_get(l->rule, "dns"), "whitelist");
	for (; t != NULL; t = t->next)
		(void)learn_list_add(&l->domains, jtree_str(t));
	read_detections(l, jtree_get(l->rule, "detections"));
	l->changed = false;
	return read_files(l, jtree_get(l->rule, "filesystem")) ? 0
							       : err_nomem(e);
}

/* Would it be taken for a policy, all of it? */
static int
check(struct str text, const char *what, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(SCRATCH_MAX);
	const struct collections_who who = {.image = STR_NONE};
	const struct policy *p;

	return a == NULL ? err_nomem(e)
			 : policy_read(a, text, what, &who, &p, NULL, e);
}

int
learn_read(struct learn *l, struct str text, const char *what, struct err *e)
{
	struct str own = text;
	const struct jtree *rules;
	int r;

	if (text.n == 0)
		own = STR(empty);
	r = check(own, what, e);
	if (r != 0)
		return r;
	if (!learn_keep(l, &own))
		return err_nomem(e);
	r = jtree_parse(l->arena, own, what, &l->given, e);
	if (r != 0)
		return r;
	rules = jtree_get(l->given, "rules");
	if (rules == NULL || rules->kind != JSCAN_ARRAY || rules->n == 0 ||
	    l->given->kind != JSCAN_OBJECT)
		return err_set(e, ERR_PERM, EINVAL,
		    "%s: not a policy that can be extended: {\"rules\":[…]} "
		    "with a rule in it",
		    what);
	l->rule = rules->first;
	return learn_read_rule(l, e);
}
