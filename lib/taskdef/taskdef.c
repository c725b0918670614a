/* SPDX-License-Identifier: Apache-2.0 */
#include "taskdef.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cfn/template.h"

#define ARENA_MAX ((size_t)64 * 1024 * 1024)

/* ---- containers ------------------------------------------------------------
 */

static int
read_name(struct taskdef_file *f, const struct taskdef *td,
    struct taskdef_container *c, struct err *e)
{
	cleanup_buf struct buf canonical = BUF_MAX(64 * 1024);

	c->name = taskdef_get(td->form, c->node, "name");
	if (c->name == NULL)
		return doc_err(e, ERR_NO, EINVAL, f->doc, c->node,
		    "a container without a name");
	c->known_name = taskdef_text(f, c->name);
	if (doc_is_text(c->name)) {
		c->id = c->name->text;
		return 0;
	}
	if (taskdef_function(td->form, c->name) == NULL)
		return doc_err(e, ERR_NO, EINVAL, f->doc, c->name,
		    "a container name must be a string");
	cfn_canonical(c->name, &canonical);
	if (buf_error(&canonical) != 0)
		return doc_err(e, ERR_NO, E2BIG, f->doc, c->name,
		    "too large an expression for a name");
	c->id = arena_str(f->arena, buf_str(&canonical));
	return c->id.p == NULL ? err_nomem(e) : 0;
}

static int
check_duplicate(
    struct taskdef_file *f, const struct taskdef *td, size_t i, struct err *e)
{
	const struct taskdef_container *c = &td->containers[i];

	for (size_t j = 0; j < i; j++)
		if (str_eq(td->containers[j].id, c->id))
			return doc_err(e, ERR_NO, EINVAL, f->doc, c->name,
			    "a second container of the name \"%.*s\"",
			    STR_ARG(c->id));
	return 0;
}

/* What a macro puts into a map is known at deployment only. */
static int
check_macro(const struct taskdef_file *f, const struct taskdef *td,
    const struct doc_node *map, struct err *e)
{
	const struct doc_node *macro =
	    td->form == TASKDEF_TEMPLATE ? cfn_macro(map) : NULL;

	if (macro == NULL)
		return 0;
	return doc_err(e, ERR_NO, ENOTSUP, f->doc, macro,
	    "%.*s here is not supported yet; write out what it gives",
	    STR_ARG(macro->key->text));
}

static int
read_container(struct taskdef_file *f, struct taskdef *td,
    const struct doc_node *node, struct err *e)
{
	struct taskdef_container *c = &td->containers[td->n];
	const char *function = taskdef_function(td->form, node);
	int r;

	if (function != NULL)
		return doc_err(e, ERR_NO, ENOTSUP, f->doc, node,
		    "a container definition that is %s is not supported yet; "
		    "write it out",
		    function);
	if (node->kind != DOC_MAP)
		return doc_err(e, ERR_NO, EINVAL, f->doc, node,
		    "a container definition must be an object");
	r = check_macro(f, td, node, e);
	if (r != 0)
		return r;
	c->node = node;
	r = read_name(f, td, c, e);
	if (r == 0)
		r = check_duplicate(f, td, td->n, e);
	td->n++;
	return r;
}

static int
read_containers(struct taskdef_file *f, struct taskdef *td, struct err *e)
{
	const char *function = taskdef_function(td->form, td->list);

	if (function != NULL)
		return doc_err(e, ERR_NO, ENOTSUP, f->doc, td->list,
		    "container definitions that are %s are not supported yet; "
		    "write them out",
		    function);
	if (td->list->kind != DOC_SEQ)
		return doc_err(e, ERR_NO, EINVAL, f->doc, td->list,
		    "container definitions must be a list");
	if (td->list->n == 0)
		return doc_err(e, ERR_NO, EINVAL, f->doc, td->list,
		    "no container definitions");
	if (td->list->n > TASKDEF_CONTAINERS_MAX)
		return doc_err(e, ERR_NO, E2BIG, f->doc, td->list,
		    "%zu container definitions, more than ECS takes by far",
		    td->list->n);
	td->containers =
	    arena_alloc(f->arena, td->list->n * sizeof *td->containers);
	if (td->containers == NULL)
		return err_nomem(e);
	doc_each(node, td->list) {
		int r = read_container(f, td, node, e);

		if (r != 0)
			return r;
	}
	return 0;
}

/* ---- task definitions -------------------------------------------------------
 */

static int
check_windows(
    const struct taskdef_file *f, const struct taskdef *td, struct err *e)
{
	if (!taskdef_is_windows(f, td))
		return 0;
	return doc_err(e, ERR_NO, ENOTSUP, f->doc,
	    taskdef_path(
		td->form, td->node, "runtimePlatform.operatingSystemFamily"),
	    "Windows containers cannot be protected");
}

/* td->form and td->node are set; find the rest. */
static int
read_definition(struct taskdef_file *f, struct taskdef *td, struct err *e)
{
	int r = check_macro(f, td, td->node, e);

	if (r != 0)
		return r;
	td->list = td->form == TASKDEF_ARRAY ? td->node
					     : taskdef_get(td->form, td->node,
						   "containerDefinitions");
	if (td->list == NULL)
		return doc_err(e, ERR_NO, EINVAL, f->doc, td->node,
		    "no container definitions");
	r = check_windows(f, td, e);
	return r != 0 ? r : read_containers(f, td, e);
}

static int
open_one(struct taskdef_file *f, enum taskdef_form form, struct err *e)
{
	f->form = form;
	f->n = 1;
	f->defs = arena_alloc(f->arena, sizeof *f->defs);
	if (f->defs == NULL)
		return err_nomem(e);
	f->defs->form = form;
	f->defs->node = doc_root(f->doc);
	return read_definition(f, f->defs, e);
}

static int
check_template(
    struct taskdef_file *f, const struct cfn_template *t, struct err *e)
{
	if (t->loop != NULL)
		return doc_err(e, ERR_NO, ENOTSUP, f->doc, t->loop,
		    "task definitions that a macro makes are not supported "
		    "yet; expand it first");
	if (t->n == 0)
		return doc_err(e, ERR_PERM, EINVAL, f->doc, doc_root(f->doc),
		    "a template without an AWS::ECS::TaskDefinition");
	return 0;
}

static int
open_task(struct taskdef_file *f, const struct cfn_task *task, struct err *e)
{
	struct taskdef *td = &f->defs[f->n++];

	*td = (struct taskdef){
	    .form = TASKDEF_TEMPLATE,
	    .node = task->properties,
	    .resource = task->resource,
	    .logical_id = task->logical_id,
	    .fargate = task->fargate,
	};
	if (td->node == NULL)
		return doc_err(e, ERR_NO, EINVAL, f->doc, task->resource,
		    "a task definition without properties");
	return read_definition(f, td, e);
}

static int
open_template(struct taskdef_file *f, struct err *e)
{
	struct cfn_template t;
	int r = cfn_template_read(f->doc, f->scope, f->arena, &t, e);

	if (r == 0)
		r = check_template(f, &t, e);
	if (r != 0)
		return r;
	f->form = TASKDEF_TEMPLATE;
	f->defs = arena_alloc(f->arena, t.n * sizeof *f->defs);
	if (f->defs == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < t.n && r == 0; i++)
		r = open_task(f, &t.tasks[i], e);
	return r;
}

static int
open_any(struct taskdef_file *f, struct err *e)
{
	const struct doc_node *root = doc_root(f->doc);

	if (root->kind == DOC_SEQ)
		return open_one(f, TASKDEF_ARRAY, e);
	if (cfn_is_template(root))
		return open_template(f, e);
	if (doc_get(root, "containerDefinitions") != NULL)
		return open_one(f, TASKDEF_REGISTER, e);
	return doc_err(e, ERR_PERM, EINVAL, f->doc, root,
	    "neither a task definition (containerDefinitions) nor a template "
	    "(Resources)");
}

int
taskdef_open(struct taskdef_file *f, const struct doc *d,
    const struct cfn_scope *scope, struct err *e)
{
	int r;

	*f = (struct taskdef_file){
	    .doc = d, .scope = scope, .arena = arena_new(ARENA_MAX)};
	if (f->arena == NULL)
		return err_nomem(e);
	r = open_any(f, e);
	if (r != 0)
		taskdef_close(f);
	return r;
}

void
taskdef_close(struct taskdef_file *f)
{
	arena_free(f->arena);
	*f = (struct taskdef_file){0};
}

/* ---- questions ---- */

bool
taskdef_is_windows(const struct taskdef_file *f, const struct taskdef *td)
{
	struct str os =
	    taskdef_text(f, taskdef_path(td->form, td->node,
				"runtimePlatform.operatingSystemFamily"));

	return str_starts(os, "WINDOWS");
}

/* runtimePlatform's map; NULL: there is none, or it is not known (*r). */
static const struct doc_node *
runtime_platform(const struct taskdef_file *f, const struct taskdef *td,
    enum cfn_result *r, struct cfn_why *why)
{
	const struct doc_node *n =
	    taskdef_get(td->form, td->node, "runtimePlatform");

	*r = n == NULL ? CFN_NOVALUE : CFN_KNOWN;
	if (n != NULL && td->form == TASKDEF_TEMPLATE && f->scope != NULL)
		*r = cfn_branch(f->scope, n, f->arena, &n, why);
	return *r == CFN_KNOWN ? n : NULL;
}

const char *
taskdef_platform(
    const struct taskdef_file *f, const struct taskdef *td, struct cfn_why *why)
{
	enum cfn_result r;
	const struct doc_node *n = runtime_platform(f, td, &r, why);
	struct str cpu = STR_NONE;

	if (n != NULL)
		n = taskdef_get(td->form, n, "cpuArchitecture");
	if (n != NULL && td->form == TASKDEF_TEMPLATE && f->scope != NULL)
		r = cfn_eval_text(f->scope, n, f->arena, &cpu, why);
	else
		cpu = taskdef_text(f, n);
	if (r == CFN_UNKNOWN || r == CFN_BAD)
		return NULL;
	if (cpu.p == NULL || str_eqz(cpu, "X86_64"))
		return "linux/amd64";
	if (str_eqz(cpu, "ARM64"))
		return "linux/arm64";
	(void)snprintf(why->text, sizeof why->text,
	    "its cpuArchitecture is neither X86_64 nor ARM64");
	return NULL;
}

bool
taskdef_is_fargate(const struct taskdef_file *f, const struct taskdef *td)
{
	const struct doc_node *list =
	    taskdef_get(td->form, td->node, "requiresCompatibilities");

	if (list != NULL && list->kind == DOC_SEQ)
		doc_each(item, list)
			if (str_eqz(taskdef_text(f, item), "FARGATE"))
				return true;
	return td->fargate;
}

const struct doc_node *
taskdef_whole(const struct taskdef *td)
{
	return td->resource != NULL ? td->resource : td->node;
}

struct str
taskdef_label(const struct taskdef_file *f, const struct taskdef *td)
{
	if (td->form == TASKDEF_TEMPLATE)
		return td->logical_id;
	return taskdef_text(f, taskdef_get(td->form, td->node, "family"));
}

const struct taskdef_container *
taskdef_find(const struct taskdef *td, struct str name)
{
	for (size_t i = 0; i < td->n; i++)
		if (str_eq(td->containers[i].known_name, name))
			return &td->containers[i];
	return NULL;
}
