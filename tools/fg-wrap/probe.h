/* SPDX-License-Identifier: Apache-2.0 */
/* probe: what this machine, and this place on it, is able to do. */
#ifndef FG_WRAP_PROBE_H
#define FG_WRAP_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/utsname.h>

#include "base/buf.h"
#include "caps.h"
#include "jwrite/jwrite.h"
#include "trace/trace.h"

struct probe {
	struct utsname system;
	uint32_t uid;
	bool pid1, no_new_privs;
	int64_t seccomp_mode; /* that we are in ourselves: 0, 2; -1 */
	bool seccomp_filter;  /* filters may be installed at all */
	bool seccomp_trace;   /* SECCOMP_RET_TRACE */
	bool ptrace;          /* a child may be seized */
	bool io_uring;        /* io_uring_setup(2) answers */
	bool pidfd;           /* pidfd_open(2) */
	bool proc;            /* /proc is there */
	int64_t yama;         /* kernel.yama.ptrace_scope; -1: none */
	int64_t landlock;     /* ABI; 0: none */
	struct caps caps;
	enum trace_tier tier; /* the best one */
};

/* Ask; tries what cannot be asked for in a child. */
void probe_machine(struct probe *p);

/* The members of the record, into an open object. */
void probe_write(const struct probe *p, struct jwrite *w);

/* One line of text for people, such as "kernel=6.1.0 ptrace=yes …". */
void probe_text(const struct probe *p, struct buf *b);

/* "full" and so on. */
const char *probe_tier_text(enum trace_tier tier);

#endif
