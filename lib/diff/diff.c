/* SPDX-License-Identifier: Apache-2.0 */
#include "diff.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "diff_lines.h"
#include "utf8/utf8.h"

#define BOLD "\x1b[1m"
#define CYAN "\x1b[36m"
#define RED "\x1b[31m"
#define GREEN "\x1b[32m"
#define RESET "\x1b[m"

struct writer {
	const struct diff_lines *lines;
	bool colour;
	struct buf *out;
};

/* Would a terminal do something else than show it? */
static bool
is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) ||
	       c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void
add_clean(struct buf *out, struct str s)
{
	while (s.n > 0) {
		uint32_t code;
		size_t n = utf8_decode(s, &code);
		bool bad = n == 0 || is_control(code);

		n = n == 0 ? 1 : n;
		for (size_t i = 0; bad && i < n; i++)
			buf_addf(out, "\\x%02x", (unsigned char)s.p[i]);
		if (!bad)
			buf_add(out, s.p, n);
		s = str_sub(s, n, s.n);
	}
}

/* A header line; a tab ends a name that has blanks, as for patch(1). */
static void
add_name(struct writer *w, const char *mark, const char *name)
{
	struct buf *out = w->out;

	buf_addz(out, w->colour ? BOLD : "");
	buf_addz(out, mark);
	add_clean(out, str_of(name));
	buf_addz(out, strchr(name, ' ') != NULL ? "\t" : "");
	buf_addz(out, w->colour ? RESET "\n" : "\n");
}

static void
add_line(struct writer *w, char mark, struct str line)
{
	const char *colour = mark == '-' ? RED : mark == '+' ? GREEN : "";
	struct str text = line;
	bool whole = str_ends(line, "\n");

	if (!w->colour) {
		buf_addc(w->out, mark);
		buf_adds(w->out, line);
	} else {
		text.n -= whole;
		text.n -= str_ends(text, "\r");
		buf_addz(w->out, colour);
		buf_addc(w->out, mark);
		add_clean(w->out, text);
		buf_addz(w->out, mark == ' ' ? "" : RESET);
		buf_adds(w->out, str_sub(line, text.n, line.n));
	}
	if (!whole)
		buf_addz(w->out, "\n\\ No newline at end of file\n");
}

/* "12,3" as in @@ -12,3 +12,4 @@; an empty range names the line before. */
static void
add_range(struct buf *out, int32_t from, int32_t to)
{
	buf_addf(out, "%d", to > from ? from + 1 : from);
	if (to - from != 1)
		buf_addf(out, ",%d", to - from);
}

/* The lines of one hunk; i and j are in step at its start and end. */
static void
add_hunk(struct writer *w, int32_t i, int32_t i_end, int32_t j, int32_t j_end)
{
	const struct diff_side *old = &w->lines->old, *new = &w->lines->new;
	struct buf *out = w->out;

	buf_addz(out, w->colour ? CYAN "@@ -" : "@@ -");
	add_range(out, i, i_end);
	buf_addz(out, " +");
	add_range(out, j, j_end);
	buf_addz(out, w->colour ? " @@" RESET "\n" : " @@\n");
	while (i < i_end || j < j_end) {
		if (old->changed[i]) {
			add_line(w, '-', old->line[i++]);
		} else if (new->changed[j]) {
			add_line(w, '+', new->line[j++]);
		} else {
			add_line(w, ' ', old->line[i++]);
			j++;
		}
	}
}

/* Past a block of changes. */
static void
skip_changes(const struct diff_lines *l, int32_t *i, int32_t *j)
{
	while (l->old.changed[*i])
		++*i;
	while (l->new.changed[*j])
		++*j;
}

static void
add_hunks(struct writer *w)
{
	const struct diff_lines *l = w->lines;
	int32_t i = 0, j = 0;

	while (i < l->old.n || j < l->new.n) {
		int32_t before = i < DIFF_CONTEXT ? i : DIFF_CONTEXT, same = 0;
		int32_t i_start = i - before, j_start = j - before;

		if (!l->old.changed[i] && !l->new.changed[j]) {
			i++;
			j++;
			continue;
		}
		/* Changes whose contexts touch are one hunk. */
		while (i < l->old.n || j < l->new.n) {
			if (l->old.changed[i] || l->new.changed[j]) {
				skip_changes(l, &i, &j);
				same = 0;
				continue;
			}
			if (same == 2 * DIFF_CONTEXT)
				break;
			same++;
			i++;
			j++;
		}
		if (same > DIFF_CONTEXT) {
			i -= same - DIFF_CONTEXT;
			j -= same - DIFF_CONTEXT;
		}
		add_hunk(w, i_start, i, j_start, j);
	}
}

int
diff_unified(struct str old, struct str new, const char *old_name,
    const char *new_name, bool colour, struct buf *out, struct err *e)
{
	struct diff_lines lines = {0};
	struct writer w = {&lines, colour, out};
	int r;

	if (str_eq(old, new))
		return 0;
	if (old.n > DIFF_TEXT_MAX || new.n > DIFF_TEXT_MAX)
		return err_set(e, ERR_PERM, EFBIG,
		    "more than %d bytes are not compared", DIFF_TEXT_MAX);
	r = diff_lines_split(&lines, old, new);
	if (r < 0)
		return err_nomem(e);
	diff_lines_mark(&lines);
	add_name(&w, "--- ", old_name);
	add_name(&w, "+++ ", new_name);
	add_hunks(&w);
	diff_lines_free(&lines);
	r = buf_error(out);
	if (r == -EFBIG)
		return err_set(e, ERR_PERM, EFBIG,
		    "the diff is longer than %zu bytes", out->max);
	return r < 0 ? err_nomem(e) : 0;
}
