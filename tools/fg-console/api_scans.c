/* SPDX-License-Identifier: Apache-2.0 */
#include "api_scans.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "field.h"
#include "pull.h"
#include "scandb/scandb.h"
#include "time/time.h"

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
	jwrite_kvz(
	    w, "reason", q->err.kind == ERR_TEMP ? "try-again" : "not-found");
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
read_images(
    struct request *r, const struct jtree *t, struct scans *s, struct err *e)
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

/* ---- all that is known --------------------------------------------------- */

enum { PATH_BYTES = 4096, LIMIT = 50 };

struct list {
	struct imageref after;
	const struct imageref *from; /* that, or NULL */
	int64_t limit;
};

static void
put_entry(struct jwrite *w, const struct scandb_entry *entry)
{
	char at[TIME_TEXT];

	jwrite_record(w, "scan");
	jwrite_kv(w, "image", entry->image);
	jwrite_kvz(w, "digest", entry->digest);
	if (time_format(entry->checked_at, at))
		jwrite_kvz(w, "checked_at", at);
	jwrite_key(w, "platforms");
	jwrite_array(w);
	for (size_t i = 0; i < entry->n_platforms; i++) {
		struct buf text = BUF_MAX(4 * OCI_PLATFORM_PART);

		oci_platform_format(&entry->platforms[i], &text);
		jwrite_str(w, buf_str(&text));
		buf_free(&text);
	}
	jwrite_end(w);
	jwrite_end(w);
}

static int
read_list(struct request *r, struct arena *a, struct scandb_entry **entries,
    size_t *n, struct err *e)
{
	const struct list *l = r->state;
	cleanup_scandb struct scandb *db = NULL;
	char path[PATH_BYTES];
	const char *file = pull_db(r->w->o, path);
	int error;

	*n = 0;
	if (file == NULL || access(file, F_OK) != 0)
		return 0;
	error = scandb_open(file, SCANDB_READ, &db, e);
	if (error == 0)
		error = scandb_list(
		    db, l->from, (uint32_t)l->limit, a, entries, n, e);
	return error;
}

/* In the child, too: the file may be somebody else's work. */
static void
work_list(struct request *r, struct buf *out)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	cleanup_buf struct buf json = BUF_MAX(RECORDS_MAX);
	struct scandb_entry *entries;
	struct err e = {0};
	struct jwrite w;
	size_t n;

	if (a == NULL || read_list(r, a, &entries, &n, &e) != 0) {
		parcel_put_int(out, 503);
		parcel_putz(out, a == NULL ? "out of memory" : e.text);
		return;
	}
	jwrite_init(&w, &json);
	jwrite_array(&w);
	for (size_t i = 0; i < n; i++)
		put_entry(&w, &entries[i]);
	jwrite_end(&w);
	if (jwrite_end_text(&w) != 0) {
		parcel_put_int(out, 500);
		parcel_putz(out, "too large");
		return;
	}
	parcel_put_int(out, 200);
	parcel_put(out, buf_str(&json));
}

void
api_scans_list(struct request *r)
{
	struct str after = query_get(&r->query, "after");
	struct list *l = arena_alloc(r->arena, sizeof *l);
	struct err e = {0};

	if (l == NULL) {
		request_refuse(r, 503, "out of memory");
		return;
	}
	l->limit = LIMIT;
	r->state = l;
	if (query_int(&r->query, "limit", 1, SCANDB_LIST_MAX, &l->limit, &e) !=
		0 ||
	    (after.n > 0 && imageref_parse(after, &l->after, &e) != 0)) {
		request_bad(r, &e);
		return;
	}
	l->from = after.n > 0 ? &l->after : NULL;
	child_run(r, work_list, done);
}
