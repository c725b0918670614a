/* SPDX-License-Identifier: Apache-2.0 */
#include "client_work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct client_work *
client_work_new(const struct client_lib *lib, const struct client_config *cfg)
{
	struct client_work *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->lib = lib;
	w->cfg = cfg;
	w->url_text = BUF_MAX(URL_MAX);
	w->easy = lib->easy_init();
	w->hash = lib->md_new();
	if (w->easy == NULL || w->hash == NULL) {
		client_work_free(w);
		return NULL;
	}
	return w;
}

void
client_work_free(struct client_work *w)
{
	if (w == NULL)
		return;
	if (w->easy != NULL)
		w->lib->easy_cleanup(w->easy);
	w->lib->slist_free_all(w->headers);
	w->lib->md_free(w->hash);
	buf_free(&w->url_text);
	free(w);
}

/* ---- the first request -------------------------------------------------- */

static bool
plain_http_allowed(const struct client_work *w, const struct url *url)
{
	for (size_t i = 0; i < w->cfg->n_plain_http; i++) {
		if (url_is_host(url, str_of(w->cfg->plain_http[i])))
			return true;
	}
	return false;
}

static int
check_scheme(const struct client_work *w, const struct url *url, struct err *e)
{
	if (url->tls || plain_http_allowed(w, url))
		return 0;
	return err_set(e, ERR_PERM, EPROTO,
	    "%s: plain http is not spoken unless it is named: "
	    "--plain-http %s:%u",
	    url->host, url->host, url->port);
}

int
client_work_begin(struct client_work *w)
{
	struct client_call *call = w->call;
	int r;

	buf_reset(&w->url_text);
	buf_addz(&w->url_text, call->url);
	w->redirects = 0;
	w->with_credentials = true;
	r = buf_error(&w->url_text) == 0
		? url_parse(buf_str(&w->url_text), &w->url, &call->err)
		: err_set(&call->err, ERR_PERM, EFBIG, "a URL is too long");
	if (r == 0)
		r = check_scheme(w, &w->url, &call->err);
	if (r == 0)
		r = client_work_request(w);
	return r;
}

/* ---- the answer --------------------------------------------------------- */

static int
redirect_refused(struct client_work *w, const char *why)
{
	return err_set(&w->call->err, ERR_PERM, EPROTO,
	    "%s: redirect refused: %s", w->url.host, why);
}

/* Go where the answer's Location says. */
static int
follow(struct client_work *w)
{
	struct buf to = BUF_MAX(URL_MAX);
	struct client_call *call = w->call;
	struct str location;
	struct url url;
	int r;

	if (++w->redirects > CLIENT_REDIRECTS_MAX)
		return redirect_refused(w, "too many in a row");
	if (!client_header(call, "Location", 0, &location))
		return redirect_refused(w, "it says not where to");
	r = url_resolve(&w->url, location, &to, &call->err);
	if (r == 0)
		r = url_parse(buf_str(&to), &url, &call->err);
	if (r == 0)
		r = check_scheme(w, &url, &call->err);
	if (r == 0 && w->url.tls && !url.tls)
		r = redirect_refused(w, "from https to http");
	if (r != 0) {
		err_prefix(&call->err, "%s: redirect", w->url.host);
		buf_free(&to);
		return r;
	}
	/* Once elsewhere, credentials do not come back (CVE-2022-27774). */
	if (!url_same_origin(&w->url, &url))
		w->with_credentials = false;
	buf_free(&w->url_text);
	w->url_text = to;
	w->url = url;
	w->url.rest.p = buf_z(&w->url_text) + (w->url.rest.p - to.p);
	return client_work_request(w);
}

static bool
is_redirect(const struct client_call *call)
{
	switch (call->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return call->follow && call->method != CLIENT_POST;
	default:
		return false;
	}
}

static enum err_kind
kind_of(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_FILESIZE_EXCEEDED:
		return ERR_PERM;
	default:
		return ERR_TEMP;
	}
}

/*
 * Set the error when it was the proxy that failed; 0: it was not. libcurl
 * quotes a proxy's URL that it does not take, and a password may be in that.
 */
static int
proxy_failed(struct client_work *w, const char *why)
{
	struct err *e = &w->call->err;
	long status = 0;

	if (strstr(why, "nsupported proxy") != NULL)
		return err_set(e, ERR_PERM, EINVAL,
		    "%s: the environment's https_proxy or all_proxy is no URL "
		    "of a proxy",
		    w->url.host);
	(void)w->lib->easy_getinfo(w->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	if (status == 407)
		return err_set(e, ERR_PERM, EACCES,
		    "%s: the proxy wants a login (407): "
		    "https_proxy=http://USER:PASSWORD@HOST:PORT",
		    w->url.host);
	if (status < 300)
		return 0;
	return err_set(e, status < 500 ? ERR_PERM : ERR_TEMP, EIO,
	    "%s: the proxy refused to connect (%ld)", w->url.host, status);
}

static int
failed(struct client_work *w, CURLcode code)
{
	struct client_call *call = w->call;
	int r;
	const char *why =
	    w->why[0] != '\0' ? w->why : w->lib->easy_strerror(code);

	(void)w->lib->easy_getinfo(
	    w->easy, CURLINFO_RESPONSE_CODE, &call->status);
	if (w->refused_r != 0) {
		call->err = w->refused;
		return w->refused_r;
	}
	call->timed_out = code == CURLE_OPERATION_TIMEDOUT;
	r = proxy_failed(w, why);
	if (r != 0)
		return r;
	if (code == CURLE_FILESIZE_EXCEEDED)
		return err_set(&call->err, ERR_PERM, EFBIG,
		    "%s: an answer above the limit of %zu bytes", w->url.host,
		    call->max);
	if (code == CURLE_SSL_CONNECT_ERROR &&
	    strstr(why, "wrong version number") != NULL)
		return err_set(&call->err, ERR_PERM, EPROTO,
		    "%s: no TLS there; --plain-http %s:%u if that is meant",
		    w->url.host, w->url.host, w->url.port);
	return err_set(
	    &call->err, kind_of(code), EIO, "%s: %s", w->url.host, why);
}

/* ALGORITHM:HEX of the body. */
static void
finish_hash(struct client_work *w)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char md[EVP_MAX_MD_SIZE];
	struct client_call *call = w->call;
	size_t at;
	unsigned n = 0;

	call->digest[0] = '\0';
	if (call->algorithm == NULL || w->lib->md_final(w->hash, md, &n) != 1)
		return;
	at = strlen(call->algorithm);
	if (at + 1 + 2 * n >= sizeof call->digest)
		return;
	memcpy(call->digest, call->algorithm, at);
	call->digest[at++] = ':';
	for (unsigned i = 0; i < n; i++) {
		call->digest[at++] = digits[md[i] >> 4];
		call->digest[at++] = digits[md[i] & 15];
	}
	call->digest[at] = '\0';
}

enum client_next
client_work_end(struct client_work *w, CURLcode code)
{
	struct client_call *call = w->call;

	if (code != CURLE_OK) {
		call->r = failed(w, code);
		return CLIENT_WORK_DONE;
	}
	(void)w->lib->easy_getinfo(
	    w->easy, CURLINFO_RESPONSE_CODE, &call->status);
	if (is_redirect(call)) {
		call->r = follow(w);
		return call->r == 0 ? CLIENT_WORK_AGAIN : CLIENT_WORK_DONE;
	}
	finish_hash(w);
	call->r = 0;
	return CLIENT_WORK_DONE;
}
