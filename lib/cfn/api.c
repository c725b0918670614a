/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation, asked for from outside. */
#include "eval.h"

static struct cfn_eval
start(const struct cfn_scope *s, struct arena *a, struct cfn_why *why)
{
	return (struct cfn_eval){.scope = s, .arena = a, .why = why};
}

/* On success nothing of what was noted on the way gets out. */
static enum cfn_result
finish(enum cfn_result r, const struct cfn_why *from, struct cfn_why *to)
{
	if (to != NULL && (r == CFN_UNKNOWN || r == CFN_BAD))
		*to = *from;
	return r;
}

enum cfn_result
cfn_eval_text(const struct cfn_scope *s, const struct doc_node *n,
    struct arena *a, struct str *out, struct cfn_why *why)
{
	struct cfn_why w = {.node = n};
	struct cfn_eval ev = start(s, a, &w);
	struct cfn_value v = {0};
	enum cfn_result r = cfn_value(&ev, (struct cfn_expr){.node = n}, &v);

	if (r == CFN_KNOWN && v.is_list)
		r = cfn_say(&ev, CFN_BAD, n, "a list where a text must be");
	if (r == CFN_KNOWN)
		*out = v.text;
	return finish(r, &w, why);
}

enum cfn_result
cfn_eval_list(const struct cfn_scope *s, const struct doc_node *n,
    struct arena *a, struct str **items, size_t *n_items, struct cfn_why *why)
{
	struct cfn_why w = {.node = n};
	struct cfn_eval ev = start(s, a, &w);
	struct cfn_value v = {0};
	enum cfn_result r = cfn_value(&ev, (struct cfn_expr){.node = n}, &v);

	if (r == CFN_KNOWN && !v.is_list)
		r = cfn_say(&ev, CFN_BAD, n, "a text where a list must be");
	if (r == CFN_KNOWN) {
		*items = v.items;
		*n_items = v.n;
	}
	return finish(r, &w, why);
}

enum cfn_result
cfn_eval_condition(const struct cfn_scope *s, struct str name, struct arena *a,
    bool *out, struct cfn_why *why)
{
	struct cfn_why w = {0};
	struct cfn_eval ev = start(s, a, &w);
	bool is = false;
	enum cfn_result r = cfn_condition(&ev, name, NULL, &is);

	if (r == CFN_KNOWN)
		*out = is;
	return finish(r, &w, why);
}

enum cfn_result
cfn_branch(const struct cfn_scope *s, const struct doc_node *n, struct arena *a,
    const struct doc_node **out, struct cfn_why *why)
{
	struct cfn_why w = {.node = n};
	struct cfn_eval ev = start(s, a, &w);

	return finish(cfn_settle(&ev, n, out), &w, why);
}
