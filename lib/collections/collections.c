/* SPDX-License-Identifier: Apache-2.0 */
#include "collections.h"

#include <errno.h>
#include <string.h>

#include "glob/glob.h"

enum { IMAGE_MAX = 1024 }; /* bytes of a completed name; longer: no match */

struct collections {
	const struct jtree *list;
	const struct jtree *
	    *slots;     /* n_slots, by the name's hash; NULL: free */
	size_t n_slots; /* a power of two above the number of them */
	const struct collections *more; /* for names that are not there */
};

/*
 * Members of a collection that are patterns. Those about which a container
 * knows nothing are asked with the empty string.
 */
static const char *const members[] = {"images", "containers", "appIDs", "hosts",
    "namespaces", "labels", "functions", "accountIDs", "clusters", "codeRepos"};

enum { IMAGES, CONTAINERS, APP_IDS };

static int
wrong(struct err *e, const char *member, const char *why)
{
	return err_set(e, ERR_PERM, EINVAL, "%s: %s", member, why);
}

static int
check_one(const struct jtree *c, struct err *e)
{
	if (c->kind != JSCAN_OBJECT)
		return wrong(e, "collections", "not an object");
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		const struct jtree *list = jtree_get(c, members[i]);

		if (jtree_is_null(list))
			continue;
		if (list->kind != JSCAN_ARRAY)
			return wrong(e, members[i], "not an array of patterns");
		for (list = list->first; list != NULL; list = list->next)
			if (list->kind != JSCAN_STRING)
				return wrong(e, members[i], "not a pattern");
	}
	return 0;
}

static struct str
name_of(const struct jtree *t)
{
	return jtree_str(jtree_get(t, "name"));
}

/* Where it is, or where it would be: FNV-1a, then the next one that is free. */
static size_t
slot_of(const struct collections *c, struct str name)
{
	uint64_t h = 0xcbf29ce484222325;
	size_t at;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 0x100000001b3;
	at = (size_t)(h ^ h >> 32) & (c->n_slots - 1);
	while (c->slots[at] != NULL && !str_eq(name_of(c->slots[at]), name))
		at = (at + 1) & (c->n_slots - 1);
	return at;
}

/* Of two of a name the first one counts. */
static int
make_slots(struct arena *a, struct collections *c, struct err *e)
{
	size_t n = 0, at;

	for (const struct jtree *t = c->list; t != NULL; t = t->next)
		n++;
	for (c->n_slots = 4; c->n_slots < 2 * n;)
		c->n_slots *= 2;
	c->slots = arena_alloc(a, c->n_slots * sizeof *c->slots);
	if (c->slots == NULL)
		return err_nomem(e);
	for (const struct jtree *t = c->list; t != NULL; t = t->next) {
		at = slot_of(c, name_of(t));
		if (c->slots[at] == NULL)
			c->slots[at] = t;
	}
	return 0;
}

int
collections_read(struct arena *a, const struct jtree *t,
    const struct collections **ret, struct err *e)
{
	struct collections *c = arena_alloc(a, sizeof *c);
	int r = 0;

	if (c == NULL)
		return err_nomem(e);
	if (!jtree_is_null(t) && t->kind != JSCAN_ARRAY)
		return wrong(e, "collections", "not an array");
	if (!jtree_is_null(t))
		c->list = t->first;
	for (const struct jtree *i = c->list; i != NULL && r == 0;
	     i = i->next) {
		r = check_one(i, e);
		if (r == 0 && name_of(i).n == 0)
			r = wrong(e, "collections", "one without a name");
	}
	if (r == 0)
		r = make_slots(a, c, e);
	if (r == 0)
		*ret = c;
	return r;
}

/* An image's name in full; false when it is longer than anything known. */
static bool
complete(struct str name, bool pattern, char *to, struct str *ret)
{
	bool stars = pattern && str_starts(name, "*");
	size_t slash = str_chr(name, '/'), digest = str_chr(name, '@'), n = 0,
	       at;
	struct str host = str_sub(name, 0, slash), last;
	static const char hub[] = "docker.io/library/";

	if (name.n + sizeof hub + sizeof ":latest" > IMAGE_MAX)
		return false;
	if (!stars && (slash == name.n || (str_chr(host, '.') == host.n &&
					      str_chr(host, ':') == host.n &&
					      !str_eqz(host, "localhost")))) {
		n = strlen(slash == name.n ? hub : "docker.io/");
		memcpy(to, hub, n);
	}
	at = str_rchr(str_sub(name, 0, digest), '/');
	last = str_sub(name, at < digest ? at : 0, digest);
	if (digest < name.n && str_chr(last, ':') < last.n)
		name = str_sub(name, 0, digest); /* the tag says it */
	memcpy(to + n, name.p, name.n);
	n += name.n;
	if (str_chr(last, ':') == last.n && digest == name.n &&
	    !(pattern && str_ends(name, "*"))) {
		memcpy(to + n, ":latest", strlen(":latest"));
		n += strlen(":latest");
	}
	*ret = str_make(to, n);
	return true;
}

bool
collections_image(struct str pattern, struct str image)
{
	char a[IMAGE_MAX], b[IMAGE_MAX];
	struct str full, name;
	size_t at;

	if (image.n == 0 || str_eqz(pattern, "*"))
		return str_eqz(pattern, "*");
	if (!complete(pattern, true, a, &full) ||
	    !complete(image, false, b, &name))
		return false;
	if (glob_match(full, name, true))
		return true;
	at = str_chr(name, '@');
	if (at == name.n || !str_ends(full, ":*"))
		return false;
	b[at] = ':';
	return glob_match(full, str_make(b, at + 1), true);
}

static bool
fits(size_t member, struct str pattern, struct str value)
{
	if (member == IMAGES)
		return collections_image(pattern, value);
	return value.n == 0 ? str_eqz(pattern, "*")
			    : glob_match(pattern, value, true);
}

/* One member: one of the patterns fits, and none of those with '-'. */
static bool
fits_list(size_t member, const struct jtree *list, struct str value)
{
	bool any = false, found = false;

	if (jtree_is_null(list) || list->n == 0)
		return true;
	for (list = list->first; list != NULL; list = list->next) {
		struct str pattern = list->text;

		if (str_starts(pattern, "-")) {
			if (fits(member, str_sub(pattern, 1, pattern.n), value))
				return false;
		} else {
			any = true;
			found |= fits(member, pattern, value);
		}
	}
	return found || !any;
}

bool
collections_holds(
    const struct jtree *collection, const struct collections_who *who)
{
	const struct str values[sizeof members / sizeof *members] = {
	    [IMAGES] = who->image,
	    [CONTAINERS] = who->container,
	    [APP_IDS] = who->app_id,
	};

	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (!fits_list(i, jtree_get(collection, members[i]), values[i]))
			return false;
	return true;
}

int
collections_join(struct arena *a, const struct collections *all,
    const struct collections *more, const struct collections **ret,
    struct err *e)
{
	struct collections *c = arena_alloc(a, sizeof *c);

	if (c == NULL)
		return err_nomem(e);
	if (all != NULL)
		*c = *all;
	c->more = more;
	*ret = c;
	return 0;
}

static const struct jtree *
find(const struct collections *all, struct str name)
{
	const struct jtree *t = NULL;

	for (; all != NULL && t == NULL; all = all->more)
		if (all->n_slots > 0)
			t = all->slots[slot_of(all, name)];
	return t;
}

/* Does it say more than its name? */
static bool
has_patterns(const struct jtree *c)
{
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (!jtree_is_null(jtree_get(c, members[i])))
			return true;
	return false;
}

const struct jtree *
collections_named(const struct collections *all, const struct jtree *t)
{
	if (t->kind == JSCAN_STRING)
		return find(all, t->text);
	if (t->kind != JSCAN_OBJECT || has_patterns(t))
		return t;
	return find(all, name_of(t));
}

bool
collections_for_app(const struct jtree *one, struct str app_id)
{
	return fits_list(APP_IDS, jtree_get(one, members[APP_IDS]), app_id);
}

int
collections_match(const struct collections *all, const struct jtree *rule,
    const struct collections_who *who, bool *ret, struct err *e)
{
	bool found = false;
	int r;

	if (!jtree_is_null(rule) && rule->kind != JSCAN_ARRAY)
		return wrong(e, "collections", "not an array");
	if (jtree_is_null(rule) || rule->n == 0) {
		*ret = true;
		return 0;
	}
	for (rule = rule->first; rule != NULL; rule = rule->next) {
		const struct jtree *c = collections_named(all, rule);

		if (c == NULL && rule->kind == JSCAN_OBJECT)
			c = rule; /* which holds everybody */
		if (c == NULL && str_eqz(rule->text, "All")) {
			found = true;
			continue;
		}
		if (c == NULL)
			return err_set(e, ERR_PERM, ENOENT,
			    "collections: no collection \"%.*s\"",
			    STR_ARG(rule->text));
		r = check_one(c, e);
		if (r != 0)
			return r;
		found |= collections_holds(c, who);
	}
	*ret = found;
	return 0;
}
