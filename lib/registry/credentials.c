/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/fd.h"
#include "base64/base64.h"
#include "jtree/jtree.h"

enum { FILE_MAX = 1024 * 1024, SECRET_MAX = 64 * 1024 };

static int
malformed(struct err *e, const char *why)
{
	return err_set(e, ERR_PERM, EINVAL, "%s", why);
}

/* The host that a key of "auths" is for; empty: not for a whole host. */
static struct str
host_of(struct str key)
{
	static const char *const hub[] = {
	    "index.docker.io", "registry-1.docker.io"};
	struct str host = key, path;

	if (str_starts(host, "https://"))
		host = str_sub(host, 8, host.n);
	else if (str_starts(host, "http://"))
		host = str_sub(host, 7, host.n);
	if (str_cut(host, '/', &host, &path) && path.n > 0 &&
	    !str_eqz(path, "v1/") && !str_eqz(path, "v2/") &&
	    !str_eqz(path, "v1") && !str_eqz(path, "v2"))
		return STR_NONE;
	if (str_chr(host, '\0') < host.n)
		return STR_NONE;
	for (size_t i = 0; i < 2; i++) {
		if (str_eqz(host, hub[i]))
			return STR("docker.io");
	}
	return host;
}

static int
member(struct arena *a, const struct jtree *entry, const char *key,
    struct str *ret, struct err *e)
{
	const struct jtree *t = jtree_get(entry, key);
	struct str s = jtree_str(t);

	*ret = STR("");
	if (jtree_is_null(t))
		return 0;
	if (t->kind != JSCAN_STRING || str_chr(s, '\0') < s.n ||
	    s.n > SECRET_MAX)
		return err_set(
		    e, ERR_PERM, EINVAL, "\"%s\" should be a string", key);
	*ret = arena_str(a, s);
	return ret->p == NULL ? err_nomem(e) : 0;
}

/* "auth" is base64 of user:password. */
static int
decode(struct arena *a, struct str auth, struct registry_credentials *c,
    struct err *e)
{
	struct buf plain = BUF_MAX(SECRET_MAX);
	struct str user, password;
	int r = 0;

	if (!base64_decode(auth, &plain) || buf_error(&plain) != 0 ||
	    !str_cut(buf_str(&plain), ':', &user, &password)) {
		r = malformed(e, "\"auth\" should be base64 of user:password");
	} else {
		/* Some writers end it in NUL bytes. */
		while (password.n > 0 && password.p[password.n - 1] == '\0')
			password.n--;
		c->user = arena_str(a, user);
		c->password = arena_str(a, password);
		if (c->user.p == NULL || c->password.p == NULL)
			r = err_nomem(e);
	}
	if (plain.p != NULL)
		explicit_bzero(plain.p, plain.n);
	buf_free(&plain);
	return r;
}

static int
parse_entry(struct arena *a, const struct jtree *entry,
    struct registry_credentials *c, struct err *e)
{
	struct str auth;
	int r;

	if (entry->kind != JSCAN_OBJECT)
		return malformed(e, "should be an object");
	r = member(a, entry, "auth", &auth, e);
	if (r == 0)
		r = member(a, entry, "username", &c->user, e);
	if (r == 0)
		r = member(a, entry, "password", &c->password, e);
	if (r == 0)
		r = member(a, entry, "identitytoken", &c->identity_token, e);
	if (r == 0 && auth.n > 0)
		r = decode(a, auth, c, e);
	return r;
}

static int
add_entry(struct arena *a, const struct jtree *entry,
    struct registry_logins *out, struct err *e)
{
	struct registry_credentials c = {0};
	int r = parse_entry(a, entry, &c, e);

	c.host = arena_str(a, host_of(entry->key));
	if (r == 0 && c.host.p == NULL)
		r = err_nomem(e);
	if (r != 0)
		err_prefix(e, "auths: %.*s", STR_ARG(entry->key));
	else if (c.host.n > 0 && (c.user.n > 0 || c.identity_token.n > 0))
		out->items[out->n++] = c;
	return r;
}

static int
parse_auths(struct arena *a, const struct jtree *auths,
    struct registry_logins *out, struct err *e)
{
	int r = 0;

	if (auths->kind != JSCAN_OBJECT)
		return malformed(e, "auths: should be an object");
	out->items = arena_alloc(a, auths->n * sizeof *out->items);
	if (out->items == NULL)
		return err_nomem(e);
	for (const struct jtree *m = auths->first; r == 0 && m != NULL;
	     m = m->next)
		r = add_entry(a, m, out, e);
	return r;
}

int
registry_logins_parse(struct arena *a, struct str text,
    struct registry_logins *out, struct err *e)
{
	const struct jtree *root, *auths;
	int r = jtree_parse(a, text, "config.json", &root, e);

	out->items = NULL;
	out->n = 0;
	if (r != 0)
		return r;
	auths = jtree_get(root, "auths");
	out->helper = !jtree_is_null(jtree_get(root, "credsStore")) ||
		      !jtree_is_null(jtree_get(root, "credHelpers"));
	if (root->kind != JSCAN_OBJECT)
		r = malformed(e, "should be an object");
	else if (!jtree_is_null(auths))
		r = parse_auths(a, auths, out, e);
	if (r != 0)
		err_prefix(e, "config.json");
	return r;
}

static const char *
config_path(struct arena *a, const char *dir)
{
	const char *home = getenv("HOME"), *set = getenv("DOCKER_CONFIG");

	if (dir == NULL && set != NULL && set[0] != '\0')
		dir = set;
	if (dir != NULL)
		return arena_printf(a, "%s/config.json", dir);
	return arena_printf(
	    a, "%s/.docker/config.json", home != NULL ? home : "");
}

int
registry_logins_load(struct arena *a, const char *dir,
    struct registry_logins *out, struct err *e)
{
	struct buf text = BUF_MAX(FILE_MAX);
	cleanup_fd int fd = -1;
	int r;

	*out = (struct registry_logins){.path = config_path(a, dir)};
	if (out->path == NULL)
		return err_nomem(e);
	if (dir == NULL && access(out->path, F_OK) != 0)
		return 0;
	fd = fd_open(out->path, e);
	if (fd < 0)
		return fd;
	r = fd_read_all(fd, out->path, &text, e);
	if (r == 0) {
		r = registry_logins_parse(a, buf_str(&text), out, e);
		if (r != 0)
			err_prefix(e, "%s", out->path);
	}
	if (text.p != NULL)
		explicit_bzero(text.p, text.n);
	buf_free(&text);
	return r;
}

const struct registry_credentials *
registry_logins_find(const struct registry_logins *logins, const char *host)
{
	for (size_t i = 0; i < logins->n; i++) {
		const struct registry_credentials *c = &logins->items[i];

		if (c->host.n == strlen(host) &&
		    strncasecmp(c->host.p, host, c->host.n) == 0)
			return c;
	}
	return NULL;
}
