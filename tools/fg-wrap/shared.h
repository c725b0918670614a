/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared: the memory that the supervisor and the reporter have in common. It
 * is mapped before the first fork(2), so that an address means the same to
 * both, and survives a reporter that dies.
 *
 * The kick: the reporter, when it has something for the supervisor, writes it
 * here and stops itself; the supervisor hears of that by the wait(2) in which
 * it is anyway, looks here, and continues it. The other way the ring's news
 * and a byte in a pipe wake the reporter.
 */
#ifndef FG_WRAP_SHARED_H
#define FG_WRAP_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "policy/policy.h"
#include "ring/ring.h"
#include "trace/trace.h"

enum {
	SHARED_HALF = 8 << 20,       /* bytes for one compiled policy */
	SHARED_DETAIL = 512,         /* of the start event */
	SHARED_ERROR = ERR_TEXT_MAX, /* why a policy could not be applied */
	SHARED_ENTERED_MAX = 16,     /* processes from outside, a kick */
	SHARED_PATH = 1024,          /* bytes of their paths */
	SHARED_ARGS = 4096,          /* and arguments */
};

/* What came of the policy that was offered. */
enum shared_applied {
	SHARED_PENDING,
	SHARED_APPLIED,
	SHARED_PARTLY, /* `unseen` processes, or why in `error` */
};

/* A process from outside, by the reporter; the last one by the supervisor. */
struct shared_entered {
	int32_t pid, ppid;
	uint32_t uid, euid, gid;
	int32_t refused; /* errno, if it is not to be adopted: EXDEV: in
			  * another mount namespace */
	char exe[SHARED_PATH], cwd[SHARED_PATH], args[SHARED_ARGS];
	uint32_t n_args; /* bytes */
	bool args_cut;
	bool adopted;
};

struct shared {
	char boot[EVENT_BOOT];

	/* Written by the reporter. */
	const struct policy *_Atomic offered; /* NULL: none, or taken */
	_Atomic uint32_t offered_half;
	_Atomic uint32_t connected; /* the sidecar is there */
	_Atomic uint32_t drained;   /* the command may have its SIGTERM */
	_Atomic uint32_t overdue;   /* the rest had its time */
	_Atomic uint32_t reading;   /* of the ring: who dies now skips one */
	_Atomic uint64_t seq;       /* of the last record */
	_Atomic uint64_t lost_told; /* of ring.lost */
	_Atomic uint32_t n_entered; /* 0: taken */
	struct shared_entered entered[SHARED_ENTERED_MAX];

	/* Written by the supervisor. */
	const struct policy *_Atomic current;
	_Atomic uint32_t half; /* that it lies in, 0 or 1 */
	_Atomic uint32_t applied;
	_Atomic uint32_t unseen;
	char error[SHARED_ERROR];
	char started[SHARED_DETAIL]; /* of the start event; "": never */
	_Atomic uint32_t traced;     /* the command is, and what descends */
	_Atomic uint32_t stopping;   /* SIGTERM came, and waits */
	_Atomic uint32_t ending;     /* the command has ended, others live */
	_Atomic uint32_t hurry;      /* SIGTERM again */
	_Atomic uint32_t finish;     /* write what there is, and exit */

	/* Of the supervisor for a command that is its parent (app.h). */
	_Atomic uint32_t go_on; /* the command may run */

	enum trace_tier tier;
	size_t filter_n;
	unsigned char filter[TRACE_FILTER_BYTES];

	struct ring ring;
	_Alignas(4096) unsigned char halves[2][SHARED_HALF];
};

/* Map it, with a new boot id; NULL with e set. */
struct shared *shared_new(struct err *e);

/* A policy's half is given back to the system. */
void shared_release(struct shared *s, uint32_t half);

#endif
