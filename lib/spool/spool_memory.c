/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "spool_state.h"

enum { SPARES_MAX = 4 };

static void
recycle(struct spool *s, struct spool_chunk *k)
{
	if (s->spares >= SPARES_MAX) {
		s->chunks--;
		free(k);
		return;
	}
	k->next = s->spare;
	s->spare = k;
	s->spares++;
}

static struct spool_chunk *
take(struct spool *s)
{
	struct spool_chunk *k = s->spare;

	if (k != NULL) {
		s->spare = k->next;
		s->spares--;
	} else if (s->chunks < s->chunks_max) {
		k = malloc(sizeof *k);
		if (k == NULL)
			return NULL;
		s->chunks++;
	} else {
		return NULL;
	}
	k->next = NULL;
	k->n = 0;
	k->first = k->last = k->weight = 0;
	return k;
}

struct spool_chunk *
spool_memory_chunk(struct spool *s, unsigned int p, size_t n)
{
	struct spool_chain *c = &s->chains[p];
	struct spool_chunk *k = c->tail;

	if (k != NULL && sizeof k->bytes - k->n >= n)
		return k;
	k = take(s);
	if (k == NULL)
		return NULL;
	if (c->tail == NULL)
		c->head = k;
	else
		c->tail->next = k;
	c->tail = k;
	return k;
}

void
spool_memory_told(
    struct spool *s, unsigned int p, uint64_t first, uint64_t last)
{
	if (s->head.taken_by == 0 || s->head.taken_in != p ||
	    s->head.taken_by < first || s->head.taken_by > last)
		return;
	s->head.taken_by = 0;
	memset(&s->head.taken, 0, sizeof s->head.taken);
}

void
spool_memory_drop(struct spool *s, unsigned int p, bool lost)
{
	struct spool_chain *c = &s->chains[p];
	struct spool_chunk *k = c->head;
	uint64_t *sum = &s->head.lost.count[p];

	if (lost) {
		*sum = spool_scan_sum(*sum, k->weight);
		s->dirty = true;
	}
	spool_memory_told(s, p, k->first, k->last);
	c->head = k->next;
	if (c->head == NULL)
		c->tail = NULL;
	recycle(s, k);
}

/*
 * Take acknowledged records off the front of k: they are not to be written,
 * since a gap that they leave in a torn segment would be taken for a loss.
 */
static void
trim(struct spool *s, unsigned int p, struct spool_chunk *k)
{
	struct spool_entry x = {0, 0, 0, 0};
	uint64_t last = 0;
	size_t at = 0;

	while (at < k->n) {
		spool_format_get(k->bytes + at, &x);
		if (x.position > s->head.acked)
			break;
		last = x.position;
		k->weight -= x.count;
		at += spool_format_size(x.n);
	}
	if (at == 0)
		return;
	spool_memory_told(s, p, k->first, last);
	k->first = x.position;
	k->n -= at;
	memmove(k->bytes, k->bytes + at, k->n);
}

void
spool_memory_ack(struct spool *s)
{
	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++) {
		struct spool_chain *c = &s->chains[p];

		while (c->head != NULL && c->head->last <= s->head.acked)
			spool_memory_drop(s, p, false);
		if (c->head != NULL)
			trim(s, p, c->head);
	}
}

unsigned int
spool_memory_lowest(const struct spool *s)
{
	unsigned int p = 0;

	while (p < SPOOL_PRIORITIES && s->chains[p].head == NULL)
		p++;
	return p;
}

void
spool_memory_free(struct spool *s)
{
	struct spool_chunk *k;

	for (unsigned int p = 0; p < SPOOL_PRIORITIES; p++)
		while (s->chains[p].head != NULL) {
			k = s->chains[p].head;
			s->chains[p].head = k->next;
			free(k);
		}
	while ((k = s->spare) != NULL) {
		s->spare = k->next;
		free(k);
	}
}
