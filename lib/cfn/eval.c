/* SPDX-License-Identifier: Apache-2.0 */
/* Values: literals, and the functions that only need their arguments. */
#include "eval.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base64/base64.h"

enum cfn_result
cfn_say(struct cfn_eval *ev, enum cfn_result r, const struct doc_node *n,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(ev->why->text, sizeof ev->why->text, fmt, ap);
	va_end(ap);
	ev->why->node = n;
	return r;
}

enum cfn_result
cfn_no_memory(struct cfn_eval *ev, const struct doc_node *n)
{
	return cfn_say(ev, CFN_BAD, n, "out of memory");
}

enum cfn_result
cfn_made(struct cfn_eval *ev, const struct doc_node *n, const struct buf *b,
    struct cfn_value *out)
{
	if (buf_error(b) == -EFBIG)
		return cfn_say(
		    ev, CFN_BAD, n, "longer than %d bytes", CFN_TEXT_MAX);
	out->text = arena_str(ev->arena, buf_str(b));
	if (buf_error(b) != 0 || out->text.p == NULL)
		return cfn_no_memory(ev, n);
	return CFN_KNOWN;
}

bool
cfn_value_equal(const struct cfn_value *a, const struct cfn_value *b)
{
	if (a->is_list != b->is_list)
		return false;
	if (!a->is_list)
		return str_eq(a->text, b->text);
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->items[i], b->items[i]))
			return false;
	return true;
}

/* ---- arguments ----------------------------------------------------------- */

enum cfn_result
cfn_need_text(struct cfn_eval *ev, const struct doc_node *n, const char *what,
    struct str *out)
{
	struct cfn_value v = {0};
	enum cfn_result r = cfn_value(ev, (struct cfn_expr){.node = n}, &v);

	if (r == CFN_NOVALUE)
		return cfn_say(ev, CFN_BAD, n, "no value for %s", what);
	if (r != CFN_KNOWN)
		return r;
	if (v.is_list)
		return cfn_say(
		    ev, CFN_BAD, n, "a list where %s must be a text", what);
	*out = v.text;
	return CFN_KNOWN;
}

enum cfn_result
cfn_need_list(struct cfn_eval *ev, const struct doc_node *n, const char *what,
    struct cfn_value *out)
{
	enum cfn_result r = cfn_value(ev, (struct cfn_expr){.node = n}, out);

	if (r == CFN_NOVALUE)
		return cfn_say(ev, CFN_BAD, n, "no value for %s", what);
	if (r == CFN_KNOWN && !out->is_list)
		return cfn_say(
		    ev, CFN_BAD, n, "a text where %s must be a list", what);
	return r;
}

enum cfn_result
cfn_arity(struct cfn_eval *ev, enum cfn_kind kind, struct cfn_expr x,
    size_t min, size_t max)
{
	const struct doc_node *n = x.node;

	if (n != NULL && n->kind == DOC_SEQ && n->n >= min && n->n <= max)
		return CFN_KNOWN;
	if (min == max)
		return cfn_say(ev, CFN_BAD, n, "%s takes a list of %zu",
		    cfn_name(kind), min);
	return cfn_say(ev, CFN_BAD, n, "%s takes a list of %zu to %zu",
	    cfn_name(kind), min, max);
}

/* ---- functions ---------------------------------------------------------- */

static enum cfn_result
eval_base64(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	cleanup_buf struct buf b = BUF_MAX(CFN_TEXT_MAX);
	struct cfn_value v = {0};
	enum cfn_result r = cfn_value(ev, arg, &v);

	if (r == CFN_NOVALUE || (r == CFN_KNOWN && v.is_list))
		return cfn_say(
		    ev, CFN_BAD, arg.node, "Fn::Base64 takes a text");
	if (r != CFN_KNOWN)
		return r;
	base64_encode(v.text, &b);
	return cfn_made(ev, arg.node, &b, out);
}

static enum cfn_result
not_here(struct cfn_eval *ev, enum cfn_kind kind, struct cfn_expr arg)
{
	const struct doc_node *n = arg.node;
	struct str text = STR_NONE;

	if (n != NULL && n->kind == DOC_SCALAR)
		text = n->text;
	else if (doc_at(n, 0) != NULL && doc_at(n, 0)->kind == DOC_SCALAR)
		text = doc_at(n, 0)->text;
	switch (kind) {
	case CFN_GETATT:
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "the attribute %.*s%s%.*s is known only at deployment",
		    STR_ARG(text), n->kind == DOC_SEQ ? "." : "",
		    STR_ARG(
			doc_at(n, 1) == NULL ? STR_NONE : doc_at(n, 1)->text));
	case CFN_IMPORTVALUE:
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "the export %.*s is known only at deployment",
		    STR_ARG(text));
	case CFN_CIDR:
	case CFN_FOREACH:
	case CFN_GETAZS:
	case CFN_GETSTACKOUTPUT:
	case CFN_TOJSONSTRING:
	case CFN_TRANSFORM:
		return cfn_say(ev, CFN_UNKNOWN, n,
		    "%s is evaluated only at deployment", cfn_name(kind));
	case CFN_RULE:
		return cfn_say(
		    ev, CFN_BAD, n, "a function of the Rules section");
	default:
		return cfn_say(ev, CFN_BAD, n,
		    "%s gives a condition, not a value", cfn_name(kind));
	}
}

static enum cfn_result
call(struct cfn_eval *ev, enum cfn_kind kind, struct cfn_expr arg,
    struct cfn_value *out)
{
	switch (kind) {
	case CFN_REF:
		return cfn_ref_call(ev, arg, out);
	case CFN_SUB:
		return cfn_sub(ev, arg, out);
	case CFN_JOIN:
		return cfn_join(ev, arg, out);
	case CFN_SPLIT:
		return cfn_split(ev, arg, out);
	case CFN_SELECT:
		return cfn_select(ev, arg, out);
	case CFN_FINDINMAP:
		return cfn_find_in_map(ev, arg, out);
	case CFN_IF:
		return cfn_if(ev, arg, out);
	case CFN_BASE64:
		return eval_base64(ev, arg, out);
	case CFN_LENGTH:
		return cfn_length(ev, arg, out);
	default:
		return not_here(ev, kind, arg);
	}
}

static enum cfn_result
eval_literal(struct cfn_eval *ev, struct cfn_expr x, struct cfn_value *out)
{
	const struct doc_node *n = x.node;

	/* A tag that counts no more makes "!Base64" of nothing an "". */
	if (doc_is_null(n) && !x.inner)
		return CFN_NOVALUE;
	if (n->kind == DOC_SCALAR)
		return cfn_text_or_list(ev, n, cfn_literal(n), false, out);
	if (n->kind == DOC_SEQ)
		return cfn_items(ev, n, out);
	return cfn_say(ev, CFN_BAD, n, "a map where a text or a list must be");
}

/* Dynamic references (User Guide, "dynamic references") are never looked up. */
static bool
is_dynamic(struct str s)
{
	static const char opening[] = "{{resolve:";
	const char *at;

	if (s.n == 0)
		return false;
	at = memmem(s.p, s.n, opening, sizeof opening - 1);
	return at != NULL &&
	       memmem(at, s.n - (size_t)(at - s.p), "}}", 2) != NULL;
}

static enum cfn_result
check_dynamic(
    struct cfn_eval *ev, const struct doc_node *n, const struct cfn_value *v)
{
	bool dynamic = !v->is_list && is_dynamic(v->text);

	for (size_t i = 0; v->is_list && i < v->n; i++)
		dynamic |= is_dynamic(v->items[i]);
	if (!dynamic)
		return CFN_KNOWN;
	return cfn_say(ev, CFN_UNKNOWN, n,
	    "the dynamic reference {{resolve:...}} is known only at "
	    "deployment");
}

enum cfn_result
cfn_enter(struct cfn_eval *ev, const struct doc_node *n)
{
	if (ev->steps >= CFN_STEPS_MAX)
		return cfn_say(ev, CFN_BAD, n, "more than %d steps to evaluate",
		    CFN_STEPS_MAX);
	if (ev->depth >= CFN_DEPTH_MAX)
		return cfn_say(ev, CFN_BAD, n,
		    "values nested deeper than %d levels", CFN_DEPTH_MAX);
	ev->steps++;
	ev->depth++;
	return CFN_KNOWN;
}

enum cfn_result
cfn_value(struct cfn_eval *ev, struct cfn_expr x, struct cfn_value *out)
{
	struct cfn_expr arg;
	enum cfn_kind kind = cfn_classify(x, false, &arg);
	enum cfn_result r = cfn_enter(ev, x.node);

	if (r != CFN_KNOWN)
		return r;
	if (kind == CFN_LITERAL)
		r = eval_literal(ev, arg, out);
	else if (kind == CFN_ODD)
		r = cfn_say(ev, CFN_BAD, x.node, "no such function");
	else
		r = call(ev, kind, arg, out);
	ev->depth--;
	return r == CFN_KNOWN ? check_dynamic(ev, x.node, out) : r;
}
