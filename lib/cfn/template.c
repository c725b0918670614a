/* SPDX-License-Identifier: Apache-2.0 */
#include "template.h"

#include <errno.h>
#include <string.h>

static bool
is_map(const struct doc_node *n)
{
	return n != NULL && n->kind == DOC_MAP;
}

static bool
is_type(const struct doc_node *resource, const char *type)
{
	return doc_is(cfn_get(resource, "Type"), type);
}

bool
cfn_is_template(const struct doc_node *root)
{
	return is_map(root) &&
	       (cfn_get(root, "AWSTemplateFormatVersion") != NULL ||
		   is_map(cfn_get(root, "Resources")));
}

/* ---- transforms ---------------------------------------------------------- */

static void
note_transform(struct cfn_template *t, const struct doc_node *n)
{
	n = cfn_follow(n);
	if (doc_is(n, "AWS::Serverless-2016-10-31"))
		t->sam = true;
	else if (doc_is(n, "AWS::LanguageExtensions"))
		t->language_extensions = true;
	else if (!doc_is_null(n))
		t->other_macros = true;
}

static void
note_transforms(struct cfn_template *t, const struct doc_node *root)
{
	const struct doc_node *n = cfn_get(root, "Transform");

	if (n == NULL || n->kind != DOC_SEQ) {
		note_transform(t, n);
		return;
	}
	doc_each(item, n)
		note_transform(t, item);
}

/* ---- services ------------------------------------------------------------ */

struct search {
	const struct cfn_scope *scope; /* or NULL */
	struct arena *arena;
};

static bool
is_text(const struct search *f, const struct doc_node *n, const char *z)
{
	struct str text;

	if (n == NULL || f->scope == NULL)
		return doc_is(n, z);
	return cfn_eval_text(f->scope, n, f->arena, &text, NULL) == CFN_KNOWN &&
	       str_eqz(text, z);
}

static bool
is_fargate_service(const struct search *f, const struct doc_node *service)
{
	const struct doc_node *props = cfn_get(service, "Properties");
	const struct doc_node *providers =
	    cfn_get(props, "CapacityProviderStrategy");

	if (is_text(f, cfn_get(props, "LaunchType"), "FARGATE"))
		return true;
	if (providers == NULL || providers->kind != DOC_SEQ)
		return false;
	doc_each(item, providers) {
		const struct doc_node *name = cfn_get(item, "CapacityProvider");

		if (is_text(f, name, "FARGATE") ||
		    is_text(f, name, "FARGATE_SPOT"))
			return true;
	}
	return false;
}

/* Does n refer to the task definition: Ref, the one attribute, or Sub? */
static bool
refers_to(const struct doc_node *n, struct str logical_id)
{
	const struct doc_node *arg;
	enum cfn_kind kind = cfn_fn(n, &arg);
	struct str head, tail;

	if (kind == CFN_GETATT && arg->kind == DOC_SEQ)
		arg = cfn_follow(doc_at(arg, 0));
	if (arg == NULL || arg->kind != DOC_SCALAR)
		return false;
	switch (kind) {
	case CFN_REF:
		return str_eq(arg->text, logical_id);
	case CFN_GETATT:
		(void)str_cut(arg->text, '.', &head, &tail);
		return str_eq(head, logical_id);
	case CFN_SUB:
		return str_starts(arg->text, "${") &&
		       str_cut(arg->text, '}', &head, &tail) && tail.n == 0 &&
		       str_eq(str_sub(head, 2, head.n), logical_id);
	default:
		return false;
	}
}

static void
note_service(struct cfn_template *t, const struct search *f,
    const struct doc_node *service)
{
	const struct doc_node *task =
	    cfn_get(cfn_get(service, "Properties"), "TaskDefinition");

	if (!is_fargate_service(f, service))
		return;
	for (size_t i = 0; i < t->n; i++)
		if (refers_to(task, t->tasks[i].logical_id))
			t->tasks[i].fargate = true;
}

/* ---- task definitions ---------------------------------------------------- */

static int
section(const struct doc *d, const struct doc_node *resource, const char *name,
    const struct doc_node **ret, struct err *e)
{
	const struct doc_node *n = cfn_get(resource, name);

	if (doc_is_null(n))
		return 0;
	if (!is_map(n))
		return doc_err(
		    e, ERR_PERM, EINVAL, d, n, "%s must be a map", name);
	*ret = n;
	return 0;
}

static int
read_task(const struct doc *d, const struct doc_node *resource,
    struct str logical_id, struct cfn_task *task, struct err *e)
{
	int r;

	*task = (struct cfn_task){
	    .logical_id = logical_id,
	    .resource = resource,
	    .condition = cfn_get(resource, "Condition"),
	};
	r = section(d, resource, "Properties", &task->properties, e);
	if (r == 0)
		r = section(d, resource, "Metadata", &task->metadata, e);
	return r;
}

static int
read_tasks(
    const struct doc *d, struct cfn_template *t, struct arena *a, struct err *e)
{
	t->tasks = arena_alloc(a, CFN_TASKS_MAX * sizeof *t->tasks);
	if (t->tasks == NULL)
		return err_nomem(e);
	doc_each(child, t->resources) {
		const struct doc_node *resource = cfn_follow(child);
		int r;

		if (str_starts(child->key->text, "Fn::"))
			continue;
		if (!is_map(resource))
			return doc_err(e, ERR_PERM, EINVAL, d, child,
			    "a resource must be a map");
		if (!is_type(resource, "AWS::ECS::TaskDefinition"))
			continue;
		if (t->n == CFN_TASKS_MAX)
			return doc_err(e, ERR_PERM, E2BIG, d, child,
			    "more than %d task definitions", CFN_TASKS_MAX);
		r = read_task(
		    d, resource, child->key->text, &t->tasks[t->n++], e);
		if (r != 0)
			return r;
	}
	return 0;
}

int
cfn_template_read(const struct doc *d, const struct cfn_scope *s,
    struct arena *a, struct cfn_template *ret, struct err *e)
{
	const struct search f = {.scope = s, .arena = a};
	struct cfn_template t = {.n = 0};
	const struct doc_node *root = doc_root(d);
	int r;

	t.resources = cfn_get(root, "Resources");
	if (!is_map(t.resources))
		return doc_err(
		    e, ERR_PERM, EINVAL, d, root, "a template needs Resources");
	note_transforms(&t, root);
	t.loop = cfn_macro(t.resources);
	r = read_tasks(d, &t, a, e);
	if (r != 0)
		return r;
	doc_each(child, t.resources)
		if (is_type(child, "AWS::ECS::Service") ||
		    is_type(child, "AWS::ECS::TaskSet"))
			note_service(&t, &f, child);
	*ret = t;
	return 0;
}
