/* SPDX-License-Identifier: Apache-2.0 */
#include "diff_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t
count(struct str text)
{
	size_t n = 0;

	for (const char *p = text.p, *end = p + text.n; p < end; n++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		p = lf == NULL ? end : lf + 1;
	}
	return n;
}

static void
cut(struct diff_side *s, struct str text)
{
	size_t at = 0;

	for (int32_t i = 0; i < s->n; i++) {
		struct str rest = str_sub(text, at, text.n);

		s->line[i] = str_sub(rest, 0, str_chr(rest, '\n') + 1);
		at += s->line[i].n;
	}
}

/* A line and where its number goes. */
struct entry {
	struct str line;
	int32_t *id;
};

static int
by_line(const void *a, const void *b)
{
	return str_cmp(
	    ((const struct entry *)a)->line, ((const struct entry *)b)->line);
}

/*
 * Number the lines by sorting: a hash table would be faster for most texts,
 * and quadratic for one that was made to be so.
 */
static void
number(struct diff_lines *l, struct entry *e, size_t n)
{
	int32_t id = 0;
	size_t at = 0;

	for (int32_t i = 0; i < l->old.n; i++)
		e[at++] = (struct entry){l->old.line[i], &l->old.id[i]};
	for (int32_t i = 0; i < l->new.n; i++)
		e[at++] = (struct entry){l->new.line[i], &l->new.id[i]};
	if (n > 0)
		qsort(e, n, sizeof *e, by_line);
	for (at = 0; at < n; at++) {
		if (at > 0 && by_line(&e[at - 1], &e[at]) != 0)
			id++;
		*e[at].id = id;
	}
}

int
diff_lines_split(struct diff_lines *l, struct str old, struct str new)
{
	size_t a = count(old), b = count(new), n = a + b;
	struct entry *entries = calloc(n + 1, sizeof *entries);
	char *p =
	    calloc(n + 2, sizeof(struct str) + sizeof(int32_t) + sizeof(bool));

	if (entries == NULL || p == NULL) {
		free(entries);
		free(p);
		return -ENOMEM;
	}
	l->memory = p;
	l->old.n = (int32_t)a;
	l->new.n = (int32_t)b;
	l->old.line = (void *)p;
	l->new.line = l->old.line + a;
	l->old.id = (void *)(l->new.line + b);
	l->new.id = l->old.id + a;
	l->old.changed = (void *)(l->new.id + b);
	l->new.changed = l->old.changed + a + 1;
	cut(&l->old, old);
	cut(&l->new, new);
	number(l, entries, n);
	free(entries);
	return 0;
}

void
diff_lines_free(struct diff_lines *l)
{
	free(l->memory);
	*l = (struct diff_lines){0};
}
