/* SPDX-License-Identifier: Apache-2.0 */
#include "way.h"

#include <errno.h>
#include <string.h>

#include "remove.h"

#define ARENA_MAX ((size_t)256 * 1024 * 1024)

static void
leave_document(struct way *w)
{
	taskdef_close(&w->f);
	edit_free(w->ed);
	cfn_scope_free(w->scope);
	doc_free(w->owned);
	w->ed = NULL;
	w->scope = NULL;
	w->owned = NULL;
}

void
way_free(struct way *w)
{
	leave_document(w);
	arena_free(w->arena);
}

static int
enter_document(struct way *w)
{
	int r = w->in->scope(w->in->arg, w->doc, &w->scope, w->e);

	if (r == 0)
		r = taskdef_open(&w->f, w->doc, w->scope, w->e);
	if (r != 0)
		return r;
	w->ed = edit_new(w->doc);
	return w->ed == NULL ? err_nomem(w->e) : 0;
}

static int
read_records(struct way *w)
{
	w->recs = arena_alloc(w->arena, w->f.n * sizeof *w->recs);
	if (w->recs == NULL)
		return err_nomem(w->e);
	for (size_t i = 0; i < w->f.n; i++) {
		int r = record_read(
		    &w->f, &w->f.defs[i], w->arena, &w->recs[i], w->e);

		if (r != 0)
			return r;
		memcpy(w->recs[i].cut, RECORD_CUT_NONE, RECORD_CUT);
	}
	return 0;
}

int
way_open(struct way *w, const struct embed_input *in, struct err *e)
{
	int r;

	*w = (struct way){.in = in, .e = e, .doc = in->doc};
	w->arena = arena_new(ARENA_MAX);
	if (w->arena == NULL)
		return err_nomem(e);
	r = enter_document(w);
	return r == 0 ? read_records(w) : r;
}

/* The records are at other places now. */
static int
find_records(struct way *w)
{
	for (size_t i = 0; i < w->f.n; i++) {
		struct record there;
		int r =
		    record_read(&w->f, &w->f.defs[i], w->arena, &there, w->e);

		if (r != 0)
			return r;
		w->recs[i].node = there.node;
		w->recs[i].holder = there.holder;
	}
	return 0;
}

int
way_step(struct way *w)
{
	struct doc *next = NULL;
	int r;

	if (edit_empty(w->ed))
		return 0;
	r = edit_apply(w->ed, &next, w->e);
	if (r != 0)
		return r;
	leave_document(w);
	w->doc = w->owned = next;
	r = enter_document(w);
	return r == 0 ? find_records(w) : r;
}

/*
 * Removing must lead to the first bytes, whenever it did so for the input: the
 * law is checked in each run.
 */
static int
seal(struct way *w, const struct doc *result, struct buf *out)
{
	bool original = false, before = true;
	int r = remove_seal(result, &original, out, w->e);

	if (r == 0 && !original)
		r = remove_is_original(w->in->doc, &before, w->e);
	if (r == 0 && !original && before)
		r = err_set(w->e, ERR_PERM, EINVAL,
		    "%s: what was put in could not be taken out again "
		    "exactly; please report this with the document",
		    doc_name(result));
	return r;
}

int
way_finish(struct way *w, struct buf *out)
{
	cleanup_doc struct doc *last = NULL;
	const struct doc *result = w->doc;
	int r = 0;

	if (!edit_empty(w->ed)) {
		r = edit_apply(w->ed, &last, w->e);
		result = last;
	}
	if (r != 0)
		return r;
	if (result != w->in->doc)
		return seal(w, result, out);
	buf_adds(out, doc_source(result));
	return buf_error(out) != 0 ? err_nomem(w->e) : 0;
}
