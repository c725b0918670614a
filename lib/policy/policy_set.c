/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_set.h"

#include <errno.h>
#include <string.h>

#include "glob/glob.h"

/* FNV-1a, so that a hash of each parent of a path comes on the way. */
static uint32_t
hash_add(uint32_t h, char c)
{
	return (h ^ (unsigned char)c) * 16777619U;
}

static uint32_t
hash_of(struct str s)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < s.n; i++)
		h = hash_add(h, s.p[i]);
	return h;
}

/* The slot of text, or the free one where it would stand. */
static uint32_t
find(const struct policy_set *s, uint32_t h, struct str text)
{
	uint32_t at = (h ^ h >> 15) & s->mask;

	while (s->slots[at] != 0 && !str_eq(s->items[s->slots[at] - 1], text))
		at = (at + 1) & s->mask;
	return at;
}

/* Copies, in one piece. */
static int
copy_all(struct arena *a, const struct str *from, size_t n, struct str **ret)
{
	size_t bytes = 0;
	struct str *to;
	char *p;

	for (size_t i = 0; i < n; i++)
		bytes += from[i].n;
	to = arena_alloc(a, n * sizeof *to + bytes);
	if (to == NULL)
		return -ENOMEM;
	p = (char *)(to + n);
	for (size_t i = 0; i < n; i++) {
		if (from[i].n > 0)
			memcpy(p, from[i].p, from[i].n);
		to[i] = str_make(p, from[i].n);
		p += from[i].n;
	}
	*ret = to;
	return 0;
}

int
policy_set_make(
    struct arena *a, const struct str *from, size_t n, struct policy_set *ret)
{
	struct str *items;
	uint32_t *slots;
	size_t size = 4;

	*ret = (struct policy_set){0};
	if (n == 0)
		return 0;
	while (size < 2 * n)
		size *= 2;
	slots = arena_alloc(a, size * sizeof *slots);
	if (slots == NULL || copy_all(a, from, n, &items) != 0)
		return -ENOMEM;
	ret->items = items;
	ret->slots = slots;
	ret->mask = (uint32_t)size - 1;
	for (size_t i = 0; i < n; i++) {
		uint32_t at = find(ret, hash_of(items[i]), items[i]);

		if (slots[at] == 0)
			slots[at] = (uint32_t)i + 1;
	}
	ret->n = n;
	return 0;
}

static bool
has(const struct policy_set *s, uint32_t h, struct str text)
{
	return s->n > 0 && s->slots[find(s, h, text)] != 0;
}

bool
policy_set_has(const struct policy_set *s, struct str text)
{
	return s->n > 0 && has(s, hash_of(text), text);
}

static bool
is_glob(struct str s)
{
	return str_chr(s, '*') < s.n || str_chr(s, '?') < s.n;
}

enum kind { NAME, PATH, GLOB };

static enum kind
kind_of(struct str s)
{
	if (is_glob(s))
		return GLOB;
	return str_chr(s, '/') < s.n ? PATH : NAME;
}

/* Put the items of one kind to the front; how many there are. */
static size_t
gather(struct str *items, size_t n, enum kind kind)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		struct str s = items[i];

		if (kind_of(s) != kind)
			continue;
		items[i] = items[found];
		items[found++] = s;
	}
	return found;
}

static int
copy_globs(
    struct arena *a, const struct str *from, size_t n, const struct str **ret)
{
	struct str *globs;
	int r = copy_all(a, from, n, &globs);

	if (r == 0)
		*ret = globs;
	return r;
}

int
policy_names_make(
    struct arena *a, struct str *items, size_t n, struct policy_names *ret)
{
	size_t names = gather(items, n, NAME), paths;
	int r;

	*ret = (struct policy_names){.n = n};
	r = policy_set_make(a, items, names, &ret->names);
	if (r != 0)
		return r;
	paths = gather(items + names, n - names, PATH);
	r = policy_set_make(a, items + names, paths, &ret->paths);
	if (r != 0)
		return r;
	ret->n_globs = n - names - paths;
	return copy_globs(a, items + names + paths, ret->n_globs, &ret->globs);
}

static bool
glob_has(const struct str *globs, size_t n, struct str path, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		bool whole = str_chr(globs[i], '/') < globs[i].n;

		if (glob_match(globs[i], whole ? path : name, false))
			return true;
	}
	return false;
}

bool
policy_names_has(const struct policy_names *s, struct str path)
{
	size_t slash = str_rchr(path, '/');
	struct str name = path;

	if (s->n == 0 || path.n == 0)
		return false;
	if (slash < path.n)
		name = str_sub(path, slash + 1, path.n);
	return policy_set_has(&s->names, name) ||
	       policy_set_has(&s->paths, path) ||
	       glob_has(s->globs, s->n_globs, path, name);
}

/* Without the slashes at the end; "/" becomes "". */
static struct str
without_slashes(struct str s)
{
	while (str_ends(s, "/"))
		s.n--;
	return s;
}

int
policy_paths_make(
    struct arena *a, struct str *items, size_t n, struct policy_paths *ret)
{
	int r;

	*ret = (struct policy_paths){.n = n, .n_globs = gather(items, n, GLOB)};
	for (size_t i = ret->n_globs; i < n; i++)
		items[i] = without_slashes(items[i]);
	r = copy_globs(a, items, ret->n_globs, &ret->globs);
	return r != 0 ? r
		      : policy_set_make(a, items + ret->n_globs,
			    n - ret->n_globs, &ret->paths);
}

bool
policy_paths_has(const struct policy_paths *s, struct str path)
{
	uint32_t h = 2166136261U;
	size_t slash;

	if (s->n == 0 || path.n == 0)
		return false;
	for (size_t i = 0; i < path.n && s->paths.n > 0; i++) {
		if (path.p[i] == '/' && has(&s->paths, h, str_sub(path, 0, i)))
			return true;
		h = hash_add(h, path.p[i]);
	}
	if (has(&s->paths, h, path))
		return true;
	slash = str_rchr(path, '/');
	return glob_has(s->globs, s->n_globs, path,
	    slash < path.n ? str_sub(path, slash + 1, path.n) : path);
}

/* What follows the last star: ".example.com"; all of it without one. */
static struct str
behind_star(struct str s)
{
	size_t at = str_rchr(s, '*');

	return at < s.n ? str_sub(s, at + 1, s.n) : s;
}

/* Those with a star: parents to the front, then ends; "*" is dropped. */
static size_t
sort_stars(struct str *items, size_t n, struct policy_domains *ret)
{
	size_t parents = 0;

	ret->n_ends = 0;
	for (size_t i = 0; i < n; i++) {
		struct str s = behind_star(items[i]);
		size_t end = parents + ret->n_ends;

		if (s.n == 0) {
			ret->all = true;
		} else if (s.p[0] == '.') {
			items[end] = items[parents];
			items[parents++] = str_sub(s, 1, s.n);
		} else {
			items[end] = s;
			ret->n_ends++;
		}
	}
	return parents;
}

int
policy_domains_make(
    struct arena *a, struct str *items, size_t n, struct policy_domains *ret)
{
	size_t stars, parents;
	int r;

	*ret = (struct policy_domains){.n = n};
	stars = gather(items, n, GLOB);
	r = policy_set_make(a, items + stars, n - stars, &ret->names);
	if (r != 0)
		return r;
	parents = sort_stars(items, stars, ret);
	r = policy_set_make(a, items, parents, &ret->parents);
	return r != 0 ? r
		      : copy_globs(a, items + parents, ret->n_ends, &ret->ends);
}

bool
policy_domains_has(const struct policy_domains *s, struct str domain)
{
	struct str tail = domain, head;

	if (s->n == 0 || domain.n == 0)
		return false;
	if (s->all || policy_set_has(&s->names, domain))
		return true;
	while (s->parents.n > 0 && str_cut(tail, '.', &head, &tail))
		if (policy_set_has(&s->parents, tail))
			return true;
	for (size_t i = 0; i < s->n_ends; i++)
		if (domain.n >= s->ends[i].n &&
		    str_eq(str_sub(domain, domain.n - s->ends[i].n, domain.n),
			s->ends[i]))
			return true;
	return false;
}
