/* SPDX-License-Identifier: Apache-2.0 */
/* trim: memory that was needed for a while, given back. */
#ifndef FG_SIDECAR_TRIM_H
#define FG_SIDECAR_TRIM_H

/*
 * Give back what the heap does not use, and let go of the pages of programs and
 * libraries, most of which were needed for a handshake that comes once in
 * hours: the page cache still has them, and whoever needs memory more may take
 * them from there.
 */
void trim(void);

#endif
