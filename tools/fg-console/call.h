/* SPDX-License-Identifier: Apache-2.0 */
/* call: what was asked of the writer and is not answered yet. */
#ifndef FG_CONSOLE_CALL_H
#define FG_CONSOLE_CALL_H

#include "parcel.h"
#include "worker.h"

enum {
	CALL_BEHIND = 16 << 20
}; /* bytes that wait for the writer: it is late */

/* What the writer said. */
struct reply {
	unsigned status;
	struct str reason, msg;
	struct parcel payload; /* when status is below 400 */
};

/*
 * Ask; done is called once, from the loop, with arg. Negative: it could not be
 * sent (-EAGAIN: the writer is far behind), and done is not called.
 */
int call_writer(struct worker *w, enum message_op op, struct str body,
    void (*done)(void *arg, const struct reply *reply), void *arg);

/* A message of the writer that is a reply. */
void call_reply(struct worker *w, const struct message *m);

/* Answers that are still to come. */
unsigned call_open(const struct worker *w);

void call_free(struct worker *w);

#endif
