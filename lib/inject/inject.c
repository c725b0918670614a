/* SPDX-License-Identifier: Apache-2.0 */
#include "inject.h"

#include <errno.h>
#include <stdio.h>

#include "grow.h"
#include "names.h"
#include "order.h"
#include "sidecar.h"
#include "stamp.h"
#include "undo.h"

struct inject {
	struct grow g;
	const struct inject_config *cfg;
	struct report *report;
	const struct doc_node *app_id;
};

/* One container on its way to being protected. */
struct one {
	const struct taskdef_container *c;
	struct record_container *rc;
	bool had_ptrace;   /* SYS_PTRACE stood there before */
	struct str reason; /* why it cannot be protected; .p NULL: it can */
	struct report_container told;
};

/* ---- choosing ---- */

/* ---- checking ---- */

static const struct doc_node *
member(const struct inject *in, const struct one *o, const char *path)
{
	return taskdef_path(in->g.td->form, o->c->node, path);
}

static struct str
say(const struct inject *in, const char *fmt, const char *word)
{
	char line[256];

	/* Formats are the literals below, each with one %s or none. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(line, sizeof line, fmt, word);
#pragma GCC diagnostic pop
	return arena_str(edit_arena(in->g.ed), str_of(line));
}

/* Can the member be added to? */
static struct str
check_member(const struct inject *in, const struct one *o, const char *path,
    enum doc_kind kind)
{
	const struct doc_node *n = member(in, o, path);
	const char *function = taskdef_function(in->g.td->form, n);

	if (n == NULL)
		return STR_NONE;
	if (doc_is_shared(n))
		return say(in,
		    "%s is shared by an anchor and aliases; write it out",
		    path);
	if (function != NULL)
		return say(in,
		    "%s is a function, which is not supported here yet; "
		    "write it out",
		    path);
	if (n->kind != kind)
		return say(in,
		    kind == DOC_SEQ ? "%s must be a list" : "%s must be a map",
		    path);
	return STR_NONE;
}

static struct str
check_members(const struct inject *in, const struct one *o)
{
	static const struct {
		const char *path;
		enum doc_kind kind;
	} grown[] = {
	    {"entryPoint", DOC_SEQ},
	    {"environment", DOC_SEQ},
	    {"dependsOn", DOC_SEQ},
	    {"volumesFrom", DOC_SEQ},
	    {"linuxParameters", DOC_MAP},
	    {"linuxParameters.capabilities", DOC_MAP},
	    {"linuxParameters.capabilities.add", DOC_SEQ},
	};
	struct str reason = STR_NONE;

	for (size_t i = 0; i < sizeof grown / sizeof *grown; i++) {
		reason = check_member(in, o, grown[i].path, grown[i].kind);
		if (reason.p != NULL)
			break;
	}
	return reason;
}

static struct str
check_environment(const struct inject *in, const struct one *o)
{
	const struct doc_node *list = member(in, o, "environment");

	if (list == NULL)
		return STR_NONE;
	doc_each(item, list) {
		const struct doc_node *name =
		    taskdef_get(in->g.td->form, item, "name");

		if (doc_is_text(name) && names_is_ours(name->text))
			return STR("it sets a variable FG_*, which are "
				   "reserved; rename it");
	}
	return STR_NONE;
}

static bool
lists(const struct doc_node *list, const char *word)
{
	if (list != NULL && list->kind == DOC_SEQ)
		doc_each(item, list)
			if (doc_is(item, word))
				return true;
	return false;
}

/* The image must be the one that --fill looked at. */
static struct str
check_image(const struct inject *in, const struct one *o)
{
	struct str now = taskdef_text(in->g.f, member(in, o, "image"));

	if (!o->rc->filled || now.p == NULL || o->rc->image.n == 0 ||
	    str_eq(now, o->rc->image))
		return STR_NONE;
	return STR("the image changed since fg-entrypoint --fill; run that "
		   "again first");
}

static struct str
check_entry_point(const struct inject *in, const struct one *o)
{
	const struct doc_node *list = member(in, o, "entryPoint");

	if ((list != NULL && list->n > 0) || o->rc->filled)
		return STR_NONE;
	return STR("its entry point is not known; run fg-entrypoint --fill "
		   "first, or state entryPoint");
}

static struct str
why_not(const struct inject *in, const struct one *o)
{
	struct str reason = check_members(in, o);

	if (reason.p == NULL && doc_is_shared(o->c->node))
		reason = STR("it is shared by an anchor and aliases; write "
			     "it out");
	if (reason.p == NULL)
		reason = check_environment(in, o);
	if (reason.p == NULL &&
	    lists(member(in, o, "linuxParameters.capabilities.drop"),
		NAMES_CAPABILITY))
		reason = STR("it drops SYS_PTRACE, which fg-wrap needs; take "
			     "that out of capabilities.drop");
	if (reason.p == NULL)
		reason = check_image(in, o);
	if (reason.p == NULL)
		reason = check_entry_point(in, o);
	return reason;
}

/* ---- writing ---- */

static int
wrap(const struct inject *in, const struct one *o)
{
	const struct doc_node *list = member(in, o, "entryPoint");
	struct arena *a = edit_arena(in->g.ed);
	struct val *items = val_list(a);

	items = val_push(items, val_textz(a, NAMES_WRAP));
	if (o->had_ptrace)
		items = val_push(items, val_textz(a, NAMES_KEEP_PTRACE));
	items = val_push(items, val_textz(a, "--"));
	if (items == NULL)
		return err_nomem(in->g.e);
	if (list == NULL || list->n == 0)
		return grow_list(
		    &in->g, o->rc, o->c->node, RECORD_ENTRY_POINT, items);
	for (struct val *item = items->first, *next; item != NULL;
	     item = next) {
		next = item->next;
		item->next = NULL;
		edit_prepend(in->g.ed, list, item);
	}
	return 0;
}

static struct val *
add_variable(const struct inject *in, struct val *list, const char *name,
    struct val *value)
{
	return val_push(list, grow_pair(&in->g, name, value));
}

static int
add_environment(const struct inject *in, const struct one *o)
{
	struct arena *a = edit_arena(in->g.ed);
	const struct doc_node *image = member(in, o, "image");
	struct val *list = val_list(a);
	char grace[24];

	/* It was left out when the others were stamped. */
	if (stamp_variable(in->g.td->form, o->c->node, NAMES_APP_ID) == NULL) {
		o->rc->stamped = true;
		list = add_variable(
		    in, list, NAMES_APP_ID, val_copy(a, in->app_id));
	}
	list = add_variable(in, list, NAMES_CONTAINER, val_copy(a, o->c->name));
	if (image != NULL)
		list = add_variable(in, list, NAMES_IMAGE, val_copy(a, image));
	if (o->rc->digest.n > 0)
		list = add_variable(
		    in, list, NAMES_IMAGE_DIGEST, val_text(a, o->rc->digest));
	if (in->cfg->on_no_policy != NULL)
		list = add_variable(in, list, NAMES_ON_NO_POLICY,
		    val_textz(a, in->cfg->on_no_policy));
	if (in->cfg->pid1 != NULL)
		list = add_variable(
		    in, list, NAMES_PID1, val_textz(a, in->cfg->pid1));
	if (in->cfg->stop_grace_s >= 0) {
		(void)snprintf(grace, sizeof grace, "%lld",
		    (long long)in->cfg->stop_grace_s);
		list = add_variable(
		    in, list, NAMES_STOP_GRACE, val_textz(a, grace));
	}
	return grow_list(&in->g, o->rc, o->c->node, RECORD_ENVIRONMENT, list);
}

static int
add_volume(const struct inject *in, const struct one *o)
{
	struct arena *a = edit_arena(in->g.ed);
	struct val *item = val_map(a);

	item = grow_put(
	    &in->g, item, "sourceContainer", val_textz(a, SIDECAR_NAME));
	item = grow_put(&in->g, item, "readOnly", val_raw(a, "true"));
	return grow_list(&in->g, o->rc, o->c->node, RECORD_VOLUMES_FROM,
	    val_push(val_list(a), item));
}

static int
add_dependency(const struct inject *in, const struct one *o)
{
	struct arena *a = edit_arena(in->g.ed);
	struct val *item = val_map(a);

	item =
	    grow_put(&in->g, item, "containerName", val_textz(a, SIDECAR_NAME));
	item = grow_put(&in->g, item, "condition", val_textz(a, "HEALTHY"));
	return grow_list(&in->g, o->rc, o->c->node, RECORD_DEPENDS_ON,
	    val_push(val_list(a), item));
}

static int
add_capability(const struct inject *in, const struct one *o)
{
	struct arena *a = edit_arena(in->g.ed);

	if (o->had_ptrace)
		return 0;
	return grow_list(&in->g, o->rc, o->c->node, RECORD_CAPABILITIES_ADD,
	    val_push(val_list(a), val_textz(a, NAMES_CAPABILITY)));
}

static int
protect(const struct inject *in, struct one *o)
{
	static int (*const steps[])(
	    const struct inject *in, const struct one *o) = {
	    wrap, add_environment, add_volume, add_dependency, add_capability};

	o->rc->injected = true;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int r = steps[i](in, o);

		if (r != 0)
			return r;
	}
	return 0;
}

/* ---- containers, one after the other ---- */

static void
tell(const struct inject *in, struct one *o, enum report_state state,
    struct str reason)
{
	struct str image = taskdef_text(in->g.f, member(in, o, "image"));

	o->told = (struct report_container){
	    .state = state,
	    .reason = reason,
	    .image = image.p != NULL ? image : o->rc->image,
	    .digest = o->rc->digest,
	    .platform = o->rc->platform,
	};
	report_container(in->report, in->g.f, in->g.td, o->c, &o->told);
}

static int
do_container(const struct inject *in, const struct taskdef_container *c)
{
	struct one o = {.c = c, .rc = record_get(in->g.rec, c->id)};
	struct str reason;

	if (o.rc == NULL)
		return err_nomem(in->g.e);
	o.rc->injected = false;
	o.rc->excluded =
	    select_excluded(c, &in->cfg->only, &in->cfg->exclude, o.rc);
	o.had_ptrace = lists(member(in, &o, "linuxParameters.capabilities.add"),
	    NAMES_CAPABILITY);
	if (o.rc->excluded) {
		tell(in, &o, REPORT_EXCLUDED, STR("excluded by the user"));
		return 0;
	}
	reason = why_not(in, &o);
	if (reason.p != NULL) {
		tell(in, &o, REPORT_UNPROTECTED, reason);
		return 0;
	}
	tell(in, &o, REPORT_PROTECTED, STR_NONE);
	return protect(in, &o);
}

/* ---- the task definition ---- */

static int
check_definition(const struct inject *in)
{
	const struct grow *g = &in->g;
	const struct taskdef_container *foreign = record_sidecar(g->td);

	if (foreign != NULL)
		return doc_err(g->e, ERR_NO, EEXIST, g->f->doc, foreign->node,
		    "a container that is not ours has the name " SIDECAR_NAME);
	if (g->td->n + 1 > INJECT_CONTAINERS_MAX)
		return doc_err(g->e, ERR_NO, E2BIG, g->f->doc, g->td->list,
		    "with the sidecar %zu containers; ECS takes %d",
		    g->td->n + 1, INJECT_CONTAINERS_MAX);
	if (doc_is_shared(g->td->list))
		return doc_err(g->e, ERR_NO, ENOTSUP, g->f->doc, g->td->list,
		    "an anchor or alias stands for these container "
		    "definitions; write them out");
	if (in->app_id == NULL)
		return doc_err(g->e, ERR_USAGE, EINVAL, g->f->doc, g->td->node,
		    "no App ID; run fg-appid --stamp first, or give --app-id");
	return order_check(g->f, g->td, g->e);
}

static int
give_role(const struct inject *in)
{
	const struct grow *g = &in->g;
	char key[TASKDEF_KEY_MAX];

	if (in->cfg->enrol_secret == NULL || g->td->form == TASKDEF_ARRAY)
		return 0;
	report_statement(in->report, g->f, g->td,
	    "secretsmanager:GetSecretValue", in->cfg->enrol_secret,
	    "the sidecar's enrolment secret is given to it at start");
	if (taskdef_get(g->td->form, g->td->node, "executionRoleArn") != NULL)
		return 0;
	if (in->cfg->execution_role == NULL)
		return doc_err(g->e, ERR_NO, EINVAL, g->f->doc, g->td->node,
		    "no executionRoleArn, which --enrol-secret needs; give "
		    "--execution-role ARN");
	edit_append(g->ed, g->td->node,
	    taskdef_key(g->td->form, "executionRoleArn", key),
	    val_textz(edit_arena(g->ed), in->cfg->execution_role));
	g->rec->new_execution_role = true;
	return 0;
}

static void
add_notes(const struct inject *in)
{
	const struct grow *g = &in->g;

	if (g->td->form != TASKDEF_ARRAY && !taskdef_is_fargate(g->f, g->td))
		report_finding(in->report, g->f, g->td->node,
		    "taskdef.not-fargate", "note",
		    "the task definition does not ask for FARGATE",
		    "on EC2 an agent on the host sees more");
}

/* The record goes with the sidecar, where there is one to carry it. */
static int
add_sidecar(const struct inject *in)
{
	const struct grow *g = &in->g;
	struct val *v;
	int r = 0;

	if (g->td->form == TASKDEF_TEMPLATE)
		r = record_put(g->f, g->td, g->rec, g->ed, g->e);
	if (r != 0)
		return r;
	v = sidecar_val(g, in->cfg, in->app_id);
	if (v == NULL)
		return -ENOMEM;
	edit_append(g->ed, g->td->list, NULL, v);
	return 0;
}

int
inject_definition(const struct taskdef_file *f, const struct taskdef *td,
    const struct inject_config *cfg, struct record *rec, struct edit *ed,
    struct report *report, struct err *e)
{
	struct inject in = {
	    .g = {.f = f, .td = td, .ed = ed, .rec = rec, .e = e},
	    .cfg = cfg,
	    .report = report,
	    .app_id = stamp_find(td),
	};
	int r = check_definition(&in);

	if (r == 0)
		r = sidecar_check(&in.g, cfg);
	for (size_t i = 0; i < td->n && r == 0; i++)
		r = do_container(&in, &td->containers[i]);
	if (r == 0)
		r = give_role(&in);
	if (r == 0)
		add_notes(&in);
	return r == 0 ? add_sidecar(&in) : r;
}
