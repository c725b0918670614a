/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "backoff.h"
#include "base64/base64.h"
#include "fetch.h"
#include "jtree/jtree.h"
#include "status.h"

enum {
	ANSWER_MAX = 256 * 1024,
	TREE_MAX = 16 * 1024 * 1024,
	TOKEN_MAX = 64 * 1024,
	FORM_MAX = 128 * 1024,
	LIFE = 60, /* s: the specification's default, and its floor */
	LIFE_MAX = 24 * 3600,
	EARLY = 5, /* s: not used so shortly before its end */
};

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
registry_token_good(const struct registry_token *t)
{
	return t->text.n > 0 && now_ms() < t->good_until_ms;
}

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->n);
	buf_free(b);
}

void
registry_token_free(struct registry_token *t)
{
	client_call_reset(&t->call);
	buf_free(&t->url);
	wipe(&t->authorization);
	wipe(&t->form);
	wipe(&t->text);
}

/* ---- the answer --------------------------------------------------------- */

/* issued_at is not looked at: clocks differ, and now is when it came. */
static int64_t
life(const struct jtree *root)
{
	double n;

	if (!jtree_number(jtree_get(root, "expires_in"), &n) || !(n > LIFE))
		return LIFE;
	return n < LIFE_MAX ? (int64_t)n : LIFE_MAX;
}

static int
take_token(const struct jtree *root, struct buf *out, struct err *e)
{
	struct str token = jtree_str(jtree_get(root, "token"));

	if (token.n == 0)
		token = jtree_str(jtree_get(root, "access_token"));
	if (token.n == 0)
		return err_set(
		    e, ERR_PERM, EINVAL, "no token in the token answer");
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] <= ' ' || token.p[i] > '~')
			return err_set(e, ERR_PERM, EINVAL,
			    "a token with characters that no header takes");
	}
	buf_adds(out, token);
	return buf_error(out) == 0 ? 0
				   : err_set(e, ERR_PERM, EFBIG,
					 "a token above %d bytes", TOKEN_MAX);
}

int
registry_token_parse(
    struct str body, struct buf *out, int64_t *seconds, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE_MAX);
	const struct jtree *root;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = jtree_parse(a, body, "token answer", &root, e);
	if (r == 0)
		r = take_token(root, out, e);
	if (r == 0)
		*seconds = life(root);
	return r;
}

static void
tell(struct registry_token *t)
{
	struct registry_fetch *f = t->waiting, *next;

	t->asking = false;
	t->waiting = NULL;
	for (; f != NULL; f = next) {
		next = f->next_waiting;
		registry_fetch_resume(f, t->r == 0 ? NULL : &t->err);
	}
}

static void send(struct registry_token *t, unsigned delay_ms);

static bool
retry(struct registry_token *t)
{
	unsigned ms;

	if (t->tries >= REGISTRY_TRIES || (t->call.timed_out && t->tries > 1) ||
	    !registry_retry_wait(t->registry, &t->call, t->tries, &ms, &t->err))
		return false;
	send(t, ms);
	return true;
}

/* Token servers that know no OAuth2 have no POST. */
static bool
fall_back_to_get(struct registry_token *t)
{
	const struct registry_credentials *c = t->host->credentials;

	if (!t->by_post || (t->call.status != 404 && t->call.status != 405) ||
	    c == NULL || c->password.n == 0)
		return false;
	t->by_post = false;
	send(t, 0);
	return true;
}

static void
on_done(struct client_call *call)
{
	struct registry_token *t = call->arg;
	int64_t seconds = 0;

	if (call->r != 0) {
		t->r = call->r;
		t->err = call->err;
		if (t->err.kind == ERR_TEMP && retry(t))
			return;
	} else if (call->status == 200) {
		t->r = registry_token_parse(
		    buf_str(&call->body), &t->text, &seconds, &t->err);
		t->good_until_ms = now_ms() + (seconds - EARLY) * 1000;
	} else {
		if (fall_back_to_get(t))
			return;
		t->r = registry_status_error(t->host, call, &t->err);
		if (t->err.kind == ERR_TEMP && retry(t))
			return;
	}
	if (t->r != 0)
		err_prefix(&t->err, "%s: its token server %s", t->host->name,
		    t->realm);
	if (call->body.p != NULL)
		explicit_bzero(call->body.p, call->body.n);
	tell(t);
}

/* ---- the request -------------------------------------------------------- */

static void
add_param(struct buf *b, const char *sep, const char *key, const char *value)
{
	if (value[0] == '\0')
		return;
	buf_addf(b, "%s%s=", sep, key);
	url_encode(str_of(value), b);
}

static void
make_get(struct registry_token *t)
{
	const struct registry_credentials *c = t->host->credentials;
	const char *sep = strchr(t->realm, '?') == NULL ? "?" : "&";

	buf_addz(&t->url, t->realm);
	add_param(&t->url, sep, "service", t->service);
	if (t->service[0] != '\0')
		sep = "&";
	add_param(&t->url, sep, "scope", t->scope);
	if (c != NULL && c->password.n > 0) {
		struct buf plain = BUF_MAX(TOKEN_MAX);

		buf_addf(&plain, "%s:%s", c->user.p, c->password.p);
		buf_addz(&t->authorization, "Basic ");
		base64_encode(buf_str(&plain), &t->authorization);
		wipe(&plain);
	}
}

static void
make_post(struct registry_token *t)
{
	const struct registry_credentials *c = t->host->credentials;

	buf_addz(&t->url, t->realm);
	buf_addz(&t->form, "grant_type=refresh_token&client_id=fg");
	add_param(&t->form, "&", "service", t->service);
	add_param(&t->form, "&", "scope", t->scope);
	add_param(&t->form, "&", "refresh_token", c->identity_token.p);
}

static void
send(struct registry_token *t, unsigned delay_ms)
{
	struct client_call *call = &t->call;

	t->tries++;
	client_call_reset(call);
	wipe(&t->authorization);
	wipe(&t->form);
	buf_reset(&t->url);
	if (t->by_post)
		make_post(t);
	else
		make_get(t);
	call->method = t->by_post ? CLIENT_POST : CLIENT_GET;
	call->url = buf_z(&t->url);
	call->accept = "application/json";
	call->authorization =
	    t->authorization.n > 0 ? buf_z(&t->authorization) : NULL;
	call->form = buf_str(&t->form);
	call->max = ANSWER_MAX;
	call->follow = false; /* nobody else gets to see the credentials */
	call->delay_ms = delay_ms;
	call->done = on_done;
	call->arg = t;
	client_start(t->registry->client, call);
}

void
registry_token_ask(struct registry_token *t)
{
	const struct registry_credentials *c = t->host->credentials;

	t->url.max = URL_MAX;
	t->authorization.max = FORM_MAX;
	t->form.max = FORM_MAX;
	buf_free(&t->text);
	t->text.max = TOKEN_MAX;
	t->asking = true;
	t->tries = 0;
	t->r = 0;
	t->by_post = c != NULL && c->identity_token.n > 0;
	send(t, 0);
}
