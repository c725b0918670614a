/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cfn: CloudFormation's intrinsic functions over a document's tree: what an
 * expression is, what it comes to, and how a new one is written.
 *
 * Evaluation is lazy: only what the asked node needs is looked at. Sources:
 * "Intrinsic function reference", "Pseudo parameters reference" and
 * "Parameters" of the AWS CloudFormation User Guide.
 */
#ifndef FG_CFN_CFN_H
#define FG_CFN_CFN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "doc/doc.h"
#include "doc/val.h"

enum {
	CFN_TEXT_MAX = 64 * 1024,  /* bytes of one evaluated text */
	CFN_DEPTH_MAX = 64,        /* values within values, lists included */
	CFN_STEPS_MAX = 64 * 1024, /* values looked at by one evaluation */
};

/* ---- what a node is ------------------------------------------------------ */

enum cfn_kind {
	CFN_LITERAL, /* a scalar, list or map that stands for itself */
	CFN_ODD,     /* an unknown tag or Fn:: name: an error anywhere */
	CFN_AND,
	CFN_BASE64,
	CFN_CIDR,
	CFN_CONDITION,
	CFN_EQUALS,
	CFN_FINDINMAP,
	CFN_FOREACH, /* a one-key map "Fn::ForEach::Name" */
	CFN_GETATT,
	CFN_GETAZS,
	CFN_GETSTACKOUTPUT,
	CFN_IF,
	CFN_IMPORTVALUE,
	CFN_JOIN,
	CFN_LENGTH,
	CFN_NOT,
	CFN_OR,
	CFN_REF,
	CFN_RULE, /* those of the Rules section only: Fn::Contains... */
	CFN_SELECT,
	CFN_SPLIT,
	CFN_SUB,
	CFN_TOJSONSTRING,
	CFN_TRANSFORM,
};

/*
 * What is n? Aliases are followed; NULL is a literal. *arg, unless arg is
 * NULL, gets the node whose text or children are the function's argument: of
 * the long form ({"Fn::If": [...]}, {"Ref": "X"}) the map's only value, of
 * the short form (!If [...]) n itself, where the caller minds the tag no
 * more. A map {"Condition": "X"} is a literal: see cfn_condition_fn().
 */
enum cfn_kind cfn_fn(const struct doc_node *n, const struct doc_node **arg);

/* The same where a condition is expected: {"Condition": "X"} refers to one. */
enum cfn_kind cfn_condition_fn(
    const struct doc_node *n, const struct doc_node **arg);

/* "Fn::If", "Ref"; for CFN_LITERAL, CFN_ODD and CFN_RULE NULL. */
const char *cfn_name(enum cfn_kind kind);

/* Is n "AWS::NoValue", in either spelling? */
bool cfn_is_novalue(const struct doc_node *n);

/*
 * The first value in the map n that a macro is to replace: one with the key
 * Fn::Transform or Fn::ForEach::Name. What such a map really holds is known
 * only at deployment. NULL: none, or n is no map.
 */
const struct doc_node *cfn_macro(const struct doc_node *n);

/* The node that an alias stands for; n itself when it is none. NULL: NULL. */
const struct doc_node *cfn_follow(const struct doc_node *n);

/* cfn_follow(doc_get()), with n followed first. */
const struct doc_node *cfn_get(const struct doc_node *n, const char *key);
const struct doc_node *cfn_gets(const struct doc_node *n, struct str key);

/*
 * The text that CloudFormation takes a literal scalar for: plain yes, On,
 * TRUE and so on in YAML become "true" or "false" (YAML 1.1), all else stays
 * as it is written. n must be a scalar.
 */
struct str cfn_literal(const struct doc_node *n);

/* ---- what the values are ------------------------------------------------- */

struct cfn_scope; /* opaque: a template and what is known of its deployment */

#define cleanup_cfn_scope __attribute__((cleanup(cfn_scope_freep)))

/*
 * A scope for the template d, which must live longer: the defaults of its
 * parameters are known, its pseudo parameters are not. A document that is no
 * template has no parameters. NULL: out of memory.
 */
struct cfn_scope *cfn_scope_new(const struct doc *d);
void cfn_scope_free(struct cfn_scope *s);
void cfn_scope_freep(struct cfn_scope **s);

/* The document that the scope was made for. */
const struct doc *cfn_scope_doc(const struct cfn_scope *s);

/*
 * Give a parameter its value: "NAME=VALUE", as of --param. The last one given
 * counts. For a type AWS::SSM::Parameter::Value<...> it is what the store
 * holds, not the name. ERR_USAGE, EINVAL: no '=', or ENOENT: the template has
 * no such parameter.
 */
int cfn_scope_param(struct cfn_scope *s, const char *assignment, struct err *e);

/*
 * The same from a file's bytes; name is for messages. The forms that the AWS
 * CLI and CodePipeline take: [{"ParameterKey": K, "ParameterValue": V}...],
 * ["K=V"...] and {"Parameters": {K: V}}, JSON or YAML. With
 * "UsePreviousValue" the value becomes unknown, the default does not count.
 * ERR_USAGE, EINVAL or ENOENT, with the place in the file; doc_parse()'s.
 */
int cfn_scope_param_file(
    struct cfn_scope *s, struct str bytes, const char *name, struct err *e);

/*
 * Give a pseudo parameter ("AWS::Region"...) its value; it is copied. From
 * the region follow AWS::Partition and AWS::URLSuffix unless they are given.
 * ERR_USAGE, ENOENT: there is no such one, or it is AWS::NoValue.
 */
int cfn_scope_pseudo(
    struct cfn_scope *s, const char *name, struct str value, struct err *e);

/*
 * Take the condition for true or false, whatever its definition says.
 * ERR_USAGE, ENOENT: the template has no such condition.
 */
int cfn_scope_assume(
    struct cfn_scope *s, struct str condition, bool value, struct err *e);

/* ---- evaluation ---------------------------------------------------------- */

enum cfn_result {
	CFN_KNOWN,
	CFN_NOVALUE, /* AWS::NoValue, a null, or an absent node (NULL) */
	CFN_UNKNOWN, /* well formed, but known later only */
	CFN_BAD,     /* malformed, past a limit, or out of memory */
};

/* Why a result is CFN_UNKNOWN or CFN_BAD; else untouched. */
struct cfn_why {
	const struct doc_node *node; /* the one to blame */
	char text[512];              /* "parameter Image has no default;
				      * give --param Image=VALUE" */
};

/*
 * What n comes to. Texts and lists are made in a or borrowed from the
 * document and the scope; *out is set on CFN_KNOWN only. why may be NULL.
 *
 * Unknown are: parameters without a value, resources and their attributes,
 * exports, availability zones, CIDR blocks, macros, {{resolve:...}} in a
 * text. An unknown condition does no harm where both branches come to the
 * same, nor an unknown key where all rows of a mapping do.
 */
enum cfn_result cfn_eval_text(const struct cfn_scope *s,
    const struct doc_node *n, struct arena *a, struct str *out,
    struct cfn_why *why);

/* A list of texts; items that come to AWS::NoValue are left out of it. */
enum cfn_result cfn_eval_list(const struct cfn_scope *s,
    const struct doc_node *n, struct arena *a, struct str **items,
    size_t *n_items, struct cfn_why *why);

/* A condition by its name. */
enum cfn_result cfn_eval_condition(const struct cfn_scope *s, struct str name,
    struct arena *a, bool *out, struct cfn_why *why);

/*
 * Follow Fn::If from n as long as its condition is known: *out becomes the
 * branch that counts (any kind of node, aliases followed), n itself when it
 * is no Fn::If. On CFN_UNKNOWN *out is the Fn::If that could not be decided.
 * This is for maps and lists of maps, which no other function can give.
 */
enum cfn_result cfn_branch(const struct cfn_scope *s, const struct doc_node *n,
    struct arena *a, const struct doc_node **out, struct cfn_why *why);

/* ---- writing ------------------------------------------------------------- */

/*
 * Append n as compact JSON that is the same for all spellings of the same
 * expression: functions in their long form, "A.B" of Fn::GetAtt as two items,
 * keys sorted, scalars as strings, nulls as null. To be used as a key. The
 * buffer's error becomes E2BIG when aliases nest too deep.
 */
void cfn_canonical(const struct doc_node *n, struct buf *out);

/*
 * The call of a function, in the short form where the format is YAML and both
 * the function and the argument allow it. arg NULL gives NULL. val_copy()
 * copies whole expressions within one format.
 */
struct val *cfn_call(struct arena *a, enum doc_format format,
    enum cfn_kind kind, struct val *arg);

/*
 * prefix, n and suffix as one text: a literal when n is one, else a call of
 * Fn::Join. NULL: out of memory, or n is neither a scalar nor a function.
 */
struct val *cfn_join_text(struct arena *a, enum doc_format format,
    const char *prefix, const struct doc_node *n, const char *suffix);

#endif
