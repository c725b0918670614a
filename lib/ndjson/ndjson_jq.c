/* SPDX-License-Identifier: Apache-2.0 */
#include "ndjson_jq.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "ndjson_libjq.h"

struct ndjson_jq {
	struct ndjson_libjq lib;
	jq_state *jq;
	bool halted;
	struct buf message; /* the first one of jq's since it was reset */
};

/* jq reports compile errors in several calls; the first one names the cause. */
static void
keep_message(void *arg, jv message)
{
	struct ndjson_jq *j = arg;
	struct str text = STR_NONE;

	if (j->lib.jv_get_kind(message) == JV_KIND_STRING)
		text = str_of(j->lib.jv_string_value(message));
	if (str_starts(text, "jq: error: "))
		text = str_sub(text, 11, text.n);
	if (j->message.n == 0)
		buf_adds(&j->message, str_sub(text, 0, str_chr(text, '\n')));
	j->lib.jv_free(message);
}

static int
compile(struct ndjson_jq *j, const char *program, struct err *e)
{
	int r = ndjson_libjq_open(&j->lib, e);

	if (r != 0)
		return r;
	j->jq = j->lib.jq_init();
	if (j->jq == NULL)
		return err_nomem(e);
	j->lib.jq_set_error_cb(j->jq, keep_message, j);
	if (j->lib.jq_compile(j->jq, program))
		return 0;
	return err_set(e, ERR_USAGE, EINVAL, "--jq: %s", buf_z(&j->message));
}

int
ndjson_jq_new(const char *program, struct ndjson_jq **ret, struct err *e)
{
	struct ndjson_jq *j = calloc(1, sizeof *j);
	int r;

	if (j == NULL)
		return err_nomem(e);
	j->message = BUF_MAX(64 * 1024);
	r = compile(j, program, e);
	if (r != 0) {
		ndjson_jq_free(j);
		return r;
	}
	*ret = j;
	return 0;
}

void
ndjson_jq_free(struct ndjson_jq *j)
{
	if (j == NULL)
		return;
	if (j->jq != NULL)
		j->lib.jq_teardown(&j->jq);
	ndjson_libjq_close(&j->lib);
	buf_free(&j->message);
	free(j);
}

static void
add_string(const struct ndjson_libjq *lib, struct buf *b, jv v)
{
	buf_add(b, lib->jv_string_value(v),
	    (size_t)lib->jv_string_length_bytes(lib->jv_copy(v)));
}

/* Append v as text: a string as it is, anything else as JSON. Takes v. */
static void
add_text(const struct ndjson_libjq *lib, struct buf *b, jv v)
{
	if (lib->jv_get_kind(v) != JV_KIND_STRING)
		v = lib->jv_dump_string(v, 0);
	add_string(lib, b, v);
	lib->jv_free(v);
}

/*
 * The words of the error that ended the run, if one did: of halt_error, or of
 * what jq_next() returned last. Takes last. `halt` has no exit code.
 */
static bool
failed(struct ndjson_jq *j, jv last)
{
	const struct ndjson_libjq *lib = &j->lib;
	bool bad;
	jv code;

	buf_reset(&j->message);
	j->halted = lib->jq_halted(j->jq) != 0;
	if (!j->halted) {
		bad = lib->jv_invalid_has_msg(lib->jv_copy(last)) != 0;
		if (bad)
			last = lib->jv_invalid_get_msg(last);
	} else {
		lib->jv_free(last);
		last = lib->jq_get_error_message(j->jq);
		code = lib->jq_get_exit_code(j->jq);
		bad = lib->jv_get_kind(code) != JV_KIND_INVALID;
		lib->jv_free(code);
	}
	if (bad)
		add_text(lib, &j->message, last);
	else
		lib->jv_free(last);
	return bad;
}

int
ndjson_jq_run(
    struct ndjson_jq *j, struct str record, struct buf *out, struct err *e)
{
	const struct ndjson_libjq *lib = &j->lib;
	jv v;

	if (j->halted)
		return 0;
	if (record.n > INT_MAX)
		return err_set(e, ERR_PERM, EFBIG, "--jq: a record too large");
	v = lib->jv_parse_sized(record.p, (int)record.n);
	if (lib->jv_get_kind(v) == JV_KIND_INVALID) {
		lib->jv_free(v);
		return err_set(
		    e, ERR_PERM, EBADMSG, "--jq: the record is not JSON");
	}
	lib->jq_start(j->jq, v, 0);
	for (;;) {
		v = lib->jq_next(j->jq);
		if (lib->jv_get_kind(v) == JV_KIND_INVALID)
			break;
		v = lib->jv_dump_string(v, 0);
		add_string(lib, out, v);
		lib->jv_free(v);
		buf_addc(out, '\n');
	}
	if (!failed(j, v))
		return 0;
	return err_set(e, ERR_PERM, EBADMSG, "--jq: %s", buf_z(&j->message));
}
