/* SPDX-License-Identifier: Apache-2.0 */
#include "http1_write.h"

#include <errno.h>
#include <string.h>

#include "http1_byte.h"
#include "http1_name.h"
#include "http1_target.h"

static void
fail(struct http1_out *out, int error)
{
	if (out->error == 0)
		out->error = error;
}

static char *
reserve(struct http1_out *out, size_t n)
{
	char *p;

	if (out->error != 0)
		return NULL;
	if (n > out->max - out->n) {
		fail(out, ENOBUFS);
		return NULL;
	}
	p = out->p + out->n;
	out->n += n;
	return p;
}

static void
put(struct http1_out *out, struct str s)
{
	char *p = s.n > 0 ? reserve(out, s.n) : NULL;

	if (p != NULL)
		memcpy(p, s.p, s.n);
}

/* A number in that base, without leading zeros. */
static void
put_number(struct http1_out *out, uint64_t n, unsigned base)
{
	char text[20];
	size_t at = sizeof text;

	do
		text[--at] = "0123456789abcdef"[n % base];
	while ((n /= base) > 0);
	put(out, str_make(text + at, sizeof text - at));
}

void
http1_write_field(struct http1_out *out, struct str name, struct str value)
{
	char *p;

	if (name.n == 0 || value.n > SIZE_MAX / 2 || name.n > SIZE_MAX / 4 ||
	    http1_byte_skip(name, 0, HTTP1_BYTE_TOKEN) < name.n ||
	    http1_byte_skip_value(value, 0) < value.n) {
		fail(out, EINVAL);
		return;
	}
	p = reserve(out, name.n + value.n + 4);
	if (p == NULL)
		return;
	memcpy(p, name.p, name.n);
	p += name.n;
	*p++ = ':';
	*p++ = ' ';
	if (value.n > 0)
		memcpy(p, value.p, value.n);
	p += value.n;
	*p++ = '\r';
	*p = '\n';
}

/* Is the field written by the functions below, or not to be written? */
static bool
is_ours(enum http1_name id, bool request)
{
	return id != HTTP1_NAME_OTHER && !(id == HTTP1_NAME_HOST && !request) &&
	       id != HTTP1_NAME_EXPECT;
}

static void
put_fields(struct http1_out *out, const struct http1_head *h,
    const struct http1_hop *hop, bool request)
{
	for (uint32_t i = 0; i < h->n; i++) {
		const struct http1_field *f = &h->fields[i];

		if (!f->drop && !is_ours((enum http1_name)f->id, request))
			http1_write_field(out, f->name, f->value);
	}
	for (size_t i = 0; i < hop->n_add; i++) {
		const struct http1_add *a = &hop->add[i];

		if (is_ours(http1_name_id(a->name), request))
			fail(out, EINVAL);
		http1_write_field(out, a->name, a->value);
	}
}

static void
put_body(struct http1_out *out, const struct http1_head *h)
{
	if (h->body == HTTP1_BODY_CHUNKED)
		put(out, STR("Transfer-Encoding: chunked\r\n"));
	if (h->body != HTTP1_BODY_LENGTH &&
	    (h->body != HTTP1_BODY_NONE || !h->has_length || h->chunked))
		return;
	put(out, STR("Content-Length: "));
	put_number(out, h->length, 10);
	put(out, STR("\r\n"));
}

/* One Connection field of the options that are wanted. */
static void
put_connection(struct http1_out *out, const char *const *options, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (options[i] == NULL)
			continue;
		put(out, any ? STR(", ") : STR("Connection: "));
		put(out, str_of(options[i]));
		any = true;
	}
	if (any)
		put(out, STR("\r\n"));
}

static void
put_request_line(struct http1_out *out, const struct http1_request *r)
{
	const struct http1_target *t = &r->target;
	bool connect = t->form == HTTP1_FORM_AUTHORITY;
	struct str rest = connect ? t->authority : t->rest;

	if (r->method.n == 0 ||
	    http1_byte_skip(r->method, 0, HTTP1_BYTE_TOKEN) < r->method.n ||
	    http1_byte_skip(rest, 0, HTTP1_BYTE_TARGET) < rest.n)
		fail(out, EINVAL);
	put(out, r->method);
	put(out, STR(" "));
	/* RFC 9112 sections 3.2.1 and 3.2.4: an empty path. */
	if (rest.n == 0 && r->id == HTTP1_METHOD_OPTIONS)
		put(out, STR("*"));
	else if (!connect && !str_starts(rest, "/") && !str_eqz(rest, "*"))
		put(out, STR("/"));
	put(out, rest);
	put(out, STR(" HTTP/1.1\r\n"));
}

static int
end(struct http1_out *out, const char *what, struct err *e)
{
	put(out, STR("\r\n"));
	if (out->error == 0)
		return 0;
	return err_set(e, ERR_PERM, out->error,
	    out->error == ENOBUFS ? "no room for the head of the %s"
				  : "the head of the %s cannot be written",
	    what);
}

int
http1_write_request(const struct http1_request *r, const struct http1_hop *hop,
    struct http1_out *out, struct err *e)
{
	struct str host = r->host.n > 0 ? r->host : hop->host;
	bool websocket = hop->websocket && r->websocket;
	const char *const options[] = {
	    hop->close ? "close" : NULL,
	    websocket ? "upgrade" : NULL,
	    r->h.te_trailers ? "te" : NULL,
	};

	put_request_line(out, r);
	if (!http1_target_host(host, NULL))
		fail(out, EINVAL);
	http1_write_field(out, STR("Host"), host);
	put_fields(out, &r->h, hop, true);
	if (r->h.body == HTTP1_BODY_CLOSE || r->h.body == HTTP1_BODY_TUNNEL)
		fail(out, EINVAL);
	put_body(out, &r->h);
	if (websocket)
		put(out, STR("Upgrade: websocket\r\n"));
	if (r->h.te_trailers)
		put(out, STR("TE: trailers\r\n"));
	put_connection(out, options, sizeof options / sizeof *options);
	return end(out, "request", e);
}

int
http1_write_response(const struct http1_response *r,
    const struct http1_hop *hop, struct http1_out *out, struct err *e)
{
	bool chunked = r->h.body == HTTP1_BODY_CHUNKED;
	bool tunnel = r->h.body == HTTP1_BODY_TUNNEL;
	bool close = !tunnel && (hop->close || (chunked && hop->old) ||
				    r->h.body == HTTP1_BODY_CLOSE);
	const char *const options[] = {
	    close ? "close" : NULL,
	    hop->old && !close && !tunnel ? "keep-alive" : NULL,
	    r->status == 101 ? "upgrade" : NULL,
	};

	if (r->status < (hop->old ? 200 : 100) || r->status > 599 ||
	    http1_byte_skip_value(r->reason, 0) < r->reason.n)
		fail(out, EINVAL);
	put(out, STR("HTTP/1.1 "));
	put_number(out, r->status, 10);
	put(out, STR(" "));
	put(out, r->reason);
	put(out, STR("\r\n"));
	put_fields(out, &r->h, hop, false);
	if (!(chunked && hop->old))
		put_body(out, &r->h);
	if (r->status == 101)
		http1_write_field(out, STR("Upgrade"), r->h.upgrade);
	put_connection(out, options, sizeof options / sizeof *options);
	return end(out, "response", e);
}

void
http1_write_chunk(struct http1_out *out, uint64_t n)
{
	/* A size of 0 would end the body. */
	if (n == 0)
		fail(out, EINVAL);
	put_number(out, n, 16);
	put(out, STR("\r\n"));
}

void
http1_write_chunk_end(struct http1_out *out)
{
	put(out, STR("\r\n"));
}

void
http1_write_last(struct http1_out *out, const struct http1_head *tail)
{
	put(out, STR("0\r\n"));
	for (uint32_t i = 0; tail != NULL && i < tail->n; i++) {
		const struct http1_field *f = &tail->fields[i];

		if (f->drop)
			continue;
		if (http1_byte_skip(f->name, 0, HTTP1_BYTE_TOKEN) < f->name.n ||
		    http1_name_id(f->name) != HTTP1_NAME_OTHER ||
		    http1_name_head_only(f->name))
			fail(out, EINVAL);
		http1_write_field(out, f->name, f->value);
	}
	put(out, STR("\r\n"));
}
