/* SPDX-License-Identifier: Apache-2.0 */
#include "auth.h"

#include <string.h>

#include "base64/base64.h"
#include "pki/pki.h"
#include "time/time.h"

enum { DAY_MS = 24 * 3600 * 1000, FIELD_MAX = 1024 };

/* The secret in "Bearer X", or in Basic's "USER:X"; it lies in b then. */
static struct str
shown(const struct http1_request *http, struct buf *b)
{
	struct str field = request_field(http, "Authorization"), scheme, rest;

	if (field.n > FIELD_MAX || !str_cut(field, ' ', &scheme, &rest))
		return STR_NONE;
	rest = str_trim(rest);
	if (http1_same(scheme, STR("Bearer")))
		return rest;
	if (!http1_same(scheme, STR("Basic")) || !base64_decode(rest, b) ||
	    buf_error(b) != 0 || !str_cut(buf_str(b), ':', &scheme, &rest))
		return STR_NONE;
	return rest;
}

static bool
lives(const struct keyring_key *key, int64_t now_ms)
{
	return key != NULL && !key->revoked && key->expires_ms > now_ms;
}

/* Once a day: when it was last used. */
static void
note_used(struct worker *w, struct keyring_key *key, int64_t now_ms)
{
	cleanup_buf struct buf b = BUF_MAX(256);
	int64_t day = now_ms / DAY_MS;

	if (key->used_day == day)
		return;
	key->used_day = day;
	parcel_put(&b, key->id);
	(void)channel_send(&w->writer, MESSAGE_USED, 0, buf_str(&b));
}

static struct keyring_key *
token_of(struct worker *w, const struct http1_request *http)
{
	cleanup_buf struct buf b = BUF_MAX(FIELD_MAX);
	struct str text = shown(http, &b);
	int64_t now_ms = time_now_ms();
	struct keyring_key *key = NULL;
	struct err e = {0};

	if (text.n > 0 &&
	    keyring_refresh(&w->keyring, w->board, w->store, &e) == 0)
		key = keyring_find(&w->keyring, SECRET_TOKEN, text);
	if (b.p != NULL)
		explicit_bzero(b.p, b.n);
	if (!lives(key, now_ms))
		return NULL;
	note_used(w, key, now_ms);
	return key;
}

static bool
is_local(struct str address)
{
	return str_starts(address, "127.") || str_eqz(address, "::1");
}

static enum auth_result
by_token(struct request *r, const struct http1_request *http)
{
	const struct keyring_key *key = token_of(r->w, http);

	if (key == NULL && r->route->auth == ROUTE_LOOPBACK &&
	    is_local(r->address))
		return AUTH_YES;
	if (key == NULL)
		return AUTH_WHO;
	r->scopes = key->scopes;
	r->who.p = arena_printf(
	    r->arena, "%.*s (%.*s)", STR_ARG(key->name), STR_ARG(key->id));
	if (r->who.p == NULL)
		return AUTH_WHO;
	r->who.n = strlen(r->who.p);
	return scope_allows(key->scopes, r->route->scope) ? AUTH_YES
							  : AUTH_FORBIDDEN;
}

/* Whether it lives is for the writer to say: it knows why not. */
static enum auth_result
by_secret(struct request *r, const struct http1_request *http)
{
	cleanup_buf struct buf b = BUF_MAX(FIELD_MAX);
	struct str text = shown(http, &b), id;
	const struct keyring_key *key;
	struct err e = {0};

	if (text.n == 0 ||
	    keyring_refresh(&r->w->keyring, r->w->board, r->w->store, &e) != 0)
		return AUTH_WHO;
	key = keyring_find(&r->w->keyring, SECRET_ENROL, text);
	if (key == NULL)
		return AUTH_WHO;
	r->secret_id = arena_str(r->arena, key->id);
	return r->secret_id.p != NULL &&
		       secret_parse(SECRET_ENROL, text, &id, r->secret_hash)
		   ? AUTH_YES
		   : AUTH_WHO;
}

static bool
is_sidecar(const struct tls_peer *peer)
{
	return peer != NULL && peer->shown &&
	       peer->facts.not_after * 1000 > time_now_ms() &&
	       strncmp(peer->facts.uri, "fg:app/", 7) == 0;
}

static enum auth_result
by_certificate(struct request *r, const struct tls_peer *peer)
{
	cleanup_buf struct buf app = BUF_MAX(PKI_URI);

	if (!is_sidecar(peer) || !pki_app_id(peer->facts.uri, &app))
		return AUTH_WHO;
	r->app = arena_str(r->arena, buf_str(&app));
	r->serial = arena_str(r->arena, str_of(peer->facts.serial));
	return r->app.p != NULL && r->serial.p != NULL ? AUTH_YES : AUTH_WHO;
}

enum auth_result
auth_request(struct request *r, const struct http1_request *http,
    const struct tls_peer *peer)
{
	switch (r->route->auth) {
	case ROUTE_TOKEN:
	case ROUTE_LOOPBACK:
		return by_token(r, http);
	case ROUTE_SECRET:
		return by_secret(r, http);
	case ROUTE_SIDECAR:
		return by_certificate(r, peer);
	case ROUTE_OPEN:
		return AUTH_YES;
	}
	return AUTH_WHO;
}

bool
auth_may(struct worker *w, const struct route *route,
    const struct http1_request *http, const struct tls_peer *peer)
{
	const struct keyring_key *key;

	if (route->auth == ROUTE_SIDECAR)
		return is_sidecar(peer);
	if (route->auth != ROUTE_TOKEN && route->auth != ROUTE_LOOPBACK)
		return true;
	key = token_of(w, http);
	return key != NULL && scope_allows(key->scopes, route->scope);
}
