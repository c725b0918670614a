/* SPDX-License-Identifier: Apache-2.0 */
/* From the form that DescribeTaskDefinition prints to the register form. */
#include <errno.h>
#include <string.h>

#include "doc/edit.h"
#include "taskdef.h"

/*
 * The members of TaskDefinition that RegisterTaskDefinition does not take:
 * Amazon ECS API reference, TaskDefinition and RegisterTaskDefinition.
 */
static const char *const read_only[] = {"taskDefinitionArn", "revision",
    "status", "requiresAttributes", "compatibilities", "registeredAt",
    "deregisteredAt", "deleteRequestedAt", "registeredBy", NULL};

static bool
is_read_only(const struct doc_node *member)
{
	for (const char *const *name = read_only; *name != NULL; name++)
		if (str_eqz(member->key->text, *name))
			return true;
	return false;
}

/* The column in bytes at which the lines of n begin. */
static size_t
indent_of(struct str src, const struct doc_node *n)
{
	const struct doc_node *first = n->first;
	size_t at = first->key->start, from = at;

	while (from > 0 && (src.p[from - 1] == ' ' || src.p[from - 1] == '\t'))
		from--;
	return at - from;
}

/*
 * Move lines to the left by up to `by` blanks. Safe since no JSON string, and
 * no YAML scalar, changes its value when all its lines move together.
 */
static void
put_dedented(struct str text, size_t by, struct buf *b)
{
	struct str line, rest = text;
	bool first = true, more;

	do {
		size_t blanks = 0;

		more = str_cut(rest, '\n', &line, &rest);
		while (!first && blanks < by && blanks < line.n &&
		       (line.p[blanks] == ' ' || line.p[blanks] == '\t'))
			blanks++;
		buf_adds(b, str_sub(line, blanks, line.n));
		if (more)
			buf_addc(b, '\n');
		first = false;
	} while (more);
}

/* The wrapper's inside as a document of its own. */
static int
unwrap(const struct doc *src, const struct doc_node *inner, struct doc **ret,
    struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(DOC_BYTES_MAX);
	struct str raw = doc_raw(src, inner);
	size_t indent = 0;

	if (inner->n > 0) {
		size_t outer = indent_of(doc_source(src), doc_root(src));

		indent = indent_of(doc_source(src), inner);
		if (inner->style == DOC_FLOW)
			indent = outer;
	}
	put_dedented(raw, indent, &text);
	buf_addc(&text, '\n');
	if (buf_error(&text) != 0)
		return err_nomem(e);
	return doc_parse(buf_str(&text), doc_name(src), ret, e);
}

/* ret: inner without its read-only members, with the tags of the wrapper. */
static int
strip(const struct doc *inner, const struct doc_node *tags, struct doc **ret,
    struct err *e)
{
	cleanup_edit struct edit *ed = edit_new(inner);
	size_t kept = 0;

	if (ed == NULL)
		return err_nomem(e);
	doc_each(member, doc_root(inner))
		if (is_read_only(member))
			edit_delete(ed, member);
		else
			kept++;
	if (kept == 0)
		return doc_err(e, ERR_PERM, EINVAL, inner, doc_root(inner),
		    "a task definition with nothing in it");
	if (tags != NULL && tags->n > 0 &&
	    doc_get(doc_root(inner), "tags") == NULL)
		edit_append(ed, doc_root(inner), "tags",
		    val_copy(edit_arena(ed), tags));
	return edit_apply(ed, ret, e);
}

static bool
has_read_only(const struct doc_node *map)
{
	doc_each(member, map)
		if (member->key != NULL && is_read_only(member))
			return true;
	return false;
}

int
taskdef_normalise(const struct doc *src, struct doc **ret, struct err *e)
{
	const struct doc_node *root = doc_root(src);
	const struct doc_node *inner = doc_get(root, "taskDefinition");
	const struct doc_node *tags = doc_get(root, "tags");
	cleanup_doc struct doc *unwrapped = NULL;
	int r;

	*ret = NULL;
	if (root->kind != DOC_MAP || doc_get(root, "Resources") != NULL)
		return 0;
	if (inner == NULL || inner->kind != DOC_MAP)
		return has_read_only(root) ? strip(src, NULL, ret, e) : 0;
	r = unwrap(src, inner, &unwrapped, e);
	if (r == 0)
		r = strip(unwrapped, tags, ret, e);
	return r;
}
