/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waas: the firewall that is started with us: policies to its standard input,
 * its audits from its standard output, both the ends of one socket.
 */
#ifndef FG_SIDECAR_WAAS_H
#define FG_SIDECAR_WAAS_H

#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "launch.h"

enum {
	WAAS_POLICY_MAX = 1 << 20, /* bytes of a record */
	WAAS_DRAIN_MS = 5000,      /* so long it may take to end */
	WAAS_GOOD_MS = 10000,      /* who lives so long has started */
};

struct waas {
	struct launch *launch; /* NULL: there is no firewall */
	bool running, ended;   /* ended: for good */
	bool stopping;         /* it was told to end */
	int64_t started_ms, kill_ms;
	struct backoff later;
	struct buf policy; /* the last one, with its newline; empty: none */
	uint64_t changes;
};

void waas_init(struct waas *w, struct launch *launch);
void waas_free(struct waas *w);

/* Keep a record for it. ERR_PERM: too long. */
int waas_policy(struct waas *w, struct str line, struct err *e);

/* When to call waas_start(); INT64_MAX: not by time. */
int64_t waas_next(const struct waas *w);

/*
 * Start it, if it is time to; or, when it was told to end and does not, kill
 * it. Its socket, the caller's to close; -1: nothing was started.
 */
int waas_work(struct waas *w, int64_t now_ms);

/* A child of ours is dead: is it that one? */
void waas_look(struct waas *w);

/* Its socket is at its end: to be started again, later. */
void waas_gone(struct waas *w, int64_t now_ms);

/* Tell it to end, and start it no more. */
void waas_stop(struct waas *w, int64_t now_ms);

/* There is none that runs, nor will there be one. */
bool waas_over(const struct waas *w);

#endif
