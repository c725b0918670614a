/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

enum { HEX = 64, SHOWN = 80 };

struct line {
	struct str path;
	const char *hex; /* HEX digits */
};

struct manifest {
	struct line *lines; /* by path */
	size_t n;
};

static int
by_path(const void *a, const void *b)
{
	const struct line *one = a, *other = b;

	return str_cmp(one->path, other->path);
}

/* With what '\' stands in front of put in its place; .p NULL: it cannot be. */
static struct str
unescape(struct arena *a, struct str s)
{
	char *to = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; to != NULL && i < s.n; i++) {
		char c = s.p[i];

		if (c == '\\') {
			c = ++i < s.n ? s.p[i] : '\0';
			if (c == 'n')
				c = '\n';
			else if (c == 'r')
				c = '\r';
			else if (c != '\\')
				return STR_NONE;
		}
		to[n++] = c;
	}
	return str_make(to, n);
}

/* NULL, or what is wrong with it. */
static const char *
read_line(struct arena *a, struct str text, struct line *ret)
{
	bool escaped = str_starts(text, "\\");
	struct str s = str_sub(text, escaped ? 1 : 0, text.n);

	for (size_t i = 0; i < HEX; i++)
		if (i >= s.n || !isxdigit((unsigned char)s.p[i]))
			return "not a line of sha256sum(1)";
	if (s.n < HEX + 3 || s.p[HEX] != ' ' ||
	    (s.p[HEX + 1] != ' ' && s.p[HEX + 1] != '*'))
		return "not a line of sha256sum(1)";
	ret->hex = s.p;
	ret->path = str_sub(s, HEX + 2, s.n);
	if (escaped)
		ret->path = unescape(a, ret->path);
	if (ret->path.p == NULL)
		return "not an escape of sha256sum(1)";
	if (str_starts(ret->path, "./"))
		ret->path = str_sub(ret->path, 1, ret->path.n);
	return str_starts(ret->path, "/") ? NULL : "not an absolute path";
}

static size_t
count_lines(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

int
manifest_read(struct arena *a, struct str text, const char *what,
    const struct manifest **ret, struct err *e)
{
	struct manifest *m = arena_alloc(a, sizeof *m);
	size_t max = count_lines(text), number = 0;
	struct str line;

	if (max > MANIFEST_LINES_MAX + 1)
		return err_set(e, ERR_PERM, E2BIG, "%s: more than %d lines",
		    what, MANIFEST_LINES_MAX);
	if (m != NULL)
		m->lines = arena_alloc(a, max * sizeof *m->lines);
	if (m == NULL || m->lines == NULL)
		return err_nomem(e);
	while (text.n > 0) {
		const char *wrong;

		number++;
		(void)str_cut(text, '\n', &line, &text);
		if (str_ends(line, "\r"))
			line.n--;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		wrong = read_line(a, line, &m->lines[m->n++]);
		if (wrong != NULL)
			return err_set(e, ERR_PERM, EINVAL,
			    "%s:%zu: %s: \"%.*s\"", what, number, wrong,
			    STR_ARG(str_sub(line, 0, SHOWN)));
	}
	if (m->n == 0)
		return err_set(e, ERR_PERM, EINVAL,
		    "%s: names no program; make it with \"find / -xdev -type f "
		    "-perm /111 -exec sha256sum {} +\"",
		    what);
	qsort(m->lines, m->n, sizeof *m->lines, by_path);
	*ret = m;
	return 0;
}

/* The first line with a path that does not come before it, or n. */
static size_t
find(const struct manifest *m, struct str path)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t at = low + (high - low) / 2;

		if (str_cmp(m->lines[at].path, path) < 0)
			low = at + 1;
		else
			high = at;
	}
	return low;
}

bool
manifest_names(const struct manifest *m, struct str path)
{
	size_t at = find(m, path);

	return at < m->n && str_eq(m->lines[at].path, path);
}

bool
manifest_has(const struct manifest *m, struct str path, struct str sha256)
{
	for (size_t i = find(m, path);
	     i < m->n && str_eq(m->lines[i].path, path); i++)
		if (sha256.n == HEX &&
		    strncasecmp(m->lines[i].hex, sha256.p, HEX) == 0)
			return true;
	return false;
}
