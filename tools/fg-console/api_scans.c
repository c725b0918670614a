/* SPDX-License-Identifier: Apache-2.0 */
#include "api_scans.h"

#include <errno.h>
#include <string.h>

#include "child.h"
#include "field.h"
#include "pull.h"

enum { IMAGES_MAX = 100, ARENA_MAX = 1 << 30, RECORDS_MAX = 16 << 20 };

/* What is asked about. */
struct scans {
	struct entrypoint_query *queries;
	size_t n;
	bool offline;
};

static void
put_failure(struct jwrite *w, const struct entrypoint_query *q)
{
	jwrite_record(w, "error");
	jwrite_kv(w, "image", q->reference);
	jwrite_kvz(w, "msg", q->err.text);
	jwrite_kvz(w, "reason",
	    q->err.kind == ERR_TEMP ? "try-again" : "not-found");
	jwrite_end(w);
}

/* In the child: an array of what was found, or why not. */
static void
work(struct request *r, struct buf *out)
{
	struct scans *s = r->state;
	struct buf json = BUF_MAX(RECORDS_MAX);
	struct pull pull = {.o = r->w->o,
	    .arena = arena_new(ARENA_MAX),
	    .remember = !s->offline,
	    .offline = s->offline};
	struct err e = {0};
	size_t found = 0;
	struct jwrite w;

	if (pull.arena == NULL ||
	    pull_resolve(&pull, s->queries, s->n, &e) < 0) {
		parcel_put_int(out, 503);
		parcel_putz(out, pull.arena == NULL ? "out of memory" : e.text);
		return;
	}
	jwrite_init(&w, &json);
	jwrite_array(&w);
	for (size_t i = 0; i < s->n; i++) {
		struct buf one = BUF_MAX(RECORDS_MAX);

		if (s->queries[i].image == NULL) {
			put_failure(&w, &s->queries[i]);
			continue;
		}
		oci_image_record(s->queries[i].image, &one);
		jwrite_raw(&w, buf_str(&one));
		found++;
	}
	jwrite_end(&w);
	if (jwrite_end_text(&w) != 0) {
		parcel_put_int(out, 500);
		parcel_putz(out, "too large");
		return;
	}
	parcel_put_int(out, s->offline && found == 0 ? 404 : 200);
	parcel_put(out, buf_str(&json));
}

static void
done(struct request *r, struct parcel *in)
{
	cleanup_buf struct buf b = BUF_MAX(2 * RECORDS_MAX);
	int64_t status = parcel_int(in);
	struct str text = parcel_str(in);

	if (!parcel_done(in)) {
		request_refuse(r, 500, "the scan ended early");
	} else if (status == 500 || status == 503) {
		request_refuse(r, (unsigned)status, "%.*s", STR_ARG(text));
	} else if (status == 404) {
		request_refuse(r, 404, "nothing is known of that image");
	} else {
		buf_adds(&b, text);
		buf_addc(&b, '\n');
		request_json(r, 200, &b);
	}
}

/* Every write is on record, this one before it is done. */
static void
told(struct request *r, struct parcel *in)
{
	(void)in;
	child_run(r, work, done);
}

static int
read_images(struct request *r, const struct jtree *t, struct scans *s,
    struct err *e)
{
	const struct jtree *list = jtree_get(t, "images");
	struct imageref ref;

	if (field_known(t, "images", e) != 0)
		return -EINVAL;
	if (jtree_is_null(list) || list->kind != JSCAN_ARRAY || list->n == 0 ||
	    list->n > IMAGES_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "images: not an array of 1 to %d names", IMAGES_MAX);
	s->queries = arena_alloc(r->arena, list->n * sizeof *s->queries);
	if (s->queries == NULL)
		return err_nomem(e);
	for (list = list->first; list != NULL; list = list->next) {
		if (imageref_parse(jtree_str(list), &ref, e) != 0)
			return -EINVAL;
		s->queries[s->n++] = (struct entrypoint_query){
		    .reference = list->text, .platform = OCI_PLATFORM_DEFAULT};
	}
	return 0;
}

void
api_scans_add(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(4096);
	const struct jtree *t = request_body(r);
	struct scans *s = arena_alloc(r->arena, sizeof *s);
	struct err e = {0};

	if (t == NULL)
		return;
	r->state = s;
	if (s == NULL || read_images(r, t, s, &e) != 0) {
		request_bad(r, &e);
		return;
	}
	parcel_put(&b, r->who);
	parcel_put(&b, s->queries[0].reference);
	request_ask(r, MESSAGE_SCANNED, &b, told);
}

void
api_scans_entrypoint(struct request *r)
{
	struct str image = query_get(&r->query, "image");
	struct scans *s = arena_alloc(r->arena, sizeof *s);
	struct imageref ref;
	struct err e = {0};

	r->state = s;
	if (s == NULL ||
	    (s->queries = arena_alloc(r->arena, sizeof *s->queries)) == NULL) {
		request_refuse(r, 503, "out of memory");
	} else if (imageref_parse(image, &ref, &e) != 0) {
		request_bad(r, &e);
	} else {
		*s->queries = (struct entrypoint_query){
		    .reference = image, .platform = OCI_PLATFORM_DEFAULT};
		s->n = 1;
		s->offline = true;
		child_run(r, work, done);
	}
}
