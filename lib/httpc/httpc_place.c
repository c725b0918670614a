/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base64/base64.h"
#include "httpc_state.h"

enum { LOGIN_MAX = 4096 };

static void
set_place(struct httpc_place *p, const struct url *u)
{
	struct str host = str_of(u->host);

	if (str_starts(host, "["))
		host = str_sub(host, 1, host.n - 1);
	(void)snprintf(p->host, sizeof p->host, "%.*s", STR_ARG(host));
	p->port = u->port;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* USER:PASSWORD as RFC 3986 has it in a URL: %XX. */
static void
decode(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
		    hex(s.p[i + 2]) >= 0) {
			buf_addc(out,
			    (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])));
			i += 2;
		} else {
			buf_addc(out, s.p[i]);
		}
	}
}

/* RFC 7617; the proxy alone sees it. */
static void
set_login(struct httpc *h, struct str login)
{
	cleanup_buf struct buf plain = BUF_MAX(LOGIN_MAX);

	decode(login, &plain);
	buf_addz(&h->proxy_login, "Proxy-Authorization: Basic ");
	base64_encode(buf_str(&plain), &h->proxy_login);
	buf_addz(&h->proxy_login, "\r\n");
}

/* What a proxy's URL says is never quoted: it may hold a password. */
static int
set_proxy(struct httpc *h, struct err *e)
{
	struct str text = str_of(h->cfg.proxy), login = STR_NONE;
	cleanup_buf struct buf clean = BUF_MAX(URL_MAX);
	struct url u;
	size_t at;

	if (str_starts(text, "http://"))
		text = str_sub(text, 7, text.n);
	at = str_rchr(text, '@');
	if (at < text.n) {
		login = str_sub(text, 0, at);
		text = str_sub(text, at + 1, text.n);
	}
	buf_addz(&clean, "http://");
	buf_adds(&clean, text);
	if (buf_error(&clean) != 0 || url_parse(buf_str(&clean), &u, NULL) != 0)
		return err_set(
		    e, ERR_USAGE, EINVAL, "the proxy is no http://HOST:PORT");
	set_place(&h->proxy, &u);
	h->proxy_login = BUF_MAX(2 * LOGIN_MAX);
	if (login.n > 0)
		set_login(h, login);
	return buf_error(&h->proxy_login) != 0
		   ? err_set(
			 e, ERR_USAGE, E2BIG, "the proxy's login is too long")
		   : 0;
}

int
httpc_place_read(struct httpc *h, struct err *e)
{
	int r = url_parse(str_of(h->url_text), &h->url, e);

	if (r != 0) {
		if (e != NULL)
			e->kind = ERR_USAGE;
		return r;
	}
	if (str_chr(h->url.rest, '?') < h->url.rest.n)
		return err_set(e, ERR_USAGE, EINVAL,
		    "\"%s\": a prefix of paths has no query", h->url_text);
	if (str_ends(h->url.rest, "/"))
		h->url.rest.n--;
	set_place(&h->server, &h->url);
	if (!h->url.tls || h->cfg.proxy == NULL || h->cfg.proxy[0] == '\0')
		return 0;
	return set_proxy(h, e);
}
