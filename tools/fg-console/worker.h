/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: a process that serves HTTP. It parses all that comes from outside,
 * reads the store, and asks the writer for whatever is to be kept or signed.
 */
#ifndef FG_CONSOLE_WORKER_H
#define FG_CONSOLE_WORKER_H

#include "base/err.h"
#include "board.h"
#include "channel.h"
#include "documents.h"
#include "httpd/httpd.h"
#include "keyring.h"
#include "options.h"
#include "store/store.h"

struct call;
struct policy_app;
struct event_wait;
struct child;

enum { WORKER_APPS = 4096 }; /* buckets */

struct worker {
	const struct options *o;
	struct board *board;
	struct board_row *row;
	struct loop *loop;
	struct tls_context *tls;
	struct httpd *httpd;
	struct store *store;
	struct keyring keyring;
	struct documents documents;
	struct channel writer;
	struct loop_fd signals;
	struct loop_timer count;
	bool draining;
	int64_t damage_told_ms; /* request.c */

	struct call *calls; /* slots */
	uint32_t n_calls, free_call;

	struct policy_app *apps[WORKER_APPS]; /* wire_policy.c */
	struct event_wait *events;            /* api_events.c */
	struct child *children;               /* child.c */
	unsigned n_children;
};

/*
 * Until SIGTERM and the last connection is gone, or the writer is. number: of
 * its row on the board. Returns 0, or -errno: ERR_PERM if it would end so
 * again.
 */
int worker_run(const struct options *o, struct board *board, unsigned number,
    int listener, int writer, struct err *e);

#endif
