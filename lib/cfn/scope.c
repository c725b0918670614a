/* SPDX-License-Identifier: Apache-2.0 */
/* A template's parameters, pseudo parameters and assumed conditions. */
#include <errno.h>
#include <string.h>

#include "eval.h"

enum { SCOPE_BYTES_MAX = 16 * 1024 * 1024 };

struct given {
	struct str name, value;
	bool kept; /* "UsePreviousValue": there is no value */
	struct given *next;
};

struct assumed {
	struct str name;
	bool value;
	struct assumed *next;
};

/* In the order of pseudo_names. */
enum pseudo {
	ACCOUNT_ID,
	NO_VALUE,
	NOTIFICATION_ARNS,
	PARTITION,
	REGION,
	STACK_ID,
	STACK_NAME,
	URL_SUFFIX,
	PSEUDOS
};

static const char *const pseudo_names[PSEUDOS] = {"AWS::AccountId",
    "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region",
    "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"};

struct cfn_scope {
	const struct doc *doc;
	struct arena *arena;
	struct given *given;
	struct assumed *assumed;
	struct str pseudo[PSEUDOS]; /* .p NULL: not given */
	bool macros;
};

/* ---- the template -------------------------------------------------------- */

static bool
is_harmless(const struct doc_node *transform)
{
	return transform != NULL && transform->kind == DOC_SCALAR &&
	       str_eqz(transform->text, "AWS::LanguageExtensions");
}

static bool
find_macros(const struct doc_node *root)
{
	const struct doc_node *t = cfn_get(root, "Transform");
	static const char *const sections[] = {
	    "Conditions", "Mappings", "Parameters", "Resources"};

	if (t != NULL && t->kind == DOC_SEQ) {
		doc_each(item, t)
			if (!is_harmless(cfn_follow(item)))
				return true;
	} else if (t != NULL && !is_harmless(t)) {
		return true;
	}
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (cfn_macro(cfn_get(root, sections[i])) != NULL)
			return true;
	return cfn_macro(root) != NULL;
}

struct cfn_scope *
cfn_scope_new(const struct doc *d)
{
	struct arena *a = arena_new(SCOPE_BYTES_MAX);
	struct cfn_scope *s = a == NULL ? NULL : arena_alloc(a, sizeof *s);

	if (s == NULL) {
		arena_free(a);
		return NULL;
	}
	s->arena = a;
	s->doc = d;
	s->macros = find_macros(doc_root(d));
	return s;
}

void
cfn_scope_free(struct cfn_scope *s)
{
	if (s != NULL)
		arena_free(s->arena);
}

void
cfn_scope_freep(struct cfn_scope **s)
{
	cfn_scope_free(*s);
	*s = NULL;
}

const struct doc *
cfn_scope_doc(const struct cfn_scope *s)
{
	return s->doc;
}

const struct doc_node *
cfn_scope_section(const struct cfn_scope *s, const char *name)
{
	return cfn_get(doc_root(s->doc), name);
}

bool
cfn_scope_has_macros(const struct cfn_scope *s)
{
	return s->macros;
}

/* ---- parameters ---------------------------------------------------------- */

static const struct given *
find_given(const struct cfn_scope *s, struct str name)
{
	const struct given *g = s->given;

	while (g != NULL && !str_eq(g->name, name))
		g = g->next;
	return g;
}

int
cfn_scope_give(struct cfn_scope *s, struct str name, struct str value,
    bool kept, struct err *e)
{
	struct given *g;

	if (cfn_gets(cfn_scope_section(s, "Parameters"), name) == NULL)
		return err_set(e, ERR_USAGE, ENOENT,
		    "%s has no such parameter: \"%.*s\"", doc_name(s->doc),
		    STR_ARG(name));
	g = arena_alloc(s->arena, sizeof *g);
	if (g == NULL)
		return err_nomem(e);
	g->name = arena_str(s->arena, name);
	g->value = arena_str(s->arena, value);
	if (g->name.p == NULL || g->value.p == NULL)
		return err_nomem(e);
	g->kept = kept;
	g->next = s->given; /* in front of an earlier one of this name */
	s->given = g;
	return 0;
}

int
cfn_scope_param(struct cfn_scope *s, const char *assignment, struct err *e)
{
	struct str name, value;

	if (!str_cut(str_of(assignment), '=', &name, &value))
		return err_set(e, ERR_USAGE, EINVAL,
		    "a parameter is given as NAME=VALUE: \"%s\"", assignment);
	return cfn_scope_give(s, name, value, false, e);
}

static struct str
type_of(const struct doc_node *param)
{
	const struct doc_node *type = cfn_get(param, "Type");

	return type == NULL || type->kind != DOC_SCALAR ? STR_NONE : type->text;
}

static const char store_type[] = "AWS::SSM::Parameter::Value<";

static bool
is_list_type(struct str type)
{
	if (str_starts(type, store_type))
		type = str_sub(type, sizeof store_type - 1, type.n);
	return str_starts(type, "List<") ||
	       str_starts(type, "CommaDelimitedList");
}

enum cfn_param_state
cfn_scope_lookup(const struct cfn_scope *s, struct str name, struct str *value,
    bool *is_list)
{
	const struct doc_node *param =
	    cfn_gets(cfn_scope_section(s, "Parameters"), name);
	const struct doc_node *def = cfn_get(param, "Default");
	const struct given *g = find_given(s, name);
	struct str type = type_of(param);

	if (param == NULL)
		return CFN_PARAM_NONE;
	*value = STR_NONE;
	*is_list = is_list_type(type);
	if (g != NULL) {
		*value = g->value;
		return g->kept ? CFN_PARAM_KEPT : CFN_PARAM_VALUE;
	}
	if (cfn_is_scalar((struct cfn_expr){.node = def}))
		*value = cfn_literal(def);
	if (str_starts(type, store_type))
		return CFN_PARAM_STORE;
	return value->p == NULL ? CFN_PARAM_UNSET : CFN_PARAM_VALUE;
}

/* ---- conditions ---------------------------------------------------------- */

int
cfn_scope_assume(
    struct cfn_scope *s, struct str condition, bool value, struct err *e)
{
	struct assumed *as;

	if (cfn_gets(cfn_scope_section(s, "Conditions"), condition) == NULL)
		return err_set(e, ERR_USAGE, ENOENT,
		    "%s has no such condition: \"%.*s\"", doc_name(s->doc),
		    STR_ARG(condition));
	as = arena_alloc(s->arena, sizeof *as);
	if (as == NULL)
		return err_nomem(e);
	as->name = arena_str(s->arena, condition);
	if (as->name.p == NULL)
		return err_nomem(e);
	as->value = value;
	as->next = s->assumed;
	s->assumed = as;
	return 0;
}

bool
cfn_scope_assumed(const struct cfn_scope *s, struct str name, bool *value)
{
	for (const struct assumed *as = s->assumed; as != NULL; as = as->next)
		if (str_eq(as->name, name)) {
			*value = as->value;
			return true;
		}
	return false;
}

/* ---- pseudo parameters --------------------------------------------------- */

/*
 * What follows from a region's name ("AWS partitions" in the IAM and General
 * Reference; "AWS::URLSuffix"). The first prefix that fits counts.
 */
static const struct {
	const char *prefix, *partition, *suffix;
} partitions[] = {
    {"cn-", "aws-cn", "amazonaws.com.cn"},
    {"us-gov-", "aws-us-gov", "amazonaws.com"},
    {"us-iso-", "aws-iso", "c2s.ic.gov"},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov"},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov"},
    {"eusc-", "aws-eusc", "amazonaws.eu"},
    {"", "aws", "amazonaws.com"},
};

static enum pseudo
find_pseudo(struct str name)
{
	unsigned i = 0;

	while (i < PSEUDOS && !str_eqz(name, pseudo_names[i]))
		i++;
	return i;
}

int
cfn_scope_pseudo(
    struct cfn_scope *s, const char *name, struct str value, struct err *e)
{
	enum pseudo i = find_pseudo(str_of(name));

	if (i == PSEUDOS || i == NO_VALUE)
		return err_set(e, ERR_USAGE, ENOENT,
		    "no pseudo parameter that takes a value: \"%s\"", name);
	s->pseudo[i] = arena_str(s->arena, value);
	return s->pseudo[i].p == NULL ? err_nomem(e) : 0;
}

static bool
by_region(const struct cfn_scope *s, enum pseudo i, struct str *value)
{
	struct str region = s->pseudo[REGION];
	size_t row = 0;

	if (region.p == NULL || (i != PARTITION && i != URL_SUFFIX))
		return false;
	while (!str_starts(region, partitions[row].prefix))
		row++;
	*value = str_of(i == PARTITION ? partitions[row].partition
				       : partitions[row].suffix);
	return true;
}

static const char *
advice_for(enum pseudo i)
{
	switch (i) {
	case ACCOUNT_ID:
		return "give --account";
	case PARTITION:
		return "give --region or --partition";
	case REGION:
	case URL_SUFFIX:
		return "give --region";
	case NO_VALUE:
	case NOTIFICATION_ARNS:
	case STACK_ID:
	case STACK_NAME:
	case PSEUDOS:
	default:
		return "only the deployment tells";
	}
}

enum cfn_result
cfn_scope_get_pseudo(const struct cfn_scope *s, struct str name,
    struct str *value, bool *is_list, const char **advice)
{
	enum pseudo i = find_pseudo(name);

	if (i == PSEUDOS)
		return CFN_BAD;
	if (i == NO_VALUE)
		return CFN_NOVALUE;
	*is_list = i == NOTIFICATION_ARNS;
	*value = s->pseudo[i];
	if (value->p != NULL || by_region(s, i, value))
		return CFN_KNOWN;
	*advice = advice_for(i);
	return CFN_UNKNOWN;
}
