/* SPDX-License-Identifier: Apache-2.0 */
#include "api_embed.h"

#include <errno.h>
#include <string.h>

#include "child.h"
#include "embed_asked.h"
#include "embed_work.h"
#include "request.h"

/* In the child. */
static void
work(struct request *r, struct buf *out)
{
	struct embed_done done = {
	    .text = BUF_MAX(CHILD_OUT_MAX / 2), .problems = BUF_MAX(1 << 20)};
	struct err e = {0};
	int error = embed_work(r->state, r->body, &done, &e);

	parcel_put_int(out, error < 0 ? e.kind : 0);
	parcel_putz(out, e.text);
	parcel_put_int(out, done.unresolved);
	parcel_put(out, buf_str(&done.problems));
	parcel_put(out, buf_str(&done.text));
}

static void
put_lines(struct jwrite *w, const char *key, struct str lines)
{
	struct str line;

	jwrite_key(w, key);
	jwrite_array(w);
	while (lines.n > 0) {
		(void)str_cut(lines, '\n', &line, &lines);
		if (line.n > 0)
			jwrite_str(w, line);
	}
	jwrite_end(w);
}

/* Understood, but a container would stay unprotected. */
static void
refuse_unresolved(struct request *r, int64_t n, struct str problems)
{
	cleanup_buf struct buf b = BUF_MAX(4 << 20);
	struct jwrite w;

	jwrite_init(&w, &b);
	jwrite_record(&w, "error");
	jwrite_kv_int(&w, "status", 422);
	jwrite_kvz(&w, "msg",
	    "a container would stay unprotected; partial=true gives the "
	    "document all the same");
	jwrite_kvz(&w, "reason", "unprotected");
	jwrite_kv_int(&w, "unprotected", n);
	put_lines(&w, "problems", problems);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 422, &b);
}

static void
done(struct request *r, struct parcel *in)
{
	const struct embed_asked *asked = r->state;
	int64_t kind = parcel_int(in), unresolved;
	struct str msg = parcel_str(in), problems, text;
	struct request_fault f = {.status = kind == ERR_TEMP ? 503
					    : kind == ERR_NO ? 422
							     : 400};

	unresolved = parcel_int(in);
	problems = parcel_str(in);
	text = parcel_str(in);
	if (!parcel_done(in))
		request_refuse(r, 500, "the embedding ended early");
	else if (kind != 0)
		request_fault(r, &f, arena_dup(r->arena, msg));
	else if (unresolved > 0 && !asked->partial)
		refuse_unresolved(r, unresolved, problems);
	else
		request_answer(r, 200,
		    r->route->kind == API_EMBED_YAML ? "application/yaml"
						     : "application/json",
		    NULL, 0, text);
}

void
api_embed_run(struct request *r)
{
	struct embed_asked *asked = arena_alloc(r->arena, sizeof *asked);
	struct err e = {0};

	if (asked == NULL) {
		request_refuse(r, 503, "out of memory");
		return;
	}
	r->state = asked;
	if (embed_asked_read(r->arena, r->w->o, &r->query, asked, &e) != 0)
		request_bad(r, &e);
	else
		child_run(r, work, done);
}
