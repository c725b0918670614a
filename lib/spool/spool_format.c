/* SPDX-License-Identifier: Apache-2.0 */
#include "spool_format.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#define RECORD_MARK 0x0d5ef600u /* the priority is its last byte */
#define SEGMENT_MARK 0x31676573734c6746ull
#define HEAD_MARK 0x3164616568734746ull

static void
put32(unsigned char *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof v);
}

static void
put64(unsigned char *p, uint64_t v)
{
	v = htole64(v);
	memcpy(p, &v, sizeof v);
}

static uint32_t
get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof v);
	return le32toh(v);
}

static uint64_t
get64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return le64toh(v);
}

size_t
spool_format_size(size_t n)
{
	return SPOOL_FORMAT_RECORD + ((n + 7) & ~(size_t)7);
}

void
spool_format_put(
    const struct spool_crc *c, unsigned char *p, const struct spool_record *r)
{
	size_t n = r->data.n, size = spool_format_size(n);

	put32(p, RECORD_MARK | r->priority);
	put32(p + 8, spool_crc(c, r->data.p, n));
	put32(p + 12, (uint32_t)n);
	put64(p + 16, r->position);
	put32(p + 32, r->count);
	put32(p + 36, 0);
	if (n > 0)
		memcpy(p + SPOOL_FORMAT_RECORD, r->data.p, n);
	memset(p + SPOOL_FORMAT_RECORD + n, 0, size - SPOOL_FORMAT_RECORD - n);
}

void
spool_format_seal(const struct spool_crc *c, unsigned char *p, uint64_t before)
{
	put64(p + 24, before);
	put32(p + 4, spool_crc(c, p + 8, SPOOL_FORMAT_RECORD - 8));
}

void
spool_format_get(const unsigned char *p, struct spool_entry *ret)
{
	ret->n = get32(p + 12);
	ret->position = get64(p + 16);
	ret->before = get64(p + 24);
	ret->count = get32(p + 32);
}

bool
spool_format_entry(const struct spool_crc *c, const unsigned char *p,
    unsigned int priority, struct spool_entry *ret)
{
	if (get32(p) != (RECORD_MARK | priority) ||
	    get32(p + 4) != spool_crc(c, p + 8, SPOOL_FORMAT_RECORD - 8))
		return false;
	spool_format_get(p, ret);
	return ret->n <= SPOOL_RECORD_MAX && ret->position != 0 &&
	       ret->position <= SPOOL_FORMAT_POSITION_MAX;
}

bool
spool_format_data(const struct spool_crc *c, const unsigned char *p, size_t n)
{
	return get32(p + 8) == spool_crc(c, p + SPOOL_FORMAT_RECORD, n);
}

void
spool_format_put_link(
    const struct spool_crc *c, unsigned char *p, const struct spool_link *l)
{
	memset(p, 0, SPOOL_FORMAT_SEGMENT);
	put64(p, SEGMENT_MARK);
	put64(p + 16, l->id);
	put64(p + 24, l->previous);
	put64(p + 32, l->previous_weight);
	put32(p + 8, spool_crc(c, p + 16, SPOOL_FORMAT_SEGMENT - 16));
}

bool
spool_format_link(
    const struct spool_crc *c, const unsigned char *p, struct spool_link *ret)
{
	if (get64(p) != SEGMENT_MARK ||
	    get32(p + 8) != spool_crc(c, p + 16, SPOOL_FORMAT_SEGMENT - 16))
		return false;
	ret->id = get64(p + 16);
	ret->previous = get64(p + 24);
	ret->previous_weight = get64(p + 32);
	return true;
}

/* All of a slot but its mark and checksum is numbers of 8 bytes. */
enum { HEAD_NUMBERS = sizeof(struct spool_head) / sizeof(uint64_t) };
_Static_assert(sizeof(struct spool_head) == HEAD_NUMBERS * sizeof(uint64_t) &&
		   16 + sizeof(struct spool_head) <= SPOOL_FORMAT_SLOT,
    "a head is numbers only and fits into its slot");

void
spool_format_put_head(
    const struct spool_crc *c, unsigned char *p, const struct spool_head *h)
{
	uint64_t v[HEAD_NUMBERS];

	memcpy(v, h, sizeof v);
	memset(p, 0, SPOOL_FORMAT_SLOT);
	put64(p, HEAD_MARK);
	for (size_t i = 0; i < HEAD_NUMBERS; i++)
		put64(p + 16 + 8 * i, v[i]);
	put32(p + 8, spool_crc(c, p + 16, SPOOL_FORMAT_SLOT - 16));
}

bool
spool_format_head(
    const struct spool_crc *c, const unsigned char *p, struct spool_head *ret)
{
	uint64_t v[HEAD_NUMBERS];

	if (get64(p) != HEAD_MARK ||
	    get32(p + 8) != spool_crc(c, p + 16, SPOOL_FORMAT_SLOT - 16))
		return false;
	for (size_t i = 0; i < HEAD_NUMBERS; i++)
		v[i] = get64(p + 16 + 8 * i);
	memcpy(ret, v, sizeof v);
	for (size_t i = 0; i < SPOOL_PRIORITIES; i++)
		if (ret->floor[i] > SPOOL_FORMAT_ID_MAX)
			return false;
	return ret->acked <= SPOOL_FORMAT_POSITION_MAX &&
	       ret->epoch <= SPOOL_FORMAT_POSITION_MAX >>
		   SPOOL_FORMAT_EPOCH_SHIFT;
}

void
spool_format_name(
    char to[SPOOL_FORMAT_NAME], unsigned int priority, uint64_t id)
{
	(void)snprintf(to, SPOOL_FORMAT_NAME, "p%u-%016llx.seg",
	    priority % SPOOL_PRIORITIES, (unsigned long long)id);
}

bool
spool_format_named(const char *name, unsigned int *priority, uint64_t *id)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t v = 0;

	if (strlen(name) != 23 || name[0] != 'p' || name[1] < '0' ||
	    name[1] >= '0' + SPOOL_PRIORITIES || name[2] != '-' ||
	    strcmp(name + 19, ".seg") != 0)
		return false;
	for (int i = 3; i < 19; i++) {
		const char *at = strchr(digits, name[i]);

		if (at == NULL)
			return false;
		v = v << 4 | (uint64_t)(at - digits);
	}
	*priority = (unsigned int)(name[1] - '0');
	*id = v;
	return v != 0 && v < SPOOL_FORMAT_ID_MAX;
}
