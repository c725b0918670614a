/* SPDX-License-Identifier: Apache-2.0 */
#include "spool_scan.h"

#include <errno.h>

enum { STEP = 8 }; /* where records may begin */

uint64_t
spool_scan_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* n bytes at the offset at. 1; 0: the file ends before; -errno. */
static int
fetch(struct spool_scan *sc, uint64_t at, size_t n, const unsigned char **ret)
{
	size_t want = SPOOL_SCAN_WINDOW;
	ssize_t got;

	if (at > sc->end || sc->end - at < n)
		return 0;
	if (at < sc->window_at || at - sc->window_at > sc->window_n ||
	    sc->window_n - (at - sc->window_at) < n) {
		if (sc->end - at < want)
			want = (size_t)(sc->end - at);
		sc->window_n = 0;
		got = spool_io_read(sc->io, sc->fd, sc->window, want, at);
		if (got < 0)
			return (int)got;
		sc->window_at = at;
		sc->window_n = (size_t)got;
		if (sc->window_n < n)
			return 0;
	}
	*ret = sc->window + (at - sc->window_at);
	return 1;
}

/* A whole record after damage: what lay between them? */
static void
close_gap(struct spool_scan *sc, const struct spool_entry *next)
{
	if (!sc->known || next->before < sc->weight)
		sc->unknown = spool_scan_sum(sc->unknown, 1);
	else
		sc->damage =
		    spool_scan_sum(sc->damage, next->before - sc->weight);
	sc->skipping = false;
}

int
spool_scan_next(
    struct spool_scan *sc, struct spool_entry *ret, const unsigned char **data)
{
	const unsigned char *p;
	size_t size;
	int r;

	for (;;) {
		r = fetch(sc, sc->at, SPOOL_FORMAT_RECORD, &p);
		if (r <= 0)
			break;
		if (!spool_format_entry(sc->crc, p, sc->priority, ret)) {
			sc->skipping = true;
			sc->at += STEP;
			continue;
		}
		size = spool_format_size(ret->n);
		r = fetch(sc, sc->at, size, &p);
		if (r < 0)
			return r;
		if (r == 0) {
			sc->skipping = true;
			sc->at += STEP;
			continue;
		}
		sc->at += size;
		if (!spool_format_data(sc->crc, p, ret->n)) {
			sc->skipping = true;
			continue;
		}
		if (sc->skipping)
			close_gap(sc, ret);
		sc->weight = spool_scan_sum(ret->before, ret->count);
		sc->known = true;
		sc->good = sc->at;
		*data = p + SPOOL_FORMAT_RECORD;
		return 1;
	}
	if (r == 0 && sc->good < sc->end)
		sc->skipping = true;
	return r;
}
