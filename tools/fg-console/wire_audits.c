/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "audits.h"
#include "request.h"
#include "wire.h"

/* What the answer will say, kept until the events are stored. */
struct sent {
	unsigned n, rejected, n_told;
	unsigned *lines;
	struct audits_rejected *told;
};

static void
put_rejected(struct jwrite *w, unsigned line, struct str msg)
{
	jwrite_object(w);
	jwrite_kv_int(w, "line", line);
	jwrite_kv(w, "msg", msg);
	jwrite_end(w);
}

static void
answer(struct request *r, const struct sent *s, struct str answers)
{
	cleanup_buf struct buf b = BUF_MAX(1 << 20);
	size_t stored = 0, duplicates = 0;
	struct jwrite w;

	for (size_t i = 0; i < answers.n; i++) {
		stored += answers.p[i] == STORE_NEW;
		duplicates += answers.p[i] == STORE_DUPLICATE;
	}
	jwrite_init(&w, &b);
	jwrite_record(&w, "accepted");
	jwrite_kv_int(&w, "stored", (int64_t)stored);
	jwrite_kv_int(&w, "duplicates", (int64_t)duplicates);
	jwrite_key(&w, "rejected");
	jwrite_array(&w);
	for (unsigned i = 0; i < s->n_told; i++)
		put_rejected(&w, s->told[i].line, str_of(s->told[i].msg));
	for (size_t i = 0; i < answers.n && i < s->n; i++)
		if (answers.p[i] == STORE_REFUSED)
			put_rejected(&w, s->lines[i],
			    STR("not an event that can be stored"));
	jwrite_end(&w);
	jwrite_kv_int(&w, "rejected_count", s->rejected);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}

static void
stored(struct request *r, struct parcel *in)
{
	const struct sent *s = r->state;

	answer(r, s, parcel_str(in));
}

static struct sent *
keep(struct request *r, const struct audits_batch *b)
{
	struct sent *s = arena_alloc(r->arena, sizeof *s);

	if (s == NULL)
		return NULL;
	s->n = b->n;
	s->rejected = b->rejected;
	s->n_told =
	    b->rejected < AUDITS_TOLD_MAX ? b->rejected : AUDITS_TOLD_MAX;
	s->lines = arena_alloc(r->arena, (s->n + 1) * sizeof *s->lines);
	s->told = arena_alloc(r->arena, (s->n_told + 1) * sizeof *s->told);
	if (s->lines == NULL || s->told == NULL)
		return NULL;
	memcpy(s->lines, b->lines, s->n * sizeof *s->lines);
	memcpy(s->told, b->told, s->n_told * sizeof *s->told);
	return s;
}

static void
send(struct request *r, const struct audits_batch *b)
{
	cleanup_buf struct buf body = BUF_MAX(MESSAGE_MAX);
	struct sent *s = keep(r, b);

	board_add(r->w->row, BOARD_EVENTS_RECEIVED, b->n + b->rejected);
	board_add(r->w->row, BOARD_EVENTS_REJECTED, b->rejected);
	r->state = s;
	if (s == NULL) {
		request_refuse(r, 503, "out of memory");
	} else if (b->n == 0) {
		answer(r, s, STR(""));
	} else {
		parcel_put(&body, r->app);
		parcel_put_int(&body, b->n);
		buf_adds(&body, buf_str(&b->events));
		request_ask(r, MESSAGE_AUDITS, &body, stored);
	}
}

/* The lines, unpacked where they are packed. */
static int
lines_of(
    struct request *r, struct buf *unpacked, struct str *ret, struct err *e)
{
	struct str how = request_field(r->http->http, "Content-Encoding");

	if (how.n == 0 || http1_same(how, STR("identity"))) {
		*ret = r->body;
		return 0;
	}
	if (!http1_same(how, STR("gzip")))
		return err_set(e, ERR_PERM, ENOTSUP,
		    "Content-Encoding: neither gzip nor identity");
	if (audits_gunzip(r->body, unpacked, e) != 0)
		return -EINVAL;
	*ret = buf_str(unpacked);
	return 0;
}

void
wire_audits(struct request *r)
{
	static struct audits_batch batch;
	cleanup_buf struct buf unpacked = BUF_MAX(AUDITS_UNPACKED_MAX);
	struct str text;
	struct err e = {0};
	int error = lines_of(r, &unpacked, &text, &e);

	if (error == -ENOTSUP) {
		request_refuse(r, 415, "%s", e.text);
		return;
	}
	if (error == 0)
		error = audits_read(text, r->app, &batch, &e);
	if (error == 0)
		send(r, &batch);
	else if (e.kind == ERR_TEMP)
		request_failed(r, &e);
	else
		request_bad(r, &e);
	audits_free(&batch);
}
