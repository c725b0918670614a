/* SPDX-License-Identifier: Apache-2.0 */
/* Docker Registry v2: react to the 401 of real requests; never ping /v2/. */
#include <errno.h>
#include <string.h>

#include "auth.h"
#include "base64/base64.h"
#include "challenge.h"
#include "status.h"
#include "token.h"

enum { PLAIN_MAX = 64 * 1024, REFUSALS_MAX = 2 };

/* How a host wants to be asked: what its last 401 said. */
struct docker_state {
	bool basic, bearer;
	const char *realm, *service; /* bearer */
	struct registry_token *tokens;
};

static bool
serves(const struct registry_host *host)
{
	(void)host;
	return true;
}

static struct docker_state *
state_of(struct registry_fetch *f)
{
	struct registry_host *host = f->endpoint.host;

	if (host->auth_state == NULL)
		host->auth_state = arena_alloc(
		    f->registry->arena, sizeof(struct docker_state));
	return host->auth_state;
}

static void
free_state(struct registry_host *host)
{
	struct docker_state *s = host->auth_state;
	struct registry_token *t = s == NULL ? NULL : s->tokens;

	for (; t != NULL; t = t->next)
		registry_token_free(t);
}

/* ---- Basic -------------------------------------------------------------- */

static bool
has_password(const struct registry_host *host)
{
	return host->credentials != NULL && host->credentials->password.n > 0;
}

static int
go_basic(struct registry_fetch *f)
{
	const struct registry_credentials *c = f->endpoint.host->credentials;
	struct buf plain = BUF_MAX(PLAIN_MAX);

	buf_addf(&plain, "%s:%s", c->user.p, c->password.p);
	buf_reset(&f->authorization);
	buf_addz(&f->authorization, "Basic ");
	base64_encode(buf_str(&plain), &f->authorization);
	explicit_bzero(plain.p, plain.n);
	buf_free(&plain);
	return REGISTRY_AUTH_GO;
}

/* ---- Bearer ------------------------------------------------------------- */

/* The token for the realm and scope of f, a new one if need be. */
static struct registry_token *
token_for(struct registry_fetch *f, struct docker_state *s)
{
	/* Some registries have a realm for each repository. */
	const char *realm = f->realm != NULL ? f->realm : s->realm;
	const char *service = f->realm != NULL ? f->service : s->service;
	struct arena *a = f->registry->arena;
	struct registry_token *t;

	for (t = s->tokens; t != NULL; t = t->next) {
		if (strcmp(t->scope, buf_z(&f->scope)) == 0 &&
		    strcmp(t->realm, realm) == 0 &&
		    strcmp(t->service, service) == 0)
			return t;
	}
	t = arena_alloc(a, sizeof *t);
	if (t == NULL)
		return NULL;
	t->registry = f->registry;
	t->host = f->endpoint.host;
	t->scope = arena_dup(a, buf_str(&f->scope));
	t->realm = realm;
	t->service = service;
	if (t->scope == NULL)
		return NULL;
	t->next = s->tokens;
	s->tokens = t;
	return t;
}

/* What is asked for when the registry does not say (or has not yet). */
static void
default_scope(struct registry_fetch *f)
{
	buf_reset(&f->scope);
	buf_addf(
	    &f->scope, "repository:%s%s:pull", f->endpoint.prefix, f->ref.repo);
}

/* fresh: a token that was there before was refused. */
static int
go_bearer(
    struct registry_fetch *f, struct docker_state *s, bool fresh, struct err *e)
{
	struct registry_token *t = token_for(f, s);

	if (t == NULL)
		return err_nomem(e);
	if (t->r != 0 && !t->asking) {
		*e = t->err;
		return t->r;
	}
	if (!fresh && registry_token_good(t)) {
		buf_reset(&f->authorization);
		buf_addz(&f->authorization, "Bearer ");
		buf_adds(&f->authorization, buf_str(&t->text));
		return REGISTRY_AUTH_GO;
	}
	f->next_waiting = t->waiting;
	t->waiting = f;
	if (!t->asking)
		registry_token_ask(t);
	return REGISTRY_AUTH_WAIT;
}

/* ---- the challenge ------------------------------------------------------ */

static int
check_realm(struct registry_fetch *f, const char *realm, struct buf *full,
    struct err *e)
{
	const struct registry_config *cfg = f->registry->cfg;
	const struct registry_host *host = f->endpoint.host;
	struct url url;
	int r = url_resolve(&host->url, str_of(realm), full, e);

	if (r == 0)
		r = url_parse(buf_str(full), &url, e);
	if (r == 0)
		r = registry_realm_check(
		    &host->url, &url, cfg->trust_realm, cfg->n_trust_realm, e);
	if (r != 0)
		err_prefix(e, "%s", host->name);
	return r;
}

static int
learn_bearer(struct registry_fetch *f, struct docker_state *s,
    const struct registry_challenge *c, struct err *e)
{
	struct arena *a = f->registry->arena;
	struct buf realm = BUF_MAX(URL_MAX);
	int r = check_realm(f, c->realm, &realm, e);

	if (r == 0) {
		f->realm = arena_dup(a, buf_str(&realm));
		f->service = arena_dup(a, str_of(c->service));
		if (f->realm == NULL || f->service == NULL)
			r = err_nomem(e);
		s->realm = f->realm;
		s->service = f->service;
	}
	buf_free(&realm);
	s->bearer = r == 0;
	if (c->scope[0] != '\0') {
		buf_reset(&f->scope);
		buf_addz(&f->scope, c->scope);
	} else {
		default_scope(f);
	}
	return r;
}

static int
give_up(
    struct registry_fetch *f, const struct client_call *answer, struct err *e)
{
	const struct registry_host *host = f->endpoint.host;
	int r = registry_status_error(host, answer, e);

	if (host->credentials == NULL)
		err_prefix(e, "no credentials for %s in %s%s", host->name,
		    f->registry->logins.path,
		    f->registry->logins.helper
			? ", and credential helpers are not supported yet"
			: "");
	else
		err_prefix(e, "the credentials in %s were refused",
		    f->registry->logins.path);
	return r;
}

static int
challenged(struct registry_fetch *f, struct docker_state *s,
    const struct client_call *answer, struct err *e)
{
	struct registry_challenge c = {0};
	struct str header;
	bool with_token = str_starts(buf_str(&f->authorization), "Bearer ");
	bool with_basic = str_starts(buf_str(&f->authorization), "Basic ");
	int r = 0;

	for (size_t i = 0;
	     client_header(answer, "WWW-Authenticate", i, &header); i++)
		registry_challenge_add(&c, header);
	if (++f->refusals > REFUSALS_MAX)
		return give_up(f, answer, e);
	s->basic = c.basic && has_password(f->endpoint.host);
	if (c.bearer) {
		r = learn_bearer(f, s, &c, e);
		if (r == 0)
			return go_bearer(f, s, with_token, e);
	}
	if (s->basic && !with_basic)
		return go_basic(f);
	return r != 0 ? r : give_up(f, answer, e);
}

static int
authorise(
    struct registry_fetch *f, const struct client_call *answer, struct err *e)
{
	struct docker_state *s = state_of(f);

	if (s == NULL)
		return err_nomem(e);
	if (answer != NULL)
		return challenged(f, s, answer, e);
	if (s->bearer) {
		if (f->refusals == 0)
			default_scope(f);
		return go_bearer(f, s, false, e);
	}
	return s->basic ? go_basic(f) : REGISTRY_AUTH_GO;
}

const struct registry_auth registry_auth_docker = {
    .name = "docker-v2",
    .serves = serves,
    .authorise = authorise,
    .free_state = free_state,
};
