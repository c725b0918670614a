/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message behind two bytes: '0' a request, '1' one read as leniently as
 * there are options for, '2' a response to GET, '3' one to HEAD that asked for
 * an upgrade, '4' one to CONNECT; and how many bytes come at a time. Pieces
 * and the whole are the same, each in a block of its size; what was accepted
 * is written as something that is accepted and the same again.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "http1/http1.h"
#include "http1/http1_chunk.h"
#include "http1/http1_write.h"

enum { FIELDS = 12, ADDED = 6, TRAILERS = 4, OUT = 1 << 17 };

struct run {
	struct http1_limits l;
	bool response, head;
	struct http1_asked asked;
	struct http1_request q;
	struct http1_response a;
	struct http1_chunks chunks;
	struct http1_field fields[FIELDS + ADDED], trailers[TRAILERS];
	size_t used;
	int ret;
	struct buf told, data;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static struct http1_head *
head_of(struct run *r)
{
	return r->response ? &r->a.h : &r->q.h;
}

static void
begin(struct run *r, char kind)
{
	*r = (struct run){.l = HTTP1_LIMITS, .response = kind > '1'};
	r->told = r->data = BUF_MAX(1 << 20);
	r->l.line = 100;
	r->l.field = 60;
	r->l.head = 300;
	r->l.trailer = 80;
	r->l.body = INT64_MAX - 1;
	if (kind == '1') {
		r->l.bare_lf = r->l.underscore = r->l.connect = true;
		r->l.extension = 20;
	}
	r->asked.method = kind == '3'   ? HTTP1_METHOD_HEAD
			  : kind == '4' ? HTTP1_METHOD_CONNECT
					: HTTP1_METHOD_GET;
	r->asked.upgrade = kind == '3';
	http1_request_begin(&r->q, r->fields, FIELDS);
	http1_response_begin(&r->a, r->fields, FIELDS);
	http1_chunk_begin(&r->chunks, r->trailers, TRAILERS);
}

static void
end(struct run *r)
{
	buf_free(&r->told);
	buf_free(&r->data);
}

static void
tell_fields(struct run *r, const struct http1_head *h)
{
	for (uint32_t i = 0; i < h->n; i++) {
		const struct http1_field *f = &h->fields[i];

		must(f->name.n > 0 && str_eq(str_trim(f->value), f->value));
		if (f->drop)
			continue;
		buf_adds(&r->told, f->name);
		buf_addc(&r->told, ':');
		buf_adds(&r->told, f->value);
		buf_addc(&r->told, '\n');
	}
}

/* What has to be the same when it was written and read again. */
static void
tell(struct run *r)
{
	const struct http1_head *h = head_of(r);
	const struct http1_target *t = &r->q.target;

	if (r->response) {
		buf_addf(&r->told, "%u ", r->a.status);
		buf_adds(&r->told, r->a.reason);
	} else {
		buf_adds(&r->told, r->q.method);
		buf_addc(&r->told, ' ');
		buf_adds(&r->told, r->q.host);
		buf_addc(&r->told, ' ');
		if (r->q.id == HTTP1_METHOD_OPTIONS && t->rest.n == 0)
			buf_addz(&r->told, "*");
		else if (t->path.n == 0 && r->q.id != HTTP1_METHOD_CONNECT)
			buf_addz(&r->told, "/");
		buf_adds(&r->told, t->rest);
		buf_addf(&r->told, " %d", r->q.websocket);
	}
	buf_addf(&r->told, " %d %d %d %d\n", (int)h->body,
	    h->body == HTTP1_BODY_LENGTH ? (int)(h->length % 1000003) : 0,
	    h->te_trailers, h->expect);
	tell_fields(r, h);
}

static void
read_chunks(struct run *r, struct str in)
{
	struct str data;

	do {
		size_t before = in.n;

		r->ret = http1_chunk_read(&r->chunks, &in, &data, &r->l, NULL);
		r->used += before - in.n;
		must(
		    r->ret == 0 ? (data.n > 0) != r->chunks.done : data.n == 0);
		buf_adds(&r->data, data);
	} while (r->ret == 0 && !r->chunks.done);
	if (r->chunks.done)
		tell_fields(r, &r->chunks.tail);
}

static void
step(struct run *r, struct str all)
{
	struct http1_head *h = head_of(r);
	struct str in = all;

	if (!r->head) {
		r->ret =
		    r->response
			? http1_response_read(&r->a, in, &r->asked, &r->l, NULL)
			: http1_request_read(&r->q, in, &r->l, NULL);
		must((r->ret == -EBADMSG) == (h->bad != HTTP1_BAD_NONE));
		if (r->ret != 0)
			return;
		must(h->size <= all.n && h->size <= r->l.head);
		r->head = true;
		r->used = h->size;
		tell(r);
	}
	in = str_make(all.p + r->used, all.n - r->used);
	if (h->body == HTTP1_BODY_CHUNKED)
		read_chunks(r, in);
}

/* All that is in `all`, in pieces of n bytes. */
static void
read_pieces(struct run *r, struct str all, size_t n)
{
	char *block = NULL;

	r->ret = -EAGAIN;
	for (size_t at = 0; r->ret == -EAGAIN && at < all.n;) {
		char *old = block;

		at = all.n - at < n ? all.n : at + n;
		block = malloc(at);
		must(block != NULL);
		memcpy(block, all.p, at);
		free(old);
		step(r, str_make(block, at));
	}
	free(block);
}

static void
same(struct run *a, struct run *b)
{
	must(str_eq(buf_str(&a->told), buf_str(&b->told)));
	must(str_eq(buf_str(&a->data), buf_str(&b->data)));
}

/* Write what *r has read, and read that. */
static void
write_again(struct run *r, char kind)
{
	static char space[OUT];
	struct http1_out out = {.p = space, .max = sizeof space};
	const struct http1_hop hop = {
	    .host = STR("h"), .websocket = true, .close = kind == '0'};
	struct str data = buf_str(&r->data);
	static struct run again;

	if (r->response)
		must(http1_write_response(&r->a, &hop, &out, NULL) == 0);
	else
		must(http1_write_request(&r->q, &hop, &out, NULL) == 0);
	if (head_of(r)->body == HTTP1_BODY_CHUNKED) {
		if (data.n > 0) {
			http1_write_chunk(&out, data.n);
			must(out.error == 0 && data.n < out.max - out.n - 4);
			memcpy(out.p + out.n, data.p, data.n);
			out.n += data.n;
			http1_write_chunk_end(&out);
		}
		http1_write_last(&out, &r->chunks.tail);
	}
	must(out.error == 0);
	begin(&again, kind);
	again.l = HTTP1_LIMITS;
	again.l.underscore = again.l.connect = true;
	again.q.h.max = again.a.h.max = FIELDS + ADDED;
	step(&again, str_make(out.p, out.n));
	must(again.ret == 0 && again.used == out.n);
	if (r->response || r->q.host.n > 0)
		same(&again, r);
	if (!r->response && kind == '0')
		must(!again.q.h.keep_alive);
	end(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct run whole, pieces;
	struct str all;

	if (n < 3 || n > 20000)
		return 0;
	all = str_make((const char *)data + 2, n - 2);
	begin(&whole, (char)data[0]);
	step(&whole, all);
	begin(&pieces, (char)data[0]);
	read_pieces(&pieces, all, 1 + data[1] % 64u);
	must(whole.ret == pieces.ret && whole.used == pieces.used);
	must(head_of(&whole)->bad == head_of(&pieces)->bad);
	must(head_of(&whole)->bad_at == head_of(&pieces)->bad_at);
	must(whole.chunks.tail.bad == pieces.chunks.tail.bad);
	must(whole.chunks.tail.bad_at == pieces.chunks.tail.bad_at);
	same(&whole, &pieces);
	if (whole.ret == 0)
		write_again(&whole, (char)data[0]);
	end(&whole);
	end(&pieces);
	return 0;
}
