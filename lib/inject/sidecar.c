/* SPDX-License-Identifier: Apache-2.0 */
#include "sidecar.h"

#include <errno.h>

#include "names.h"
#include "order.h"

static struct arena *
arena(const struct grow *g)
{
	return edit_arena(g->ed);
}

static struct val *
text(const struct grow *g, const char *z)
{
	return val_textz(arena(g), z);
}

/* A list of the given words, the last one NULL. */
static struct val *
words(const struct grow *g, const char *const *word)
{
	struct val *list = val_list(arena(g));

	for (; *word != NULL; word++)
		list = val_push(list, text(g, *word));
	return list;
}

/* ---- environment and secrets ---- */

static struct val *
add_variable(
    const struct grow *g, struct val *list, const char *name, const char *value)
{
	if (value == NULL)
		return list;
	return val_push(list, grow_pair(g, name, text(g, value)));
}

const struct doc_node *
sidecar_ignored_uid(const struct grow *g)
{
	const struct doc_node *uid;
	const struct doc_node *properties = taskdef_path(g->td->form,
	    g->td->form == TASKDEF_ARRAY ? NULL : g->td->node,
	    g->td->form == TASKDEF_TEMPLATE
		? "proxyConfiguration.proxyConfigurationProperties"
		: "proxyConfiguration.properties");

	uid = taskdef_get(g->td->form,
	    taskdef_item(g->td->form, properties, "name", "IgnoredUID", 0),
	    "value");
	return doc_is_text(uid) && uid->text.n == 0 ? NULL : uid;
}

static struct val *
environment(const struct grow *g, const struct inject_config *cfg,
    const struct doc_node *app_id)
{
	const struct doc_node *uid = sidecar_ignored_uid(g);
	struct val *list = val_list(arena(g));

	list = val_push(
	    list, grow_pair(g, NAMES_APP_ID, val_copy(arena(g), app_id)));
	list = add_variable(g, list, "FG_CONSOLE_URL", cfg->console);
	list = add_variable(g, list, "FG_CONSOLE_CA", cfg->console_ca);
	list = add_variable(g, list, "HTTPS_PROXY", cfg->proxy);
	list = add_variable(g, list, "FG_INITIAL_POLICY", cfg->initial_policy);
	list = add_variable(g, list, NAMES_ON_NO_POLICY, cfg->on_no_policy);
	if (uid != NULL)
		list = val_push(list,
		    grow_pair(g, "FG_EGRESS_UID", val_copy(arena(g), uid)));
	return list;
}

static struct val *
secrets(const struct grow *g, const struct inject_config *cfg)
{
	struct val *item = val_map(arena(g));

	item = grow_put(g, item, "name", text(g, "FG_ENROL_SECRET"));
	item = grow_put(g, item, "valueFrom", text(g, cfg->enrol_secret));
	return val_push(val_list(arena(g)), item);
}

/* ---- logging ---- */

/* The awslogs options of the first app container that logs there. */
static const struct doc_node *
app_log_options(const struct grow *g)
{
	for (size_t i = 0; i < g->td->n; i++) {
		const struct doc_node *container = g->td->containers[i].node;
		const struct doc_node *options = taskdef_path(
		    g->td->form, container, "logConfiguration.options");

		if (str_eqz(
			order_log_driver(g->f, g->td, container), "awslogs") &&
		    options != NULL && options->kind == DOC_MAP &&
		    taskdef_function(g->td->form, options) == NULL)
			return options;
	}
	return NULL;
}

static struct val *
log_region(const struct grow *g, const struct inject_config *cfg)
{
	const struct doc_node *known =
	    doc_get(app_log_options(g), "awslogs-region");

	if (cfg->log_region != NULL)
		return text(g, cfg->log_region);
	if (known != NULL)
		return val_copy(arena(g), known);
	if (g->td->form == TASKDEF_TEMPLATE)
		return cfn_call(arena(g), doc_format(g->f->doc), CFN_REF,
		    text(g, "AWS::Region"));
	return NULL;
}

/* With aliases little text can be large. */
static int
check_copied(const struct grow *g, const struct doc_node *n)
{
	if (n == NULL || val_copy(arena(g), n) != NULL)
		return 0;
	return doc_err(g->e, ERR_NO, E2BIG, g->f->doc, n,
	    "too large to be copied to the sidecar");
}

int
sidecar_check(const struct grow *g, const struct inject_config *cfg)
{
	int r = check_copied(g, app_log_options(g));

	if (r == 0)
		r = check_copied(g, sidecar_ignored_uid(g));
	if (r != 0)
		return r;
	if (cfg->log_group == NULL || log_region(g, cfg) != NULL)
		return 0;
	return err_set(g->e, ERR_USAGE, EINVAL,
	    "--log-group: nothing tells the region; give --log-region");
}

static struct val *
own_options(const struct grow *g, const struct inject_config *cfg)
{
	struct arena *a = arena(g);
	struct val *options = val_map(a);

	options = val_put(a, options, "awslogs-group", text(g, cfg->log_group));
	return val_put(a, options, "awslogs-region", log_region(g, cfg));
}

/* Options are the log driver's, whose names no form respells. */
static struct val *
copied_options(const struct grow *g, const struct doc_node *from)
{
	struct arena *a = arena(g);
	struct val *options = val_map(a);

	doc_each(option, from) {
		const char *key = arena_dup(a, option->key->text);

		if (key == NULL)
			return NULL;
		if (!str_eqz(option->key->text, "awslogs-stream-prefix"))
			options = val_put(a, options, key, val_copy(a, option));
	}
	return options;
}

/* Never awsfirelens: the log router waits for the sidecar. */
static struct val *
log_configuration(const struct grow *g, const struct inject_config *cfg)
{
	const struct doc_node *app = app_log_options(g);
	struct val *log = val_map(arena(g)), *options;

	options = cfg->log_group != NULL ? own_options(g, cfg)
					 : copied_options(g, app);
	options = val_put(
	    arena(g), options, "awslogs-stream-prefix", text(g, SIDECAR_NAME));
	log = grow_put(g, log, "logDriver", text(g, "awslogs"));
	return grow_put(g, log, "options", options);
}

/* ---- the rest ---- */

static struct val *
health_check(const struct grow *g)
{
	static const char *const command[] = {
	    "CMD", NAMES_SIDECAR, "--health", NULL};
	struct arena *a = arena(g);
	struct val *check = val_map(a);

	check = grow_put(g, check, "command", words(g, command));
	check = grow_put(g, check, "interval", val_raw(a, "5"));
	check = grow_put(g, check, "timeout", val_raw(a, "2"));
	check = grow_put(g, check, "retries", val_raw(a, "3"));
	return grow_put(g, check, "startPeriod", val_raw(a, "30"));
}

/* A crash of ours restarts the sidecar, not the task. */
static struct val *
restart_policy(const struct grow *g)
{
	struct arena *a = arena(g);
	struct val *policy = val_map(a);

	policy = grow_put(g, policy, "enabled", val_raw(a, "true"));
	return grow_put(g, policy, "restartAttemptPeriod", val_raw(a, "60"));
}

/* Without memory for the task each container must say what it needs. */
static bool
needs_memory(const struct grow *g)
{
	return g->td->form == TASKDEF_ARRAY ||
	       taskdef_get(g->td->form, g->td->node, "memory") == NULL;
}

struct val *
sidecar_val(const struct grow *g, const struct inject_config *cfg,
    const struct doc_node *app_id)
{
	static const char *const entry_point[] = {NAMES_SIDECAR, NULL};
	struct arena *a = arena(g);
	struct val *v = val_map(a);

	v = grow_put(g, v, "name", text(g, SIDECAR_NAME));
	v = grow_put(g, v, "image", text(g, cfg->sidecar_image));
	v = grow_put(g, v, "essential",
	    val_raw(a, cfg->not_essential ? "false" : "true"));
	v = grow_put(g, v, "entryPoint", words(g, entry_point));
	if (needs_memory(g))
		v = grow_put(g, v, "memoryReservation", val_raw(a, "64"));
	v = grow_put(g, v, "environment", environment(g, cfg, app_id));
	if (cfg->enrol_secret != NULL)
		v = grow_put(g, v, "secrets", secrets(g, cfg));
	v = grow_put(g, v, "healthCheck", health_check(g));
	v = grow_put(g, v, "restartPolicy", restart_policy(g));
	if (cfg->log_group != NULL || app_log_options(g) != NULL)
		v = grow_put(
		    g, v, "logConfiguration", log_configuration(g, cfg));
	if (g->td->form != TASKDEF_TEMPLATE)
		v = grow_put(
		    g, v, "dockerLabels", record_labels(g->rec, a, g->e));
	if (v == NULL && g->e->kind == ERR_NONE)
		(void)err_nomem(g->e);
	return v;
}
