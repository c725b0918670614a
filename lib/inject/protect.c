/* SPDX-License-Identifier: Apache-2.0 */
#include "protect.h"

#include <stdio.h>

#include "check.h"
#include "names.h"
#include "stamp.h"

struct protect {
	const struct grow *g;
	const struct inject_config *cfg;
	const struct doc_node *app_id;
	const struct taskdef_container *c;
	struct record_container *rc;
	bool had_ptrace; /* SYS_PTRACE stood there before */
};

static const struct doc_node *
member(const struct protect *p, const char *path)
{
	return taskdef_path(p->g->td->form, p->c->node, path);
}

static int
wrap(const struct protect *p)
{
	const struct doc_node *list = member(p, "entryPoint");
	struct arena *a = edit_arena(p->g->ed);
	struct val *items = val_list(a);

	items = val_push(items, val_textz(a, NAMES_WRAP));
	if (p->had_ptrace)
		items = val_push(items, val_textz(a, NAMES_KEEP_PTRACE));
	items = val_push(items, val_textz(a, "--"));
	if (items == NULL)
		return err_nomem(p->g->e);
	if (list == NULL || list->n == 0)
		return grow_list(
		    p->g, p->rc, p->c->node, RECORD_ENTRY_POINT, items);
	for (struct val *item = items->first, *next; item != NULL;
	     item = next) {
		next = item->next;
		item->next = NULL;
		edit_prepend(p->g->ed, list, item);
	}
	return 0;
}

static struct val *
add_variable(const struct protect *p, struct val *list, const char *name,
    struct val *value)
{
	return val_push(list, grow_pair(p->g, name, value));
}

static int
add_environment(const struct protect *p)
{
	struct arena *a = edit_arena(p->g->ed);
	const struct doc_node *image = member(p, "image");
	struct val *list = val_list(a);
	char grace[24];

	/* It was left out when the others were stamped. */
	if (stamp_variable(p->g->td->form, p->c->node, NAMES_APP_ID) == NULL) {
		p->rc->stamped = true;
		list =
		    add_variable(p, list, NAMES_APP_ID, val_copy(a, p->app_id));
	}
	list = add_variable(p, list, NAMES_CONTAINER, val_copy(a, p->c->name));
	if (image != NULL)
		list = add_variable(p, list, NAMES_IMAGE, val_copy(a, image));
	if (p->rc->digest.n > 0)
		list = add_variable(
		    p, list, NAMES_IMAGE_DIGEST, val_text(a, p->rc->digest));
	if (p->cfg->on_no_policy != NULL)
		list = add_variable(p, list, NAMES_ON_NO_POLICY,
		    val_textz(a, p->cfg->on_no_policy));
	if (p->cfg->pid1 != NULL)
		list = add_variable(
		    p, list, NAMES_PID1, val_textz(a, p->cfg->pid1));
	if (p->cfg->stop_grace_s >= 0) {
		(void)snprintf(grace, sizeof grace, "%lld",
		    (long long)p->cfg->stop_grace_s);
		list = add_variable(
		    p, list, NAMES_STOP_GRACE, val_textz(a, grace));
	}
	return grow_list(p->g, p->rc, p->c->node, RECORD_ENVIRONMENT, list);
}

static int
add_volume(const struct protect *p)
{
	struct arena *a = edit_arena(p->g->ed);
	struct val *item = val_map(a);

	item =
	    grow_put(p->g, item, "sourceContainer", val_textz(a, SIDECAR_NAME));
	item = grow_put(p->g, item, "readOnly", val_raw(a, "true"));
	return grow_list(p->g, p->rc, p->c->node, RECORD_VOLUMES_FROM,
	    val_push(val_list(a), item));
}

static int
add_dependency(const struct protect *p)
{
	struct arena *a = edit_arena(p->g->ed);
	struct val *item = val_map(a);

	item =
	    grow_put(p->g, item, "containerName", val_textz(a, SIDECAR_NAME));
	item = grow_put(p->g, item, "condition", val_textz(a, "HEALTHY"));
	return grow_list(p->g, p->rc, p->c->node, RECORD_DEPENDS_ON,
	    val_push(val_list(a), item));
}

static int
add_capability(const struct protect *p)
{
	struct arena *a = edit_arena(p->g->ed);

	if (p->had_ptrace)
		return 0;
	return grow_list(p->g, p->rc, p->c->node, RECORD_CAPABILITIES_ADD,
	    val_push(val_list(a), val_textz(a, NAMES_CAPABILITY)));
}

int
protect_container(const struct grow *g, const struct inject_config *cfg,
    const struct doc_node *app_id, const struct taskdef_container *c,
    struct record_container *rc)
{
	static int (*const steps[])(const struct protect *p) = {
	    wrap, add_environment, add_volume, add_dependency, add_capability};
	struct protect p = {
	    .g = g, .cfg = cfg, .app_id = app_id, .c = c, .rc = rc};

	p.had_ptrace = taskdef_lists(
	    member(&p, "linuxParameters.capabilities.add"), NAMES_CAPABILITY);
	rc->injected = true;
	rc->added_ptrace = !p.had_ptrace;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		int r = steps[i](&p);

		if (r != 0)
			return r;
	}
	return 0;
}
