/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mem: memory of tracees. A process that changed its user, or hides itself, can
 * be looked into with CAP_SYS_PTRACE only: without it these give -EREMOTEIO.
 */
#ifndef FG_TRACE_MEM_H
#define FG_TRACE_MEM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "state.h"

/*
 * Read n bytes at `from` of a stopped tracee. How many were read, which is
 * less only where its memory ends, or -errno: -EFAULT when there is none.
 */
ssize_t mem_read(struct trace *t, pid_t tid, uint64_t from, void *to, size_t n);

/* All n bytes, or -EFAULT. */
int mem_get(struct trace *t, pid_t tid, uint64_t from, void *to, size_t n);

/*
 * A string of at most n - 1 bytes with its NUL. Its length, -EFAULT, or
 * -ENAMETOOLONG.
 */
ssize_t mem_text(struct trace *t, pid_t tid, uint64_t from, char *to, size_t n);

/* Write all n bytes, or -errno. */
int mem_put(
    struct trace *t, pid_t tid, uint64_t to, const void *from, size_t n);

#endif
