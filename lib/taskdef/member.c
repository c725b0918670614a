/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a task definition, in the spelling of its form. */
#include <string.h>

#include "taskdef.h"

const char *
taskdef_key(
    enum taskdef_form form, const char *name, char buf[static TASKDEF_KEY_MAX])
{
	size_t n = strlen(name);

	if (n >= TASKDEF_KEY_MAX)
		n = TASKDEF_KEY_MAX - 1;
	memcpy(buf, name, n);
	buf[n] = '\0';
	if (form == TASKDEF_TEMPLATE && buf[0] >= 'a' && buf[0] <= 'z')
		buf[0] = (char)(buf[0] - 'a' + 'A');
	return buf;
}

const struct doc_node *
taskdef_get(
    enum taskdef_form form, const struct doc_node *map, const char *name)
{
	char key[TASKDEF_KEY_MAX];
	const struct doc_node *n =
	    cfn_follow(doc_get(map, taskdef_key(form, name, key)));

	return doc_is_null(n) ? NULL : n;
}

const struct doc_node *
taskdef_path(
    enum taskdef_form form, const struct doc_node *map, const char *path)
{
	struct str rest = str_of(path), step;
	bool more = true;

	while (more && map != NULL) {
		char name[TASKDEF_KEY_MAX] = "";

		more = str_cut(rest, '.', &step, &rest);
		if (step.n >= sizeof name)
			return NULL;
		memcpy(name, step.p, step.n);
		map = taskdef_get(form, map, name);
	}
	return map;
}

const struct doc_node *
taskdef_item(enum taskdef_form form, const struct doc_node *list,
    const char *key, const char *value, size_t n)
{
	if (list == NULL || list->kind != DOC_SEQ)
		return NULL;
	doc_each(item, list)
		if (doc_is(taskdef_get(form, cfn_follow(item), key), value) &&
		    n-- == 0)
			return item;
	return NULL;
}

bool
taskdef_lists(const struct doc_node *list, const char *word)
{
	if (list != NULL && list->kind == DOC_SEQ)
		doc_each(item, list)
			if (doc_is(cfn_follow(item), word))
				return true;
	return false;
}

const char *
taskdef_function(enum taskdef_form form, const struct doc_node *n)
{
	enum cfn_kind kind;

	if (form != TASKDEF_TEMPLATE)
		return NULL;
	kind = cfn_fn(n, NULL);
	if (kind == CFN_LITERAL)
		return NULL;
	return cfn_name(kind) != NULL ? cfn_name(kind) : "an unknown function";
}

struct str
taskdef_text(const struct taskdef_file *f, const struct doc_node *n)
{
	struct str text = STR_NONE;

	if (n == NULL)
		return STR_NONE;
	if (f->scope == NULL)
		return doc_is_text(n) ? n->text : STR_NONE;
	if (cfn_eval_text(f->scope, n, f->arena, &text, NULL) != CFN_KNOWN)
		return STR_NONE;
	return text;
}
