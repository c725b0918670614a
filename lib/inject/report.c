/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include "jwrite/jwrite.h"

static const char *const state_names[] = {
    [REPORT_PROTECTED] = "protected",
    [REPORT_EXCLUDED] = "excluded",
    [REPORT_UNPROTECTED] = "unprotected",
};

void
report_free(struct report *r)
{
	buf_free(&r->records);
	buf_free(&r->problems);
	buf_free(&r->warnings);
	r->unresolved = 0;
}

static void
put_place(struct jwrite *w, const struct doc_node *n)
{
	cleanup_buf struct buf pointer = BUF_MAX(64 * 1024);

	doc_pointer(n, &pointer);
	jwrite_kv(w, "pointer", buf_str(&pointer));
	jwrite_kv_int(w, "line", n->line);
	jwrite_kv_int(w, "column", n->column);
}

static void
put_text(struct jwrite *w, const char *key, struct str s)
{
	if (s.n > 0)
		jwrite_kv(w, key, s);
}

static void
add_problem(struct report *r, const struct err *e)
{
	buf_addf(&r->problems, "%s\n", e->text);
	r->unresolved++;
	report_weigh(r, ERR_NO);
}

void
report_weigh(struct report *r, enum err_kind kind)
{
	if ((int)kind > r->code)
		r->code = (int)kind;
}

static void
put_container(struct report *r, const struct taskdef_file *f,
    const struct taskdef *td, const struct taskdef_container *c,
    const struct report_container *what)
{
	struct str name = c->known_name.p != NULL ? c->known_name : c->id;
	struct jwrite w;

	jwrite_init(&w, &r->records);
	jwrite_record(&w, "container");
	jwrite_kv(&w, "task_definition", taskdef_label(f, td));
	jwrite_kv(&w, "name", name);
	jwrite_kvz(&w, "state", state_names[what->state]);
	put_text(&w, "reason", what->reason);
	put_text(&w, "image", what->image);
	put_text(&w, "digest", what->digest);
	put_text(&w, "platform", what->platform);
	put_place(&w, c->node);
	jwrite_end(&w);
	buf_addc(&r->records, '\n');
}

void
report_container(struct report *r, const struct taskdef_file *f,
    const struct taskdef *td, const struct taskdef_container *c,
    const struct report_container *what)
{
	struct err e = {0};

	put_container(r, f, td, c, what);
	if (what->state != REPORT_UNPROTECTED)
		return;
	(void)doc_err(
	    &e, ERR_NO, 1, f->doc, c->node, "%.*s", STR_ARG(what->reason));
	add_problem(r, &e);
}

void
report_refused(struct report *r, const struct taskdef_file *f,
    const struct taskdef *td, const struct taskdef_container *c,
    const struct err *why)
{
	const struct report_container what = {
	    .state = REPORT_UNPROTECTED,
	    .reason = str_of(why->text),
	    .image = taskdef_text(f, taskdef_get(td->form, c->node, "image")),
	};

	put_container(r, f, td, c, &what);
	add_problem(r, why);
}

void
report_finding(struct report *r, const struct taskdef_file *f,
    const struct doc_node *at, const char *id, const char *severity,
    const char *msg, const char *remedy)
{
	struct jwrite w;

	(void)f;
	jwrite_init(&w, &r->records);
	jwrite_record(&w, "finding");
	jwrite_kvz(&w, "id", id);
	jwrite_kvz(&w, "severity", severity);
	put_place(&w, at);
	jwrite_kvz(&w, "msg", msg);
	jwrite_kvz(&w, "remedy", remedy);
	jwrite_end(&w);
	buf_addc(&r->records, '\n');
}

void
report_warning(struct report *r, const struct taskdef_file *f,
    const struct doc_node *at, const char *id, const char *msg,
    const char *remedy)
{
	struct err e = {0};

	report_finding(r, f, at, id, "warning", msg, remedy);
	(void)doc_err(&e, ERR_NO, 1, f->doc, at, "%s", msg);
	buf_addf(&r->warnings, "%s\n", e.text);
}

void
report_statement(struct report *r, const struct taskdef_file *f,
    const struct taskdef *td, const char *const *actions, const char *resource,
    const char *reason)
{
	struct jwrite w;

	jwrite_init(&w, &r->records);
	jwrite_record(&w, "iam.statement");
	jwrite_kv(&w, "task_definition", taskdef_label(f, td));
	jwrite_kvz(&w, "role", "execution");
	jwrite_key(&w, "statement");
	jwrite_object(&w);
	jwrite_kvz(&w, "Effect", "Allow");
	jwrite_key(&w, "Action");
	jwrite_array(&w);
	for (; *actions != NULL; actions++)
		jwrite_strz(&w, *actions);
	jwrite_end(&w);
	jwrite_key(&w, "Resource");
	jwrite_array(&w);
	jwrite_strz(&w, resource);
	jwrite_end(&w);
	jwrite_end(&w);
	jwrite_kvz(&w, "reason", reason);
	jwrite_end(&w);
	buf_addc(&r->records, '\n');
}
