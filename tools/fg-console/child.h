/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: work that may take long, or goes wrong with a hostile document, in a
 * process of its own with limits of time and memory.
 */
#ifndef FG_CONSOLE_CHILD_H
#define FG_CONSOLE_CHILD_H

#include "request.h"

enum {
	CHILD_MAX = 4,           /* at a time, of each worker; more: 503 */
	CHILD_SECONDS = 60,      /* then it is ended: 504 */
	CHILD_CPU_SECONDS = 30,  /* of them on a core */
	CHILD_OUT_MAX = 64 << 20 /* bytes of what it says */
};

/*
 * Run work in a child, which has all that r has, and then call `then` with the
 * parcels that it put into out, or answer r when it failed.
 */
void child_run(struct request *r,
    void (*work)(struct request *r, struct buf *out),
    void (*then)(struct request *r, struct parcel *out));

/* End those that still run: their requests are never answered. */
void child_free(struct worker *w);

#endif
