/* SPDX-License-Identifier: Apache-2.0 */
#include "stamp.h"

#include <errno.h>
#include <string.h>

#include "earlier.h"
#include "grow.h"
#include "names.h"
#include "tag.h"
#include "uuid4/uuid4.h"

struct stamp {
	struct grow g;
	const struct stamp_config *cfg;
	struct report *report; /* NULL: what it would take is an error */
	struct stamp_done *done;
};

/* ---- what is there ---- */

/* The nth of the container's variables of that name. */
static const struct doc_node *
find_variable(enum taskdef_form form, const struct doc_node *container,
    const char *name, size_t n)
{
	return taskdef_item(
	    form, taskdef_get(form, container, "environment"), "name", name, n);
}

const struct doc_node *
stamp_variable(
    enum taskdef_form form, const struct doc_node *container, const char *name)
{
	return taskdef_get(
	    form, cfn_follow(find_variable(form, container, name, 0)), "value");
}

const struct doc_node *
stamp_double(enum taskdef_form form, const struct doc_node *container)
{
	return find_variable(form, container, NAMES_APP_ID, 1);
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

static int
twice(const struct doc *d, const struct doc_node *item, struct err *e)
{
	return doc_err(e, ERR_NO, EEXIST, d, item,
	    NAMES_APP_ID " stands here twice; take one out");
}

/* Which one would count is in doubt when there are two. */
static int
check_one_id(const struct taskdef_file *f, const struct taskdef *td,
    const struct doc_node *id, struct err *e)
{
	for (size_t i = 0; i < td->n; i++) {
		const struct doc_node *node = td->containers[i].node;
		const struct doc_node *other = stamp_double(td->form, node);
		const struct doc_node *own =
		    stamp_variable(td->form, node, NAMES_APP_ID);

		if (other != NULL)
			return twice(f->doc, other, e);
		if (own != NULL && !doc_equal(own, id))
			return doc_err(e, ERR_NO, EEXIST, f->doc, own,
			    "not the App ID of the containers before; take one "
			    "out");
	}
	return 0;
}

int
stamp_check(
    const struct taskdef_file *f, const struct taskdef *td, struct err *e)
{
	const struct doc_node *id = stamp_find(td);
	int r;

	if (id == NULL)
		return unstamped(f, td, e);
	r = check_id(f->doc, id, e);
	return r == 0 ? check_one_id(f, td, id, e) : r;
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
	const struct taskdef *earlier =
	    earlier_find(s->cfg->from, s->g.f, s->g.td);
	const struct doc_node *id =
	    earlier == NULL ? NULL : stamp_find(earlier);
	struct arena *a = edit_arena(s->g.ed);

	if (text != NULL)
		return from_given(s, text);
	if (id != NULL)
		return check_id(s->cfg->from->doc, id, s->g.e) == 0
			   ? val_copy(a, id)
			   : NULL;
	s->done->fresh = true;
	return new_id(s);
}

/* ---- writing ---- */

/* The sidecar goes as a whole when it is removed. */
static bool
is_stamped(const struct stamp *s, const struct taskdef_container *c)
{
	const struct record_container *rc = record_find(s->g.rec, c->id);

	return doc_is(c->name, SIDECAR_NAME) || (rc != NULL && rc->stamped);
}

/* Over the value that a tool of ours wrote. */
static int
write_over(struct stamp *s, const struct taskdef_container *c,
    const struct doc_node *item, const struct val *id)
{
	const struct doc_node *old =
	    taskdef_get(s->g.td->form, cfn_follow(item), "value");

	if (old != NULL && val_equals(id, old))
		return 0;
	if (old == NULL || !is_stamped(s, c) || doc_is_shared(item))
		return doc_err(s->g.e, ERR_NO, EEXIST, s->g.f->doc, item,
		    "fg-appid did not write this " NAMES_APP_ID
		    "; take it out first");
	s->done->changed = true;
	edit_replace(s->g.ed, old, val_again(edit_arena(s->g.ed), id));
	return 0;
}

/* A container that has none. -EINVAL, ERR_NO: it takes none, see *why. */
static int
write_new(struct stamp *s, const struct taskdef_container *c,
    struct record_container *rc, const struct val *id, struct err *why)
{
	const struct doc_node *secret = taskdef_item(s->g.td->form,
	    taskdef_get(s->g.td->form, c->node, "secrets"), "name",
	    NAMES_APP_ID, 0);
	struct arena *a = edit_arena(s->g.ed);
	struct grow g = s->g;
	int r;

	g.e = why;
	if (secret != NULL)
		return doc_err(why, ERR_NO, EEXIST, g.f->doc, secret,
		    "ECS takes no variable that is a secret, too; rename "
		    "this " NAMES_APP_ID);
	r = grow_list(&g, rc, c->node, RECORD_ENVIRONMENT,
	    val_push(
		val_list(a), grow_pair(&g, NAMES_APP_ID, val_again(a, id))));
	if (r == 0)
		s->done->changed = rc->stamped = true;
	return r;
}

static int
write_one(
    struct stamp *s, const struct taskdef_container *c, const struct val *id)
{
	enum taskdef_form form = s->g.td->form;
	const struct doc_node *item =
	    find_variable(form, c->node, NAMES_APP_ID, 0);
	const struct doc_node *other = stamp_double(form, c->node);
	struct record_container *rc;
	struct err why = {0};
	int r;

	if (other != NULL)
		return twice(s->g.f->doc, other, s->g.e);
	if (item != NULL)
		return write_over(s, c, item, id);
	rc = record_get(s->g.rec, c->id);
	if (rc == NULL)
		return err_nomem(s->g.e);
	rc->excluded = select_excluded(c, &s->cfg->only, &s->cfg->exclude, rc);
	if (rc->excluded || doc_is(c->name, SIDECAR_NAME))
		return 0;
	r = write_new(s, c, rc, id, &why);
	if (r != 0 && why.kind == ERR_NO && s->report != NULL) {
		report_refused(s->report, s->g.f, s->g.td, c, &why);
		return 0;
	}
	if (r != 0)
		*s->g.e = why;
	return r;
}

int
stamp_definition(const struct taskdef_file *f, const struct taskdef *td,
    const struct stamp_config *cfg, struct record *rec, struct edit *ed,
    struct report *report, struct stamp_done *done, struct err *e)
{
	struct stamp s = {
	    .g = {.f = f, .td = td, .ed = ed, .rec = rec, .e = e},
	    .cfg = cfg,
	    .report = report,
	    .done = done,
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
	return r == 0 ? tag_write(&s.g, cfg->tag, id, &done->changed) : r;
}
