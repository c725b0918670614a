/* SPDX-License-Identifier: Apache-2.0 */
/* Files of parameter values, as the AWS CLI and CodePipeline take them. */
#include <errno.h>

#include "eval.h"

struct reader {
	struct cfn_scope *scope;
	const struct doc *d;
	struct err *e;
};

static int
refuse(struct reader *r, const struct doc_node *n)
{
	return doc_err(r->e, ERR_USAGE, EINVAL, r->d, n,
	    "not a parameter; the forms are [{\"ParameterKey\": K, "
	    "\"ParameterValue\": V}], [\"K=V\"] and {\"Parameters\": {K: V}}");
}

/* Put the place in front of what the scope says of a name. */
static int
give(struct reader *r, const struct doc_node *at, struct str name,
    struct str value, bool kept)
{
	int code = cfn_scope_give(r->scope, name, value, kept, r->e);

	if (code != 0)
		err_prefix(
		    r->e, "%s:%u:%u", doc_name(r->d), at->line, at->column);
	return code;
}

static bool
is_scalar(const struct doc_node *n)
{
	return n != NULL && n->kind == DOC_SCALAR && !doc_is_null(n);
}

static int
read_item(struct reader *r, const struct doc_node *item)
{
	const struct doc_node *name = cfn_get(item, "ParameterKey");
	const struct doc_node *value = cfn_get(item, "ParameterValue");
	struct str k, v;

	if (is_scalar(item)) {
		if (!str_cut(item->text, '=', &k, &v))
			return refuse(r, item);
		return give(r, item, k, v, false);
	}
	if (!is_scalar(name))
		return refuse(r, item);
	if (doc_is_true(cfn_get(item, "UsePreviousValue")))
		return give(r, item, name->text, STR_NONE, true);
	if (!is_scalar(value))
		return refuse(r, item);
	return give(r, item, name->text, cfn_literal(value), false);
}

static int
read_list(struct reader *r, const struct doc_node *list)
{
	int code = 0;

	doc_each(item, list) {
		code = read_item(r, cfn_follow(item));
		if (code != 0)
			break;
	}
	return code;
}

static int
read_map(struct reader *r, const struct doc_node *map)
{
	int code = 0;

	doc_each(item, map) {
		const struct doc_node *value = cfn_follow(item);

		if (!is_scalar(value))
			return refuse(r, item);
		code =
		    give(r, item, item->key->text, cfn_literal(value), false);
		if (code != 0)
			break;
	}
	return code;
}

int
cfn_scope_param_file(
    struct cfn_scope *s, struct str bytes, const char *name, struct err *e)
{
	cleanup_doc struct doc *d = NULL;
	struct reader r = {.scope = s, .e = e};
	const struct doc_node *root, *map;
	int code = doc_parse(bytes, name, &d, e);

	if (code != 0)
		return code;
	r.d = d;
	root = doc_root(d);
	if (root->kind == DOC_SEQ)
		return read_list(&r, root);
	map = cfn_get(root, "Parameters");
	if (map == NULL || map->kind != DOC_MAP)
		return refuse(&r, root);
	return read_map(&r, map);
}
