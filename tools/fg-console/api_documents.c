/* SPDX-License-Identifier: Apache-2.0 */
#include "api_documents.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/num.h"
#include "check.h"
#include "field.h"
#include "request.h"

enum { NOTE_MAX = 500 };

const struct documents *
api_documents_now(struct request *r)
{
	struct err e = {0};

	if (documents_refresh(&r->w->documents, r->w->store, &e) >= 0)
		return &r->w->documents;
	request_failed(r, &e);
	return NULL;
}

struct str
api_documents_empty(enum documents_kind kind)
{
	switch (kind) {
	case DOCUMENTS_RUNTIME:
		return STR("{\"_id\":\"appEmbeddedRuntime\",\"rules\":[]}");
	case DOCUMENTS_WAAS:
		return STR("{\"_id\":\"appEmbeddedAppFirewall\","
			   "\"minPort\":30000,\"maxPort\":31000,"
			   "\"rules\":[]}");
	default:
		return STR("[]");
	}
}

bool
api_documents_number(struct request *r, uint64_t *ret)
{
	int64_t n;

	if (!num_parse(r->args[0], 1, INT64_MAX, &n)) {
		request_refuse(r, 404, "not the number of a version");
		return false;
	}
	*ret = (uint64_t)n;
	return true;
}

void
api_documents_get(struct request *r)
{
	const struct documents *d = api_documents_now(r);
	enum documents_kind kind = (enum documents_kind)r->route->kind;
	struct httpd_field f;
	char etag[32];

	if (d == NULL)
		return;
	(void)snprintf(
	    etag, sizeof etag, "\"%" PRIu64 "\"", d->all[kind].version);
	f = (struct httpd_field){STR("ETag"), str_of(etag)};
	if (str_eqz(r->etag, etag))
		request_answer(r, 304, NULL, &f, 1, STR(""));
	else
		request_answer(r, 200, "application/json", &f, 1,
		    d->all[kind].tree == NULL ? api_documents_empty(kind)
					      : d->all[kind].text);
}

/* ---- storing ------------------------------------------------------------ */

static void
put_note(struct jwrite *w, const struct policy_note *n)
{
	jwrite_object(w);
	jwrite_kvz(w, "id", n->id);
	jwrite_kvz(
	    w, "severity", n->severity == POLICY_WARNING ? "warning" : "note");
	jwrite_kv(w, "pointer", n->pointer);
	jwrite_kv_int(w, "line", n->line);
	jwrite_kv_int(w, "column", n->column);
	jwrite_kv(w, "msg", n->msg);
	jwrite_end(w);
}

static void
stored(struct request *r, struct parcel *in)
{
	cleanup_buf struct buf b = BUF_MAX(1 << 20);
	int64_t version = parcel_int(in), changed = parcel_int(in);
	const struct policy_note *n = r->state;
	struct jwrite w;

	jwrite_init(&w, &b);
	jwrite_record(&w, "stored");
	jwrite_kvz(
	    &w, "kind", documents_name((enum documents_kind)r->route->kind));
	jwrite_kv_int(&w, "version", version);
	jwrite_kv_bool(&w, "changed", changed != 0);
	jwrite_key(&w, "notes");
	jwrite_array(&w);
	for (; n != NULL; n = n->next)
		put_note(&w, n);
	jwrite_end(&w);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}

static void
say_wrong(
    struct request *r, const struct check_place *place, const struct err *e)
{
	const struct request_fault f = {.status = 400,
	    .pointer = place->pointer,
	    .line = place->line,
	    .column = place->column};

	if (e->kind == ERR_TEMP)
		request_failed(r, e);
	else
		request_fault(r, &f, e->text);
}

void
api_documents_store(
    struct request *r, struct str text, int64_t expect, struct str note)
{
	cleanup_buf struct buf b = BUF_MAX(MESSAGE_MAX);
	const struct documents *d = api_documents_now(r);
	enum documents_kind kind = (enum documents_kind)r->route->kind;
	const struct policy_note *notes = NULL;
	struct check_place place = {.pointer = STR_NONE};
	const struct jtree *t = NULL;
	struct err e = {0};
	int error;

	if (d == NULL)
		return;
	error = jtree_parse(r->arena, text, "body", &t, &e);
	if (error == 0)
		error = check_document(
		    r->arena, d, kind, text, t, &notes, &place, &e);
	if (error != 0) {
		say_wrong(r, &place, &e);
		return;
	}
	r->state = (void *)(uintptr_t)notes;
	parcel_put(&b, r->who);
	parcel_putz(&b, documents_name(kind));
	parcel_put(&b, text);
	parcel_put(&b, note);
	for (int i = 0; i < DOCUMENTS_KINDS; i++) {
		/* A policy rests on the collections, and they on none. */
		bool rests =
		    kind == DOCUMENTS_COLLECTIONS || i == DOCUMENTS_COLLECTIONS;

		parcel_put_int(&b, i == (int)kind ? expect
				   : rests        ? (int64_t)d->all[i].version
						  : -1);
	}
	request_ask(r, MESSAGE_DOCUMENT_PUT, &b, stored);
}

/* The version that If-Match names; -1: none. False: answered 412. */
static bool
expected(struct request *r, int64_t *ret)
{
	*ret = -1;
	if (r->etag.n == 0 || str_eqz(r->etag, "*"))
		return true;
	if (r->etag.n > 2 && str_starts(r->etag, "\"") &&
	    str_ends(r->etag, "\"") &&
	    num_parse(str_sub(r->etag, 1, r->etag.n - 1), 0, INT64_MAX, ret))
		return true;
	request_refuse(r, 412, "If-Match: not an ETag of this document");
	return false;
}

bool
api_documents_is_at(struct request *r, uint64_t newest)
{
	const struct request_fault f = {.status = 412, .reason = "changed"};
	char msg[128];
	int64_t version;

	if (!expected(r, &version))
		return false;
	if (version < 0 || (uint64_t)version == newest)
		return true;
	(void)snprintf(msg, sizeof msg,
	    "%s is at version %" PRIu64 " by now; read it and try again",
	    documents_name((enum documents_kind)r->route->kind), newest);
	request_fault(r, &f, msg);
	return false;
}

/* False: answered 400. */
static bool
note_of(struct request *r, struct str *ret)
{
	*ret = query_get(&r->query, "note");
	if (ret->p == NULL)
		*ret = STR("");
	if (ret->n <= NOTE_MAX)
		return true;
	request_refuse(r, 400, "note: more than %d bytes", NOTE_MAX);
	return false;
}

void
api_documents_put(struct request *r)
{
	struct str text = arena_str(r->arena, r->body), note;
	int64_t expect;

	if (text.p == NULL)
		request_refuse(r, 503, "out of memory");
	else if (expected(r, &expect) && note_of(r, &note))
		api_documents_store(r, text, expect, note);
}

/* ---- one rule ----------------------------------------------------------- */

static bool
has_rule(const struct jtree *rules, struct str name)
{
	const struct jtree *t = rules->first;

	while (t != NULL && !str_eq(jtree_str(jtree_get(t, "name")), name))
		t = t->next;
	return t != NULL;
}

/*
 * In front, since the first rule that fits wins, and one that is added is
 * meant to count. The other bytes stay as they are.
 */
static struct str
with_rule(struct request *r, struct str old, const struct jtree *rules,
    struct str rule)
{
	cleanup_buf struct buf b = BUF_MAX(MESSAGE_MAX);

	buf_adds(&b, str_sub(old, 0, rules->at + 1));
	buf_adds(&b, str_trim(rule));
	if (rules->n > 0)
		buf_addc(&b, ',');
	buf_adds(&b, str_sub(old, rules->at + 1, old.n));
	return buf_error(&b) != 0 ? STR_NONE : arena_str(r->arena, buf_str(&b));
}

void
api_documents_add_rule(struct request *r)
{
	const struct documents *d = api_documents_now(r);
	enum documents_kind kind = (enum documents_kind)r->route->kind;
	const struct jtree *rule, *old = NULL, *rules;
	struct str name = STR_NONE, text, note;
	struct err e = {0};

	if (d == NULL || !api_documents_is_at(r, d->all[kind].version) ||
	    !note_of(r, &note))
		return;
	rule = request_body(r);
	if (rule == NULL)
		return;
	text = d->all[kind].tree == NULL ? api_documents_empty(kind)
					 : d->all[kind].text;
	if (field_text(rule, "name", NOTE_MAX, true, &name, &e) != 0) {
		request_bad(r, &e);
		return;
	}
	if (jtree_parse(r->arena, text, "stored", &old, &e) != 0) {
		request_failed(r, &e);
		return;
	}
	rules = jtree_get(old, "rules");
	if (jtree_is_null(rules) || rules->kind != JSCAN_ARRAY) {
		request_refuse(
		    r, 409, "what is stored is a single rule; PUT a policy");
		return;
	}
	if (has_rule(rules, name)) {
		request_refuse(r, 409, "there is a rule of that name");
		return;
	}
	text = with_rule(r, text, rules, r->body);
	if (text.p == NULL)
		request_refuse(r, 503, "out of memory");
	else
		api_documents_store(
		    r, text, (int64_t)d->all[kind].version, note);
}

void
api_documents_rollback(struct request *r)
{
	const struct documents *d = api_documents_now(r);
	enum documents_kind kind = (enum documents_kind)r->route->kind;
	const struct jtree *t;
	struct store_document old;
	int64_t version = 0;
	struct err e = {0};
	char *note;
	int found;

	if (d == NULL || !api_documents_is_at(r, d->all[kind].version))
		return;
	t = request_body(r);
	if (t == NULL)
		return;
	if (field_known(t, "version", &e) != 0 ||
	    field_int(t, "version", 1, INT64_MAX, true, &version, &e) != 0) {
		request_bad(r, &e);
		return;
	}
	found = store_document_get(r->w->store, documents_name(kind),
	    (uint64_t)version, r->arena, &old, &e);
	note = arena_printf(r->arena, "back to version %" PRId64, version);
	if (found < 0)
		request_failed(r, &e);
	else if (found == 0)
		request_refuse(r, 404, "there is no version %" PRId64, version);
	else
		api_documents_store(
		    r, old.body, (int64_t)d->all[kind].version, str_of(note));
}
