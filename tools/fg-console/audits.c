/* SPDX-License-Identifier: Apache-2.0 */
#include "audits.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "jtree/jtree.h"
#include "jwrite/jwrite.h"

enum {
	MEMORY_MAX = 16 << 20,     /* of the tree of a line */
	LINE_MAX_BYTES = 64 * 1024 /* of a line */
};

void
audits_pack(struct buf *b, const struct store_event *ev)
{
	parcel_put(b, ev->boot);
	parcel_put_int(b, (int64_t)ev->seq);
	parcel_put_int(b, ev->ts_ms);
	parcel_put_int(b,
	    (int64_t)ev->kind << 16 | (int64_t)ev->severity << 8 | ev->action);
	parcel_put(b, ev->name);
	parcel_put(b, ev->container);
	parcel_put(b, ev->image);
	parcel_put(b, ev->rule);
	parcel_put(b, ev->type);
	parcel_put(b, ev->body);
}

void
audits_unpack(struct parcel *p, struct store_event *ev)
{
	int64_t words;

	*ev = (struct store_event){.boot = parcel_str(p)};
	ev->seq = (uint64_t)parcel_int(p);
	ev->ts_ms = parcel_int(p);
	words = parcel_int(p);
	ev->kind = (enum store_kind)(words >> 16 & 255);
	ev->severity = (enum store_severity)(words >> 8 & 255);
	ev->action = (enum store_action)(words & 255);
	ev->name = parcel_str(p);
	ev->container = parcel_str(p);
	ev->image = parcel_str(p);
	ev->rule = parcel_str(p);
	ev->type = parcel_str(p);
	ev->body = parcel_str(p);
	if (ev->kind >= STORE_KINDS || ev->severity >= STORE_SEVERITIES ||
	    ev->action >= STORE_ACTIONS)
		p->bad = true;
}

/* ---- gzip --------------------------------------------------------------- */

static int
inflate_all(z_stream *z, struct buf *out, struct err *e)
{
	enum { STEP = 64 * 1024 };
	int r = Z_OK;

	while (r == Z_OK) {
		size_t room =
		    out->max - out->n < STEP ? out->max - out->n : STEP;
		char *to = buf_reserve(out, room);

		if (room == 0)
			return err_set(e, ERR_PERM, EFBIG,
			    "more than %zu bytes when unpacked", out->max);
		if (to == NULL)
			return err_nomem(e);
		z->next_out = (unsigned char *)to;
		z->avail_out = (unsigned)room;
		r = inflate(z, Z_NO_FLUSH);
		out->n += room - z->avail_out;
	}
	if (r != Z_STREAM_END || z->avail_in != 0)
		return err_set(
		    e, ERR_PERM, EINVAL, "the body is not one whole gzip");
	return 0;
}

int
audits_gunzip(struct str packed, struct buf *out, struct err *e)
{
	enum { ANY_HEADER = 32 };
	z_stream z = {0};
	char *in = NULL;
	int r;

	if (packed.n == 0)
		return err_set(e, ERR_PERM, EINVAL, "an empty body");
	memcpy(&in, &packed.p, sizeof in);
	z.next_in = (unsigned char *)in;
	z.avail_in = (unsigned)packed.n;
	if (inflateInit2(&z, MAX_WBITS + ANY_HEADER) != Z_OK)
		return err_nomem(e);
	r = inflate_all(&z, out, e);
	(void)inflateEnd(&z);
	return r;
}

/* ---- lines -------------------------------------------------------------- */

static void
write_app(struct jwrite *w, struct str app)
{
	struct str name, uuid;

	(void)str_cut(app, ':', &name, &uuid);
	jwrite_key(w, "app");
	jwrite_object(w);
	jwrite_kv(w, "id", app);
	jwrite_kv(w, "name", name);
	jwrite_kv(w, "uuid", uuid);
	jwrite_end(w);
}

/* The line with the App ID in the place of what it says of it. */
static int
rewrite(const struct jtree *t, struct str app, struct buf *out)
{
	struct jwrite w;
	bool written = false;

	jwrite_init(&w, out);
	jwrite_object(&w);
	for (t = t->first; t != NULL; t = t->next) {
		if (str_eqz(t->key, "app") || str_eqz(t->key, "cursor")) {
			if (!written && str_eqz(t->key, "app"))
				write_app(&w, app);
			written |= str_eqz(t->key, "app");
			continue;
		}
		jwrite_keys(&w, t->key);
		jtree_write(t, &w);
	}
	if (!written)
		write_app(&w, app);
	jwrite_end(&w);
	return jwrite_end_text(&w);
}

/* Who changed what is for the Console alone to say. */
static bool
says_who_wrote(const struct jtree *t)
{
	return !jtree_is_null(jtree_get(t, "config")) ||
	       str_eqz(jtree_str(jtree_get(t, "name")), "config.write") ||
	       str_eqz(jtree_str(jtree_get(t, "agent")), "fg-console");
}

static int
read_line(struct arena *a, struct str line, struct str app, struct buf *body,
    struct store_event *ev, struct err *e)
{
	const struct jtree *t;
	int r;

	if (line.n > LINE_MAX_BYTES)
		return err_set(
		    e, ERR_PERM, EFBIG, "longer than %d bytes", LINE_MAX_BYTES);
	r = jtree_parse(a, line, "", &t, e);
	if (r != 0)
		return r;
	if (t->kind != JSCAN_OBJECT)
		return err_set(e, ERR_PERM, EINVAL, "not an object");
	if (says_who_wrote(t))
		return err_set(
		    e, ERR_PERM, EPERM, "only the Console itself says that");
	buf_reset(body);
	if (rewrite(t, app, body) != 0)
		return err_set(e, ERR_PERM, EFBIG,
		    "longer than %d bytes with its App ID", STORE_EVENT_MAX);
	return store_event_read(a, buf_str(body), app, ev, e);
}

static void
reject(struct audits_batch *b, unsigned line, const struct err *e)
{
	if (b->rejected < AUDITS_TOLD_MAX) {
		b->told[b->rejected].line = line;
		(void)snprintf(b->told[b->rejected].msg, sizeof b->told[0].msg,
		    "%.150s", e->text);
	}
	b->rejected++;
}

static int
add_line(struct audits_batch *b, unsigned line, struct str text, struct str app,
    struct buf *body, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(MEMORY_MAX);
	struct store_event ev;
	struct err why = {0};

	if (a == NULL)
		return err_nomem(e);
	if (read_line(a, text, app, body, &ev, &why) != 0) {
		if (why.kind == ERR_TEMP)
			return err_nomem(e);
		reject(b, line, &why);
		return 0;
	}
	audits_pack(&b->events, &ev);
	b->lines[b->n++] = line;
	return 0;
}

int
audits_read(
    struct str text, struct str app, struct audits_batch *b, struct err *e)
{
	cleanup_buf struct buf body = BUF_MAX(STORE_EVENT_MAX);
	struct str line;
	unsigned number = 0;
	int r = 0;

	b->n = b->rejected = 0;
	b->events = BUF_MAX(4 * AUDITS_UNPACKED_MAX);
	while (r == 0 && text.n > 0) {
		(void)str_cut(text, '\n', &line, &text);
		number++;
		if (str_trim(line).n == 0)
			continue;
		if (b->n + b->rejected == AUDITS_BATCH_MAX)
			return err_set(e, ERR_PERM, EFBIG, "more than %d lines",
			    AUDITS_BATCH_MAX);
		r = add_line(b, number, line, app, &body, e);
	}
	if (r == 0 && buf_error(&b->events) != 0)
		r = err_set(e, ERR_PERM, EFBIG, "too large");
	return r;
}

void
audits_free(struct audits_batch *b)
{
	buf_free(&b->events);
}
