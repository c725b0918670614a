/* SPDX-License-Identifier: Apache-2.0 */
/* New expressions, in the spelling of the document they go to. */
#include <string.h>

#include "eval.h"

static struct val *
long_form(struct arena *a, enum cfn_kind kind, struct val *arg)
{
	return val_put(a, val_map(a), cfn_name(kind), arg);
}

/*
 * YAML has no place for a second tag on a node, and a map of one key under a
 * tag is hard to tell from a function.
 */
static bool
takes_tag(const struct val *arg)
{
	return arg->tag.n == 0 && arg->kind != VAL_MAP;
}

struct val *
cfn_call(struct arena *a, enum doc_format format, enum cfn_kind kind,
    struct val *arg)
{
	const char *name = cfn_name(kind), *colon;
	char *tag;

	if (arg == NULL || name == NULL)
		return NULL;
	if (format != DOC_YAML || !cfn_has_short_form(kind) || !takes_tag(arg))
		return long_form(a, kind, arg);
	colon = strrchr(name, ':');
	tag = arena_printf(a, "!%s", colon == NULL ? name : colon + 1);
	if (tag == NULL)
		return NULL;
	arg->tag = str_of(tag);
	return arg;
}

static struct val *
literal_text(
    struct arena *a, const char *prefix, struct str text, const char *suffix)
{
	char *z;

	/* Without %.*s: it would end at a NUL within the text. */
	size_t before = strlen(prefix), after = strlen(suffix);

	z = arena_alloc(a, before + text.n + after + 1);
	if (z == NULL)
		return NULL;
	memcpy(z, prefix, before);
	if (text.n > 0)
		memcpy(z + before, text.p, text.n);
	memcpy(z + before + text.n, suffix, after);
	return val_text(a, str_make(z, before + text.n + after));
}

struct val *
cfn_join_text(struct arena *a, enum doc_format format, const char *prefix,
    const struct doc_node *n, const char *suffix)
{
	struct val *pieces = val_list(a), *args = val_list(a);
	enum cfn_kind kind = cfn_fn(n, NULL);

	n = cfn_follow(n);
	if (n == NULL || kind == CFN_ODD)
		return NULL;
	if (kind == CFN_LITERAL)
		return n->kind == DOC_SCALAR
			   ? literal_text(a, prefix, cfn_literal(n), suffix)
			   : NULL;
	if (prefix[0] == '\0' && suffix[0] == '\0')
		return val_copy(a, n);
	if (prefix[0] != '\0')
		pieces = val_push(pieces, val_textz(a, prefix));
	pieces = val_push(pieces, val_copy(a, n));
	if (suffix[0] != '\0')
		pieces = val_push(pieces, val_textz(a, suffix));
	args = val_push(args, val_textz(a, ""));
	return cfn_call(a, format, CFN_JOIN, val_push(args, pieces));
}
