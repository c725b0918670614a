/* SPDX-License-Identifier: Apache-2.0 */
/* Origins, mirrors, and the hosts behind both. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "auth.h"
#include "registry_state.h"

enum { PREFIX_MAX = IMAGEREF_NAME_MAX, BASE_MAX = 512 };

uint32_t
registry_random(struct registry *r)
{
	/* xorshift64 */
	r->random ^= r->random << 13;
	r->random ^= r->random >> 7;
	r->random ^= r->random << 17;
	return (uint32_t)(r->random >> 32);
}

struct registry_host *
registry_host_get(struct registry *r, const char *name, const char *base)
{
	struct registry_host *h;

	for (h = r->hosts; h != NULL; h = h->next) {
		if (strcmp(h->base, base) == 0)
			return h;
	}
	h = arena_alloc(r->arena, sizeof *h);
	if (h == NULL)
		return NULL;
	h->name = arena_dup(r->arena, str_of(name));
	h->base = arena_dup(r->arena, str_of(base));
	if (h->name == NULL || h->base == NULL ||
	    url_parse(str_of(h->base), &h->url, NULL) != 0)
		return NULL;
	h->credentials = registry_logins_find(&r->logins, h->name);
	h->auth = registry_auth_for(h);
	h->next = r->hosts;
	r->hosts = h;
	return h;
}

static bool
is_host(struct str text)
{
	struct url url;
	struct buf b = BUF_MAX(BASE_MAX);
	bool ok;

	buf_addf(&b, "https://%.*s", STR_ARG(text));
	ok = url_parse(buf_str(&b), &url, NULL) == 0 && url.rest.n == 0;
	buf_free(&b);
	return ok;
}

/* ---- mirrors ------------------------------------------------------------ */

/* "https://h:5000/a/b" is the base "https://h:5000" and the prefix "a/b/". */
static int
split_mirror(struct registry *r, struct str text, struct registry_mirror *m,
    struct err *e)
{
	const char *base, *name;
	struct url url;
	struct str path;
	int code = url_parse(text, &url, e);

	if (code != 0)
		return code;
	path = url.rest;
	while (str_ends(path, "/"))
		path.n--;
	if (str_chr(path, '?') < path.n || path.n > PREFIX_MAX)
		return err_set(
		    e, ERR_USAGE, EINVAL, "a query, or too long a path");
	base = arena_dup(
	    r->arena, str_sub(text, 0, (size_t)(url.rest.p - text.p)));
	m->prefix = path.n == 0 ? ""
				: arena_printf(r->arena, "%.*s/",
				      STR_ARG(str_sub(path, 1, path.n)));
	if (base == NULL || m->prefix == NULL)
		return err_nomem(e);
	name = strstr(base, "//") + 2;
	m->host = registry_host_get(r, name, base);
	return m->host == NULL ? err_nomem(e) : 0;
}

static int
parse_mirror(struct registry *r, const char *text, struct registry_mirror *m,
    struct err *e)
{
	struct str url;
	int code;

	if (!str_cut(str_of(text), '=', &m->of, &url) || m->of.n == 0)
		return err_set(e, ERR_USAGE, EINVAL,
		    "--mirror %s: should be HOST=URL", text);
	if (!str_eqz(m->of, "*") && !is_host(m->of))
		return err_set(e, ERR_USAGE, EINVAL,
		    "--mirror %s: \"%.*s\" should be HOST, HOST:PORT or *",
		    text, STR_ARG(m->of));
	if (str_eqz(m->of, "index.docker.io") ||
	    str_eqz(m->of, "registry-1.docker.io"))
		m->of = STR("docker.io");
	code = split_mirror(r, url, m, e);
	if (code != 0) {
		if (e != NULL && e->kind == ERR_PERM)
			e->kind = ERR_USAGE;
		err_prefix(e, "--mirror %.*s", STR_ARG(m->of));
	}
	return code;
}

/* Naming a mirror by http:// names it as one to speak plain http with. */
static int
setup_plain_http(struct registry *r, struct err *e)
{
	size_t n = r->cfg->n_plain_http;
	const char **all =
	    arena_alloc(r->arena, (n + r->n_mirrors) * sizeof *all);

	if (all == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		all[i] = r->cfg->plain_http[i];
	for (size_t i = 0; i < r->n_mirrors; i++) {
		if (!r->mirrors[i].host->url.tls)
			all[n++] = r->mirrors[i].host->name;
	}
	r->client_cfg.plain_http = all;
	r->client_cfg.n_plain_http = n;
	return 0;
}

static int
check_host(const char *option, const char *text, struct err *e)
{
	if (is_host(str_of(text)))
		return 0;
	return err_set(e, ERR_USAGE, EINVAL,
	    "%s %s: should be HOST or HOST:PORT", option, text);
}

int
registry_hosts_setup(struct registry *r, struct err *e)
{
	const struct registry_config *cfg = r->cfg;
	int code = 0;

	for (size_t i = 0; code == 0 && i < cfg->n_plain_http; i++)
		code = check_host("--plain-http", cfg->plain_http[i], e);
	for (size_t i = 0; code == 0 && i < cfg->n_trust_realm; i++)
		code = check_host("--trust-realm", cfg->trust_realm[i], e);
	r->mirrors = arena_alloc(r->arena, cfg->n_mirrors * sizeof *r->mirrors);
	if (r->mirrors == NULL)
		return err_nomem(e);
	for (; code == 0 && r->n_mirrors < cfg->n_mirrors; r->n_mirrors++)
		code = parse_mirror(r, cfg->mirrors[r->n_mirrors],
		    &r->mirrors[r->n_mirrors], e);
	return code != 0 ? code : setup_plain_http(r, e);
}

/* ---- where to ask ------------------------------------------------------- */

static bool
is_plain_http(const struct registry *r, const char *http_host)
{
	struct url url;
	char base[BASE_MAX];
	struct buf b = BUF_MAX(sizeof base);
	bool plain = false;

	buf_addf(&b, "http://%s", http_host);
	if (url_parse(buf_str(&b), &url, NULL) == 0) {
		for (size_t i = 0; i < r->cfg->n_plain_http && !plain; i++)
			plain =
			    url_is_host(&url, str_of(r->cfg->plain_http[i]));
	}
	buf_free(&b);
	return plain;
}

static struct registry_host *
origin(struct registry *r, const struct imageref *ref)
{
	const char *host = imageref_http_host(ref);
	const char *base = arena_printf(
	    r->arena, "http%s://%s", is_plain_http(r, host) ? "" : "s", host);

	return base == NULL ? NULL : registry_host_get(r, ref->host, base);
}

static bool
mirrors_host(const struct registry_mirror *m, const char *host)
{
	return str_eqz(m->of, "*") ||
	       (m->of.n == strlen(host) &&
		   strncasecmp(m->of.p, host, m->of.n) == 0);
}

int
registry_endpoint(struct registry *r, const struct imageref *ref, size_t n,
    struct registry_endpoint *ret, struct err *e)
{
	for (size_t i = 0; i < r->n_mirrors; i++) {
		struct registry_mirror *m = &r->mirrors[i];

		if (!mirrors_host(m, ref->host) || n-- > 0)
			continue;
		*ret = (struct registry_endpoint){m->host, m->prefix, true};
		return 1;
	}
	if (n > 0)
		return 0;
	*ret = (struct registry_endpoint){origin(r, ref), "", false};
	return ret->host == NULL ? err_nomem(e) : 1;
}
