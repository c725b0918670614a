/* SPDX-License-Identifier: Apache-2.0 */
#include "grow.h"

#include <errno.h>
#include <string.h>

struct val *
grow_put(
    const struct grow *g, struct val *map, const char *name, struct val *item)
{
	char key[TASKDEF_KEY_MAX];

	return val_put(
	    edit_arena(g->ed), map, taskdef_key(g->td->form, name, key), item);
}

struct val *
grow_pair(const struct grow *g, const char *name, struct val *value)
{
	struct arena *a = edit_arena(g->ed);
	struct val *pair = val_map(a);

	pair = grow_put(g, pair, "name", val_textz(a, name));
	return grow_put(g, pair, "value", value);
}

/* The last step of a dotted path, and the path before it. */
static const char *
leaf_name(enum record_path at)
{
	const char *dot = strrchr(record_paths[at], '.');

	return dot == NULL ? record_paths[at] : dot + 1;
}

static bool
outer_path(enum record_path at, enum record_path *outer)
{
	if (at == RECORD_CAPABILITIES_ADD)
		*outer = RECORD_CAPABILITIES;
	else if (at == RECORD_CAPABILITIES)
		*outer = RECORD_LINUX;
	else
		return false;
	return true;
}

/* The member itself, null or not; NULL: absent. */
static const struct doc_node *
member(
    const struct grow *g, const struct doc_node *container, enum record_path at)
{
	char key[TASKDEF_KEY_MAX];
	const struct doc_node *map = container;
	enum record_path outer;

	if (outer_path(at, &outer))
		map = taskdef_path(g->td->form, container, record_paths[outer]);
	return doc_get(map, taskdef_key(g->td->form, leaf_name(at), key));
}

static int
refuse(const struct grow *g, const struct doc_node *n, const char *why)
{
	return doc_err(g->e, ERR_NO, ENOTSUP, g->f->doc, n, "%s", why);
}

/* May n, which is there, be changed as a collection of this kind? */
static int
check(const struct grow *g, const struct doc_node *n, enum doc_kind kind)
{
	const char *function = taskdef_function(g->td->form, n);

	if (doc_is_shared(n))
		return refuse(g, n,
		    "an anchor or alias stands for this in several places; "
		    "write it out");
	if (function != NULL)
		return doc_err(g->e, ERR_NO, ENOTSUP, g->f->doc, n,
		    "a value that is %s is not supported here yet; write it "
		    "out",
		    function);
	if (n->kind != kind && !doc_is_null(n))
		return refuse(
		    g, n, kind == DOC_SEQ ? "must be a list" : "must be a map");
	return 0;
}

int
grow_note(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at)
{
	const struct doc_node *n = member(g, container, at);

	if (n == NULL || n->n > 0 || c->old[at].p != NULL)
		return 0;
	c->old[at] = arena_str(g->rec->arena, doc_raw(g->f->doc, n));
	return c->old[at].p == NULL ? err_nomem(g->e) : 0;
}

/* The nearest thing around path `at` that is there gets what is missing. */
static int
grow_absent(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at, struct val *v)
{
	char key[TASKDEF_KEY_MAX];
	enum record_path outer;

	if (!outer_path(at, &outer)) {
		edit_append(g->ed, container,
		    taskdef_key(g->td->form, leaf_name(at), key), v);
		return 0;
	}
	return grow_map(g, c, container, outer, leaf_name(at), v);
}

int
grow_list(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at, struct val *v)
{
	const struct doc_node *n = member(g, container, at);
	int r;

	if (v == NULL)
		return err_nomem(g->e);
	if (n == NULL)
		return grow_absent(g, c, container, at, v);
	r = check(g, n, DOC_SEQ);
	if (r == 0)
		r = grow_note(g, c, container, at);
	if (r != 0)
		return r;
	for (struct val *item = v->first, *next; item != NULL; item = next) {
		next = item->next;
		item->next = NULL;
		edit_append(g->ed, n, NULL, item);
	}
	return 0;
}

int
grow_map(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at, const char *name,
    struct val *v)
{
	struct arena *a = edit_arena(g->ed);
	const struct doc_node *n = member(g, container, at);
	char key[TASKDEF_KEY_MAX];
	int r;

	/* Labels are the user's keys: they are never respelt. */
	if (at != RECORD_LABELS)
		name = taskdef_key(g->td->form, name, key);
	if (v == NULL)
		return err_nomem(g->e);
	if (n == NULL)
		return grow_absent(
		    g, c, container, at, val_put(a, val_map(a), name, v));
	r = check(g, n, DOC_MAP);
	if (r == 0)
		r = grow_note(g, c, container, at);
	if (r != 0)
		return r;
	edit_append(g->ed, n, name, v);
	return 0;
}

int
grow_set(const struct grow *g, struct record_container *c,
    const struct doc_node *container, enum record_path at, struct val *v)
{
	return grow_list(g, c, container, at, v);
}
