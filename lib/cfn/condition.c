/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions, in three values: true, false, unknown. */
#include "eval.h"

enum { OPERANDS_MAX = 10 }; /* of Fn::And and Fn::Or */

static enum cfn_result condition(
    struct cfn_eval *ev, struct cfn_expr x, bool *out);

static bool
is_pending(const struct cfn_eval *ev, struct str name)
{
	for (const struct cfn_pending *p = ev->pending; p != NULL; p = p->outer)
		if (str_eq(p->name, name))
			return true;
	return false;
}

/* name is borrowed from the document or the caller; n is for messages. */
enum cfn_result
cfn_condition(
    struct cfn_eval *ev, struct str name, const struct doc_node *n, bool *out)
{
	const struct doc_node *section =
	    cfn_scope_section(ev->scope, "Conditions");
	const struct doc_node *def = cfn_gets(section, name);
	struct cfn_pending here = {.name = name, .outer = ev->pending};
	enum cfn_result r;

	if (cfn_scope_assumed(ev->scope, name, out))
		return CFN_KNOWN;
	if (def == NULL && cfn_scope_has_macros(ev->scope))
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "condition %.*s is not declared here; a macro may do so",
		    STR_ARG(name));
	if (def == NULL)
		return cfn_say(
		    ev, CFN_BAD, n, "no condition \"%.*s\"", STR_ARG(name));
	if (is_pending(ev, name))
		return cfn_say(ev, CFN_BAD, n,
		    "condition %.*s depends on itself", STR_ARG(name));
	ev->pending = &here;
	r = condition(ev, (struct cfn_expr){.node = def}, out);
	ev->pending = here.outer;
	return r;
}

static enum cfn_result
equals(struct cfn_eval *ev, struct cfn_expr arg, bool *out)
{
	struct cfn_value side[2] = {{0}, {0}};
	enum cfn_result r = cfn_arity(ev, CFN_EQUALS, arg, 2, 2);

	for (size_t i = 0; r == CFN_KNOWN && i < 2; i++) {
		const struct doc_node *n = doc_at(arg.node, i);

		r = cfn_value(ev, (struct cfn_expr){.node = n}, &side[i]);
		if (r == CFN_NOVALUE)
			r = cfn_say(ev, CFN_BAD, n,
			    "no value for a side of Fn::Equals");
	}
	if (r == CFN_KNOWN)
		*out = cfn_value_equal(&side[0], &side[1]);
	return r;
}

/* One false settles an And, one true an Or, whatever the others are. */
static enum cfn_result
combine(struct cfn_eval *ev, enum cfn_kind kind, struct cfn_expr arg, bool *out)
{
	const bool decisive = kind == CFN_OR;
	enum cfn_result r = cfn_arity(ev, kind, arg, 2, OPERANDS_MAX);
	struct cfn_why first = {0};
	bool unknown = false;

	if (r != CFN_KNOWN)
		return r;
	doc_each(operand, arg.node) {
		bool is = false;

		r = condition(ev, (struct cfn_expr){.node = operand}, &is);
		if (r == CFN_BAD)
			return r;
		if (r == CFN_UNKNOWN && !unknown) {
			unknown = true;
			first = *ev->why;
		} else if (r == CFN_KNOWN && is == decisive) {
			*out = decisive;
			return CFN_KNOWN;
		}
	}
	if (unknown) {
		*ev->why = first;
		return CFN_UNKNOWN;
	}
	*out = !decisive;
	return CFN_KNOWN;
}

static enum cfn_result
negate(struct cfn_eval *ev, struct cfn_expr arg, bool *out)
{
	enum cfn_result r = cfn_arity(ev, CFN_NOT, arg, 1, 1);

	if (r == CFN_KNOWN)
		r = condition(
		    ev, (struct cfn_expr){.node = doc_at(arg.node, 0)}, out);
	if (r == CFN_KNOWN)
		*out = !*out;
	return r;
}

static enum cfn_result
refer(struct cfn_eval *ev, struct cfn_expr arg, bool *out)
{
	const struct doc_node *n = arg.node;

	if (!cfn_is_scalar(arg))
		return cfn_say(ev, CFN_BAD, n, "Condition takes a name");
	return cfn_condition(ev, n->text, n, out);
}

static enum cfn_result
apply(struct cfn_eval *ev, enum cfn_kind kind, struct cfn_expr arg,
    const struct doc_node *n, bool *out)
{
	switch (kind) {
	case CFN_EQUALS:
		return equals(ev, arg, out);
	case CFN_AND:
	case CFN_OR:
		return combine(ev, kind, arg, out);
	case CFN_NOT:
		return negate(ev, arg, out);
	case CFN_CONDITION:
		return refer(ev, arg, out);
	case CFN_FOREACH:
	case CFN_TRANSFORM:
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "%s is evaluated only at deployment", cfn_name(kind));
	default:
		return cfn_say(ev, CFN_BAD, n, "not a condition");
	}
}

static enum cfn_result
condition(struct cfn_eval *ev, struct cfn_expr x, bool *out)
{
	struct cfn_expr arg;
	enum cfn_kind kind = cfn_classify(x, true, &arg);
	enum cfn_result r = cfn_enter(ev, x.node);

	if (r != CFN_KNOWN)
		return r;
	r = apply(ev, kind, arg, x.node, out);
	ev->depth--;
	return r;
}
