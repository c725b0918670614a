/* SPDX-License-Identifier: Apache-2.0 */
/* Ref: parameters, pseudo parameters, resources. */
#include "eval.h"

enum cfn_result
cfn_text_or_list(struct cfn_eval *ev, const struct doc_node *n, struct str text,
    bool is_list, struct cfn_value *out)
{
	if (text.n > CFN_TEXT_MAX)
		return cfn_say(
		    ev, CFN_BAD, n, "longer than %d bytes", CFN_TEXT_MAX);
	if (!is_list) {
		out->text = text;
		return CFN_KNOWN;
	}
	if (text.n > 0)
		return cfn_split_text(ev, n, text, STR(","), true, out);
	out->is_list = true;
	return CFN_KNOWN;
}

static enum cfn_result
ref_pseudo(struct cfn_eval *ev, struct str name, const struct doc_node *n,
    struct cfn_value *out)
{
	const char *advice = "";
	struct str text = STR_NONE;
	bool is_list = false;
	enum cfn_result r =
	    cfn_scope_get_pseudo(ev->scope, name, &text, &is_list, &advice);

	if (r == CFN_KNOWN)
		return cfn_text_or_list(ev, n, text, is_list, out);
	if (r == CFN_UNKNOWN)
		return cfn_say(
		    ev, r, n, "%.*s is not known; %s", STR_ARG(name), advice);
	if (r == CFN_BAD)
		return cfn_say(
		    ev, r, n, "no such pseudo parameter: %.*s", STR_ARG(name));
	return r;
}

static enum cfn_result
ref_other(struct cfn_eval *ev, struct str name, const struct doc_node *n)
{
	if (cfn_gets(cfn_scope_section(ev->scope, "Resources"), name) != NULL)
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "resource %.*s is known only at deployment", STR_ARG(name));
	if (cfn_scope_has_macros(ev->scope))
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "%.*s is not declared here; a macro may do so",
		    STR_ARG(name));
	return cfn_say(
	    ev, CFN_BAD, n, "no parameter or resource \"%.*s\"", STR_ARG(name));
}

enum cfn_result
cfn_ref(struct cfn_eval *ev, struct str name, const struct doc_node *n,
    struct cfn_value *out)
{
	struct str text = STR_NONE;
	bool is_list = false;

	if (str_starts(name, "AWS::"))
		return ref_pseudo(ev, name, n, out);
	switch (cfn_scope_lookup(ev->scope, name, &text, &is_list)) {
	case CFN_PARAM_VALUE:
		return cfn_text_or_list(ev, n, text, is_list, out);
	case CFN_PARAM_UNSET:
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "parameter %.*s has no default; give --param %.*s=VALUE",
		    STR_ARG(name), STR_ARG(name));
	case CFN_PARAM_STORE:
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "parameter %.*s is read from Parameter Store at "
		    "deployment%s%.*s; give --param %.*s=VALUE",
		    STR_ARG(name), text.n > 0 ? ", from " : "", STR_ARG(text),
		    STR_ARG(name));
	case CFN_PARAM_KEPT:
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "parameter %.*s keeps its previous value; give --param "
		    "%.*s=VALUE",
		    STR_ARG(name), STR_ARG(name));
	case CFN_PARAM_NONE:
	default:
		return ref_other(ev, name, n);
	}
}

enum cfn_result
cfn_ref_call(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	const struct doc_node *n = arg.node;

	if (!cfn_is_scalar(arg))
		return cfn_say(ev, CFN_BAD, n, "Ref takes a name");
	return cfn_ref(ev, n->text, n, out);
}
