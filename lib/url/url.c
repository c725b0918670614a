/* SPDX-License-Identifier: Apache-2.0 */
#include "url.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"

enum { HTTP_PORT = 80, HTTPS_PORT = 443, PORT_MAX = 65535, SHOWN_MAX = 200 };

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int
refuse(struct str text, const char *why, struct err *e)
{
	struct str shown = str_sub(text, 0, str_chr(text, '?'));
	size_t at;

	/* Signatures, tokens, passwords: none of them is shown. */
	shown = str_sub(shown, 0, str_chr(shown, '#'));
	at = str_rchr(shown, '@');
	if (at < shown.n)
		shown = str_sub(shown, at, shown.n);
	return err_set(e, ERR_PERM, EINVAL, "bad URL \"%s%.*s\": %s",
	    shown.p != text.p ? "..." : "",
	    STR_ARG(str_sub(shown, 0, SHOWN_MAX)), why);
}

/* Visible ASCII only; no backslash, which some take for a slash. */
static bool
clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '\\')
			return false;
	}
	return true;
}

static bool
host_ok(struct str host)
{
	bool v6 = str_starts(host, "[");
	struct str in = v6 ? str_sub(host, 1, host.n - 1) : host;

	if (host.n == 0 || host.n > URL_HOST_MAX || in.n == 0)
		return false;
	if (v6 && !str_ends(host, "]"))
		return false;
	for (size_t i = 0; i < in.n; i++) {
		if (!is_alnum(in.p[i]) &&
		    memchr(v6 ? "::." : "-._", in.p[i], 3) == NULL)
			return false;
	}
	return true;
}

/* "host", "host:port", "[v6]:port" into out; the port 0 when there is none. */
static bool
split_host(struct str text, struct str *host, unsigned *port)
{
	size_t at = str_rchr(text, ':');
	int64_t n;

	*port = 0;
	*host = text;
	if (str_ends(text, "]") || at == text.n)
		return host_ok(text);
	*host = str_sub(text, 0, at);
	if (!num_parse(str_sub(text, at + 1, text.n), 1, PORT_MAX, &n))
		return false;
	*port = (unsigned)n;
	return host_ok(*host);
}

static bool
cut_scheme(struct str *text, bool *tls)
{
	static const char *const schemes[] = {"http://", "https://"};

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(schemes[i]);

		if (text->n >= n && strncasecmp(text->p, schemes[i], n) == 0) {
			*tls = i == 1;
			*text = str_sub(*text, n, text->n);
			return true;
		}
	}
	return false;
}

static unsigned
default_port(const struct url *u)
{
	return u->tls ? HTTPS_PORT : HTTP_PORT;
}

int
url_parse(struct str text, struct url *out, struct err *e)
{
	struct str left = text, host;
	struct url u = {0};
	size_t end = 0;

	if (text.n > URL_MAX)
		return refuse(text, "too long", e);
	if (!clean(text))
		return refuse(text, "a character that must be escaped", e);
	if (!cut_scheme(&left, &u.tls))
		return refuse(text, "not http or https", e);
	while (end < left.n && strchr("/?#", left.p[end]) == NULL)
		end++;
	u.rest = str_sub(left, end, left.n);
	if (str_chr(u.rest, '#') < u.rest.n)
		return refuse(text, "a fragment", e);
	left = str_sub(left, 0, end);
	if (str_chr(left, '@') < left.n)
		return refuse(text, "credentials in it", e);
	if (!split_host(left, &host, &u.port))
		return refuse(text, "malformed host or port", e);
	if (u.port == 0)
		u.port = default_port(&u);
	for (size_t i = 0; i < host.n; i++)
		u.host[i] = lower(host.p[i]);
	*out = u;
	return 0;
}

static void
add_origin(const struct url *u, struct buf *out)
{
	buf_addf(out, "http%s://%s", u->tls ? "s" : "", u->host);
	if (u->port != default_port(u))
		buf_addf(out, ":%u", u->port);
}

int
url_resolve(
    const struct url *base, struct str ref, struct buf *out, struct err *e)
{
	struct str path = str_sub(base->rest, 0, str_chr(base->rest, '?'));
	bool tls;
	struct str rest = ref;

	if (!clean(ref))
		return refuse(ref, "a character that must be escaped", e);
	if (cut_scheme(&rest, &tls)) {
		buf_adds(out, ref);
	} else if (str_starts(ref, "//")) {
		buf_addf(out, "http%s:", base->tls ? "s" : "");
		buf_adds(out, ref);
	} else {
		/* Any other scheme ends here: a relative path has no ':'. */
		if (str_chr(ref, ':') < str_chr(ref, '/') &&
		    str_chr(ref, ':') < str_chr(ref, '?'))
			return refuse(ref, "not http or https", e);
		add_origin(base, out);
		if (str_starts(ref, "?"))
			buf_adds(out, path);
		else if (!str_starts(ref, "/") && str_rchr(path, '/') < path.n)
			buf_adds(
			    out, str_sub(path, 0, str_rchr(path, '/') + 1));
		else if (!str_starts(ref, "/"))
			buf_addc(out, '/');
		buf_adds(out, ref);
	}
	return buf_error(out) == 0 ? 0 : refuse(ref, "too long", e);
}

bool
url_same_origin(const struct url *a, const struct url *b)
{
	return a->tls == b->tls && a->port == b->port &&
	       strcmp(a->host, b->host) == 0;
}

bool
url_is_host(const struct url *u, struct str name)
{
	struct str host;
	unsigned port;

	if (!split_host(name, &host, &port))
		return false;
	if (port == 0)
		port = default_port(u);
	return port == u->port && host.n == strlen(u->host) &&
	       strncasecmp(host.p, u->host, host.n) == 0;
}

void
url_encode(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_alnum(s.p[i]) || memchr("-._~", s.p[i], 4) != NULL)
			buf_addc(out, s.p[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)s.p[i]);
	}
}
