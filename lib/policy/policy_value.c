/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_value.h"

#include <string.h>

#include "base/num.h"
#include "policy_rule.h"

/* What is collected before it is compiled; in scratch. */
struct list {
	struct str *strings;
	struct ip_prefix *nets;
	struct policy_port_range *ports;
	size_t n;
	int deny;
	bool path;  /* of files: whole paths */
	bool lower; /* to lower case, no final dot */
	bool hash;
};

void
policy_each(struct policy_reader *r, const struct policy_at *at,
    void (*item)(
	struct policy_reader *r, const struct policy_at *at, void *dest),
    void *dest)
{
	struct policy_at one = {.up = at};

	if (at->t->kind != JSCAN_ARRAY) {
		item(r, at, dest);
		return;
	}
	for (one.t = at->t->first; one.t != NULL; one.t = one.t->next) {
		item(r, &one, dest);
		one.index++;
	}
}

/* Room for the values of a list; false when there are too many. */
static void *
room(struct policy_reader *r, const struct policy_at *at, size_t size)
{
	size_t n = at->t->kind == JSCAN_ARRAY ? at->t->n : 1;
	void *p;

	if (n > POLICY_ENTRIES_MAX - r->entries) {
		policy_wrong(r, at, "more than 65536 entries in all lists");
		return NULL;
	}
	r->entries += n;
	p = arena_alloc(r->scratch, n * size);
	r->full |= p == NULL;
	return p;
}

bool
policy_integer(struct policy_reader *r, const struct policy_at *at, int64_t min,
    int64_t max, int64_t *ret)
{
	if (at->t->kind == JSCAN_NUMBER &&
	    num_parse(at->t->text, min, max, ret))
		return true;
	policy_tell(r, at, POLICY_ERROR, "policy.wrong-value",
	    "not a whole number from %lld to %lld", (long long)min,
	    (long long)max);
	return false;
}

/* In place of s a copy in lower case. */
static struct str
lower(struct policy_reader *r, struct str s)
{
	char *p = arena_dup(r->scratch, s);

	if (p == NULL) {
		r->full = true;
		return s;
	}
	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	return str_make(p, s.n);
}

static bool
is_hash(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("0123456789abcdef", s.p[i]) == NULL)
			return false;
	return s.n == 64;
}

/* What is looked at is absolute: no file is called "etc/passwd" there. */
static void
look_at_path(struct policy_reader *r, const struct policy_at *at, struct str s)
{
	if (memchr("/*?", s.p[0], 3) == NULL)
		policy_tell(r, at, POLICY_WARNING, "policy.not-absolute",
		    "fits no file: it begins with neither / nor * nor ?");
}

static void
add_string(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	const struct jtree *path = jtree_get(at->t, "path");
	struct str s = jtree_str(path != NULL ? path : at->t);
	struct list *list = dest;

	if (list->lower)
		s = lower(r, s);
	if (list->lower && !list->hash && str_ends(s, "."))
		s.n--;
	if (s.n == 0 || memchr(s.p, '\0', s.n) != NULL)
		policy_wrong(r, at, "not a string with something in it");
	else if (list->hash && !is_hash(s))
		policy_wrong(r, at, "not a sha256: 64 hexadecimal digits");
	else
		list->strings[list->n++] = s;
	if (s.n > 0 && (list->path || (!list->lower && str_chr(s, '/') < s.n)))
		look_at_path(r, at, s);
}

static bool
read_strings(
    struct policy_reader *r, const struct policy_at *at, struct list *list)
{
	list->strings = room(r, at, sizeof *list->strings);
	if (list->strings != NULL)
		policy_each(r, at, add_string, list);
	return list->strings != NULL;
}

void
policy_add_names(struct policy_reader *r, const struct policy_at *at,
    struct policy_names *ret)
{
	struct list list = {0};

	if (read_strings(r, at, &list))
		r->full |=
		    policy_names_make(r->arena, list.strings, list.n, ret) != 0;
}

void
policy_add_paths(struct policy_reader *r, const struct policy_at *at,
    struct policy_paths *ret)
{
	struct list list = {.path = true};

	if (read_strings(r, at, &list))
		r->full |=
		    policy_paths_make(r->arena, list.strings, list.n, ret) != 0;
}

void
policy_add_domains(struct policy_reader *r, const struct policy_at *at,
    struct policy_domains *ret)
{
	struct list list = {.lower = true};

	if (read_strings(r, at, &list))
		r->full |= policy_domains_make(
			       r->arena, list.strings, list.n, ret) != 0;
}

void
policy_add_hashes(
    struct policy_reader *r, const struct policy_at *at, struct policy_set *ret)
{
	struct list list = {.lower = true, .hash = true};

	if (read_strings(r, at, &list))
		r->full |=
		    policy_set_make(r->arena, list.strings, list.n, ret) != 0;
}

static void
add_net(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct list *list = dest;

	if (ip_parse_prefix(jtree_str(at->t), &list->nets[list->n]))
		list->n++;
	else
		policy_wrong(r, at, "neither an address nor ADDRESS/BITS");
}

void
policy_add_nets(struct policy_reader *r, const struct policy_at *at,
    struct policy_nets *ret)
{
	struct list list = {.nets = room(r, at, sizeof *list.nets)};

	if (list.nets == NULL)
		return;
	policy_each(r, at, add_net, &list);
	r->full |= policy_nets_make(r->arena, list.nets, list.n, ret) != 0;
}

/* The vendor's form. */
struct port_object {
	int64_t start, end;
	signed char deny;
};

static void
read_start(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct port_object *o = dest;

	(void)policy_integer(r, at, 0, UINT16_MAX, &o->start);
}

static void
read_end(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct port_object *o = dest;

	(void)policy_integer(r, at, 0, UINT16_MAX, &o->end);
}

static const struct policy_member port_members[] = {
    {.name = "start", .kind = POLICY_CALL, .read = read_start},
    {.name = "end", .kind = POLICY_CALL, .read = read_end},
    {.name = "deny",
	.kind = POLICY_BOOL,
	.at = offsetof(struct port_object, deny)},
    {0},
};

static bool
port_text(struct str s, struct port_object *o)
{
	struct str from, to;

	if (!str_cut(s, '-', &from, &to))
		to = from;
	return num_parse(from, 0, UINT16_MAX, &o->start) &&
	       num_parse(to, 0, UINT16_MAX, &o->end);
}

static void
add_port(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct port_object o = {.start = -1, .end = -1, .deny = -1};
	struct list *list = dest;

	if (at->t->kind == JSCAN_OBJECT)
		(void)policy_members(r, at, port_members, &o);
	else
		(void)port_text(at->t->text, &o);
	if (o.end < 0 && at->t->kind == JSCAN_OBJECT)
		o.end = o.start;
	if (o.start < 0 || o.end < o.start) {
		policy_wrong(r, at, "not a port or a range of ports");
		return;
	}
	if (list->deny >= 0 && o.deny >= 0 && o.deny != list->deny)
		policy_tell(r, at, POLICY_WARNING, "policy.contradiction",
		    "\"deny\" contradicts the list, which counts");
	list->ports[list->n++] =
	    (struct policy_port_range){(uint16_t)o.start, (uint16_t)o.end};
}

void
policy_add_ports(struct policy_reader *r, const struct policy_at *at, int deny,
    struct policy_ports *ret)
{
	struct list list = {
	    .ports = room(r, at, sizeof *list.ports), .deny = deny};

	if (list.ports == NULL)
		return;
	policy_each(r, at, add_port, &list);
	r->full |= policy_ports_make(r->arena, list.ports, list.n, ret) != 0;
}
