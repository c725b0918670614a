/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "api_documents.h"
#include "field.h"
#include "request.h"

enum { NAME_MAX_BYTES = 200 };

/* The name in the path, decoded; false: answered. */
static bool
name_of(struct request *r, struct str *ret)
{
	if (query_decode(r->arena, r->args[0], false, ret))
		return true;
	request_refuse(r, 404, "there is no collection of that name");
	return false;
}

static bool
is_named(const struct jtree *t, struct str name)
{
	return str_eq(jtree_str(jtree_get(t, "name")), name);
}

static const struct jtree *
find(const struct jtree *list, struct str name)
{
	const struct jtree *t = list == NULL ? NULL : list->first;

	while (t != NULL && !is_named(t, name))
		t = t->next;
	return t;
}

/*
 * The list with `with` (NULL: nothing) in the place of the one of that name, or
 * at the end.
 */
static struct str
changed(struct request *r, const struct jtree *list, struct str name,
    const struct jtree *with)
{
	cleanup_buf struct buf b = BUF_MAX(MESSAGE_MAX);
	const struct jtree *t = list == NULL ? NULL : list->first;
	struct jwrite w;
	bool put = with == NULL;

	jwrite_init(&w, &b);
	jwrite_array(&w);
	for (; t != NULL; t = t->next) {
		if (!is_named(t, name)) {
			jtree_write(t, &w);
		} else if (!put) {
			jtree_write(with, &w);
			put = true;
		}
	}
	if (!put)
		jtree_write(with, &w);
	jwrite_end(&w);
	return jwrite_end_text(&w) != 0 ? STR_NONE
					: arena_str(r->arena, buf_str(&b));
}

static void
store(struct request *r, const struct documents_one *now, struct str name,
    const struct jtree *with)
{
	struct str text = changed(r, now->tree, name, with);

	if (text.p == NULL)
		request_refuse(r, 503, "out of memory");
	else
		api_documents_store(r, text, (int64_t)now->version, name);
}

/* A collection in the body, with a name; NULL: answered. */
static const struct jtree *
read_one(struct request *r, bool named, struct str *name)
{
	const struct jtree *t = request_body(r);
	struct err e = {0};

	if (t == NULL)
		return NULL;
	if (field_text(t, "name", NAME_MAX_BYTES, named, name, &e) == 0)
		return t;
	request_bad(r, &e);
	return NULL;
}

void
api_documents_add_collection(struct request *r)
{
	const struct documents *d = api_documents_now(r);
	const struct documents_one *now;
	const struct jtree *t;
	struct str name = STR_NONE;

	if (d == NULL ||
	    !api_documents_is_at(r, d->all[DOCUMENTS_COLLECTIONS].version))
		return;
	now = &d->all[DOCUMENTS_COLLECTIONS];
	t = read_one(r, true, &name);
	if (t == NULL)
		return;
	if (find(now->tree, name) != NULL)
		request_refuse(r, 409, "there is a collection of that name");
	else
		store(r, now, name, t);
}

void
api_documents_put_collection(struct request *r)
{
	const struct documents *d = api_documents_now(r);
	const struct documents_one *now;
	const struct jtree *t;
	struct str name, own;

	if (d == NULL ||
	    !api_documents_is_at(r, d->all[DOCUMENTS_COLLECTIONS].version) ||
	    !name_of(r, &name))
		return;
	now = &d->all[DOCUMENTS_COLLECTIONS];
	own = name;
	t = read_one(r, true, &own);
	if (t == NULL)
		return;
	if (find(now->tree, name) == NULL)
		request_refuse(r, 404, "there is no collection of that name");
	else
		store(r, now, name, t);
}

void
api_documents_delete_collection(struct request *r)
{
	const struct documents *d = api_documents_now(r);
	const struct documents_one *now;
	struct str name;

	if (d == NULL ||
	    !api_documents_is_at(r, d->all[DOCUMENTS_COLLECTIONS].version) ||
	    !name_of(r, &name))
		return;
	now = &d->all[DOCUMENTS_COLLECTIONS];
	if (find(now->tree, name) == NULL)
		request_refuse(r, 404, "there is no collection of that name");
	else
		store(r, now, name, NULL);
}
