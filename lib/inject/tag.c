/* SPDX-License-Identifier: Apache-2.0 */
#include "tag.h"

#include <errno.h>

#include "names.h"

struct tag {
	const struct grow *g;
	bool *changed;
};

static int
update_tag(
    const struct tag *t, const struct doc_node *value, const struct val *id)
{
	if (val_equals(id, value))
		return 0;
	if (!t->g->rec->new_tag)
		return doc_err(t->g->e, ERR_NO, EEXIST, t->g->f->doc, value,
		    "fg-appid did not write this tag " NAMES_TAG
		    "; take it out first");
	edit_replace(t->g->ed, value, val_again(edit_arena(t->g->ed), id));
	*t->changed = true;
	return 0;
}

/* Null or an empty list makes way for a list with the tag. */
static int
note_tags(const struct tag *t, const struct doc_node *tags)
{
	struct record *rec = t->g->rec;

	if (tags->n > 0)
		return 0;
	rec->old_tags = arena_str(rec->arena, doc_raw(t->g->f->doc, tags));
	return rec->old_tags.p == NULL ? err_nomem(t->g->e) : 0;
}

static int
add_tag(const struct tag *t, const struct val *id)
{
	const struct taskdef *td = t->g->td;
	struct arena *a = edit_arena(t->g->ed);
	struct val *tag = val_map(a);
	char key[TASKDEF_KEY_MAX];
	const struct doc_node *tags =
	    doc_get(td->node, taskdef_key(td->form, "tags", key));

	tag = grow_put(t->g, tag, "key", val_textz(a, NAMES_TAG));
	tag = grow_put(t->g, tag, "value", val_again(a, id));
	t->g->rec->new_tag = true;
	*t->changed = true;
	if (tags == NULL) {
		edit_append(
		    t->g->ed, td->node, key, val_push(val_list(a), tag));
		return 0;
	}
	if (taskdef_function(td->form, tags) != NULL || doc_is_shared(tags) ||
	    (tags->kind != DOC_SEQ && !doc_is_null(tags)))
		return doc_err(t->g->e, ERR_NO, ENOTSUP, t->g->f->doc, tags,
		    "--tag needs a list of tags that is written out here");
	edit_append(t->g->ed, tags, NULL, tag);
	return note_tags(t, tags);
}

int
tag_write(
    const struct grow *g, bool wanted, const struct val *id, bool *changed)
{
	const struct tag t = {.g = g, .changed = changed};
	const struct taskdef *td = g->td;
	const struct doc_node *tags =
	    td->form == TASKDEF_ARRAY ? NULL
				      : taskdef_get(td->form, td->node, "tags");
	const struct doc_node *value = taskdef_get(td->form,
	    taskdef_item(td->form, tags, "key", NAMES_TAG, 0), "value");

	if (!wanted && !g->rec->new_tag)
		return 0;
	if (td->form == TASKDEF_ARRAY)
		return doc_err(g->e, ERR_USAGE, EINVAL, g->f->doc, td->node,
		    "--tag: a bare array has no tags");
	if (value != NULL)
		return update_tag(&t, value, id);
	return wanted ? add_tag(&t, id) : 0;
}
