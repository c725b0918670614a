/* SPDX-License-Identifier: Apache-2.0 */
/* Fn::If: in a value, and in front of whatever a branch may hold. */
#include "eval.h"

static enum cfn_result
decide(struct cfn_eval *ev, struct cfn_expr arg, bool *yes)
{
	const struct doc_node *name;
	enum cfn_result r = cfn_arity(ev, CFN_IF, arg, 3, 3);

	if (r != CFN_KNOWN)
		return r;
	name = cfn_follow(doc_at(arg.node, 0));
	if (!cfn_is_scalar((struct cfn_expr){.node = name}) ||
	    cfn_fn(name, NULL) != CFN_LITERAL)
		return cfn_say(ev, CFN_BAD, name,
		    "the first argument of Fn::If must be a condition's name");
	return cfn_condition(ev, name->text, name, yes);
}

/* Both branches of an undecided Fn::If may come to the same. */
static enum cfn_result
eval_either(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	struct cfn_expr yes = {.node = doc_at(arg.node, 1)};
	struct cfn_expr no = {.node = doc_at(arg.node, 2)};
	struct cfn_why undecided = *ev->why;
	struct cfn_value other = {0};
	enum cfn_result a = cfn_value(ev, yes, out), b;

	if (a == CFN_BAD)
		return a;
	b = cfn_value(ev, no, &other);
	if (b == CFN_BAD)
		return b;
	if (a == b && a == CFN_NOVALUE)
		return a;
	if (a == b && a == CFN_KNOWN && cfn_value_equal(out, &other))
		return a;
	*ev->why = undecided;
	return CFN_UNKNOWN;
}

enum cfn_result
cfn_if(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	bool yes = false;
	enum cfn_result r = decide(ev, arg, &yes);

	if (r == CFN_UNKNOWN)
		return eval_either(ev, arg, out);
	if (r != CFN_KNOWN)
		return r;
	return cfn_value(
	    ev, (struct cfn_expr){.node = doc_at(arg.node, yes ? 1 : 2)}, out);
}

/* As cfn_branch(); each Fn::If on the way adds to the depth for good. */
enum cfn_result
cfn_settle(
    struct cfn_eval *ev, const struct doc_node *n, const struct doc_node **out)
{
	n = cfn_follow(n);
	for (;;) {
		struct cfn_expr arg;
		bool yes = false;
		enum cfn_result r;

		*out = n;
		if (doc_is_null(n) || cfn_is_novalue(n))
			return CFN_NOVALUE;
		if (cfn_classify((struct cfn_expr){.node = n}, false, &arg) !=
		    CFN_IF)
			return CFN_KNOWN;
		r = cfn_enter(ev, n);
		if (r == CFN_KNOWN)
			r = decide(ev, arg, &yes);
		if (r != CFN_KNOWN)
			return r;
		n = cfn_follow(doc_at(arg.node, yes ? 1 : 2));
	}
}
