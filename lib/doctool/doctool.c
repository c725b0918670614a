/* SPDX-License-Identifier: Apache-2.0 */
#include "doctool.h"

#include <errno.h>

#include "base/fd.h"
#include "base/log.h"

static int
scope_of_input(
    void *arg, const struct doc *d, struct cfn_scope **ret, struct err *e)
{
	const struct doctool_options *const *o = arg;

	return doctool_scope(*o, d, ret, e);
}

/* The text that t holds. */
static int
parse(struct doctool *t, struct err *e)
{
	struct doc *register_form = NULL;
	int r = doc_parse(buf_str(&t->text), t->what, &t->doc, e);

	if (r == 0)
		r = taskdef_normalise(t->doc, &register_form, e);
	if (r != 0)
		return r;
	if (register_form != NULL) {
		doc_free(t->doc);
		t->doc = register_form;
	}
	t->before = buf_str(&t->text);
	t->input = (struct embed_input){
	    .doc = t->doc, .scope = scope_of_input, .arg = &t->options};
	return 0;
}

int
doctool_open(struct doctool *t, const struct doctool_options *o,
    const char *path, struct err *e)
{
	int r;

	*t = (struct doctool){.options = o, .text = BUF_MAX(DOC_BYTES_MAX)};
	r = fd_read_input(path, &t->text, &t->what, e);
	return r == 0 ? parse(t, e) : r;
}

int
doctool_take(struct doctool *t, const struct doctool_options *o,
    struct str text, const char *what, struct err *e)
{
	*t = (struct doctool){
	    .options = o, .what = what, .text = BUF_MAX(DOC_BYTES_MAX)};
	buf_adds(&t->text, text);
	if (buf_error(&t->text) != 0)
		return err_set(e, ERR_PERM, EFBIG, "%s: larger than %d bytes",
		    what, DOC_BYTES_MAX);
	return parse(t, e);
}

void
doctool_close(struct doctool *t)
{
	doc_free(t->doc);
	buf_free(&t->text);
	t->doc = NULL;
}

static int
set_pseudo(
    struct cfn_scope *s, const char *name, const char *value, struct err *e)
{
	if (value == NULL)
		return 0;
	return cfn_scope_pseudo(s, name, str_of(value), e);
}

static int
set_param_file(struct cfn_scope *s, const char *path, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(DOC_BYTES_MAX);
	const char *what;
	int r;

	if (path == NULL)
		return 0;
	r = fd_read_input(path, &text, &what, e);
	if (r == 0)
		r = cfn_scope_param_file(s, buf_str(&text), what, e);
	return r;
}

static int
set_all(struct cfn_scope *s, const struct doctool_options *o, struct err *e)
{
	int r = set_param_file(s, o->param_file, e);

	for (size_t i = 0; i < o->params.n && r == 0; i++)
		r = cfn_scope_param(s, o->params.items[i], e);
	if (r == 0)
		r = set_pseudo(s, "AWS::Region", o->region, e);
	if (r == 0)
		r = set_pseudo(s, "AWS::AccountId", o->account, e);
	if (r == 0)
		r = set_pseudo(s, "AWS::Partition", o->partition, e);
	return r;
}

int
doctool_scope(const struct doctool_options *o, const struct doc *d,
    struct cfn_scope **ret, struct err *e)
{
	struct cfn_scope *s = cfn_scope_new(d);
	int r;

	if (s == NULL)
		return err_nomem(e);
	r = set_all(s, o, e);
	if (r != 0)
		cfn_scope_free(s);
	else
		*ret = s;
	return r;
}

struct inject_names
doctool_names(const struct cli_list *list)
{
	return (struct inject_names){.items = list->items, .n = list->n};
}

static void
say_problems(const struct report *report)
{
	struct str line, rest = buf_str(&report->problems);

	while (str_cut(rest, '\n', &line, &rest))
		log_error("%.*s", STR_ARG(line));
	rest = buf_str(&report->warnings);
	while (str_cut(rest, '\n', &line, &rest))
		log_warn("%.*s", STR_ARG(line));
}

int
doctool_finish(struct doctool *t, const struct report *report, struct str text,
    struct err *e)
{
	const struct doctool_options *o = t->options;
	bool whole = report->unresolved == 0 || o->partial;
	int r = 0;

	say_problems(report);
	if (buf_error(&report->records) != 0 ||
	    buf_error(&report->problems) != 0 ||
	    buf_error(&report->warnings) != 0)
		return err_nomem(e);
	if (o->report != NULL)
		r = fd_save(o->report, buf_str(&report->records), 0666, e);
	if (r == 0 && whole && !o->dry_run)
		r = fd_write_stdout(text, e);
	return r != 0 ? r : report->code;
}
