/* SPDX-License-Identifier: Apache-2.0 */
#include "ndjson.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "ndjson_jq.h"
#include "utf8/utf8.h"

enum { HOLD = 64 * 1024 }; /* bytes held back for a regular file */

struct ndjson_out {
	char *path; /* owned; NULL: standard output */
	size_t hold;
	struct ndjson_jq *jq; /* NULL: records go through as they are */
	struct buf buf;
	struct buf yielded; /* by the program, of one record */
};

static bool
stdout_is_file(void)
{
	struct stat st;

	return fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode);
}

int
ndjson_out_open(const char *path, const char *program, struct ndjson_out **ret,
    struct err *e)
{
	cleanup_ndjson_out struct ndjson_out *o = calloc(1, sizeof *o);

	if (o == NULL)
		return err_nomem(e);
	o->buf = BUF_MAX(NDJSON_FILE_MAX);
	o->yielded = BUF_MAX(NDJSON_FILE_MAX);
	if (path != NULL && strcmp(path, "-") != 0) {
		o->path = strdup(path);
		if (o->path == NULL)
			return err_nomem(e);
	}
	o->hold = stdout_is_file() ? HOLD : 0;
	if (program != NULL) {
		int r = ndjson_jq_new(program, &o->jq, e);

		if (r != 0)
			return r;
	}
	*ret = o;
	o = NULL;
	return 0;
}

static int
buffer_failed(const struct ndjson_out *o, struct err *e)
{
	if (buf_error(&o->buf) == -ENOMEM)
		return err_nomem(e);
	return err_set(e, ERR_PERM, EFBIG, "%s: more than %d bytes of records",
	    o->path == NULL ? "standard output" : o->path, NDJSON_FILE_MAX);
}

/* Forgets the bytes also when writing fails: none is written twice. */
static int
flush(struct ndjson_out *o, struct err *e)
{
	int r = fd_write_stdout(buf_str(&o->buf), e);

	buf_reset(&o->buf);
	return r;
}

static int
run_program(struct ndjson_out *o, struct str record, struct err *e)
{
	int r;

	buf_reset(&o->yielded);
	r = ndjson_jq_run(o->jq, record, &o->yielded, e);
	if (buf_error(&o->yielded) != 0)
		o->buf.error = o->yielded.error;
	utf8_show_json(buf_str(&o->yielded), &o->buf);
	return r;
}

int
ndjson_out_put(struct ndjson_out *o, struct str record, struct err *e)
{
	struct err write_error = {0};
	int r = 0, w = 0;

	if (o->jq != NULL) {
		r = run_program(o, record, e);
	} else {
		utf8_show_json(record, &o->buf);
		buf_addc(&o->buf, '\n');
	}
	if (buf_error(&o->buf) != 0)
		return buffer_failed(o, e);
	if (o->path == NULL && o->buf.n > o->hold)
		w = flush(o, &write_error);
	if (r == 0 && w != 0 && e != NULL)
		*e = write_error;
	return r != 0 ? r : w;
}

int
ndjson_out_flush(struct ndjson_out *o, struct err *e)
{
	if (buf_error(&o->buf) != 0)
		return buffer_failed(o, e);
	return o->path == NULL ? flush(o, e) : 0;
}

int
ndjson_out_close(struct ndjson_out *o, struct err *e)
{
	int r;

	if (buf_error(&o->buf) != 0)
		return buffer_failed(o, e);
	if (o->path == NULL)
		return flush(o, e);
	r = fd_save(o->path, buf_str(&o->buf), 0666, e);
	buf_reset(&o->buf);
	return r;
}

void
ndjson_out_free(struct ndjson_out *o)
{
	if (o == NULL)
		return;
	if (o->path == NULL)
		(void)flush(o, NULL);
	ndjson_jq_free(o->jq);
	buf_free(&o->yielded);
	buf_free(&o->buf);
	free(o->path);
	free(o);
}

void
ndjson_out_freep(struct ndjson_out **o)
{
	ndjson_out_free(*o);
	*o = NULL;
}
