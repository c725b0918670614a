/* SPDX-License-Identifier: Apache-2.0 */
/* Which function is a node, in its long or its short form? */
#include <string.h>

#include "eval.h"

static const char *const names[] = {
    [CFN_AND] = "Fn::And",
    [CFN_BASE64] = "Fn::Base64",
    [CFN_CIDR] = "Fn::Cidr",
    [CFN_CONDITION] = "Condition",
    [CFN_EQUALS] = "Fn::Equals",
    [CFN_FINDINMAP] = "Fn::FindInMap",
    [CFN_FOREACH] = "Fn::ForEach",
    [CFN_GETATT] = "Fn::GetAtt",
    [CFN_GETAZS] = "Fn::GetAZs",
    [CFN_GETSTACKOUTPUT] = "Fn::GetStackOutput",
    [CFN_IF] = "Fn::If",
    [CFN_IMPORTVALUE] = "Fn::ImportValue",
    [CFN_JOIN] = "Fn::Join",
    [CFN_LENGTH] = "Fn::Length",
    [CFN_NOT] = "Fn::Not",
    [CFN_OR] = "Fn::Or",
    [CFN_REF] = "Ref",
    [CFN_SELECT] = "Fn::Select",
    [CFN_SPLIT] = "Fn::Split",
    [CFN_SUB] = "Fn::Sub",
    [CFN_TOJSONSTRING] = "Fn::ToJsonString",
    [CFN_TRANSFORM] = "Fn::Transform",
};

enum { KINDS = sizeof names / sizeof *names };

static const char *const rule_names[] = {"Fn::Contains", "Fn::EachMemberEquals",
    "Fn::EachMemberIn", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"};

/* Prefixes of what libyaml makes of "!!str" and the like. */
static const char core_tag[] = "tag:yaml.org,2002:";
static const char fn_prefix[] = "Fn::";

const char *
cfn_name(enum cfn_kind kind)
{
	return (unsigned)kind < KINDS ? names[kind] : NULL;
}

bool
cfn_has_short_form(enum cfn_kind kind)
{
	return cfn_name(kind) != NULL && kind != CFN_FOREACH &&
	       kind != CFN_LENGTH && kind != CFN_TOJSONSTRING;
}

const struct doc_node *
cfn_follow(const struct doc_node *n)
{
	while (n != NULL && n->kind == DOC_ALIAS)
		n = n->target;
	return n;
}

const struct doc_node *
cfn_gets(const struct doc_node *n, struct str key)
{
	return cfn_follow(doc_gets(cfn_follow(n), key));
}

const struct doc_node *
cfn_get(const struct doc_node *n, const char *key)
{
	return cfn_gets(n, str_of(key));
}

static bool
plain_tag(struct str tag)
{
	return tag.n == 0 || str_eqz(tag, "!") || str_starts(tag, core_tag);
}

static enum cfn_kind
of_tag(struct str tag)
{
	struct str name = str_sub(tag, 1, tag.n);

	if (tag.p[0] != '!')
		return CFN_ODD;
	for (unsigned k = 0; k < KINDS; k++) {
		const char *z = names[k];

		if (z == NULL || !cfn_has_short_form(k))
			continue;
		if (strncmp(z, fn_prefix, sizeof fn_prefix - 1) == 0)
			z += sizeof fn_prefix - 1;
		if (str_eqz(name, z))
			return k;
	}
	return CFN_ODD;
}

static enum cfn_kind
of_key(struct str key, bool condition)
{
	if (str_eqz(key, "Condition"))
		return condition ? CFN_CONDITION : CFN_LITERAL;
	if (str_starts(key, "Fn::ForEach::"))
		return CFN_FOREACH;
	for (unsigned k = 0; k < KINDS; k++)
		if (names[k] != NULL && str_eqz(key, names[k]))
			return k;
	for (size_t i = 0; i < sizeof rule_names / sizeof *rule_names; i++)
		if (str_eqz(key, rule_names[i]))
			return CFN_RULE;
	return str_starts(key, fn_prefix) ? CFN_ODD : CFN_LITERAL;
}

enum cfn_kind
cfn_classify(struct cfn_expr x, bool condition, struct cfn_expr *arg)
{
	const struct doc_node *n = cfn_follow(x.node);
	enum cfn_kind kind;

	*arg = (struct cfn_expr){.node = n};
	if (n == NULL)
		return CFN_LITERAL;
	if (!x.inner && !plain_tag(n->tag)) {
		arg->inner = true;
		return of_tag(n->tag);
	}
	arg->inner = x.inner;
	if (n->kind != DOC_MAP || n->n != 1)
		return CFN_LITERAL;
	kind = of_key(n->first->key->text, condition);
	if (kind != CFN_LITERAL)
		*arg = (struct cfn_expr){.node = cfn_follow(n->first)};
	return kind;
}

static enum cfn_kind
classify(const struct doc_node *n, bool condition, const struct doc_node **ret)
{
	struct cfn_expr arg;
	enum cfn_kind kind =
	    cfn_classify((struct cfn_expr){.node = n}, condition, &arg);

	if (ret != NULL)
		*ret = arg.node;
	return kind;
}

enum cfn_kind
cfn_fn(const struct doc_node *n, const struct doc_node **arg)
{
	return classify(n, false, arg);
}

enum cfn_kind
cfn_condition_fn(const struct doc_node *n, const struct doc_node **arg)
{
	return classify(n, true, arg);
}

bool
cfn_is_scalar(struct cfn_expr x)
{
	return x.node != NULL && x.node->kind == DOC_SCALAR &&
	       (x.inner || !doc_is_null(x.node));
}

bool
cfn_is_novalue(const struct doc_node *n)
{
	const struct doc_node *arg;

	return cfn_fn(n, &arg) == CFN_REF && arg != NULL &&
	       arg->kind == DOC_SCALAR && str_eqz(arg->text, "AWS::NoValue");
}

const struct doc_node *
cfn_macro(const struct doc_node *n)
{
	n = cfn_follow(n);
	if (n == NULL || n->kind != DOC_MAP)
		return NULL;
	doc_each(child, n)
		if (str_eqz(child->key->text, "Fn::Transform") ||
		    str_starts(child->key->text, "Fn::ForEach::"))
			return child;
	return NULL;
}

struct str
cfn_literal(const struct doc_node *n)
{
	if (n->style != DOC_PLAIN || !doc_is_bool(n))
		return n->text;
	return doc_is_true(n) ? STR("true") : STR("false");
}
