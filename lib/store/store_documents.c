/* SPDX-License-Identifier: Apache-2.0 */
#include "store_documents.h"

#include <errno.h>

#include "sha256/sha256.h"
#include "store_ops.h"

static int
kind_ok(const char *kind, struct err *e)
{
	struct str k = str_of(kind);
	bool ok = k.n > 0 && k.n <= STORE_KIND_MAX;

	for (size_t i = 0; ok && i < k.n; i++)
		ok = (k.p[i] >= 'a' && k.p[i] <= 'z') ||
		     (k.p[i] >= '0' && k.p[i] <= '9') || k.p[i] == '-' ||
		     k.p[i] == '.';
	return ok ? 0
		  : err_set(e, ERR_PERM, EINVAL,
			"not a kind of document: \"%s\"", kind);
}

int
store_document_put(struct store *s, const char *kind, struct str body,
    struct str who, struct str note, uint64_t expect, int64_t now_ms,
    uint64_t *version, struct err *e)
{
	struct store_document d = {
	    .about = {.at_ms = now_ms, .who = who, .note = note}, .body = body};
	int r = store_writable(s, e);

	if (r == 0)
		r = kind_ok(kind, e);
	if (r == 0)
		r = store_text_ok(
		    body, "document", STORE_DOCUMENT_MAX, true, e);
	if (r == 0)
		r = store_text_ok(who, "who", STORE_TEXT_MAX, false, e);
	if (r == 0)
		r = store_text_ok(note, "note", STORE_TEXT_MAX, false, e);
	if (r != 0)
		return r;
	_Static_assert(sizeof d.about.sha256 == SHA256_HEX, "one size");
	sha256_text(body, d.about.sha256);
	d.about.bytes = body.n;
	return s->ops->document_put(s, kind, &d, expect, version, e);
}

int
store_document_get(struct store *s, const char *kind, uint64_t version,
    struct arena *a, struct store_document *ret, struct err *e)
{
	int r = kind_ok(kind, e);

	return r != 0 ? r : s->ops->document_get(s, kind, version, a, ret, e);
}

int
store_document_newest(
    struct store *s, const char *kind, uint64_t *version, struct err *e)
{
	int r = kind_ok(kind, e);

	return r != 0 ? r : s->ops->document_newest(s, kind, version, e);
}

int
store_document_versions(struct store *s, const char *kind, uint64_t before,
    uint32_t limit, struct arena *a, struct store_version **ret, size_t *n,
    struct err *e)
{
	int r = kind_ok(kind, e);

	*n = 0;
	if (r == 0)
		r = store_list_room(limit, sizeof **ret, a, ret, e);
	if (r != 0)
		return r;
	return s->ops->document_versions(s, kind, before, limit, a, *ret, n, e);
}
