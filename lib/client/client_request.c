/* SPDX-License-Identifier: Apache-2.0 */
/* One request: its options, and its answer as it comes. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "client_work.h"

enum {
	CONNECT_SECONDS = 10,
	SLOW_BYTES = 100,  /* a second: slower than that … */
	SLOW_SECONDS = 10, /* … for so long is an end */
	AUTHORIZATION_MAX = 128 * 1024,
};

/* ---- the answer as it comes --------------------------------------------- */

/* Stop the transfer: a short count makes libcurl give up. */
static size_t
stop(struct client_work *w, int code, const char *what, size_t max)
{
	w->refused_r = err_set(&w->refused, ERR_PERM, code,
	    "%s: %s above the limit of %zu bytes", w->url.host, what, max);
	return 0;
}

static bool
is_success(struct client_work *w)
{
	long status = 0;

	(void)w->lib->easy_getinfo(w->easy, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

static size_t
on_body(char *p, size_t one, size_t n, void *arg)
{
	struct client_work *w = arg;
	struct client_call *call = w->call;
	bool success = is_success(w);

	(void)one; /* always 1 */
	call->body.max = success ? call->max : CLIENT_REFUSAL_MAX;
	if (n > call->body.max - call->body.n)
		return stop(w, EFBIG, "an answer", call->body.max);
	if (success && call->algorithm != NULL)
		(void)w->lib->md_update(w->hash, p, n);
	buf_add(&call->body, p, n);
	return buf_error(&call->body) == 0 ? n : 0;
}

static size_t
on_header(char *p, size_t one, size_t n, void *arg)
{
	struct client_work *w = arg;
	struct client_call *call = w->call;
	struct str line = str_make(p, n);

	(void)one;
	if (str_starts(line, "HTTP/")) /* of a new answer */
		buf_reset(&call->headers);
	if (n > call->headers.max - call->headers.n)
		return stop(w, EFBIG, "headers", CLIENT_HEADERS_MAX);
	buf_adds(&call->headers, line);
	return buf_error(&call->headers) == 0 ? n : 0;
}

/* ---- the request -------------------------------------------------------- */

/* A line end in a value would be one more header. */
static bool
one_line(const char *value)
{
	for (; *value != '\0'; value++) {
		if ((unsigned char)*value < ' ' || *value == 0x7f)
			return false;
	}
	return true;
}

static int
add_header(struct client_work *w, const char *name, const char *value)
{
	struct buf line = BUF_MAX(AUTHORIZATION_MAX);
	struct curl_slist *more = NULL;

	buf_addf(&line, "%s: %s", name, value);
	if (buf_error(&line) == 0 && one_line(value))
		more = w->lib->slist_append(w->headers, buf_z(&line));
	buf_free(&line);
	if (more == NULL)
		return err_set(&w->call->err, ERR_PERM, EINVAL,
		    "%s: unfit for the header %s", w->url.host, name);
	w->headers = more;
	return 0;
}

static int
set_headers(struct client_work *w)
{
	const struct client_call *call = w->call;
	int r = 0;

	w->lib->slist_free_all(w->headers);
	/* Without a value, libcurl leaves its own header out. */
	w->headers = w->lib->slist_append(NULL, "Expect:");
	if (w->headers == NULL)
		return err_nomem(&w->call->err);
	if (call->accept != NULL)
		r = add_header(w, "Accept", call->accept);
	if (r == 0 && call->authorization != NULL && w->with_credentials)
		r = add_header(w, "Authorization", call->authorization);
	return r;
}

static int
set_hash(struct client_work *w)
{
	const char *algorithm = w->call->algorithm;
	const EVP_MD *md;

	if (algorithm == NULL)
		return 0;
	md = strcmp(algorithm, "sha512") == 0 ? w->lib->sha512()
					      : w->lib->sha256();
	if (w->lib->md_init(w->hash, md, NULL) == 1)
		return 0;
	return err_set(
	    &w->call->err, ERR_PERM, ENOTSUP, "no %s here", algorithm);
}

static void
set_method(struct client_work *w)
{
	__typeof__(curl_easy_setopt) *set = w->lib->easy_setopt;
	const struct client_call *call = w->call;

	if (call->method == CLIENT_HEAD)
		(void)set(w->easy, CURLOPT_NOBODY, 1L);
	if (call->method != CLIENT_POST)
		return;
	(void)set(w->easy, CURLOPT_POSTFIELDSIZE, (long)call->form.n);
	(void)set(w->easy, CURLOPT_COPYPOSTFIELDS, call->form.p);
}

/* Given ones stand instead of the system's, folder of those included. */
static CURLcode
set_ca(struct client_work *w)
{
	__typeof__(curl_easy_setopt) *set = w->lib->easy_setopt;
	struct curl_blob pem = {.data = (void *)(uintptr_t)w->cfg->ca_pem.p,
	    .len = w->cfg->ca_pem.n,
	    .flags = CURL_BLOB_COPY};
	CURLcode bad = CURLE_OK;

	if (w->cfg->ca == NULL && pem.len == 0)
		return CURLE_OK;
	bad |= set(w->easy, CURLOPT_CAPATH, NULL);
	if (w->cfg->ca != NULL)
		bad |= set(w->easy, CURLOPT_CAINFO, w->cfg->ca);
	else
		bad |= set(w->easy, CURLOPT_CAINFO_BLOB, &pem);
	return bad;
}

/* All that keeps a hostile server in bounds stands here. */
static int
set_limits(struct client_work *w)
{
	__typeof__(curl_easy_setopt) *set = w->lib->easy_setopt;
	long timeout = w->cfg->timeout > 0 ? w->cfg->timeout : CLIENT_TIMEOUT;
	long hold = (long)w->call->hold_s;
	CURLcode bad = CURLE_OK;

	bad |= set(w->easy, CURLOPT_NOSIGNAL, 1L);
	bad |= set(w->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= set(w->easy, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= set(w->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	bad |= set(w->easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	bad |= set(w->easy, CURLOPT_PATH_AS_IS, 1L);
	bad |= set(w->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	bad |= set(w->easy, CURLOPT_TIMEOUT, timeout + hold);
	bad |= set(w->easy, CURLOPT_CONNECTTIMEOUT,
	    timeout < CONNECT_SECONDS ? timeout : (long)CONNECT_SECONDS);
	bad |= set(w->easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
	bad |= set(w->easy, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS + hold);
	bad |= set(w->easy, CURLOPT_SSL_VERIFYPEER, 1L);
	bad |= set(w->easy, CURLOPT_SSL_VERIFYHOST, 2L);
	bad |= set(w->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	bad |= set(w->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	bad |= set_ca(w);
	if (w->call->method == CLIENT_GET)
		bad |= set(w->easy, CURLOPT_MAXFILESIZE_LARGE,
		    (curl_off_t)w->call->max);
	if (bad != CURLE_OK)
		return err_set(&w->call->err, ERR_PERM, ENOTSUP,
		    "libcurl is too old: 7.85 is needed");
	return 0;
}

/*
 * https goes through the proxy of the environment, in a tunnel in which it
 * sees nothing. In plain http it would see all: that goes straight.
 */
static void
set_proxy(struct client_work *w)
{
	__typeof__(curl_easy_setopt) *set = w->lib->easy_setopt;

	if (!w->url.tls)
		(void)set(w->easy, CURLOPT_PROXY, "");
	/* Our headers are for the registry, not for the CONNECT request. */
	(void)set(w->easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
}

int
client_work_request(struct client_work *w)
{
	__typeof__(curl_easy_setopt) *set = w->lib->easy_setopt;
	int r;

	w->lib->easy_reset(w->easy);
	buf_reset(&w->call->body);
	buf_reset(&w->call->headers);
	w->call->headers.max = CLIENT_HEADERS_MAX;
	w->why[0] = '\0';
	w->refused_r = 0;
	r = set_limits(w);
	if (r == 0)
		r = set_hash(w);
	if (r == 0)
		r = set_headers(w);
	if (r != 0)
		return r;
	set_method(w);
	set_proxy(w);
	(void)set(w->easy, CURLOPT_URL, buf_z(&w->url_text));
	(void)set(w->easy, CURLOPT_HTTPHEADER, w->headers);
	(void)set(w->easy, CURLOPT_USERAGENT, "fg/" FG_VERSION);
	/* One HTTP/2 connection for all; harmful with HTTP/1.1. */
	(void)set(w->easy, CURLOPT_PIPEWAIT, w->url.tls ? 1L : 0L);
	(void)set(w->easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)set(w->easy, CURLOPT_WRITEDATA, w);
	(void)set(w->easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)set(w->easy, CURLOPT_HEADERDATA, w);
	(void)set(w->easy, CURLOPT_ERRORBUFFER, w->why);
	(void)set(w->easy, CURLOPT_PRIVATE, w);
	return 0;
}
