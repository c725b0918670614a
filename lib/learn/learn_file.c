/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that were changed, as a tree of names. It stays small, however
 * many files there are: a directory that is allowed has no names below it.
 */
#include <fcntl.h>
#include <string.h>

#include "learn_state.h"

enum {
	FILES_MANY = 8,   /* names that make it the directory */
	DIRS_MANY = 16,   /* directories below it */
	NAMES_MAX = 1024, /* in a directory of the system */
	STEM_MIN = 2,     /* characters, for NAME* */
};

/* As runtime's not-allowed-file: what is no file that is kept. */
static bool
is_kept(struct str path)
{
	if (!str_starts(path, "/") || path.n < 2)
		return false;
	if (str_starts(path, "/dev/"))
		return str_starts(path, "/dev/shm/") ||
		       str_starts(path, "/dev/mqueue/");
	if (str_starts(path, "/proc/"))
		return str_starts(path, "/proc/sys");
	return true;
}

static struct learn_node *
find(const struct learn_node *up, struct str name)
{
	struct learn_node *n = up->first;

	for (; n != NULL; n = n->next)
		if (n->stem ? name.n >= n->name.n &&
				  memcmp(name.p, n->name.p, n->name.n) == 0
			    : str_eq(n->name, name))
			return n;
	return NULL;
}

/* From now on everything below. */
static void
allow_all(struct learn *l, struct learn_node *n)
{
	if (n->all)
		return;
	n->all = true;
	n->first = NULL;
	l->changed = true;
}

static struct learn_node *
add(struct learn *l, struct learn_node *up, struct str name)
{
	struct learn_node *n;

	if (l->n_nodes >= LEARN_NODES_MAX ||
	    up->files + up->dirs >= NAMES_MAX || !learn_keep(l, &name))
		return NULL;
	n = arena_alloc(l->arena, sizeof *n);
	if (n == NULL)
		return NULL;
	l->n_nodes++;
	n->name = name;
	n->up = up;
	n->next = up->first;
	up->first = n;
	return n;
}

/* How a name that is new in this run goes into its directory; NULL: all. */
static struct learn_node *
add_made(
    struct learn *l, struct learn_node *up, struct str dir, struct str name)
{
	size_t from = 0, to;
	struct learn_node *n;

	bool temporary = learn_name_temporary(dir);

	if (!(temporary ? learn_name_thrown(name, &from)
			: learn_name_varies(name, &from, &to)))
		return add(l, up, name);
	/* "tmp." and what mktemp(1) put behind it; "passwd.1234" */
	if (from < STEM_MIN && learn_name_protected(dir))
		return add(l, up, name);
	if (from < STEM_MIN || !(temporary || learn_name_protected(dir))) {
		allow_all(l, up);
		return NULL;
	}
	n = add(l, up, str_sub(name, 0, from));
	if (n != NULL)
		n->stem = n->all = true;
	return n;
}

/* Too many names in its directory? */
static void
count(struct learn *l, struct learn_node *n, struct str dir, bool file)
{
	unsigned files, dirs;

	files = n->up->files += file;
	dirs = n->up->dirs += !file;
	if (learn_name_protected(dir) || n->up == &l->root)
		return;
	if (files >= FILES_MANY || dirs >= DIRS_MANY)
		allow_all(l, n->up);
}

struct change {
	struct str path;
	bool made, attributes, all;
	bool given; /* by a person, who knows how many are many */
};

static void
change_last(struct learn *l, struct learn_node *n, struct str dir,
    const struct change *c)
{
	bool before = n->changed || n->touched;

	if (c->made)
		n->made = true;
	if (c->attributes ? n->touched || n->changed : n->changed) {
		if (c->all)
			allow_all(l, n);
		return;
	}
	if (c->attributes)
		n->touched = true;
	else
		n->changed = true;
	l->changed = true;
	if (c->all && !learn_name_protected(c->path))
		allow_all(l, n);
	if (!before && !c->given)
		count(l, n, dir, true);
}

static void
add_change(struct learn *l, const struct change *c)
{
	struct learn_node *at = &l->root, *n;
	size_t start = 1, end;

	for (;; start = end + 1) {
		struct str rest = str_sub(c->path, start, c->path.n);
		struct str dir = str_sub(c->path, 0, start - 1);
		struct str name;
		bool last;

		end = start + str_chr(rest, '/');
		name = str_sub(c->path, start, end);
		last = end >= c->path.n;
		if (at->all)
			return;
		n = find(at, name);
		if (n == NULL) {
			n = last && c->made ? add_made(l, at, dir, name)
					    : add(l, at, name);
			if (n == NULL) {
				l->unlearnt += !at->all;
				return;
			}
			if (!last && !c->given)
				count(l, n, dir, false);
		}
		if (last) {
			change_last(l, n, dir, c);
			return;
		}
		if (at->all) /* it became one name too many */
			return;
		at = n;
	}
}

static void
add_path(struct learn *l, const struct event *ev, struct str path, bool made)
{
	struct change c = {.path = path, .made = made};

	while (c.path.n > 1 && str_ends(c.path, "/"))
		c.path.n--;
	if (!is_kept(c.path))
		return;
	c.attributes = ev->name == EVENT_CHMOD || ev->name == EVENT_CHOWN ||
		       ev->name == EVENT_SETXATTR;
	/* The unnamed file has the directory's name. */
	c.all =
	    ev->name == EVENT_CREATE && (ev->flags & O_TMPFILE) == O_TMPFILE;
	if (c.all)
		c.made = false;
	add_change(l, &c);
}

/*
 * A name that was made in this run goes away again: if it may be random, the
 * next one is another.
 */
static void
throw_away(struct learn *l, struct str path)
{
	struct learn_node *at = &l->root;
	size_t start = 1, end, from = 0;

	for (; at != NULL && !at->all && start < path.n; start = end + 1) {
		end = start + str_chr(str_sub(path, start, path.n), '/');
		at = find(at, str_sub(path, start, end));
	}
	if (at == NULL || at->all || !at->made ||
	    !learn_name_thrown(at->name, &from))
		return;
	if (from >= STEM_MIN) {
		at->name.n = from;
		at->stem = true;
		allow_all(l, at);
	} else if (!learn_name_protected(
		       str_sub(path, 0, str_rchr(path, '/')))) {
		allow_all(l, at->up);
	}
}

void
learn_file_add(struct learn *l, const struct event *ev)
{
	switch (ev->name) {
	case EVENT_CREATE:
	case EVENT_MKDIR:
	case EVENT_MKNOD:
		add_path(l, ev, ev->path, true);
		break;
	case EVENT_RENAME:
		add_path(l, ev, ev->path, false);
		throw_away(l, ev->path);
		add_path(l, ev, ev->path2, true);
		break;
	case EVENT_UNLINK:
		add_path(l, ev, ev->path, false);
		throw_away(l, ev->path);
		break;
	case EVENT_LINK:
	case EVENT_SYMLINK:
		add_path(l, ev, ev->path2, true);
		break;
	default:
		add_path(l, ev, ev->path, false);
		break;
	}
}

size_t
learn_file_stable(const struct learn *l, struct str path)
{
	const struct learn_node *at = &l->root;
	size_t start = 1, end;

	while (at != NULL && str_starts(path, "/") && start < path.n) {
		end = start + str_chr(str_sub(path, start, path.n), '/');
		if (at->all)
			return start;
		at = find(at, str_sub(path, start, end));
		if (at != NULL && (at->made || at->stem))
			return start;
		start = end + 1;
	}
	return path.n;
}

/* The path of n in front of the end of the room; STR_NONE: too long. */
static struct str
path_of(const struct learn_node *n, char room[EVENT_PATH_MAX])
{
	size_t at = EVENT_PATH_MAX;

	for (; n->up != NULL; n = n->up) {
		if (at < n->name.n + 1)
			return STR_NONE;
		at -= n->name.n;
		if (n->name.n > 0) /* "a//b", of a replay */
			memcpy(room + at, n->name.p, n->name.n);
		room[--at] = '/';
	}
	return str_make(room + at, EVENT_PATH_MAX - at);
}

/* As the whitelist takes it: of a directory of the system, itself alone. */
static struct str
entry(const struct learn_node *n, struct str path, struct learn_room *room)
{
	struct str s = learn_literal(path, room);

	if (n->stem && s.n < sizeof room->text)
		room->text[s.n++] = '*';
	else if (learn_name_directory(path))
		room->text[s.n - 1] = '?';
	return s;
}

/* To which list n goes, if to any. */
static void
list(const struct learn_node *n, struct str path, struct learn_list *whole,
    struct learn_list *attributes)
{
	struct learn_room room;

	if (path.n == 0)
		return;
	if (n->stem)
		(void)learn_list_add(whole, entry(n, path, &room));
	else if (n->all &&
		 (learn_name_temporary(path) || !learn_name_directory(path)))
		(void)learn_list_add(whole, learn_literal(path, &room));
	else if (n->all || n->changed)
		(void)learn_list_add(whole, entry(n, path, &room));
	else if (n->touched)
		(void)learn_list_add(attributes, entry(n, path, &room));
}

/* In the order of the tree, without recursion. */
void
learn_file_list(const struct learn *l, struct learn_list *whole,
    struct learn_list *attributes)
{
	const struct learn_node *n = &l->root;
	char room[EVENT_PATH_MAX];

	for (;;) {
		struct str path = STR_NONE;

		if (n->all || n->changed || n->touched)
			path = path_of(n, room);
		list(n, path, whole, attributes);
		/* Below what is allowed nothing needs to be said. */
		if (n->first != NULL &&
		    !(n->changed && !learn_name_directory(path))) {
			n = n->first;
			continue;
		}
		while (n->next == NULL && n->up != NULL)
			n = n->up;
		if (n->up == NULL)
			break;
		n = n->next;
	}
	learn_list_sort(whole);
	learn_list_sort(attributes);
}

void
learn_file_given(struct learn *l, struct str path)
{
	struct change c = {.path = path, .all = true, .given = true};

	while (c.path.n > 1 && str_ends(c.path, "/"))
		c.path.n--;
	if (c.path.n < 2 || c.path.p[0] != '/' || str_chr(path, '*') < path.n ||
	    str_chr(path, '?') < path.n)
		return;
	add_change(l, &c);
}
