/* SPDX-License-Identifier: Apache-2.0 */
#include "out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "convert.h"
#include "ndjson/ndjson.h"
#include "show.h"

enum {
	HOLD = 64 * 1024,             /* bytes of text that wait */
	TREE_MAX = 64 * 1024 * 1024,  /* of one event */
	BUF_BYTES = 64 * 1024 * 1024, /* of one event's text, and HOLD */
};

struct out {
	enum { RECORDS, TEXT, CSV } form;
	bool colour;
	bool own_program;           /* --jq: its failures are the user's */
	struct ndjson_out *records; /* of RECORDS */
	struct buf text;            /* of the others */
};

static int
open_records(struct out *out, const char *format, const char *jq, struct err *e)
{
	cleanup_buf struct buf program = BUF_MAX(CONVERT_PROGRAM_MAX);
	int r;

	out->own_program = jq != NULL;
	if (strcmp(format, "ndjson") == 0)
		return ndjson_out_open(NULL, jq, &out->records, e);
	r = convert_program(format, jq, &program, e);
	if (r == 0)
		r = ndjson_out_open(NULL, buf_z(&program), &out->records, e);
	return r;
}

static int
open_text(struct out *out, const char *format, struct err *e)
{
	if (strcmp(format, "csv") == 0) {
		out->form = CSV;
		show_csv_head(&out->text);
	} else {
		out->form = TEXT;
		out->colour = log_colour(STDOUT_FILENO);
	}
	return buf_error(&out->text) != 0 ? err_nomem(e) : 0;
}

int
out_open(const struct options *o, struct out **ret, struct err *e)
{
	bool people = o->jq == NULL && isatty(STDOUT_FILENO);
	const char *format =
	    o->format != NULL ? o->format : (people ? "text" : "ndjson");
	bool text = strcmp(format, "text") == 0 || strcmp(format, "csv") == 0;
	struct out *out;
	int r;

	if (text && o->jq != NULL)
		return cli_usage(e, "--jq", "not with --format=text or csv");
	out = calloc(1, sizeof *out);
	if (out == NULL)
		return err_nomem(e);
	out->text = BUF_MAX(BUF_BYTES);
	if (text)
		r = open_text(out, format, e);
	else
		r = open_records(out, format, o->jq, e);
	if (r != 0)
		out_free(out);
	else
		*ret = out;
	return r;
}

static int
add_text(struct out *out, struct str line, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE_MAX);
	const struct jtree *t;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = jtree_parse(a, line, "event", &t, e);
	if (r != 0)
		return r;
	if (out->form == CSV)
		show_csv(t, &out->text);
	else
		show_text(t, out->colour, &out->text);
	if (buf_error(&out->text) != 0)
		return err_nomem(e);
	return out->text.n > HOLD ? out_flush(out, e) : 0;
}

int
out_event(struct out *out, struct str line, struct err *e)
{
	int r;

	if (out->form != RECORDS)
		return add_text(out, line, e);
	r = ndjson_out_put(out->records, line, e);
	return r == -EBADMSG && out->own_program ? -ECANCELED : r;
}

int
out_flush(struct out *out, struct err *e)
{
	int r;

	if (out->form == RECORDS)
		return ndjson_out_flush(out->records, e);
	r = fd_write_stdout(buf_str(&out->text), e);
	buf_reset(&out->text);
	return r;
}

void
out_free(struct out *out)
{
	if (out == NULL)
		return;
	ndjson_out_free(out->records);
	buf_free(&out->text);
	free(out);
}
