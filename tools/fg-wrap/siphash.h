/* SPDX-License-Identifier: Apache-2.0 */
/*
 * siphash: SipHash-2-4 (Aumasson and Bernstein, 2012): without the seed nobody
 * finds two texts of one hash, so that none can hide behind another.
 */
#ifndef FG_WRAP_SIPHASH_H
#define FG_WRAP_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash(const uint64_t seed[2], const void *p, size_t n);

#endif
