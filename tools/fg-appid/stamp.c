/* SPDX-License-Identifier: Apache-2.0 */
#include "stamp.h"

#include <errno.h>

#include "inject/stamp.h"
#include "jwrite/jwrite.h"
#include "uuid4/uuid4.h"

/* The earlier version whose App IDs are to be kept. */
struct earlier {
	struct doctool t;
	struct taskdef_file f;
};

static int
open_earlier(struct earlier *from, const struct options *o, struct err *e)
{
	int r;

	if (o->from == NULL)
		return 0;
	r = doctool_open(&from->t, &o->doc, o->from, e);
	if (r == 0)
		r = taskdef_open(&from->f, from->t.doc, NULL, e);
	for (size_t i = 0; i < from->f.n && r == 0; i++)
		if (stamp_find(&from->f.defs[i]) == NULL)
			r = doc_err(e, ERR_NO, ENOENT, from->t.doc,
			    from->f.defs[i].node, "--from: no App ID in it");
	return r;
}

static void
close_earlier(struct earlier *from)
{
	taskdef_close(&from->f);
	doctool_close(&from->t);
}

/* One app.id record per task definition; an expression has no parts. */
static void
report_ids(const struct taskdef_file *f, struct report *report)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct doc_node *n = stamp_find(&f->defs[i]);
		struct str text = taskdef_text(f, n);
		struct appid id;
		struct jwrite w;

		if (n == NULL || appid_parse(text, &id, NULL) != 0)
			continue;
		jwrite_init(&w, &report->records);
		jwrite_record(&w, "app.id");
		jwrite_kv(&w, "app_id", text);
		jwrite_kvz(&w, "name", id.name);
		jwrite_kvz(&w, "uuid", id.uuid);
		jwrite_kv(&w, "task_definition", taskdef_label(f, &f->defs[i]));
		jwrite_end(&w);
		buf_addc(&report->records, '\n');
	}
}

static int
report_result(
    struct doctool *t, struct str text, struct report *report, struct err *e)
{
	cleanup_doc struct doc *result = NULL;
	cleanup_cfn_scope struct cfn_scope *scope = NULL;
	struct taskdef_file f;
	int r;

	if (t->options->report == NULL)
		return 0;
	r = doc_parse(text, t->what, &result, e);
	if (r == 0)
		r = doctool_scope(t->options, result, &scope, e);
	if (r == 0)
		r = taskdef_open(&f, result, scope, e);
	if (r != 0)
		return r;
	report_ids(&f, report);
	taskdef_close(&f);
	return 0;
}

static int
stamp(struct doctool *t, const struct options *o,
    const struct taskdef_file *from, struct err *e)
{
	cleanup_buf struct buf out = BUF_MAX(DOC_BYTES_MAX);
	struct report report = REPORT_INIT;
	struct stamp_config cfg = {
	    .renew = o->renew,
	    .tag = o->tag,
	    .family = o->family,
	    .from = from,
	    .make_uuid = uuid4_make,
	    .only = doctool_names(&o->doc.containers),
	    .exclude = doctool_names(&o->doc.excludes),
	};
	int r = embed_stamp(&t->input, &cfg, &report, &out, e);

	if (r == 0)
		r = report_result(t, buf_str(&out), &report, e);
	if (r == 0)
		r = doctool_finish(t, &report, buf_str(&out), e);
	report_free(&report);
	return r;
}

int
stamp_run(const struct options *o, const char *path, struct err *e)
{
	struct earlier from = {0};
	struct doctool t = {0};
	int r = doctool_open(&t, &o->doc, path, e);

	if (r == 0)
		r = open_earlier(&from, o, e);
	if (r == 0)
		r = stamp(&t, o, o->from == NULL ? NULL : &from.f, e);
	close_earlier(&from);
	doctool_close(&t);
	return r;
}
