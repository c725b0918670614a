/* SPDX-License-Identifier: Apache-2.0 */
#include "remove.h"

#include <errno.h>
#include <string.h>

#include "undo.h"

#define ARENA_MAX ((size_t)64 * 1024 * 1024)

/*
 * Where the value of "cut" is in text that holds a record; the text may be
 * quoted once more, so up to 6 bytes of quotes, backslashes and the colon
 * stand between. text.n: nowhere.
 */
static size_t
find_cut(struct str text, const char *cut)
{
	enum { WORD = 3, BETWEEN = 6 };

	for (size_t i = 0; i + WORD < text.n; i++) {
		if (!str_starts(str_sub(text, i, text.n), "cut"))
			continue;
		for (size_t j = i + WORD; j <= i + WORD + BETWEEN; j++)
			if (str_starts(str_sub(text, j, text.n), cut))
				return j;
	}
	return text.n;
}

/* The digest of what was taken out, its own value counted as zeros. */
static void
digest_removed(struct buf *removed, const char *cut, char ret[RECORD_CUT])
{
	size_t at = find_cut(buf_str(removed), cut);
	char hex[SHA256_HEX];

	if (at < removed->n)
		memcpy(removed->p + at, RECORD_CUT_NONE, RECORD_CUT - 1);
	sha256_text(buf_str(removed), hex);
	memcpy(ret, hex, RECORD_CUT - 1);
	ret[RECORD_CUT - 1] = '\0';
}

static int
note_removed(const struct edit *ed, const struct taskdef *td,
    struct remove_definition *def, struct err *e)
{
	cleanup_buf struct buf removed = BUF_MAX(DOC_BYTES_MAX);

	edit_removed(ed, taskdef_whole(td), &removed);
	if (buf_error(&removed) != 0)
		return err_nomem(e);
	def->found = removed.n > 0 || def->rec.node != NULL;
	digest_removed(&removed, def->rec.cut, def->cut);
	def->untouched =
	    def->rec.node != NULL && strcmp(def->cut, def->rec.cut) == 0;
	return 0;
}

/* Compare with the digest that the record keeps of the first bytes. */
static int
compare_originals(
    const struct taskdef_file *before, struct removal *ret, struct err *e)
{
	struct taskdef_file after;
	char hex[SHA256_HEX];
	int r = taskdef_open(&after, ret->after, NULL, e);

	if (r != 0)
		return r;
	for (size_t i = 0; i < before->n && i < after.n; i++) {
		sha256_text(
		    doc_raw(ret->after, taskdef_whole(&after.defs[i])), hex);
		ret->defs[i].original =
		    strcmp(hex, ret->defs[i].rec.sha256) == 0;
	}
	taskdef_close(&after);
	return 0;
}

static int
apply(const struct taskdef_file *f, struct edit *ed, struct removal *ret,
    struct err *e)
{
	int r = edit_apply(ed, &ret->after, e);

	for (size_t i = 0; i < f->n && r == 0; i++)
		r = note_removed(ed, &f->defs[i], &ret->defs[i], e);
	return r == 0 ? compare_originals(f, ret, e) : r;
}

static int
collect(const struct taskdef_file *f, struct edit *ed, struct removal *ret,
    struct err *e)
{
	for (size_t i = 0; i < f->n; i++) {
		struct undo u = {.f = f,
		    .td = &f->defs[i],
		    .rec = &ret->defs[i].rec,
		    .ed = ed,
		    .scope = UNDO_ALL};
		int r = record_read(
		    f, &f->defs[i], ret->arena, &ret->defs[i].rec, e);

		if (r != 0)
			return r;
		undo_definition(&u);
	}
	return 0;
}

int
remove_all(const struct taskdef_file *f, struct removal *ret, struct err *e)
{
	cleanup_edit struct edit *ed = edit_new(f->doc);
	int r;

	*ret = (struct removal){.arena = arena_new(ARENA_MAX)};
	if (ed == NULL || ret->arena == NULL) {
		remove_free(ret);
		return err_nomem(e);
	}
	ret->defs = arena_alloc(ret->arena, f->n * sizeof *ret->defs);
	r = ret->defs == NULL ? err_nomem(e) : collect(f, ed, ret, e);
	if (r == 0 && !edit_empty(ed))
		r = apply(f, ed, ret, e);
	if (r != 0)
		remove_free(ret);
	return r;
}

void
remove_free(struct removal *r)
{
	doc_free(r->after);
	arena_free(r->arena);
	*r = (struct removal){0};
}

/* Write def's cut over the zeros in the record's bytes. */
static void
patch(const struct remove_definition *def, struct buf *text)
{
	const struct doc_node *n = def->rec.node;
	size_t at;

	if (n == NULL)
		return;
	at =
	    find_cut(str_sub(buf_str(text), n->start, n->end), RECORD_CUT_NONE);
	if (at < n->end - n->start)
		memcpy(text->p + n->start + at, def->cut, RECORD_CUT - 1);
}

static bool
all_original(const struct removal *removal, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (removal->defs[i].found && !removal->defs[i].original)
			return false;
	return true;
}

/* Try to take all out of d; out, unless NULL, gets its text, sealed. */
static int
try_removal(const struct doc *d, bool *original, struct buf *out, struct err *e)
{
	struct taskdef_file f;
	struct removal removal;
	int r = taskdef_open(&f, d, NULL, e);

	if (r != 0)
		return r;
	r = remove_all(&f, &removal, e);
	if (r == 0) {
		*original = all_original(&removal, f.n);
		if (out != NULL)
			buf_adds(out, doc_source(d));
		for (size_t i = 0; i < f.n && out != NULL; i++)
			if (buf_error(out) == 0)
				patch(&removal.defs[i], out);
		if (out != NULL && buf_error(out) != 0)
			r = err_nomem(e);
		remove_free(&removal);
	}
	taskdef_close(&f);
	return r;
}

int
remove_seal(const struct doc *d, bool *original, struct buf *out, struct err *e)
{
	return try_removal(d, original, out, e);
}

int
remove_is_original(const struct doc *d, bool *original, struct err *e)
{
	return try_removal(d, original, NULL, e);
}
