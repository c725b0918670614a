/* SPDX-License-Identifier: Apache-2.0 */
/* ndjson: records, one JSON object a line, out of and into the tools. */
#ifndef FG_NDJSON_NDJSON_H
#define FG_NDJSON_NDJSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	NDJSON_LINE_MAX = 16 * 1024 * 1024, /* bytes, LF not counted */
	NDJSON_DEPTH_MAX = 128,
	NDJSON_FILE_MAX = 256 * 1024 * 1024, /* of records kept for a file */
};

struct ndjson_out; /* opaque */

#define cleanup_ndjson_out __attribute__((cleanup(ndjson_out_freep)))

/*
 * Records to standard output (path NULL or "-"), each written as soon as it
 * is made unless standard output is a regular file; or to the file path,
 * which appears whole at ndjson_out_close() (see fd_save) and not at all
 * without it.
 *
 * program (may be NULL) is a jq program that every record goes through; what
 * it yields is printed compactly, one line each, as `jq -c` does. It is
 * compiled here: ERR_USAGE when it is no jq program. Compiling takes tens of
 * milliseconds, so nothing of jq is touched without one.
 *
 * What deceives readers (utf8_hidden()) is written as \uXXXX, which means the
 * same: a record may be shown on a terminal.
 */
int ndjson_out_open(const char *path, const char *program,
    struct ndjson_out **ret, struct err *e);

/*
 * One record: a JSON text without a line end. ERR_PERM: the program failed on
 * it, a write failed (never swallowed), or more than NDJSON_FILE_MAX was kept
 * for a file. A record that fails in the program has printed what the program
 * yielded before.
 */
int ndjson_out_put(struct ndjson_out *o, struct str record, struct err *e);

/*
 * Write what is held back to standard output now, since the next record may be
 * long in coming. Nothing is done for a file.
 */
int ndjson_out_flush(struct ndjson_out *o, struct err *e);

/*
 * Write what is still held back and, for a file, put it in its place. Every
 * path that ends well must call it: ndjson_out_free() alone drops a file, and
 * tells nobody when standard output cannot take the rest.
 */
int ndjson_out_close(struct ndjson_out *o, struct err *e);

/* NULL is fine. */
void ndjson_out_free(struct ndjson_out *o);
void ndjson_out_freep(struct ndjson_out **o);

/*
 * Reads lines from a descriptor. Blank lines (JSON blanks only) are skipped
 * but counted; one CR before the LF belongs to the line end.
 */
struct ndjson_in {
	int fd;             /* not owned */
	const char *what;   /* names the input in errors; not owned */
	size_t line_max;    /* bytes; 0 stands for NDJSON_LINE_MAX */
	bool allow_partial; /* a last line without LF counts as a line */

	/* kept by ndjson_in_next() */
	struct buf buf;
	size_t at; /* first byte of buf not handed out */
	bool end;
	unsigned long line; /* number of the line last returned, from 1 */
};

/*
 * The next line without its end; *line borrows the reader's buffer until the
 * next call. Returns 1, 0 at the end of the input, or a negative errno with e
 * set as "what:line: text", ERR_PERM: EFBIG for a line above line_max, EILSEQ
 * for a NUL byte or invalid UTF-8 ("what:line:column: text"), EPIPE for a last
 * line without LF, or what read(2) said. Whether a line is JSON is not looked
 * at.
 */
int ndjson_in_next(struct ndjson_in *in, struct str *line, struct err *e);

/*
 * e is what a parser said of the line last returned: under the name "", such
 * as ":1:7: why", it becomes "what:line:7: why"; anything else, "why", becomes
 * "what:line: why".
 */
void ndjson_in_place(const struct ndjson_in *in, struct err *e);

/* Free the buffer; fd stays open. */
void ndjson_in_free(struct ndjson_in *in);

#endif
