/* SPDX-License-Identifier: Apache-2.0 */
/* kin: who descends from whom, as /proc tells; no memory is taken. */
#ifndef FG_WRAP_KIN_H
#define FG_WRAP_KIN_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Does pid descend from `from`? Async-signal-safe. False where /proc does not
 * tell.
 */
bool kin_descends(pid_t pid, pid_t from);

/*
 * Is `but` the only child of this process? Then, for a subreaper, nothing else
 * descends from it. False where the kernel does not tell.
 */
bool kin_only_child(pid_t but);

/*
 * Send sig (0: none) to every process that descends from this one, or as
 * process 1 to every process, but not to this one or `but`. How many live;
 * zombies do not.
 */
unsigned kin_signal(pid_t but, int sig);

#endif
