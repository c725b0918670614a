/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "api_documents.h"
#include "diff/diff.h"
#include "pretty.h"
#include "request.h"
#include "time/time.h"

enum { PRETTY_MAX = 64 << 20 };

static void
put_version(struct jwrite *w, const char *kind, const struct store_version *v)
{
	char at[TIME_TEXT];

	(void)time_format_ms(v->at_ms, at);
	jwrite_record(w, "document.version");
	jwrite_kvz(w, "kind", kind);
	jwrite_kv_int(w, "version", (int64_t)v->version);
	jwrite_kvz(w, "at", at);
	jwrite_kv(w, "who", v->who);
	if (v->note.n > 0)
		jwrite_kv(w, "note", v->note);
	jwrite_kvz(w, "sha256", v->sha256);
	jwrite_kv_int(w, "bytes", (int64_t)v->bytes);
	jwrite_end(w);
}

void
api_documents_versions(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(REQUEST_ANSWER_MAX);
	const char *kind = documents_name((enum documents_kind)r->route->kind);
	int64_t before = 0, limit = 50;
	struct store_version *versions;
	struct jwrite w;
	struct err e = {0};
	size_t n = 0;

	if (query_int(&r->query, "before", 0, INT64_MAX, &before, &e) != 0 ||
	    query_int(&r->query, "limit", 1, STORE_LIST_MAX, &limit, &e) != 0) {
		request_bad(r, &e);
		return;
	}
	if (store_document_versions(r->w->store, kind, (uint64_t)before,
		(uint32_t)limit, r->arena, &versions, &n, &e) != 0) {
		request_failed(r, &e);
		return;
	}
	jwrite_init(&w, &b);
	jwrite_array(&w);
	for (size_t i = 0; i < n; i++)
		put_version(&w, kind, &versions[i]);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}

/* That version; NULL: answered. Version 0 is what there was before any. */
static bool
get(struct request *r, uint64_t version, struct str *ret)
{
	enum documents_kind kind = (enum documents_kind)r->route->kind;
	struct store_document d;
	struct err e = {0};
	int found;

	if (version == 0) {
		*ret = api_documents_empty(kind);
		return true;
	}
	found = store_document_get(
	    r->w->store, documents_name(kind), version, r->arena, &d, &e);
	if (found < 0)
		request_failed(r, &e);
	else if (found == 0)
		request_refuse(r, 404, "there is no version %" PRIu64, version);
	else
		*ret = d.body;
	return found > 0;
}

void
api_documents_version(struct request *r)
{
	uint64_t version;
	struct str body;

	if (api_documents_number(r, &version) && get(r, version, &body))
		request_answer(r, 200, "application/json", NULL, 0, body);
}

static int
lines(struct request *r, struct str text, struct buf *out, struct err *e)
{
	const struct jtree *t;
	int error = jtree_parse(r->arena, text, "stored", &t, e);

	if (error == 0)
		pretty_write(t, out);
	return error == 0 && buf_error(out) != 0 ? err_nomem(e) : error;
}

static void
compare(struct request *r, uint64_t from, uint64_t to, struct str old,
    struct str new)
{
	cleanup_buf struct buf a = BUF_MAX(PRETTY_MAX), b = BUF_MAX(PRETTY_MAX),
			       out = BUF_MAX(REQUEST_ANSWER_MAX);
	const char *kind = documents_name((enum documents_kind)r->route->kind);
	char old_name[64], new_name[64];
	struct err e = {0};
	int error = lines(r, old, &a, &e);

	if (error == 0)
		error = lines(r, new, &b, &e);
	(void)snprintf(
	    old_name, sizeof old_name, "%s version %" PRIu64, kind, from);
	(void)snprintf(
	    new_name, sizeof new_name, "%s version %" PRIu64, kind, to);
	if (error == 0)
		error = diff_unified(buf_str(&a), buf_str(&b), old_name,
		    new_name, false, &out, &e);
	if (error != 0)
		request_failed(r, &e);
	else
		request_answer(r, 200, "text/x-diff; charset=utf-8", NULL, 0,
		    buf_str(&out));
}

void
api_documents_diff(struct request *r)
{
	const struct documents *d = api_documents_now(r);
	int64_t from, to;
	struct str old, new;
	struct err e = {0};

	if (d == NULL)
		return;
	to = (int64_t)d->all[r->route->kind].version;
	from = -1;
	if (query_int(&r->query, "to", 0, INT64_MAX, &to, &e) != 0 ||
	    query_int(&r->query, "from", 0, INT64_MAX, &from, &e) != 0) {
		request_bad(r, &e);
		return;
	}
	if (from < 0)
		from = to > 0 ? to - 1 : 0;
	if (get(r, (uint64_t)from, &old) && get(r, (uint64_t)to, &new))
		compare(r, (uint64_t)from, (uint64_t)to, old, new);
}
