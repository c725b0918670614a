/* SPDX-License-Identifier: Apache-2.0 */
#include "documents.h"

#include <errno.h>

/* The text, and the tree of it. */
enum { MEMORY_MAX = 320 << 20 };

static const char *const names[DOCUMENTS_KINDS] = {
    [DOCUMENTS_RUNTIME] = "runtime",
    [DOCUMENTS_WAAS] = "waas",
    [DOCUMENTS_COLLECTIONS] = "collections",
};

const char *
documents_name(enum documents_kind kind)
{
	return names[kind];
}

int
documents_kind_of(struct str name)
{
	for (int i = 0; i < DOCUMENTS_KINDS; i++)
		if (str_eqz(name, names[i]))
			return i;
	return -1;
}

static int
load(
    struct documents_one *one, const char *name, struct store *s, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(MEMORY_MAX);
	struct store_document d;
	const struct jtree *tree = NULL;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = store_document_get(s, name, 0, a, &d, e);
	if (r > 0)
		r = jtree_parse(a, d.body, name, &tree, e);
	if (r < 0 || tree == NULL)
		return r;
	arena_free(one->arena);
	*one = (struct documents_one){.version = d.about.version,
	    .arena = a,
	    .about = d.about,
	    .text = d.body,
	    .tree = tree};
	a = NULL;
	return 0;
}

int
documents_refresh(struct documents *d, struct store *s, struct err *e)
{
	int changed = 0;

	for (int i = 0; i < DOCUMENTS_KINDS; i++) {
		struct documents_one *one = &d->all[i];
		uint64_t newest = 0;
		int r = store_document_newest(s, names[i], &newest, e);

		if (r == 0 && newest == one->version)
			continue;
		if (r == 0)
			r = load(one, names[i], s, e);
		if (r == 0 && i == DOCUMENTS_COLLECTIONS)
			r = collections_read(
			    one->arena, one->tree, &d->collections, e);
		if (r != 0)
			return r;
		changed = 1;
	}
	return changed;
}

void
documents_free(struct documents *d)
{
	for (int i = 0; i < DOCUMENTS_KINDS; i++)
		arena_free(d->all[i].arena);
	*d = (struct documents){0};
}
