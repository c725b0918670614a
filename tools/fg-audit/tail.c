/* SPDX-License-Identifier: Apache-2.0 */
#include "tail.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 64 };

static size_t
place(const struct tail *t, size_t i)
{
	return (t->first + i) % t->cap;
}

/* A ring that is full is whole again from its start. */
static int
grow(struct tail *t, struct err *e)
{
	size_t cap = t->cap == 0 ? FIRST_CAP : 2 * t->cap;
	struct str *lines;

	lines = calloc(cap, sizeof *lines);
	if (lines == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < t->n; i++)
		lines[i] = tail_at(t, i);
	free(t->lines);
	t->lines = lines;
	t->cap = cap;
	t->first = 0;
	return 0;
}

static void
drop_oldest(struct tail *t)
{
	struct str line = t->lines[t->first];

	t->bytes -= line.n;
	free((char *)(uintptr_t)line.p);
	t->first = place(t, 1);
	t->n--;
}

int
tail_add(struct tail *t, struct str line, struct err *e)
{
	char *copy;
	int r;

	if (t->limit == 0)
		return 0;
	if (t->n == t->limit)
		drop_oldest(t);
	if (line.n > TAIL_BYTES_MAX - t->bytes)
		return err_set(e, ERR_PERM, EFBIG,
		    "more than %d bytes to keep: narrow it by --from or "
		    "--limit",
		    TAIL_BYTES_MAX);
	r = t->n == t->cap ? grow(t, e) : 0;
	if (r != 0)
		return r;
	copy = malloc(line.n + 1);
	if (copy == NULL)
		return err_nomem(e);
	memcpy(copy, line.p, line.n);
	copy[line.n] = '\0';
	t->lines[place(t, t->n++)] = str_make(copy, line.n);
	t->bytes += line.n;
	return 0;
}

struct str
tail_at(const struct tail *t, size_t i)
{
	return t->lines[place(t, i)];
}

void
tail_free(struct tail *t)
{
	while (t->n > 0)
		drop_oldest(t);
	free(t->lines);
	*t = (struct tail){.limit = t->limit};
}
