/* SPDX-License-Identifier: Apache-2.0 */
#include "lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ndjson/ndjson.h"

void
lines_init(struct lines *l)
{
	*l = (struct lines){
	    .buf = BUF_MAX((size_t)NDJSON_LINE_MAX + 2 * LINES_READ)};
}

void
lines_free(struct lines *l)
{
	buf_free(&l->buf);
}

static void
drop_taken(struct lines *l)
{
	if (l->at == 0)
		return;
	memmove(l->buf.p, l->buf.p + l->at, l->buf.n - l->at);
	l->buf.n -= l->at;
	l->at = 0;
}

ssize_t
lines_read(struct lines *l, int fd, const char *what, struct err *e)
{
	ssize_t n;
	char *to;

	drop_taken(l);
	to = buf_reserve(&l->buf, LINES_READ);
	if (to == NULL)
		return err_nomem(e);
	do
		n = read(fd, to, LINES_READ);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", what, strerror(errno));
	l->buf.n += (size_t)n;
	return n;
}

enum lines_next
lines_next(struct lines *l, struct str *line)
{
	struct str rest = str_sub(buf_str(&l->buf), l->at, l->buf.n);
	bool whole;

	l->seen += str_chr(str_sub(rest, l->seen, rest.n), '\n');
	whole = l->seen < rest.n;
	if (!whole && (l->skipping || l->seen > NDJSON_LINE_MAX)) {
		l->skipping = true;
		l->at = l->buf.n;
		l->seen = 0;
	}
	if (!whole)
		return LINES_NONE;
	*line = str_sub(rest, 0, l->seen);
	l->at += l->seen + 1;
	l->seen = 0;
	l->line++;
	if (l->skipping || line->n > NDJSON_LINE_MAX) {
		l->skipping = false;
		return LINES_TOO_LONG;
	}
	if (str_ends(*line, "\r"))
		line->n--;
	return LINES_ONE;
}

bool
lines_rest(struct lines *l)
{
	bool some = l->skipping || l->at < l->buf.n;

	buf_reset(&l->buf);
	l->at = l->seen = 0;
	l->skipping = false;
	l->line += some;
	return some;
}
