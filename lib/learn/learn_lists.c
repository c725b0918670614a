/* SPDX-License-Identifier: Apache-2.0 */
#include "learn_lists.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "glob/glob.h"

static void
write_strings(struct learn_writing *x, const struct learn_list *list)
{
	jwrite_array(x->w);
	for (size_t i = 0; i < list->n; i++)
		jwrite_str(x->w, list->items[i]);
	jwrite_end(x->w);
}

/* A list in scratch. */
static bool
init(struct learn_writing *x, struct learn_list *list, size_t max)
{
	if (!learn_list_init(list, x->scratch, max))
		x->error = -ENOMEM;
	return x->error == 0;
}

/* ---- processes ---- */

void
learn_lists_programs(struct learn_writing *x, const struct jtree *t)
{
	struct learn_list list;

	(void)t;
	if (!init(x, &list, x->l->n_programs + 1))
		return;
	for (size_t i = 0; i < x->l->n_programs; i++)
		if (x->l->programs[i].named)
			(void)learn_list_add(&list, x->l->programs[i].path);
	learn_list_sort(&list);
	write_strings(x, &list);
}

static int
compare_programs(const void *one, const void *two)
{
	const struct learn_program *a = one, *b = two;
	int c = str_cmp(a->path, b->path);

	return c != 0 ? c : str_cmp(a->args, b->args);
}

/* What a wider rule, or the whitelist, says already. */
static bool
is_said(const struct learn *l, const struct learn_program *p)
{
	for (size_t i = 0; i < l->n_programs; i++)
		if (l->programs[i].named &&
		    str_eq(l->programs[i].path, p->path))
			return true;
	return false;
}

static void
write_program(struct learn_writing *x, const struct learn_program *p)
{
	struct learn_list parents;

	if (!init(x, &parents, LEARN_PARENTS_MAX))
		return;
	for (size_t i = 0; i < p->n_parents; i++)
		(void)learn_list_add(&parents, p->parents[i]);
	learn_list_sort(&parents);
	jwrite_object(x->w);
	jwrite_kv(x->w, "path", p->path);
	if (p->args.n > 0)
		jwrite_kv(x->w, "args", p->args);
	if (!p->any_parent && parents.n > 0) {
		jwrite_key(x->w, "parent");
		write_strings(x, &parents);
	}
	jwrite_kvz(x->w, "effect", "allow");
	jwrite_end(x->w);
}

void
learn_lists_program_rules(struct learn_writing *x, const struct jtree *t)
{
	struct learn *l = x->l;
	struct str path, args;

	qsort(
	    l->programs, l->n_programs, sizeof *l->programs, compare_programs);
	jwrite_array(x->w);
	for (t = t->first; t != NULL; t = t->next)
		if (!learn_read_program(t, &path, &args))
			jtree_write(t, x->w);
	for (size_t i = 0; i < l->n_programs; i++)
		if (!l->programs[i].named && !is_said(l, &l->programs[i]))
			write_program(x, &l->programs[i]);
	jwrite_end(x->w);
}

/* ---- network ---- */

void
learn_lists_nets(struct learn_writing *x, const struct jtree *t)
{
	char text[IP_TEXT], whole[IP_TEXT + 8];

	(void)t;
	learn_network_nets(x->l);
	jwrite_array(x->w);
	for (size_t i = 0; i < x->l->n_nets; i++) {
		const struct ip_prefix *p = &x->l->nets[i];

		ip_text(&p->at, text);
		(void)snprintf(whole, sizeof whole, "%s/%u", text, p->bits);
		jwrite_strz(x->w,
		    p->bits == (p->at.family == 4 ? 32 : 128) ? text : whole);
	}
	jwrite_end(x->w);
}

static void
write_ports(struct learn_writing *x, const struct learn_ports *ports)
{
	unsigned start, end;

	jwrite_array(x->w);
	for (start = 0; start <= UINT16_MAX; start = end + 1) {
		end = start;
		if (!learn_ports_has(ports, start))
			continue;
		while (end < UINT16_MAX && learn_ports_has(ports, end + 1))
			end++;
		jwrite_object(x->w);
		jwrite_kv_int(x->w, "start", start);
		jwrite_kv_int(x->w, "end", end);
		jwrite_kv_bool(x->w, "deny", false);
		jwrite_end(x->w);
	}
	jwrite_end(x->w);
}

void
learn_lists_outbound(struct learn_writing *x, const struct jtree *t)
{
	(void)t;
	learn_ports_range(x->l, &x->l->outbound);
	write_ports(x, &x->l->outbound);
}

void
learn_lists_listening(struct learn_writing *x, const struct jtree *t)
{
	(void)t;
	write_ports(x, &x->l->listening);
}

void
learn_lists_domains(struct learn_writing *x, const struct jtree *t)
{
	struct learn_list list;

	(void)t;
	if (!init(x, &list, x->l->domains.n + 1))
		return;
	learn_domain_list(x->l, &list);
	write_strings(x, &list);
}

/* ---- files ---- */

static bool
has_glob(const struct learn_list *given, struct str path)
{
	for (size_t i = 0; i < given->n; i++)
		if (str_chr(given->items[i], '*') < given->items[i].n &&
		    glob_match(given->items[i], path, false))
			return true;
	return false;
}

/* What was given, and of what was learnt all that it does not cover. */
static bool
files(
    struct learn_writing *x, struct learn_list *whole, struct learn_list *some)
{
	const struct learn *l = x->l;
	struct learn_list learnt;
	size_t max = l->n_nodes + l->files.n + l->attributes.n + 1;

	if (!init(x, whole, max) || !init(x, some, max) ||
	    !init(x, &learnt, max))
		return false;
	learn_file_list(l, &learnt, some);
	for (size_t i = 0; i < learnt.n; i++)
		if (!has_glob(&l->files, learnt.items[i]))
			(void)learn_list_add(whole, learnt.items[i]);
	for (size_t i = 0; i < l->files.n; i++)
		(void)learn_list_add(whole, l->files.items[i]);
	for (size_t i = 0; i < l->attributes.n; i++)
		(void)learn_list_add(some, l->attributes.items[i]);
	learn_list_sort(whole);
	learn_list_sort(some);
	return true;
}

void
learn_lists_files(struct learn_writing *x, const struct jtree *t)
{
	struct learn_list whole, some;

	(void)t;
	if (files(x, &whole, &some))
		write_strings(x, &whole);
}

void
learn_lists_file_rules(struct learn_writing *x, const struct jtree *t)
{
	struct learn_list whole, some;
	struct str path;

	if (!files(x, &whole, &some))
		return;
	jwrite_array(x->w);
	for (t = t->first; t != NULL; t = t->next)
		if (!learn_read_attributes(t, &path))
			jtree_write(t, x->w);
	for (size_t i = 0; i < some.n; i++) {
		jwrite_object(x->w);
		jwrite_kv(x->w, "path", some.items[i]);
		jwrite_key(x->w, "ops");
		jwrite_raw(x->w, STR("[\"chmod\",\"chown\",\"setxattr\"]"));
		jwrite_kvz(x->w, "effect", "allow");
		jwrite_end(x->w);
	}
	jwrite_end(x->w);
}

/* ---- detections ---- */

static void
write_except(struct learn_writing *x, enum policy_detection which)
{
	struct learn_list list;

	if (!init(x, &list, x->l->n_excepts + 1))
		return;
	for (size_t i = 0; i < x->l->n_excepts; i++)
		if (x->l->excepts[i].which == which)
			(void)learn_list_add(&list, x->l->excepts[i].program);
	learn_list_sort(&list);
	jwrite_key(x->w, "except");
	write_strings(x, &list);
}

static bool
has_except(const struct learn *l, enum policy_detection which)
{
	for (size_t i = 0; i < l->n_excepts; i++)
		if (l->excepts[i].which == which)
			return true;
	return false;
}

/* One that was given: its effect stays. */
static void
grow_detection(
    struct learn_writing *x, const struct jtree *t, enum policy_detection which)
{
	const struct jtree *m;

	jwrite_keys(x->w, t->key);
	if (which == POLICY_DETECTIONS || !has_except(x->l, which)) {
		jtree_write(t, x->w);
		return;
	}
	jwrite_object(x->w);
	if (t->kind == JSCAN_STRING)
		jwrite_kv(x->w, "effect", t->text);
	for (m = t->first; m != NULL; m = m->next) {
		if (str_eqz(m->key, "except"))
			continue;
		jwrite_keys(x->w, m->key);
		jtree_write(m, x->w);
	}
	write_except(x, which);
	jwrite_end(x->w);
}

void
learn_lists_detections(struct learn_writing *x, const struct jtree *t)
{
	uint64_t done = 0;

	jwrite_object(x->w);
	for (t = t == NULL ? NULL : t->first; t != NULL; t = t->next) {
		enum policy_detection which = policy_detection_of(t->key);

		grow_detection(x, t, which);
		if (which < POLICY_DETECTIONS)
			done |= (uint64_t)1 << which;
	}
	for (unsigned i = 0; i < POLICY_DETECTIONS; i++) {
		enum policy_detection which = (enum policy_detection)i;

		if ((done >> i & 1) != 0 || !has_except(x->l, which))
			continue;
		jwrite_key(x->w, policy_detections[i].id);
		jwrite_object(x->w);
		write_except(x, which);
		jwrite_end(x->w);
	}
	jwrite_end(x->w);
}
