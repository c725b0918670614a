/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer: the one process that writes the store, and that has the keys which
 * sign certificates and policies. Workers ask it over channels (message.h). All
 * that is asked for in one round of its loop is one commit; answers come after.
 */
#ifndef FG_CONSOLE_WRITER_H
#define FG_CONSOLE_WRITER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "board.h"
#include "channel.h"
#include "documents.h"
#include "event/event.h"
#include "options.h"
#include "parcel.h"
#include "pki/pki.h"
#include "store/store_audits.h"

enum {
	WRITER_LINKS_MAX = 128,
	WRITER_WAITING_MAX = 8 << 20, /* bytes of audits; then it commits */
	WRITER_TOLD_MAX = 1000        /* events of its own that wait */
};

/* What is said to a request. */
struct writer_answer {
	int status;         /* of HTTP; 0: 200 */
	const char *reason; /* a word for programs, or NULL; static */
	char msg[ERR_TEXT_MAX];
	struct buf payload; /* parcels, when status is below 400 */
};

/* A request whose answer waits for the commit. */
struct writer_job {
	struct writer_job *next;
	struct channel *link; /* NULL: that worker is gone */
	uint64_t id;
	struct writer_answer answer;
	/* Of MESSAGE_AUDITS; the events are in the arena. */
	struct arena *arena;
	struct store_batch batch;
};

struct writer {
	const struct options *o;
	struct board *board;
	struct board_row *row;
	struct loop *loop;
	struct store *store;
	struct pki_ca *ca;
	struct pki_signer *signer;
	struct buf bundle, policy_key; /* PEM, public */
	struct documents documents;
	struct channel *links[WRITER_LINKS_MAX];
	size_t n_links;
	struct loop_fd signals, control;
	struct loop_timer commit, tidy, retain;

	struct writer_job *jobs, **jobs_end;
	size_t waiting; /* bytes of audits among them */
	bool begun;     /* a transaction is open */
	bool keys;      /* tokens or secrets changed in it */
	bool stored;    /* audits were stored: to be told */
	char boot[EVENT_BOOT];
	uint64_t seq;
	struct arena *told_arena;
	struct store_event told[WRITER_TOLD_MAX];
	size_t n_told;
};

/*
 * Until SIGTERM, or until control, on which the workers' sockets come, is
 * closed. Returns 0, or -errno.
 */
int writer_run(
    const struct options *o, struct board *board, int control, struct err *e);

/* ---- commits ------------------------------------------------------------ */

/* The answer to it will wait for the commit; NULL: out of memory. */
struct writer_job *writer_job(
    struct writer *w, struct channel *link, uint64_t id);

/* A small write follows: it is part of the next commit. */
int writer_begin(struct writer *w, struct err *e);

/* Commit now, and answer. */
void writer_commit(struct writer *w);

/* Nobody is there to be answered any more. */
void writer_forget(struct writer *w, const struct channel *link);

/* ---- answers ------------------------------------------------------------ */

void writer_refuse(struct writer_answer *a, int status, const char *reason,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The store or a key failed: 503 if a retry may help, else 500. */
void writer_failed(
    struct writer *w, struct writer_answer *a, const struct err *e);

void writer_send(struct writer *w, struct channel *link, uint64_t id,
    const struct writer_answer *a);
void writer_tell_workers(struct writer *w, enum message_op op, struct str body);

/* ---- events of its own -------------------------------------------------- */

struct writer_event {
	const char *name; /* "config.write" */
	const char *severity;
	struct str app; /* empty: the Console itself */
	struct str actor, what, sha256;
	int64_t before, after; /* versions; 0: none */
	const char *msg;
};

/* To be stored with the next commit. */
void writer_tell(struct writer *w, const struct writer_event *ev);

/* config.write: who did what. */
void writer_told(
    struct writer *w, struct str actor, const char *what, struct str about);

/* ---- what is asked for -------------------------------------------------- */

void writer_document_put(
    struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_token_add(
    struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_token_revoke(
    struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_secret_add(
    struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_secret_revoke(
    struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_enrol(struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_renew(struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_policy(
    struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_status(
    struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_scanned(
    struct writer *w, struct parcel *in, struct writer_answer *a);
void writer_used(struct writer *w, struct parcel *in);

/* The events of a batch. */
void writer_audits(
    struct writer *w, struct channel *link, uint64_t id, struct parcel *in);

#endif
