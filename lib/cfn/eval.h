/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of cfn share. */
#ifndef FG_CFN_EVAL_H
#define FG_CFN_EVAL_H

#include "cfn.h"

/* A node; inner: its tag has been dealt with and counts no more. */
struct cfn_expr {
	const struct doc_node *node;
	bool inner;
};

/* A text, or a list of texts. */
struct cfn_value {
	bool is_list;
	struct str text;
	struct str *items;
	size_t n;
};

/* The conditions that are being evaluated, the latest first. */
struct cfn_pending {
	struct str name;
	const struct cfn_pending *outer;
};

/* One evaluation. */
struct cfn_eval {
	const struct cfn_scope *scope;
	struct arena *arena;
	struct cfn_why *why; /* never NULL */
	unsigned depth, steps;
	const struct cfn_pending *pending;
};

/* As cfn_condition_fn() and cfn_fn(). */
enum cfn_kind cfn_classify(
    struct cfn_expr x, bool condition, struct cfn_expr *arg);

/* A text, where the tag is not looked at: of "!Ref ~" the "~" is one. */
bool cfn_is_scalar(struct cfn_expr x);

/* Is there a tag for it? */
bool cfn_has_short_form(enum cfn_kind kind);

/* Note why, and return r. */
enum cfn_result cfn_say(struct cfn_eval *ev, enum cfn_result r,
    const struct doc_node *n, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
enum cfn_result cfn_no_memory(struct cfn_eval *ev, const struct doc_node *n);

/* The text that was made in b, whose max is CFN_TEXT_MAX. */
enum cfn_result cfn_made(struct cfn_eval *ev, const struct doc_node *n,
    const struct buf *b, struct cfn_value *out);

/* Any value; x.node NULL is CFN_NOVALUE. */
enum cfn_result cfn_value(
    struct cfn_eval *ev, struct cfn_expr x, struct cfn_value *out);

/* One step, one level: cfn_value() does it; the caller undoes depth. */
enum cfn_result cfn_enter(struct cfn_eval *ev, const struct doc_node *n);

/*
 * A function's argument, which must be there and be a text (a list):
 * CFN_NOVALUE never comes. what is its name in messages.
 */
enum cfn_result cfn_need_text(struct cfn_eval *ev, const struct doc_node *n,
    const char *what, struct str *out);
enum cfn_result cfn_need_list(struct cfn_eval *ev, const struct doc_node *n,
    const char *what, struct cfn_value *out);

/* x must be a list of min to max items: CFN_KNOWN or CFN_BAD. */
enum cfn_result cfn_arity(struct cfn_eval *ev, enum cfn_kind kind,
    struct cfn_expr x, size_t min, size_t max);

/* The value of a scalar or, with the items between commas, of a list. */
enum cfn_result cfn_text_or_list(struct cfn_eval *ev, const struct doc_node *n,
    struct str text, bool is_list, struct cfn_value *out);

/* text between its seps; sep is not empty. */
enum cfn_result cfn_split_text(struct cfn_eval *ev, const struct doc_node *n,
    struct str text, struct str sep, bool trim, struct cfn_value *out);

/* Ref by name, also within Fn::Sub; n is the place for messages. */
enum cfn_result cfn_ref(struct cfn_eval *ev, struct str name,
    const struct doc_node *n, struct cfn_value *out);

/* A condition by name. */
enum cfn_result cfn_condition(
    struct cfn_eval *ev, struct str name, const struct doc_node *n, bool *out);

/* As cfn_branch(). */
enum cfn_result cfn_settle(
    struct cfn_eval *ev, const struct doc_node *n, const struct doc_node **out);

/* A literal list. */
enum cfn_result cfn_items(
    struct cfn_eval *ev, const struct doc_node *list, struct cfn_value *out);

/* The functions, from their argument. */
enum cfn_result cfn_ref_call(
    struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out);
enum cfn_result cfn_sub(
    struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out);
enum cfn_result cfn_join(
    struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out);
enum cfn_result cfn_split(
    struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out);
enum cfn_result cfn_select(
    struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out);
enum cfn_result cfn_length(
    struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out);
enum cfn_result cfn_find_in_map(
    struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out);
enum cfn_result cfn_if(
    struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out);

bool cfn_value_equal(const struct cfn_value *a, const struct cfn_value *b);

/* Give a parameter a value, or (kept) none; as cfn_scope_param(). */
int cfn_scope_give(struct cfn_scope *s, struct str name, struct str value,
    bool kept, struct err *e);

/* The kinds of a declared parameter. */
enum cfn_param_state {
	CFN_PARAM_NONE,  /* not declared */
	CFN_PARAM_VALUE, /* *value is its text */
	CFN_PARAM_UNSET, /* no default, none given */
	CFN_PARAM_STORE, /* in Parameter Store; *value is the name there */
	CFN_PARAM_KEPT,  /* "UsePreviousValue" */
};
enum cfn_param_state cfn_scope_lookup(const struct cfn_scope *s,
    struct str name, struct str *value, bool *is_list);

/* CFN_KNOWN, CFN_NOVALUE, CFN_UNKNOWN, or CFN_BAD: no such one. */
enum cfn_result cfn_scope_get_pseudo(const struct cfn_scope *s, struct str name,
    struct str *value, bool *is_list, const char **advice);

/* Was the condition assumed? */
bool cfn_scope_assumed(const struct cfn_scope *s, struct str name, bool *value);

/* A section of the template: "Mappings"; NULL: there is none. */
const struct doc_node *cfn_scope_section(
    const struct cfn_scope *s, const char *name);

/* May a macro add resources and more to the template? */
bool cfn_scope_has_macros(const struct cfn_scope *s);

#endif
