/* SPDX-License-Identifier: Apache-2.0 */
#include "undo.h"

#include <string.h>

#include "names.h"

/* The container that is being worked on. */
struct work {
	const struct undo *u;
	const struct record_container *c; /* may be NULL: no record */
	const struct doc_node *container;
	bool injected; /* the wrapper, or the record, says so */
};

static bool
wants(const struct undo *u, unsigned int scope)
{
	return (u->scope & scope) != 0;
}

/* ---- members of containers ---- */

static const struct doc_node *
member(const struct work *w, enum record_path at)
{
	return taskdef_path(w->u->td->form, w->container, record_paths[at]);
}

/*
 * Take the whole member out: what it replaced comes back, else the member
 * goes, with the maps around it that hold nothing else.
 */
static void
uproot(const struct work *w, enum record_path at)
{
	const struct doc_node *n = member(w, at);
	bool nested =
	    at == RECORD_CAPABILITIES_ADD || at == RECORD_CAPABILITIES;

	if (n == NULL)
		return;
	if (w->c != NULL && w->c->old[at].p != NULL)
		edit_restore(w->u->ed, n, w->c->old[at]);
	else if (nested && n->parent->n == 1)
		uproot(w, at == RECORD_CAPABILITIES_ADD ? RECORD_CAPABILITIES
							: RECORD_LINUX);
	else
		edit_delete(w->u->ed, n);
}

/* Take out the children that `ours` says yes to. */
static void
weed(const struct work *w, enum record_path at,
    bool (*ours)(const struct work *w, const struct doc_node *child))
{
	const struct doc_node *n = member(w, at);
	size_t doomed = 0;

	if (n == NULL || (n->kind != DOC_SEQ && n->kind != DOC_MAP))
		return;
	doc_each(child, n)
		doomed += ours(w, child);
	if (doomed == 0)
		return;
	if (doomed == n->n) {
		uproot(w, at);
		return;
	}
	doc_each(child, n)
		if (ours(w, child))
			edit_delete(w->u->ed, child);
}

static const struct doc_node *
item_member(const struct work *w, const struct doc_node *item, const char *name)
{
	return taskdef_get(w->u->td->form, item, name);
}

static bool
is_our_dependency(const struct work *w, const struct doc_node *item)
{
	return doc_is(item_member(w, item, "containerName"), SIDECAR_NAME);
}

static bool
is_our_volume(const struct work *w, const struct doc_node *item)
{
	return doc_is(item_member(w, item, "sourceContainer"), SIDECAR_NAME);
}

static bool
is_our_variable(const struct work *w, const struct doc_node *item)
{
	const struct doc_node *name = item_member(w, item, "name");

	if (doc_is(name, NAMES_APP_ID))
		return wants(w->u, UNDO_STAMP) && w->c != NULL && w->c->stamped;
	return wants(w->u, UNDO_INJECT) && w->injected && doc_is_text(name) &&
	       names_is_ours(name->text);
}

static bool
is_our_capability(const struct work *w, const struct doc_node *item)
{
	(void)w;
	return doc_is(item, NAMES_CAPABILITY);
}

static bool
is_our_label(const struct work *w, const struct doc_node *entry)
{
	(void)w;
	return str_eqz(entry->key->text, RECORD_LABEL);
}

size_t
undo_wrapper_items(const struct doc_node *list, bool *keep_ptrace)
{
	bool keep = false;

	if (list == NULL || list->kind != DOC_SEQ ||
	    !doc_is(list->first, NAMES_WRAP))
		return 0;
	doc_each(item, list) {
		keep |= doc_is(item, NAMES_KEEP_PTRACE);
		if (doc_is(item, "--")) {
			if (keep_ptrace != NULL)
				*keep_ptrace = keep;
			return item->index + 1;
		}
	}
	return 0;
}

/* Take out our wrapper, or what --fill wrote behind it, or both. */
static void
undo_entry_point(const struct work *w, bool wrapper, bool filled)
{
	const struct doc_node *list = member(w, RECORD_ENTRY_POINT);
	size_t ours = undo_wrapper_items(list, NULL);
	size_t from = wrapper ? 0 : ours;
	size_t to = filled && list != NULL ? list->n : ours;

	if (list == NULL || from >= to)
		return;
	if (from == 0 && to == list->n) {
		uproot(w, RECORD_ENTRY_POINT);
		return;
	}
	doc_each(item, list)
		if (item->index >= from && item->index < to)
			edit_delete(w->u->ed, item);
}

static void
undo_commands(const struct work *w)
{
	bool fill = wants(w->u, UNDO_FILL) && w->c != NULL;

	undo_entry_point(
	    w, wants(w->u, UNDO_INJECT), fill && w->c->filled_entry_point);
	if (fill && w->c->filled_command)
		uproot(w, RECORD_COMMAND);
}

static void
undo_one(const struct undo *u, const struct taskdef_container *c, bool sidecar)
{
	struct work w = {
	    .u = u, .c = record_find(u->rec, c->id), .container = c->node};
	bool added, keep_ptrace = false;
	bool wrapped = undo_wrapper_items(
			   member(&w, RECORD_ENTRY_POINT), &keep_ptrace) > 0;

	/* The wrapper tells, and where somebody took it out the record. */
	added = wrapped ? !keep_ptrace : w.c != NULL && w.c->added_ptrace;
	w.injected = wrapped || (w.c != NULL && w.c->injected);
	undo_commands(&w);
	/* Whoever wrote it: nothing may refer to a sidecar that goes. */
	if (wants(u, UNDO_INJECT) && (w.injected || sidecar)) {
		weed(&w, RECORD_DEPENDS_ON, is_our_dependency);
		weed(&w, RECORD_VOLUMES_FROM, is_our_volume);
	}
	if (wants(u, UNDO_INJECT) && added)
		weed(&w, RECORD_CAPABILITIES_ADD, is_our_capability);
	if (wants(u, UNDO_INJECT | UNDO_STAMP))
		weed(&w, RECORD_ENVIRONMENT, is_our_variable);
	if (wants(u, UNDO_RECORD))
		weed(&w, RECORD_LABELS, is_our_label);
}

void
undo_container(const struct undo *u, const struct taskdef_container *c)
{
	struct work w = {
	    .u = u, .c = record_find(u->rec, c->id), .container = c->node};

	undo_commands(&w);
}

/* ---- members of the task definition ---- */

/* What it replaced comes back, else the member goes. */
static void
take_out(const struct undo *u, const struct doc_node *n, struct str old)
{
	if (old.p != NULL)
		edit_restore(u->ed, n, old);
	else
		edit_delete(u->ed, n);
}

static void
undo_tag(const struct undo *u)
{
	const struct doc_node *tags =
	    taskdef_get(u->td->form, u->td->node, "tags");
	const struct doc_node *ours =
	    taskdef_item(u->td->form, tags, "key", NAMES_TAG, 0);

	if (ours == NULL || !u->rec->new_tag)
		return;
	if (tags->n == 1)
		take_out(u, tags, u->rec->old_tags);
	else
		edit_delete(u->ed, ours);
}

static void
undo_role(const struct undo *u)
{
	const struct doc_node *role =
	    taskdef_get(u->td->form, u->td->node, "executionRoleArn");

	if (role != NULL && u->rec->new_execution_role)
		take_out(u, role, u->rec->old_execution_role);
}

static void
undo_metadata(const struct undo *u)
{
	const struct doc_node *metadata, *ours;

	if (u->td->form != TASKDEF_TEMPLATE)
		return;
	metadata = doc_get(u->td->resource, "Metadata");
	ours = doc_get(metadata, RECORD_METADATA);
	if (ours == NULL)
		return;
	if (metadata->n > 1)
		edit_delete(u->ed, ours);
	else
		take_out(u, metadata, u->rec->old_metadata);
}

static bool
says_injected(const struct record *rec)
{
	for (const struct record_container *c = rec->first; c != NULL;
	     c = c->next)
		if (c->injected)
			return true;
	return false;
}

/* A container of that name alone may be somebody else's. */
static bool
is_our_sidecar(const struct undo *u, const struct taskdef_container *c)
{
	const struct doc_node *words;

	if (c == NULL)
		return false;
	words = taskdef_get(u->td->form, c->node, "entryPoint");
	return says_injected(u->rec) ||
	       (words != NULL && doc_is(words->first, NAMES_SIDECAR));
}

void
undo_definition(const struct undo *u)
{
	const struct taskdef_container *sidecar = record_sidecar(u->td);
	bool ours = is_our_sidecar(u, sidecar);

	if (u->rec->node == NULL && !ours)
		return;
	for (size_t i = 0; i < u->td->n; i++)
		if (&u->td->containers[i] != sidecar)
			undo_one(u, &u->td->containers[i], ours);
	if (wants(u, UNDO_INJECT)) {
		if (ours)
			edit_delete(u->ed, sidecar->node);
		undo_role(u);
	}
	if (wants(u, UNDO_STAMP))
		undo_tag(u);
	if (wants(u, UNDO_RECORD))
		undo_metadata(u);
}
