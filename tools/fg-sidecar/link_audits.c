/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events to the Console. A batch is gone from the spool when the Console has
 * committed it, not before; it knows by (boot, seq) what it has already.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/fd.h"
#include "base/log.h"
#include "jtree/jtree.h"
#include "link.h"
#include "task.h"

enum { TIMEOUT_MS = 60000, TREE = 64, GZIP = 16, WINDOW = 15, LEVEL = 1 };

/* ---- out ---------------------------------------------------------------- */

static int
pack(struct link_batch *b, struct err *e)
{
	z_stream z = {0};
	char *to;
	int r;

	if (deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW + GZIP, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return err_nomem(e);
	buf_reset(&b->packed);
	z.avail_in = (uInt)b->lines.n;
	z.next_in = (Bytef *)b->lines.p;
	z.avail_out = (uInt)deflateBound(&z, b->lines.n);
	to = buf_reserve(&b->packed, z.avail_out);
	z.next_out = (Bytef *)to;
	r = to != NULL && deflate(&z, Z_FINISH) == Z_STREAM_END ? 0 : -ENOMEM;
	b->packed.n += r == 0 ? z.total_out : 0;
	(void)deflateEnd(&z);
	return r == 0 ? 0 : err_nomem(e);
}

static int
gather(struct link *l, int64_t now_ms, struct err *e)
{
	struct link_batch *b = &l->batch;
	struct spool_batch batch;
	int r = outbox_read(&l->task->outbox, b->most, &batch, now_ms, e);

	b->n = 0;
	buf_reset(&b->lines);
	if (r != 0)
		return r;
	for (size_t i = 0; i < batch.n; i++) {
		buf_adds(&b->lines, batch.records[i].data);
		buf_addc(&b->lines, '\n');
		b->last = batch.records[i].position;
	}
	b->n = batch.n;
	return buf_error(&b->lines) != 0 ? err_nomem(e) : 0;
}

bool
link_audits_send(struct link *l, int64_t now_ms)
{
	struct err e = {0};
	int r = gather(l, now_ms, &e);

	if (r == 0 && l->batch.n == 0)
		return false;
	if (r == 0)
		r = pack(&l->batch, &e);
	if (r != 0) {
		log_error("%s", e.text);
		backoff_bad(&l->later, now_ms, 0);
		return false;
	}
	buf_reset(&l->call_fields);
	buf_addf(&l->call_fields,
	    "Content-Type: application/x-ndjson\r\n"
	    "Content-Encoding: gzip\r\n"
	    "Idempotency-Key: %s-%llu-%zu\r\n",
	    l->task->boot, (unsigned long long)l->batch.last, l->batch.n);
	link_post(l, LINK_AUDITS, "/api/v1/sidecar/audits", TIMEOUT_MS, now_ms);
	return true;
}

/* ---- what was refused --------------------------------------------------- */

/* Into a file of its own, as long as that is small. False: it was not. */
static bool
keep(const struct link *l, struct str line)
{
	char path[4096];
	cleanup_fd int fd = -1;
	struct stat st;

	if (snprintf(path, sizeof path, "%s/refused.ndjson", l->cfg.data) >=
	    (int)sizeof path)
		return false;
	fd = open(
	    path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size + line.n >= LINK_REFUSED_MAX)
		return false;
	return fd_write_all(fd, path, line.p, line.n, NULL) == 0 &&
	       fd_write_all(fd, path, "\n", 1, NULL) == 0;
}

/* An event about an event of that kind would never end. */
static bool
is_about_refusal(struct str line)
{
	static const char own[] = "\"name\":\"audit.refused\"";

	return memmem(line.p, line.n, own, sizeof own - 1) != NULL;
}

/* Those of one answer: `about` of them are events of that kind. */
struct refusal {
	uint64_t n, kept, about;
	char why[256]; /* of the first */
};

static void
refuse(const struct link *l, struct str line, struct str why, struct refusal *x)
{
	if (x->n++ == 0)
		(void)snprintf(x->why, sizeof x->why, "%.*s",
		    STR_ARG(str_sub(why, 0, sizeof x->why - 1)));
	x->kept += keep(l, line);
	x->about += is_about_refusal(line);
}

static void
tell_refusal(struct link *l, const struct refusal *x)
{
	char text[512];

	if (x->n == 0)
		return;
	(void)snprintf(text, sizeof text,
	    "%s; refused.ndjson has %llu of %llu records", x->why,
	    (unsigned long long)x->kept, (unsigned long long)x->n);
	log_error("the Console refused: %s", text);
	if (x->n > x->about)
		task_tell_many(l->task, EVENT_AUDIT_REFUSED, EVENT_HIGH,
		    x->n - x->about, text);
}

/* Line number `wanted`, from 1. */
static struct str
line_of(struct str lines, uint64_t wanted)
{
	struct str line = STR_NONE;

	while (wanted-- > 0 && lines.n > 0)
		(void)str_cut(lines, '\n', &line, &lines);
	return line;
}

static void
refuse_some(struct link *l)
{
	struct str body = str_trim(buf_str(&l->call.body_in));
	cleanup_arena struct arena *a = arena_new(TREE * (body.n + 1024));
	const struct jtree *t, *list, *x;
	struct refusal all = {0};
	double line, count = 0;

	if (a == NULL || jtree_parse(a, body, "", &t, NULL) != 0)
		return;
	list = jtree_get(t, "rejected");
	for (x = list == NULL ? NULL : list->first; x != NULL; x = x->next) {

		if (!jtree_number(jtree_get(x, "line"), &line) || line < 1 ||
		    line > (double)l->batch.n)
			continue;
		refuse(l, line_of(buf_str(&l->batch.lines), (uint64_t)line),
		    jtree_str(jtree_get(x, "msg")), &all);
	}
	/* Of many it names the first ones only. */
	if (jtree_number(jtree_get(t, "rejected_count"), &count) &&
	    count > (double)all.n && count <= (double)l->batch.n)
		all.n = (uint64_t)count;
	tell_refusal(l, &all);
}

/* ---- the answer --------------------------------------------------------- */

static void
finished(struct link *l, int64_t now_ms)
{
	outbox_done(&l->task->outbox, l->batch.last, now_ms);
	l->batch.most = l->batch.most < OUTBOX_BATCH_RECORDS / 2
			    ? l->batch.most * 2
			    : OUTBOX_BATCH_RECORDS;
}

/* Is it the batch, and not the way there, that the Console does not like? */
static bool
is_its_fault(const struct httpc_call *call)
{
	switch (call->status) {
	case 400:
	case 413:
	case 415:
	case 422:
	case 431:
		return call->r == 0;
	default:
		return false;
	}
}

void
link_audits_sent(struct link *l, int64_t now_ms)
{
	struct outbox *o = &l->task->outbox;
	struct refusal one = {0};
	char why[64];

	if (l->call.r == 0 && l->call.status == 200) {
		refuse_some(l);
		finished(l, now_ms);
	} else if (is_its_fault(&l->call) && l->batch.n > 1) {
		l->batch.most = l->batch.n / 2;
		backoff_good(&l->later);
	} else if (is_its_fault(&l->call)) {
		(void)snprintf(
		    why, sizeof why, "it answers %u", l->call.status);
		refuse(
		    l, line_of(buf_str(&l->batch.lines), 1), str_of(why), &one);
		tell_refusal(l, &one);
		finished(l, now_ms);
		backoff_good(&l->later);
	} else {
		(void)link_rejected(l, &l->call);
	}
	/* What was not taken is read again, with what came meanwhile. */
	if (l->call.r != 0 || l->call.status != 200)
		outbox_again(o, now_ms);
	buf_free(&l->batch.lines);
	buf_free(&l->batch.packed);
}
