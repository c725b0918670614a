/* SPDX-License-Identifier: Apache-2.0 */
/* Fn::FindInMap. */
#include "eval.h"

static enum cfn_result
missing(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	const struct doc_node *def =
	    cfn_get(doc_at(arg.node, 3), "DefaultValue");

	if (def != NULL)
		return cfn_value(ev, (struct cfn_expr){.node = def}, out);
	if (cfn_scope_has_macros(ev->scope))
		return cfn_say(ev, CFN_UNKNOWN, arg.node,
		    "not among the mappings here; a macro may add it");
	return cfn_say(ev, CFN_BAD, arg.node,
	    "Fn::FindInMap: the mappings have no such entry");
}

/* The top key is not known (why says so): do all rows hold the same? */
static enum cfn_result
any_row(struct cfn_eval *ev, const struct doc_node *map, struct str second,
    struct cfn_value *out)
{
	struct cfn_why unknown = *ev->why;
	size_t rows = 0;

	doc_each(row, map) {
		struct cfn_expr cell = {.node = cfn_gets(row, second)};
		struct cfn_value v = {0};

		if (cell.node == NULL || cfn_value(ev, cell, &v) != CFN_KNOWN ||
		    (rows > 0 && !cfn_value_equal(&v, out))) {
			*ev->why = unknown;
			return CFN_UNKNOWN;
		}
		*out = v;
		rows++;
	}
	return rows > 0 ? CFN_KNOWN : CFN_UNKNOWN;
}

enum cfn_result
cfn_find_in_map(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	const struct doc_node *map, *cell;
	struct str name = STR_NONE, top = STR_NONE, second = STR_NONE;
	enum cfn_result r = cfn_arity(ev, CFN_FINDINMAP, arg, 3, 4);

	if (r == CFN_KNOWN)
		r = cfn_need_text(
		    ev, doc_at(arg.node, 0), "a mapping's name", &name);
	if (r == CFN_KNOWN)
		r = cfn_need_text(
		    ev, doc_at(arg.node, 2), "a mapping's second key", &second);
	if (r != CFN_KNOWN)
		return r;
	map = cfn_gets(cfn_scope_section(ev->scope, "Mappings"), name);
	r = cfn_need_text(ev, doc_at(arg.node, 1), "a mapping's top key", &top);
	if (r == CFN_UNKNOWN && map != NULL && map->kind == DOC_MAP)
		return any_row(ev, map, second, out);
	if (r != CFN_KNOWN)
		return r;
	cell = cfn_gets(cfn_gets(map, top), second);
	if (cell == NULL)
		return missing(ev, arg, out);
	return cfn_value(ev, (struct cfn_expr){.node = cell}, out);
}
