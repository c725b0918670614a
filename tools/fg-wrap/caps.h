/* SPDX-License-Identifier: Apache-2.0 */
/* caps: capabilities, without libcap. capabilities(7). */
#ifndef FG_WRAP_CAPS_H
#define FG_WRAP_CAPS_H

#include <stdbool.h>
#include <stdint.h>

enum { CAPS_KNOWN = 41 }; /* as of Linux 5.9 */

/* "sys_ptrace"; NULL for a number of which no name is known. */
const char *caps_name(unsigned cap);

/* Bit n: capability n. 0, or -errno. */
struct caps {
	uint64_t effective, permitted, inheritable, bounding;
};
int caps_get(struct caps *ret);

/*
 * Drop CAP_SYS_PTRACE from every set of this thread, for good where it may
 * change its bounding set. Async-signal-safe.
 */
void caps_drop_ptrace(void);

#endif
