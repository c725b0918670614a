/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, and the functions that make, join, split and index them. */
#include <string.h>

#include "base/num.h"
#include "eval.h"

enum cfn_result
cfn_split_text(struct cfn_eval *ev, const struct doc_node *n, struct str text,
    struct str sep, bool trim, struct cfn_value *out)
{
	size_t count = 1, from = 0;

	for (size_t i = 0; i + sep.n <= text.n; i++)
		if (memcmp(text.p + i, sep.p, sep.n) == 0) {
			count++;
			i += sep.n - 1;
		}
	out->is_list = true;
	out->n = 0;
	out->items = arena_alloc(ev->arena, count * sizeof *out->items);
	if (out->items == NULL)
		return cfn_no_memory(ev, n);
	for (size_t i = 0; i + sep.n <= text.n; i++)
		if (memcmp(text.p + i, sep.p, sep.n) == 0) {
			out->items[out->n++] = str_sub(text, from, i);
			from = i + sep.n;
			i += sep.n - 1;
		}
	out->items[out->n++] = str_sub(text, from, text.n);
	for (size_t i = 0; trim && i < out->n; i++)
		out->items[i] = str_trim(out->items[i]);
	return CFN_KNOWN;
}

/* A literal list: each item a text; AWS::NoValue leaves the list. */
enum cfn_result
cfn_items(
    struct cfn_eval *ev, const struct doc_node *list, struct cfn_value *out)
{
	out->is_list = true;
	out->n = 0;
	out->items = arena_alloc(ev->arena, list->n * sizeof *out->items);
	if (out->items == NULL)
		return cfn_no_memory(ev, list);
	doc_each(item, list) {
		struct cfn_value v = {0};
		enum cfn_result r =
		    cfn_value(ev, (struct cfn_expr){.node = item}, &v);

		if (r == CFN_NOVALUE)
			continue;
		if (r != CFN_KNOWN)
			return r;
		if (v.is_list)
			return cfn_say(ev, CFN_BAD, item,
			    "a list where an item must be a text");
		out->items[out->n++] = v.text;
	}
	return CFN_KNOWN;
}

enum cfn_result
cfn_join(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	cleanup_buf struct buf b = BUF_MAX(CFN_TEXT_MAX);
	struct cfn_value list = {0};
	struct str sep = STR_NONE;
	enum cfn_result r = cfn_arity(ev, CFN_JOIN, arg, 2, 2);

	if (r == CFN_KNOWN)
		r = cfn_need_text(
		    ev, doc_at(arg.node, 0), "the delimiter of Fn::Join", &sep);
	if (r == CFN_KNOWN)
		r = cfn_need_list(
		    ev, doc_at(arg.node, 1), "what Fn::Join joins", &list);
	if (r != CFN_KNOWN)
		return r;
	for (size_t i = 0; i < list.n; i++) {
		if (i > 0)
			buf_adds(&b, sep);
		buf_adds(&b, list.items[i]);
	}
	return cfn_made(ev, arg.node, &b, out);
}

enum cfn_result
cfn_split(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	struct str sep = STR_NONE, text = STR_NONE;
	enum cfn_result r = cfn_arity(ev, CFN_SPLIT, arg, 2, 2);

	if (r == CFN_KNOWN)
		r = cfn_need_text(ev, doc_at(arg.node, 0),
		    "the delimiter of Fn::Split", &sep);
	if (r == CFN_KNOWN && sep.n == 0)
		return cfn_say(ev, CFN_BAD, arg.node,
		    "the delimiter of Fn::Split is empty");
	if (r == CFN_KNOWN)
		r = cfn_need_text(
		    ev, doc_at(arg.node, 1), "what Fn::Split splits", &text);
	return r == CFN_KNOWN
		   ? cfn_split_text(ev, arg.node, text, sep, false, out)
		   : r;
}

/* Only the item that is selected matters, so that the others may be unknown. */
enum cfn_result
cfn_select(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	const struct doc_node *from;
	struct cfn_value list = {0};
	struct str text = STR_NONE;
	int64_t i = 0;
	enum cfn_result r = cfn_arity(ev, CFN_SELECT, arg, 2, 2);

	if (r == CFN_KNOWN)
		r = cfn_need_text(
		    ev, doc_at(arg.node, 0), "the index of Fn::Select", &text);
	if (r != CFN_KNOWN)
		return r;
	if (!num_parse(text, 0, DOC_NODES_MAX, &i))
		return cfn_say(ev, CFN_BAD, arg.node,
		    "not an index of Fn::Select: \"%.*s\"", STR_ARG(text));
	from = cfn_follow(doc_at(arg.node, 1));
	if (from->kind == DOC_SEQ && cfn_fn(from, NULL) == CFN_LITERAL) {
		from = doc_at(from, (size_t)i);
		if (from != NULL)
			return cfn_value(
			    ev, (struct cfn_expr){.node = from}, out);
	} else {
		r = cfn_need_list(
		    ev, from, "what Fn::Select chooses from", &list);
		if (r != CFN_KNOWN)
			return r;
	}
	if ((size_t)i >= list.n)
		return cfn_say(ev, CFN_BAD, arg.node,
		    "Fn::Select: the list has no item %.*s", STR_ARG(text));
	out->text = list.items[i];
	return CFN_KNOWN;
}

enum cfn_result
cfn_length(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	struct cfn_value list = {0};
	enum cfn_result r =
	    cfn_need_list(ev, arg.node, "what Fn::Length counts", &list);
	char *z;

	if (r != CFN_KNOWN)
		return r;
	z = arena_printf(ev->arena, "%zu", list.n);
	if (z == NULL)
		return cfn_no_memory(ev, arg.node);
	out->text = str_of(z);
	return CFN_KNOWN;
}
