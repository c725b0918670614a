/* SPDX-License-Identifier: Apache-2.0 */
#include "ndjson.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "utf8/utf8.h"

enum { READ_STEP = 64 * 1024 };

static int
fail(const struct ndjson_in *in, int code, const char *text, struct err *e)
{
	return err_set(e, code == ENOMEM ? ERR_TEMP : ERR_PERM, code,
	    "%s:%lu: %s", in->what, in->line, text);
}

/* Read some more behind what is there; sets in->end at the end. */
static int
fill(struct ndjson_in *in, struct err *e)
{
	char *to;
	ssize_t n;

	if (in->at > 0) {
		memmove(in->buf.p, in->buf.p + in->at, in->buf.n - in->at);
		in->buf.n -= in->at;
		in->at = 0;
	}
	to = buf_reserve(&in->buf, READ_STEP);
	if (to == NULL)
		return fail(in, -buf_error(&in->buf), "out of memory", e);
	do
		n = read(in->fd, to, READ_STEP);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(in, errno, strerror(errno), e);
	in->buf.n += (size_t)n;
	in->end = n == 0;
	return 0;
}

static int
too_long(const struct ndjson_in *in, size_t max, struct err *e)
{
	return err_set(e, ERR_PERM, EFBIG, "%s:%lu: longer than %zu bytes",
	    in->what, in->line, max);
}

/*
 * The next line, blank or not, without its end. Returns 1, 0 at the end, or
 * a negative errno.
 */
static int
next_line(struct ndjson_in *in, size_t max, struct str *line, struct err *e)
{
	size_t seen = 0; /* bytes of the line that hold no LF */

	for (;;) {
		struct str rest = str_sub(buf_str(&in->buf), in->at, in->buf.n);
		int r;

		seen += str_chr(str_sub(rest, seen, rest.n), '\n');
		*line = str_sub(rest, 0, seen);
		if (seen < rest.n || in->end)
			break;
		if (seen > max + 1) /* a CR may still go */
			return too_long(in, max, e);
		r = fill(in, e);
		if (r != 0)
			return r;
	}
	if (line->n == 0 && in->at == in->buf.n)
		return 0;
	if (in->at + seen == in->buf.n && !in->allow_partial)
		return fail(in, EPIPE, "the last line has no line end", e);
	in->at += in->at + seen == in->buf.n ? seen : seen + 1;
	if (str_ends(*line, "\r"))
		line->n--;
	return line->n > max ? too_long(in, max, e) : 1;
}

static int
check_text(const struct ndjson_in *in, struct str line, struct err *e)
{
	size_t at = str_chr(line, '\0');

	if (at < line.n)
		return err_set(e, ERR_PERM, EILSEQ, "%s:%lu:%zu: a NUL byte",
		    in->what, in->line, at + 1);
	if (!utf8_valid(line, &at))
		return err_set(e, ERR_PERM, EILSEQ,
		    "%s:%lu:%zu: not valid UTF-8", in->what, in->line, at + 1);
	return 0;
}

int
ndjson_in_next(struct ndjson_in *in, struct str *line, struct err *e)
{
	size_t max = in->line_max == 0 ? NDJSON_LINE_MAX : in->line_max;
	int r;

	in->buf.max = max + 2 + READ_STEP;
	do {
		in->line++;
		r = next_line(in, max, line, e);
		if (r == 0)
			in->line--;
		if (r != 1)
			return r;
	} while (str_trim(*line).n == 0);
	r = check_text(in, *line, e);
	return r != 0 ? r : 1;
}

void
ndjson_in_place(const struct ndjson_in *in, struct err *e)
{
	static const char first[] = ":1:";
	struct err plain = *e;
	const char *text = plain.text;

	if (strncmp(text, first, sizeof first - 1) == 0)
		(void)err_set(e, plain.kind, EINVAL, "%s:%lu:%s", in->what,
		    in->line, text + sizeof first - 1);
	else
		err_prefix(e, "%s:%lu", in->what, in->line);
}

void
ndjson_in_free(struct ndjson_in *in)
{
	buf_free(&in->buf);
}
