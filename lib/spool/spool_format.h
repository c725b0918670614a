/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool_format: what a spool's files hold. All numbers are little endian.
 *
 * Record, at a multiple of 8 bytes: mark with the priority (4), CRC-32C of the
 * 32 bytes that follow it (4), CRC-32C of the data (4), bytes of data (4),
 * position (8), weight of all records before it in the segment (8), its own
 * weight (4), zero (4); the data; zeros up to a multiple of 8.
 *
 * Segment: mark (8), CRC-32C of the 32 bytes behind (4), zero (4), its number
 * (8), that of the segment before it in the chain (8), weight of all records
 * in that (8), zero (8); records.
 *
 * head: two slots, 4096 bytes apart, written in turn. Mark (8), CRC-32C of the
 * rest (4), zero (4), then numbers of 8 bytes as in struct spool_head.
 */
#ifndef FG_SPOOL_SPOOL_FORMAT_H
#define FG_SPOOL_SPOOL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "spool.h"
#include "spool_crc.h"

enum {
	SPOOL_FORMAT_RECORD = 40,  /* bytes in front of the data */
	SPOOL_FORMAT_SEGMENT = 48, /* bytes in front of the records */
	SPOOL_FORMAT_NAME = 24,    /* of a segment's name, with the NUL */
	SPOOL_FORMAT_SLOT = 256,   /* bytes of a slot that are used */
	SPOOL_FORMAT_APART = 4096, /* from slot to slot */
	SPOOL_FORMAT_HEAD = 2 * 4096,
	SPOOL_FORMAT_EPOCH_SHIFT = 40 /* of a position: which opening */
};

#define SPOOL_FORMAT_POSITION_MAX ((uint64_t)INT64_MAX)
#define SPOOL_FORMAT_ID_MAX ((uint64_t)INT64_MAX)

struct spool_entry {
	uint64_t position, before; /* before: weight in the segment so far */
	uint32_t count, n;         /* n: bytes of data */
};

struct spool_link { /* of a segment's beginning */
	uint64_t id, previous, previous_weight;
};

struct spool_head {
	uint64_t version; /* of the slot: the higher one counts */
	uint64_t epoch;   /* of the positions given now */
	uint64_t acked;
	uint64_t floor[SPOOL_PRIORITIES]; /* segments below are done */
	struct spool_lost lost, taken;
	uint64_t taken_by; /* position of the record that tells of `taken` */
	uint64_t taken_in; /* its priority, once it is there */
};

/* Bytes that a record of n bytes of data takes. */
size_t spool_format_size(size_t n);

/* p has room for spool_format_size(n); it is not complete without a seal. */
void spool_format_put(
    const struct spool_crc *c, unsigned char *p, const struct spool_record *r);

/* Write what is known only when the record gets its place in a segment. */
void spool_format_seal(
    const struct spool_crc *c, unsigned char *p, uint64_t before);

/* Read p, unchecked: what spool_format_put() wrote. */
void spool_format_get(const unsigned char *p, struct spool_entry *ret);

/* True when the SPOOL_FORMAT_RECORD bytes at p are whole. */
bool spool_format_entry(const struct spool_crc *c, const unsigned char *p,
    unsigned int priority, struct spool_entry *ret);

/* Is the data behind the header at p whole? */
bool spool_format_data(
    const struct spool_crc *c, const unsigned char *p, size_t n);

void spool_format_put_link(
    const struct spool_crc *c, unsigned char *p, const struct spool_link *l);
bool spool_format_link(
    const struct spool_crc *c, const unsigned char *p, struct spool_link *ret);

void spool_format_put_head(
    const struct spool_crc *c, unsigned char *p, const struct spool_head *h);
bool spool_format_head(
    const struct spool_crc *c, const unsigned char *p, struct spool_head *ret);

void spool_format_name(
    char to[SPOOL_FORMAT_NAME], unsigned int priority, uint64_t id);
/* False: not a segment's name. */
bool spool_format_named(const char *name, unsigned int *priority, uint64_t *id);

#endif
