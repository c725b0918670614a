/* SPDX-License-Identifier: Apache-2.0 */
#include "fill.h"

#include <errno.h>
#include <string.h>

#include "grow.h"
#include "names.h"
#include "select.h"
#include "undo.h"

struct fill {
	struct grow g;
	const struct fill_need *need;
	struct record_container *rc;
	const struct oci_image *image;
	struct report *report;
};

/* ---- what must be asked ---- */

static void
report_state(struct report *report, const struct taskdef_file *f,
    const struct taskdef *td, const struct taskdef_container *c,
    enum report_state state, struct str reason)
{
	struct report_container what = {
	    .state = state,
	    .reason = reason,
	    .image = taskdef_text(f, taskdef_get(td->form, c->node, "image")),
	};

	report_container(report, f, td, c, &what);
}

static void
unresolved(struct report *report, const struct taskdef_file *f,
    const struct taskdef *td, const struct taskdef_container *c,
    const char *reason)
{
	report_state(report, f, td, c, REPORT_UNPROTECTED, str_of(reason));
}

/* The reference to ask for; STR_NONE: not known, and reported. */
static struct str
image_reference(const struct taskdef_file *f, const struct taskdef *td,
    const struct taskdef_container *c, struct report *report)
{
	const struct doc_node *n = taskdef_get(td->form, c->node, "image");
	struct str text = STR_NONE;
	struct cfn_why why = {0};

	if (n == NULL) {
		unresolved(report, f, td, c, "it has no image");
		return STR_NONE;
	}
	if (f->scope == NULL || td->form != TASKDEF_TEMPLATE)
		text = taskdef_text(f, n);
	else if (cfn_eval_text(f->scope, n, f->arena, &text, &why) != CFN_KNOWN)
		text = STR_NONE;
	if (text.p == NULL)
		unresolved(report, f, td, c,
		    why.text[0] != '\0' ? why.text
					: "its image is no image reference");
	return text;
}

/* Our wrapper alone in an entryPoint is not one that the user stated. */
static bool
states_entry_point(const struct taskdef *td, const struct taskdef_container *c)
{
	const struct doc_node *list =
	    taskdef_get(td->form, c->node, "entryPoint");

	if (list == NULL || (list->kind == DOC_SEQ && list->n == 0))
		return false;
	return list->n == 0 || undo_wrapper_items(list, NULL) < list->n;
}

static int
add_need(const struct taskdef_file *f, struct fill_needs *needs,
    const struct fill_need *need, struct report *report, struct err *e)
{
	struct entrypoint_query *q = &needs->queries[needs->n];
	struct str reference = image_reference(f, need->td, need->c, report);
	struct cfn_why why = {0};
	const char *platform = taskdef_platform(f, need->td, &why);

	if (reference.p == NULL)
		return 0;
	if (platform == NULL) {
		unresolved(report, f, need->td, need->c, why.text);
		return 0;
	}
	*q = (struct entrypoint_query){.reference = reference};
	if (oci_platform_parse(str_of(platform), &q->platform, e) != 0)
		return -EINVAL;
	needs->all[needs->n++] = *need;
	return 0;
}

int
fill_collect(const struct taskdef_file *f, const struct taskdef *td,
    const struct fill_config *cfg, struct record *rec, struct fill_needs *needs,
    struct report *report, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < td->n && r == 0; i++) {
		const struct taskdef_container *c = &td->containers[i];
		struct fill_need need = {.td = td, .c = c, .rec = rec};
		struct record_container *rc;
		bool before;

		if (doc_is(c->name, SIDECAR_NAME))
			continue;
		rc = record_get(rec, c->id);
		if (rc == NULL)
			return err_nomem(e);
		if (rc->filled)
			continue;
		before = rc->excluded;
		rc->excluded =
		    select_excluded(c, &cfg->only, &cfg->exclude, rc);
		rec->changed = rec->changed || rc->excluded != before;
		if (rc->excluded) {
			report_state(report, f, td, c, REPORT_EXCLUDED,
			    STR("excluded by the user"));
			continue;
		}
		if (cfg->all || !states_entry_point(td, c))
			r = add_need(f, needs, &need, report, e);
	}
	return r;
}

/* ---- writing what was found ---- */

/*
 * CloudFormation would replace {{resolve:...}} in the words of the image by a
 * secret of the account: the image's author must not be able to ask for one.
 */
static bool
holds_reference(const struct oci_list *list)
{
	static const char opening[] = "{{resolve:";

	for (size_t i = 0; i < list->n; i++)
		for (size_t at = 0; at < list->items[i].n; at++)
			if (str_starts(
				str_sub(list->items[i], at, list->items[i].n),
				opening))
				return true;
	return false;
}

/* May the expression come to nothing, so that the image's CMD would count? */
static bool
may_be_absent(const struct taskdef *td, const struct doc_node *command)
{
	static const char nothing[] = "AWS::NoValue";
	cleanup_buf struct buf text = BUF_MAX(DOC_BYTES_MAX);

	if (taskdef_function(td->form, command) == NULL)
		return false;
	cfn_canonical(command, &text);
	return buf_error(&text) != 0 || strstr(buf_z(&text), nothing) != NULL;
}

static const char *
why_not(const struct fill *fl)
{
	const struct oci_config *config = &fl->image->config;
	const struct taskdef *td = fl->need->td;
	const struct doc_node *command =
	    taskdef_get(td->form, fl->need->c->node, "command");

	if (command != NULL && config->cmd.n > 0 && may_be_absent(td, command))
		return "a command that may be AWS::NoValue is not supported "
		       "yet; state entryPoint";
	if (config->entrypoint.n + config->cmd.n == 0 && command == NULL)
		return "its image has neither ENTRYPOINT nor CMD; state what "
		       "it is to run";
	if (td->form == TASKDEF_TEMPLATE &&
	    (holds_reference(&config->entrypoint) ||
		holds_reference(&config->cmd)))
		return "its image's command holds {{resolve:, which "
		       "CloudFormation would replace; state entryPoint";
	return NULL;
}

static struct val *
push_all(const struct fill *fl, struct val *list, const struct oci_list *from)
{
	struct arena *a = edit_arena(fl->g.ed);

	for (size_t i = 0; i < from->n; i++)
		list = val_push(list, val_text(a, from->items[i]));
	return list;
}

/* Behind our wrapper, where that stands there alone. */
static int
write_entry_point(const struct fill *fl)
{
	const struct oci_list *words = &fl->image->config.entrypoint;

	if (words->n == 0)
		return 0;
	fl->rc->filled_entry_point = true;
	return grow_list(&fl->g, fl->rc, fl->need->c->node, RECORD_ENTRY_POINT,
	    push_all(fl, val_list(edit_arena(fl->g.ed)), words));
}

static int
write_command(const struct fill *fl)
{
	const struct oci_list *words = &fl->image->config.cmd;
	const struct doc_node *there =
	    taskdef_get(fl->need->td->form, fl->need->c->node, "command");

	if (words->n == 0 || (there != NULL && there->kind != DOC_SEQ) ||
	    (there != NULL && there->n > 0))
		return 0;
	fl->rc->filled_command = true;
	return grow_list(&fl->g, fl->rc, fl->need->c->node, RECORD_COMMAND,
	    push_all(fl, val_list(edit_arena(fl->g.ed)), words));
}

static int
note_image(const struct fill *fl)
{
	cleanup_buf struct buf platform = BUF_MAX(256);
	struct arena *a = fl->g.rec->arena;
	struct record_container *rc = fl->rc;

	oci_platform_format(&fl->image->platform, &platform);
	fl->g.rec->changed = true;
	rc->filled = true;
	rc->image = arena_str(a, fl->image->reference);
	rc->digest = arena_str(a, fl->image->digest);
	rc->platform = arena_str(a, buf_str(&platform));
	if (rc->image.p == NULL || rc->digest.p == NULL ||
	    rc->platform.p == NULL)
		return err_nomem(fl->g.e);
	return 0;
}

/* With the platform: the image may be there for another one. */
static void
report_failure(const struct fill *fl, const struct entrypoint_query *q)
{
	cleanup_buf struct buf platform = BUF_MAX(256);
	const struct fill_need *need = fl->need;
	struct report_container what = {
	    .state = REPORT_UNPROTECTED,
	    .reason = str_of(q->err.text),
	    .image = q->reference,
	};

	oci_platform_format(&q->platform, &platform);
	what.platform = buf_str(&platform);
	report_container(fl->report, fl->g.f, need->td, need->c, &what);
	report_weigh(fl->report, q->err.kind);
}

int
fill_write(const struct taskdef_file *f, const struct fill_need *need,
    const struct entrypoint_query *q, struct edit *ed, struct report *report,
    struct err *e)
{
	struct fill fl = {
	    .g = {.f = f, .td = need->td, .ed = ed, .rec = need->rec, .e = e},
	    .need = need,
	    .rc = record_find(need->rec, need->c->id),
	    .image = q->image,
	    .report = report,
	};
	bool stated = states_entry_point(need->td, need->c);
	const char *reason;
	int r;

	if (q->image == NULL) {
		report_failure(&fl, q);
		return 0;
	}
	reason = stated ? NULL : why_not(&fl);
	if (reason != NULL) {
		unresolved(report, f, need->td, need->c, reason);
		return 0;
	}
	oci_image_record(q->image, &report->records);
	buf_addc(&report->records, '\n');
	r = note_image(&fl);
	if (r == 0 && !stated)
		r = write_entry_point(&fl);
	return r == 0 && !stated ? write_command(&fl) : r;
}
