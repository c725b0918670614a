/* SPDX-License-Identifier: Apache-2.0 */
/* landlock: a floor below the tracer that the kernel keeps by itself. */
#ifndef FG_LANDLOCK_LANDLOCK_H
#define FG_LANDLOCK_LANDLOCK_H

/* The ABI version of the kernel's Landlock (landlock(7)), 0: there is none. */
int landlock_abi(void);

/*
 * Put the calling thread, and what it starts, into a domain that takes no
 * right on files but, as every domain does, keeps it from tracing, reading or
 * writing the memory of processes outside, the defender's among them
 * (landlock(7), "Ptrace restrictions"). Signals pass: scripts send them to
 * process 1.
 *
 * Needs no_new_privs and ABI 2: before that, a domain forbids to rename
 * between directories. A domain also forbids mount(2), so that nothing is
 * done, and -EOPNOTSUPP returned, while CAP_SYS_ADMIN is in the bounding set.
 * Other errors as of landlock_restrict_self(2); -ENOSYS: no Landlock, or too
 * old. Async-signal-safe.
 */
int landlock_guard(void);

#endif
