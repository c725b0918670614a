/* SPDX-License-Identifier: Apache-2.0 */
/* hook: the system calls that may stop, what for, and how they are read. */
#ifndef FG_TRACE_HOOK_H
#define FG_TRACE_HOOK_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

/*
 * Reasons for a stop that no event stands for. They are bits of the same set
 * as the events, above those.
 */
#define HOOK_FACTS ((event_set)1 << 60) /* credentials, roots: always */
#define HOOK_GUARD ((event_set)1 << 61) /* guarded processes */
#define HOOK_DIR ((event_set)1 << 62)   /* the guarded directory */
#define HOOK_PINS                                                              \
	((event_set)1 << 63) /* memory that backs pinned arguments             \
			      */

/* Who reads the call and makes the event. */
enum hook_work {
	HOOK_ABI,
	HOOK_EXEC,
	HOOK_SETUID,
	HOOK_ROOT,
	HOOK_OPEN,
	HOOK_OPENAT2,
	HOOK_PATH,
	HOOK_FD,
	HOOK_PATHS,
	HOOK_SOCKET,
	HOOK_ADDR,
	HOOK_LISTEN,
	HOOK_ACCEPT,
	HOOK_SENDTO,
	HOOK_SENDMSG,
	HOOK_SENDMMSG,
	HOOK_DUP,
	HOOK_SIGNAL,
	HOOK_SETSIG,
	HOOK_TARGET,
	HOOK_HANDLE,
	HOOK_PTRACE,
	HOOK_MOUNT,
	HOOK_KERNEL,
	HOOK_MEMORY,
	HOOK_AIO,
	HOOK_REFUSE,
	HOOK_NOTHING, /* by its stop alone it comes after what we did */
};

/* What the kernel looks at before it stops the call. */
enum hook_test {
	HOOK_ALWAYS,
	HOOK_BITS,     /* argument `at` has a bit of `mask` */
	HOOK_POINTER,  /* argument `at` is not NULL */
	HOOK_MOST,     /* argument `at` is `mask` or less */
	HOOK_FLAGS,    /* open(2)'s flags in argument `at` may write */
	HOOK_FAMILY,   /* socket(2) of a family or type that is watched */
	HOOK_REQUEST,  /* ptrace(2)'s ATTACH, SEIZE, TRACEME */
	HOOK_ONE_OF,   /* argument `at` is the number of a bit in `mask` */
	HOOK_OTHER,    /* argument `at`, a process, is not 0: the caller */
	HOOK_VALUE,    /* argument `at` is `mask` */
	HOOK_RANGE,    /* address in `at`, length in `at` + 1: near the pins */
	HOOK_FIXED,    /* the same, and MAP_FIXED in argument 3 */
	HOOK_REMAP,    /* mremap(2): either of its ranges */
	HOOK_SEGMENT,  /* argument 0 is the pins' segment, or 1 their address */
	HOOK_DESTINED, /* sendto(2) with an address, or all for EVENT_DNS */
	HOOK_ENOSYS,   /* never stops: ENOSYS */
};

enum { HOOK_NO_ARG = -1 };

/* Signals that no handler can make good, as bits of their numbers. */
#define HOOK_FATAL                                                             \
	(1U << SIGKILL | 1U << SIGSTOP | 1U << SIGSEGV | 1U << SIGBUS |        \
	    1U << SIGILL | 1U << SIGFPE | 1U << SIGTRAP | 1U << SIGABRT |      \
	    1U << SIGSYS)

struct hook {
	int nr;
	const char *name;
	event_set events; /* any of these is a reason to stop */
	enum hook_work work;
	enum hook_test test;
	int8_t at; /* of the test */
	/*
	 * Of the work: HOOK_OPEN: dirfd, path, flags, mode. HOOK_PATH: dirfd,
	 * path, and flags or mode. HOOK_PATHS: dirfd, path, dirfd, path.
	 * HOOK_MOUNT: dirfd, where; dirfd, what.
	 */
	int8_t arg[4];
	uint32_t mask;
};

/* In no order; a hook's place in it is its SECCOMP_RET_DATA. */
extern const struct hook hook_table[];
extern const size_t hook_count;

/* The hook of a foreign entry (EVENT_ABI). */
enum { HOOK_ENTRY_ABI = 0 };

#endif
