/* SPDX-License-Identifier: Apache-2.0 */
#include "embed.h"

#include <errno.h>

#include "earlier.h"
#include "remove.h"
#include "undo.h"
#include "way.h"

/* ---- stamp ---- */

static int
stamp_each(struct way *w, const struct stamp_config *cfg, struct report *report,
    bool *fresh)
{
	int r = 0;

	for (size_t i = 0; i < w->f.n && r == 0; i++) {
		const struct taskdef *td = &w->f.defs[i];
		struct stamp_done done = {0};

		r = stamp_definition(
		    &w->f, td, cfg, &w->recs[i], w->ed, report, &done, w->e);
		if (r == 0 && done.changed)
			r = record_put(&w->f, td, &w->recs[i], w->ed, w->e);
		fresh[i] = done.fresh;
	}
	return r;
}

static int
stamp_all(struct way *w, const struct stamp_config *cfg, struct report *report)
{
	bool *fresh = arena_alloc(w->arena, w->f.n * sizeof *fresh);
	int r = fresh == NULL ? err_nomem(w->e)
			      : stamp_check_given(&w->f, cfg, w->e);

	if (r == 0)
		r = select_check(&w->f, &cfg->only, &cfg->exclude, w->e);
	if (r == 0)
		r = stamp_each(w, cfg, report, fresh);
	if (r == 0 && cfg->from != NULL)
		earlier_tell(cfg->from, &w->f, fresh, report);
	return r;
}

int
embed_stamp(const struct embed_input *in, const struct stamp_config *cfg,
    struct report *report, struct buf *out, struct err *e)
{
	struct way w;
	int r = way_open(&w, in, e);

	if (r == 0)
		r = stamp_all(&w, cfg, report);
	if (r == 0)
		r = way_finish(&w, out);
	way_free(&w);
	return r;
}

/* ---- inject ---- */

/* What an earlier inject wrote goes first: a newer one may write otherwise. */
static int
strip_injected(struct way *w)
{
	for (size_t i = 0; i < w->f.n; i++) {
		struct undo u = {.f = &w->f,
		    .td = &w->f.defs[i],
		    .rec = &w->recs[i],
		    .ed = w->ed,
		    .scope = UNDO_INJECT};
		struct record_container *c = w->recs[i].first;

		/* Without the sidecar there is no place for the label. */
		if (w->f.form != TASKDEF_TEMPLATE)
			u.scope |= UNDO_RECORD;
		undo_definition(&u);
		for (; c != NULL; c = c->next)
			if (w->f.form != TASKDEF_TEMPLATE)
				c->old[RECORD_LABELS] = STR_NONE;
		w->recs[i].new_execution_role = false;
		w->recs[i].old_execution_role = STR_NONE;
	}
	return way_step(w);
}

static int
inject_all(
    struct way *w, const struct inject_config *cfg, struct report *report)
{
	int r = select_check(&w->f, &cfg->only, &cfg->exclude, w->e);

	for (size_t i = 0; i < w->f.n && r == 0; i++)
		r = inject_definition(&w->f, &w->f.defs[i], cfg, &w->recs[i],
		    w->ed, report, w->e);
	return r;
}

/*
 * "Amazon ECS service quotas" (task definition size) and "AWS CloudFormation
 * quotas" (template body in a request, in an S3 object).
 */
static void
report_size(struct way *w, size_t bytes, struct report *report)
{
	enum { DEFINITION = 64 * 1024, BODY = 51200, OBJECT = 1024 * 1024 };
	const struct doc_node *root = doc_root(w->doc);
	bool template = w->f.form == TASKDEF_TEMPLATE;

	if (bytes > (template ? OBJECT : DEFINITION))
		report_finding(report, &w->f, root, "limit.size", "warning",
		    template ? "larger than 1 MiB, which CloudFormation refuses"
			     : "larger than 64 KiB, which ECS refuses",
		    "split the document");
	else if (template && bytes > BODY)
		report_finding(report, &w->f, root, "limit.body", "note",
		    "larger than 51,200 bytes, so it must be deployed from S3",
		    "aws cloudformation deploy --s3-bucket");
}

int
embed_inject(const struct embed_input *in, const struct inject_config *cfg,
    const struct stamp_config *stamp, struct report *report, struct buf *out,
    struct err *e)
{
	struct way w;
	int r = way_open(&w, in, e);

	if (r == 0 && stamp != NULL) {
		r = stamp_all(&w, stamp, NULL);
		if (r == 0)
			r = way_step(&w);
	}
	if (r == 0)
		r = strip_injected(&w);
	if (r == 0)
		r = inject_all(&w, cfg, report);
	if (r == 0)
		r = way_finish(&w, out);
	if (r == 0)
		report_size(&w, out->n, report);
	way_free(&w);
	return r;
}

/* ---- fill ---- */

/* Answers about images that are no longer those of the containers go. */
static int
strip_stale(struct way *w)
{
	for (size_t i = 0; i < w->f.n; i++) {
		const struct taskdef *td = &w->f.defs[i];
		struct undo u = {.f = &w->f,
		    .td = td,
		    .rec = &w->recs[i],
		    .ed = w->ed,
		    .scope = UNDO_FILL};

		for (size_t c = 0; c < td->n; c++) {
			struct record_container *rc =
			    record_find(&w->recs[i], td->containers[c].id);
			struct str image = taskdef_text(
			    &w->f, taskdef_get(td->form, td->containers[c].node,
				       "image"));

			if (rc == NULL || !rc->filled || image.p == NULL ||
			    str_eq(image, rc->image))
				continue;
			undo_container(&u, &td->containers[c]);
			rc->filled = false;
			rc->filled_entry_point = rc->filled_command = false;
			rc->image = rc->digest = rc->platform = STR_NONE;
			w->recs[i].changed = true;
		}
	}
	return way_step(w);
}

static int
make_needs(struct way *w, struct fill_needs *needs)
{
	size_t n = 0;

	for (size_t i = 0; i < w->f.n; i++)
		n += w->f.defs[i].n;
	*needs = (struct fill_needs){.arena = w->arena};
	needs->all = arena_alloc(w->arena, n * sizeof *needs->all);
	needs->queries = arena_alloc(w->arena, n * sizeof *needs->queries);
	if (needs->all == NULL || needs->queries == NULL)
		return err_nomem(w->e);
	return 0;
}

static int
fill_all(struct way *w, const struct fill_config *cfg, struct report *report)
{
	struct fill_needs needs;
	int r = make_needs(w, &needs);

	for (size_t i = 0; i < w->f.n && r == 0; i++)
		r = fill_collect(&w->f, &w->f.defs[i], cfg, &w->recs[i], &needs,
		    report, w->e);
	if (r == 0 && needs.n > 0)
		r = cfg->resolve(cfg->arg, needs.queries, needs.n, w->e);
	for (size_t i = 0; i < needs.n && r == 0; i++)
		r = fill_write(&w->f, &needs.all[i], &needs.queries[i], w->ed,
		    report, w->e);
	for (size_t i = 0; i < w->f.n && r == 0; i++) {
		const struct record *rec = &w->recs[i];

		if (rec->changed &&
		    (rec->node != NULL || !record_is_empty(rec)))
			r = record_put(
			    &w->f, &w->f.defs[i], &w->recs[i], w->ed, w->e);
	}
	return r;
}

int
embed_fill(const struct embed_input *in, const struct fill_config *cfg,
    struct report *report, struct buf *out, struct err *e)
{
	struct way w;
	int r = way_open(&w, in, e);

	if (r == 0)
		r = select_check(&w.f, &cfg->only, &cfg->exclude, e);
	if (r == 0)
		r = strip_stale(&w);
	if (r == 0)
		r = fill_all(&w, cfg, report);
	if (r == 0)
		r = way_finish(&w, out);
	way_free(&w);
	return r;
}

/* ---- remove ---- */

static void
tell_inexact(const struct taskdef_file *f, const struct taskdef *td,
    struct report *report)
{
	struct err e = {0};

	report_finding(report, f, td->node, "remove.inexact", "warning",
	    "the document was reformatted since: layout cannot be restored",
	    "compare with the version before embedding");
	(void)doc_err(&e, ERR_NO, EINVAL, f->doc, td->node,
	    "removed, but the document was reformatted or our part of it "
	    "edited since: not every byte could be restored");
	buf_addf(&report->problems, "%s\n", e.text);
	report->unresolved++;
	report_weigh(report, ERR_NO);
}

int
embed_remove(const struct embed_input *in, struct report *report,
    struct buf *out, struct err *e)
{
	struct removal removal;
	struct taskdef_file f;
	int r = taskdef_open(&f, in->doc, NULL, e);

	if (r != 0)
		return r;
	r = remove_all(&f, &removal, e);
	if (r != 0) {
		taskdef_close(&f);
		return r;
	}
	for (size_t i = 0; i < f.n; i++)
		if (removal.defs[i].found && !removal.defs[i].original &&
		    !removal.defs[i].untouched)
			tell_inexact(&f, &f.defs[i], report);
	buf_adds(
	    out, doc_source(removal.after != NULL ? removal.after : in->doc));
	if (buf_error(out) != 0)
		r = err_nomem(e);
	remove_free(&removal);
	taskdef_close(&f);
	return r;
}
