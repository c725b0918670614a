/* SPDX-License-Identifier: Apache-2.0 */
#include "inject.h"

#include <errno.h>

#include "base/num.h"
#include "check.h"
#include "grow.h"
#include "order.h"
#include "protect.h"
#include "role.h"
#include "sidecar.h"
#include "stamp.h"

struct inject {
	struct grow g;
	const struct inject_config *cfg;
	struct report *report;
	const struct doc_node *app_id;
};

/* ---- containers, one after the other ---- */

static void
tell(const struct inject *in, const struct taskdef_container *c,
    const struct record_container *rc, enum report_state state,
    struct str reason)
{
	const struct doc_node *image =
	    taskdef_get(in->g.td->form, c->node, "image");
	struct report_container what = {
	    .state = state,
	    .reason = reason,
	    .image = taskdef_text(in->g.f, image),
	    .digest = rc->digest,
	    .platform = rc->platform,
	};

	if (what.image.p == NULL)
		what.image = rc->image;
	report_container(in->report, in->g.f, in->g.td, c, &what);
}

/*
 * SIGKILL comes stopTimeout after SIGTERM, 30 s unless stated (Amazon ECS
 * Developer Guide, "Container timeouts").
 */
static void
check_grace(const struct inject *in, const struct taskdef_container *c)
{
	enum { STOP_TIMEOUT = 30 };
	const struct doc_node *n =
	    taskdef_get(in->g.td->form, c->node, "stopTimeout");
	int64_t timeout = STOP_TIMEOUT;

	if (n != NULL &&
	    !num_parse(taskdef_text(in->g.f, n), 0, INT32_MAX, &timeout))
		return;
	if (in->cfg->stop_grace_s >= timeout)
		report_finding(in->report, in->g.f, c->node,
		    "container.stop-grace", "warning",
		    "--stop-grace is not below stopTimeout, so the application "
		    "is killed before it is told to stop",
		    "raise stopTimeout, 30 s by default, or give less grace");
}

static int
do_container(const struct inject *in, const struct taskdef_container *c)
{
	struct record_container *rc = record_get(in->g.rec, c->id);
	struct str reason;

	if (rc == NULL)
		return err_nomem(in->g.e);
	rc->injected = rc->added_ptrace = false;
	rc->excluded =
	    select_excluded(c, &in->cfg->only, &in->cfg->exclude, rc);
	if (rc->excluded) {
		tell(in, c, rc, REPORT_EXCLUDED, STR("excluded by the user"));
		return 0;
	}
	reason = check_container(&in->g, c, rc);
	if (reason.p != NULL) {
		tell(in, c, rc, REPORT_UNPROTECTED, reason);
		return 0;
	}
	tell(in, c, rc, REPORT_PROTECTED, STR_NONE);
	check_grace(in, c);
	return protect_container(&in->g, in->cfg, in->app_id, c, rc);
}

/* ---- the task definition ---- */

/* Removing takes out all that refers to our sidecar: it must all be ours. */
static int
check_references(const struct grow *g)
{
	static const char *const refs[][2] = {
	    {"dependsOn", "containerName"}, {"volumesFrom", "sourceContainer"}};
	enum taskdef_form form = g->td->form;

	for (size_t i = 0; i < g->td->n; i++)
		for (size_t j = 0; j < sizeof refs / sizeof *refs; j++) {
			const struct doc_node *ref = taskdef_item(form,
			    taskdef_get(
				form, g->td->containers[i].node, refs[j][0]),
			    refs[j][1], SIDECAR_NAME, 0);

			if (ref != NULL)
				return doc_err(g->e, ERR_NO, EEXIST, g->f->doc,
				    ref,
				    "refers to " SIDECAR_NAME
				    ", which is only about to be added; take "
				    "it out");
		}
	return 0;
}

static int
check_definition(const struct inject *in)
{
	const struct grow *g = &in->g;
	const struct taskdef_container *foreign =
	    taskdef_find(g->td, STR(SIDECAR_NAME));
	int r;

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
	r = check_references(g);
	if (r == 0)
		r = stamp_check(g->f, g->td, g->e);
	return r == 0 ? order_check(g->f, g->td, g->e) : r;
}

static void
add_notes(const struct inject *in)
{
	const struct grow *g = &in->g;
	const struct doc_node *proxy;

	if (g->td->form != TASKDEF_ARRAY && !taskdef_is_fargate(g->f, g->td))
		report_finding(in->report, g->f, g->td->node,
		    "taskdef.not-fargate", "note",
		    "the task definition does not ask for FARGATE",
		    "on EC2 an agent on the host sees more");
	proxy =
	    g->td->form == TASKDEF_ARRAY
		? NULL
		: taskdef_get(g->td->form, g->td->node, "proxyConfiguration");
	if (proxy != NULL && in->cfg->console != NULL &&
	    sidecar_ignored_uid(g) == NULL)
		report_finding(in->report, g->f, proxy, "proxy.no-ignored-uid",
		    "warning",
		    "the way to the Console leads through a proxy that waits "
		    "for the sidecar, since no IgnoredUID is known",
		    "give the proxy an IgnoredUID, or --exclude its "
		    "container");
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

/* All are excluded, which is remembered: no sidecar, and nothing is asked. */
static int
leave_out(const struct inject *in)
{
	const struct grow *g = &in->g;
	int r = 0;

	for (size_t i = 0; i < g->td->n && r == 0; i++)
		r = do_container(in, &g->td->containers[i]);
	return r == 0 ? record_put(g->f, g->td, g->rec, g->ed, g->e) : r;
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
	int r;

	if (select_none(td, &cfg->only, &cfg->exclude, rec))
		return leave_out(&in);
	r = check_definition(&in);
	if (r == 0)
		r = sidecar_check(&in.g, cfg);
	for (size_t i = 0; i < td->n && r == 0; i++)
		r = do_container(&in, &td->containers[i]);
	if (r == 0)
		r = role_give(&in.g, cfg, report);
	if (r == 0)
		add_notes(&in);
	return r == 0 ? add_sidecar(&in) : r;
}
