/* SPDX-License-Identifier: Apache-2.0 */
#include "stamp.h"

#include <errno.h>
#include <string.h>

#include "grow.h"
#include "names.h"
#include "uuid4/uuid4.h"

struct stamp {
	struct grow g;
	const struct stamp_config *cfg;
	bool *changed;
};

/* ---- what is there ---- */

/* An item of that name in the list, which is environment or secrets. */
static const struct doc_node *
find_named(
    enum taskdef_form form, const struct doc_node *list, const char *name)
{
	if (list == NULL || list->kind != DOC_SEQ)
		return NULL;
	doc_each(item, list)
		if (doc_is(taskdef_get(form, item, "name"), name))
			return item;
	return NULL;
}

static const struct doc_node *
find_variable(
    enum taskdef_form form, const struct doc_node *container, const char *name)
{
	return find_named(
	    form, taskdef_get(form, container, "environment"), name);
}

const struct doc_node *
stamp_variable(
    enum taskdef_form form, const struct doc_node *container, const char *name)
{
	return taskdef_get(form, find_variable(form, container, name), "value");
}

const struct doc_node *
stamp_find(const struct taskdef *td)
{
	const struct doc_node *found = NULL;

	for (size_t i = 0; i < td->n && found == NULL; i++)
		found = stamp_variable(
		    td->form, td->containers[i].node, NAMES_APP_ID);
	return found;
}

/* ---- what it is to be ---- */

/* The App ID that the user gave for td, or NULL. */
static const char *
given(const struct stamp *s)
{
	for (size_t i = 0; i < s->cfg->n_given; i++) {
		struct str name, rest, all = str_of(s->cfg->given[i]);
		bool named = str_cut(all, '=', &name, &rest);

		if (!named)
			return s->cfg->given[i];
		if (str_eq(name, s->g.td->logical_id))
			return rest.p;
	}
	return NULL;
}

static struct val *
from_given(const struct stamp *s, const char *text)
{
	char canonical[APPID_TEXT];
	struct appid id;

	if (appid_parse(str_of(text), &id, s->g.e) != 0)
		return NULL;
	appid_text(&id, canonical);
	return val_textz(edit_arena(s->g.ed), canonical);
}

/* The App ID of the definition in --from that td is the next version of. */
static const struct doc_node *
from_earlier(const struct stamp *s)
{
	const struct taskdef_file *from = s->cfg->from;

	if (from == NULL)
		return NULL;
	if (from->n == 1 && s->g.f->n == 1)
		return stamp_find(from->defs);
	for (size_t i = 0; i < from->n; i++)
		if (str_eq(from->defs[i].logical_id, s->g.td->logical_id))
			return stamp_find(&from->defs[i]);
	return NULL;
}

/* An expression may come to anything; text must be an App ID. */
static int
check_id(const struct doc *d, const struct doc_node *n, struct err *e)
{
	struct err why = {0};
	struct appid id;

	if (!doc_is_text(n) || appid_parse(n->text, &id, &why) == 0)
		return 0;
	return doc_err(e, ERR_NO, EINVAL, d, n, NAMES_APP_ID ": %s", why.text);
}

static int
unstamped(const struct taskdef_file *f, const struct taskdef *td, struct err *e)
{
	return doc_err(e, ERR_USAGE, EINVAL, f->doc, td->node,
	    "no App ID; run fg-appid --stamp first, or give --app-id");
}

int
stamp_check_given(
    const struct taskdef_file *f, const struct stamp_config *cfg, struct err *e)
{
	for (size_t i = 0; i < cfg->n_given; i++) {
		struct str name, rest;
		bool found = !str_cut(str_of(cfg->given[i]), '=', &name, &rest);

		for (size_t j = 0; j < f->n; j++)
			found |= str_eq(name, f->defs[j].logical_id);
		if (!found)
			return err_set(e, ERR_USAGE, ENOENT,
			    "no task definition has the logical ID \"%.*s\"",
			    STR_ARG(name));
	}
	return 0;
}

int
stamp_check(
    const struct taskdef_file *f, const struct taskdef *td, struct err *e)
{
	const struct doc_node *id = stamp_find(td);

	return id == NULL ? unstamped(f, td, e) : check_id(f->doc, id, e);
}

/* at is what says the family; NULL: the user does, by --family. */
static struct val *
new_text(const struct stamp *s, const struct doc_node *at, struct str family,
    const char *uuid)
{
	char text[APPID_TEXT];
	struct err why = {0};
	struct appid id;

	if (appid_make(family, str_of(uuid), &id, &why) != 0) {
		(void)(at == NULL ? err_set(s->g.e, ERR_USAGE, EINVAL,
					"--family: %s", why.text)
				  : doc_err(s->g.e, ERR_NO, EINVAL, s->g.f->doc,
					at, "%s", why.text));
		return NULL;
	}
	appid_text(&id, text);
	return val_textz(edit_arena(s->g.ed), text);
}

static struct val *
new_id(const struct stamp *s)
{
	const struct taskdef *td = s->g.td;
	const struct doc_node *family =
	    td->form == TASKDEF_ARRAY
		? NULL
		: taskdef_get(td->form, td->node, "family");
	struct val *id;
	char uuid[UUID4_TEXT], suffix[UUID4_TEXT + 1] = ":";

	if (s->cfg->make_uuid == NULL) {
		(void)unstamped(s->g.f, td, s->g.e);
		return NULL;
	}
	s->cfg->make_uuid(uuid);
	memcpy(suffix + 1, uuid, sizeof uuid);
	if (taskdef_function(td->form, family) != NULL) {
		id = cfn_join_text(edit_arena(s->g.ed), doc_format(s->g.f->doc),
		    "", family, suffix);
		if (id == NULL)
			(void)doc_err(s->g.e, ERR_NO, E2BIG, s->g.f->doc,
			    family, "too large an expression for a family");
		return id;
	}
	if (family != NULL)
		return new_text(s, family, family->text, uuid);
	if (td->form == TASKDEF_TEMPLATE)
		return new_text(s, td->resource, td->logical_id, uuid);
	if (s->cfg->family != NULL)
		return new_text(s, NULL, str_of(s->cfg->family), uuid);
	(void)doc_err(s->g.e, ERR_USAGE, EINVAL, s->g.f->doc, td->node,
	    "no family to name the App ID after; give --family NAME");
	return NULL;
}

/* NULL with s->g.e set: it cannot be made. */
static struct val *
wanted(const struct stamp *s)
{
	const char *text = given(s);
	const struct doc_node *earlier = from_earlier(s);
	struct arena *a = edit_arena(s->g.ed);

	if (text != NULL)
		return from_given(s, text);
	if (earlier != NULL)
		return check_id(s->cfg->from->doc, earlier, s->g.e) == 0
			   ? val_copy(a, earlier)
			   : NULL;
	return new_id(s);
}

/* ---- writing ---- */

static struct val *
copy_val(struct arena *a, const struct val *v)
{
	struct val *copy = arena_alloc(a, sizeof *copy);

	if (copy == NULL || v == NULL)
		return NULL;
	*copy = *v;
	copy->next = NULL;
	return copy;
}

/* The sidecar goes as a whole when it is removed. */
static bool
is_stamped(const struct stamp *s, const struct taskdef_container *c)
{
	const struct record_container *rc = record_find(s->g.rec, c->id);

	return doc_is(c->name, SIDECAR_NAME) || (rc != NULL && rc->stamped);
}

static int
write_one(
    struct stamp *s, const struct taskdef_container *c, const struct val *id)
{
	struct arena *a = edit_arena(s->g.ed);
	const struct doc_node *item =
	    find_variable(s->g.td->form, c->node, NAMES_APP_ID);
	const struct doc_node *old = taskdef_get(s->g.td->form, item, "value");
	const struct doc_node *secret;
	struct record_container *rc;

	if (old != NULL && val_equals(id, old))
		return 0;
	if (item != NULL && (old == NULL || !is_stamped(s, c)))
		return doc_err(s->g.e, ERR_NO, EEXIST, s->g.f->doc, item,
		    "fg-appid did not write this " NAMES_APP_ID
		    "; take it out first");
	if (old != NULL) {
		*s->changed = true;
		edit_replace(s->g.ed, old, copy_val(a, id));
		return 0;
	}
	rc = record_get(s->g.rec, c->id);
	if (rc == NULL)
		return err_nomem(s->g.e);
	rc->excluded = select_excluded(c, &s->cfg->only, &s->cfg->exclude, rc);
	if (rc->excluded || doc_is(c->name, SIDECAR_NAME))
		return 0;
	secret = find_named(s->g.td->form,
	    taskdef_get(s->g.td->form, c->node, "secrets"), NAMES_APP_ID);
	if (secret != NULL)
		return doc_err(s->g.e, ERR_NO, EEXIST, s->g.f->doc, secret,
		    "ECS takes no variable that is a secret, too; rename "
		    "this " NAMES_APP_ID);
	*s->changed = true;
	rc->stamped = true;
	return grow_list(&s->g, rc, c->node, RECORD_ENVIRONMENT,
	    val_push(
		val_list(a), grow_pair(&s->g, NAMES_APP_ID, copy_val(a, id))));
}

/* The value of the tag that is there, or NULL. */
static const struct doc_node *
find_tag(enum taskdef_form form, const struct doc_node *tags)
{
	if (tags != NULL && tags->kind == DOC_SEQ)
		doc_each(item, tags)
			if (doc_is(taskdef_get(form, item, "key"), NAMES_TAG))
				return taskdef_get(form, item, "value");
	return NULL;
}

static int
update_tag(struct stamp *s, const struct doc_node *value, const struct val *id)
{
	if (val_equals(id, value))
		return 0;
	if (!s->g.rec->new_tag)
		return doc_err(s->g.e, ERR_NO, EEXIST, s->g.f->doc, value,
		    "fg-appid did not write this tag " NAMES_TAG
		    "; take it out first");
	edit_replace(s->g.ed, value, copy_val(edit_arena(s->g.ed), id));
	*s->changed = true;
	return 0;
}

/* Null or an empty list makes way for a list with the tag. */
static int
note_tags(struct stamp *s, const struct doc_node *tags)
{
	struct record *rec = s->g.rec;

	if (tags->n > 0)
		return 0;
	rec->old_tags = arena_str(rec->arena, doc_raw(s->g.f->doc, tags));
	return rec->old_tags.p == NULL ? err_nomem(s->g.e) : 0;
}

static int
add_tag(struct stamp *s, const struct val *id)
{
	const struct taskdef *td = s->g.td;
	struct arena *a = edit_arena(s->g.ed);
	struct val *tag = val_map(a);
	char key[TASKDEF_KEY_MAX];
	const struct doc_node *tags =
	    doc_get(td->node, taskdef_key(td->form, "tags", key));

	tag = grow_put(&s->g, tag, "key", val_textz(a, NAMES_TAG));
	tag = grow_put(&s->g, tag, "value", copy_val(a, id));
	s->g.rec->new_tag = true;
	*s->changed = true;
	if (tags == NULL) {
		edit_append(s->g.ed, td->node, key, val_push(val_list(a), tag));
		return 0;
	}
	if (taskdef_function(td->form, tags) != NULL || doc_is_shared(tags) ||
	    (tags->kind != DOC_SEQ && !doc_is_null(tags)))
		return doc_err(s->g.e, ERR_NO, ENOTSUP, s->g.f->doc, tags,
		    "--tag needs a list of tags that is written out here");
	edit_append(s->g.ed, tags, NULL, tag);
	return note_tags(s, tags);
}

/* A tag that is there follows the App ID, with --tag or without. */
static int
write_tag(struct stamp *s, const struct val *id)
{
	const struct taskdef *td = s->g.td;
	const struct doc_node *tags =
	    td->form == TASKDEF_ARRAY ? NULL
				      : taskdef_get(td->form, td->node, "tags");
	const struct doc_node *value = find_tag(td->form, tags);

	if (!s->cfg->tag && !s->g.rec->new_tag)
		return 0;
	if (td->form == TASKDEF_ARRAY)
		return doc_err(s->g.e, ERR_USAGE, EINVAL, s->g.f->doc, td->node,
		    "--tag: a bare array has no tags");
	if (value != NULL)
		return update_tag(s, value, id);
	return s->cfg->tag ? add_tag(s, id) : 0;
}

int
stamp_definition(const struct taskdef_file *f, const struct taskdef *td,
    const struct stamp_config *cfg, struct record *rec, struct edit *ed,
    bool *changed, struct err *e)
{
	struct stamp s = {
	    .g = {.f = f, .td = td, .ed = ed, .rec = rec, .e = e},
	    .cfg = cfg,
	    .changed = changed,
	};
	const struct doc_node *there = stamp_find(td);
	struct val *id;
	int r = 0;

	if (select_none(td, &cfg->only, &cfg->exclude, rec))
		return 0;
	if (there != NULL && !cfg->renew && given(&s) == NULL)
		id = check_id(f->doc, there, e) == 0
			 ? val_copy(edit_arena(ed), there)
			 : NULL;
	else
		id = wanted(&s);
	if (id == NULL)
		return e->kind != ERR_NONE ? -EINVAL : err_nomem(e);
	for (size_t i = 0; i < td->n && r == 0; i++)
		r = write_one(&s, &td->containers[i], id);
	return r == 0 ? write_tag(&s, id) : r;
}
