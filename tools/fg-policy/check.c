/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "base/fd.h"
#include "jwrite/jwrite.h"
#include "ndjson/ndjson.h"
#include "policy/policy.h"

enum { RECORD_MAX = 64 * 1024 };

static int
put_note(struct ndjson_out *out, const char *what,
    const struct policy_note *note, struct err *e)
{
	static const char *const severities[] = {"note", "warning", "error"};
	cleanup_buf struct buf record = BUF_MAX(RECORD_MAX);
	struct jwrite w;

	jwrite_init(&w, &record);
	jwrite_record(&w, "finding");
	jwrite_kvz(&w, "id", note->id);
	jwrite_kvz(&w, "severity", severities[note->severity]);
	jwrite_kvz(&w, "file", what);
	jwrite_kv(&w, "pointer", note->pointer);
	jwrite_kv_int(&w, "line", note->line);
	jwrite_kv_int(&w, "column", note->column);
	jwrite_kv(&w, "msg", note->msg);
	jwrite_end(&w);
	if (jwrite_end_text(&w) != 0)
		return err_nomem(e);
	return ndjson_out_put(out, buf_str(&record), e);
}

static int
put_notes(const struct options *o, const char *what,
    const struct policy_note *notes, struct err *e)
{
	cleanup_ndjson_out struct ndjson_out *out = NULL;
	int r = ndjson_out_open(NULL, o->jq, &out, e);

	for (; r == 0 && notes != NULL; notes = notes->next)
		r = put_note(out, what, notes, e);
	return r != 0 ? r : ndjson_out_close(out, e);
}

/* Some has no effect here: that is no reason to complain. */
static bool
is_grave(const struct policy_note *notes)
{
	while (notes != NULL && notes->severity == POLICY_NOTE)
		notes = notes->next;
	return notes != NULL;
}

int
check_run(const struct options *o, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(POLICY_TEXT_MAX);
	cleanup_arena struct arena *a = arena_new(POLICY_MEMORY_MAX);
	const struct collections_who who = {
	    str_of(o->image), str_of(o->container), str_of(o->app_id)};
	const struct policy_note *notes = NULL;
	const struct policy *p;
	struct err wrong = {0};
	const char *what;
	int r, refused;

	if (a == NULL)
		return err_nomem(e);
	r = fd_read_input(o->check, &text, &what, e);
	if (r != 0)
		return r;
	refused =
	    policy_read(a, buf_str(&text), what, &who, &p, &notes, &wrong);
	if (refused != 0 && notes == NULL) {
		*e = wrong; /* no JSON, or too large */
		return refused;
	}
	r = put_notes(o, what, notes, e);
	return r == 0 && is_grave(notes) ? ERR_NO : r;
}
