/* SPDX-License-Identifier: Apache-2.0 */
/* spool_crc: CRC-32C (RFC 3720, appendix B.4), eight bytes a step. */
#ifndef FG_SPOOL_SPOOL_CRC_H
#define FG_SPOOL_SPOOL_CRC_H

#include <stddef.h>
#include <stdint.h>

struct spool_crc {
	uint32_t t[8][256];
};

void spool_crc_init(struct spool_crc *c);

/* The checksum of p[0..n). */
uint32_t spool_crc(const struct spool_crc *c, const void *p, size_t n);

#endif
