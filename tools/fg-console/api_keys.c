/* SPDX-License-Identifier: Apache-2.0 */
#include "api_keys.h"

#include <errno.h>

#include "appid/appid.h"
#include "field.h"
#include "request.h"
#include "store/store_secrets.h"
#include "store/store_tokens.h"
#include "time/time.h"

enum { NAME_MAX_BYTES = 100, NOTE_MAX = 500 };

static void
put_time(struct jwrite *w, const char *key, int64_t ms)
{
	char text[TIME_TEXT];

	if (ms == 0)
		return;
	(void)time_format(ms / 1000, text);
	jwrite_kvz(w, key, text);
}

static void
put_scopes(struct jwrite *w, struct str scopes)
{
	struct str word;

	jwrite_key(w, "scopes");
	jwrite_array(w);
	while (scopes.n > 0) {
		(void)str_cut(scopes, ' ', &word, &scopes);
		if (word.n > 0)
			jwrite_str(w, word);
	}
	jwrite_end(w);
}

/* ---- tokens ------------------------------------------------------------- */

static void
put_token(struct jwrite *w, const struct store_token *t)
{
	jwrite_record(w, "token");
	jwrite_kv(w, "id", t->id);
	jwrite_kv(w, "name", t->name);
	put_scopes(w, t->scopes);
	jwrite_kv(w, "by", t->by);
	put_time(w, "created", t->created_ms);
	put_time(w, "expires", t->expires_ms);
	put_time(w, "used", t->used_ms);
	put_time(w, "revoked", t->revoked_ms);
	jwrite_end(w);
}

void
api_keys_tokens(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(REQUEST_ANSWER_MAX);
	struct str after = query_get(&r->query, "after");
	struct store_token *tokens;
	struct jwrite w;
	struct err e = {0};
	size_t n = 0;

	if (store_token_list(r->w->store, after, STORE_LIST_MAX, r->arena,
		&tokens, &n, &e) != 0) {
		request_failed(r, &e);
		return;
	}
	jwrite_init(&w, &b);
	jwrite_array(&w);
	for (size_t i = 0; i < n; i++)
		put_token(&w, &tokens[i]);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}

/* ["audit:read", …] as "audit:read …", of known ones. */
static int
read_scopes(const struct jtree *t, struct buf *out, struct err *e)
{
	const struct jtree *list = jtree_get(t, "scopes"), *one;
	uint32_t bits = 0;
	int r;

	if (jtree_is_null(list) || list->kind != JSCAN_ARRAY || list->n == 0)
		return err_set(e, ERR_PERM, EINVAL,
		    "scopes: needed, an array such as [\"audit:read\"]");
	for (one = list->first; one != NULL; one = one->next) {
		if (one->kind != JSCAN_STRING ||
		    str_chr(one->text, ' ') < one->text.n)
			return err_set(
			    e, ERR_PERM, EINVAL, "scopes: not a scope");
		r = scope_parse(one->text, &bits, e);
		if (r != 0)
			return r;
		buf_addf(
		    out, "%s%.*s", out->n > 0 ? " " : "", STR_ARG(one->text));
	}
	return buf_error(out) != 0
		   ? err_set(e, ERR_PERM, EINVAL, "scopes: too many")
		   : 0;
}

struct new_token {
	struct str name, scopes;
	int64_t expires_ms;
};

static void
token_made(struct request *r, struct parcel *in)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);
	const struct new_token *t = r->state;
	struct jwrite w;

	jwrite_init(&w, &b);
	jwrite_record(&w, "token");
	jwrite_kv(&w, "id", parcel_str(in));
	jwrite_kv(&w, "token", parcel_str(in));
	jwrite_kv(&w, "name", t->name);
	put_scopes(&w, t->scopes);
	put_time(&w, "expires", t->expires_ms);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 201, &b);
}

void
api_keys_token_add(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);
	cleanup_buf struct buf scopes = BUF_MAX(STORE_TEXT_MAX);
	const struct jtree *t = request_body(r);
	struct new_token *new;
	struct err e = {0};
	int error;

	if (t == NULL)
		return;
	new = arena_alloc(r->arena, sizeof *new);
	if (new == NULL) {
		request_refuse(r, 503, "out of memory");
		return;
	}
	error = field_known(t, "name|scopes|expires|days", &e);
	if (error == 0)
		error =
		    field_text(t, "name", NAME_MAX_BYTES, true, &new->name, &e);
	if (error == 0)
		error = read_scopes(t, &scopes, &e);
	if (error == 0)
		error = field_expiry(t, time_now_ms(), &new->expires_ms, &e);
	if (error != 0) {
		request_bad(r, &e);
		return;
	}
	new->scopes = arena_str(r->arena, buf_str(&scopes));
	r->state = new;
	parcel_put(&b, r->who);
	parcel_put(&b, new->name);
	parcel_put(&b, new->scopes);
	parcel_put_int(&b, new->expires_ms);
	request_ask(r, MESSAGE_TOKEN_ADD, &b, token_made);
}

static void
done(struct request *r, struct parcel *in)
{
	(void)in;
	request_answer(r, 204, NULL, NULL, 0, STR(""));
}

static void
revoke(struct request *r, enum message_op op)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);

	parcel_put(&b, r->who);
	parcel_put(&b, r->args[0]);
	request_ask(r, op, &b, done);
}

void
api_keys_token_revoke(struct request *r)
{
	revoke(r, MESSAGE_TOKEN_REVOKE);
}

/* ---- enrolment secrets -------------------------------------------------- */

static void
put_secret(struct jwrite *w, const struct store_secret *s)
{
	jwrite_record(w, "enrol.secret");
	jwrite_kv(w, "id", s->id);
	jwrite_kv(w, "app", s->app);
	if (s->note.n > 0)
		jwrite_kv(w, "note", s->note);
	jwrite_kv(w, "by", s->by);
	put_time(w, "created", s->created_ms);
	put_time(w, "expires", s->expires_ms);
	put_time(w, "revoked", s->revoked_ms);
	jwrite_kv_int(w, "max_live", s->max_live);
	jwrite_kv_int(w, "live", s->live);
	jwrite_end(w);
}

void
api_keys_secrets(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(REQUEST_ANSWER_MAX);
	struct str after = query_get(&r->query, "after");
	struct store_secret *secrets;
	struct jwrite w;
	struct err e = {0};
	size_t n = 0;

	if (store_secret_list(r->w->store, after, STORE_LIST_MAX, time_now_ms(),
		r->arena, &secrets, &n, &e) != 0) {
		request_failed(r, &e);
		return;
	}
	jwrite_init(&w, &b);
	jwrite_array(&w);
	for (size_t i = 0; i < n; i++)
		put_secret(&w, &secrets[i]);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}

struct new_secret {
	struct str app, note;
	int64_t expires_ms, max_live;
};

static void
secret_made(struct request *r, struct parcel *in)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);
	const struct new_secret *s = r->state;
	struct jwrite w;

	jwrite_init(&w, &b);
	jwrite_record(&w, "enrol.secret");
	jwrite_kv(&w, "id", parcel_str(in));
	jwrite_kv(&w, "secret", parcel_str(in));
	jwrite_kv(&w, "app", s->app);
	put_time(&w, "expires", s->expires_ms);
	jwrite_kv_int(&w, "max_live", s->max_live);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 201, &b);
}

/* An App ID, the name of a task, or a pattern; never "all but". */
static int
check_app(struct str app, struct err *e)
{
	if (str_starts(app, "-"))
		return err_set(e, ERR_PERM, EINVAL,
		    "app: a secret cannot be for all but some");
	if (appid_check_pattern(app, e) != 0) {
		err_prefix(e, "app");
		return -EINVAL;
	}
	return 0;
}

void
api_keys_secret_add(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);
	const struct jtree *t = request_body(r);
	struct new_secret *new;
	struct err e = {0};
	int error;

	if (t == NULL)
		return;
	new = arena_alloc(r->arena, sizeof *new);
	if (new == NULL) {
		request_refuse(r, 503, "out of memory");
		return;
	}
	new->note = STR("");
	error = field_known(t, "app|note|expires|days|max_live", &e);
	if (error == 0)
		error =
		    field_text(t, "app", STORE_APP_MAX, true, &new->app, &e);
	if (error == 0)
		error = check_app(new->app, &e);
	if (error == 0)
		error = field_text(t, "note", NOTE_MAX, false, &new->note, &e);
	if (error == 0)
		error = field_expiry(t, time_now_ms(), &new->expires_ms, &e);
	if (error == 0)
		error = field_int(
		    t, "max_live", 0, 1000000, false, &new->max_live, &e);
	if (error != 0) {
		request_bad(r, &e);
		return;
	}
	r->state = new;
	parcel_put(&b, r->who);
	parcel_put(&b, new->app);
	parcel_put(&b, new->note);
	parcel_put_int(&b, new->expires_ms);
	parcel_put_int(&b, new->max_live);
	request_ask(r, MESSAGE_SECRET_ADD, &b, secret_made);
}

void
api_keys_secret_revoke(struct request *r)
{
	revoke(r, MESSAGE_SECRET_REVOKE);
}
