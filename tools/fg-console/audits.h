/* SPDX-License-Identifier: Apache-2.0 */
/* audits: a batch of events on its way: from gzip to what the store takes. */
#ifndef FG_CONSOLE_AUDITS_H
#define FG_CONSOLE_AUDITS_H

#include "base/buf.h"
#include "base/err.h"
#include "parcel.h"
#include "store/store_audits.h"

enum {
	AUDITS_PACKED_MAX = 1 << 20,   /* bytes of a batch that is gzipped */
	AUDITS_UNPACKED_MAX = 8 << 20, /* ... and of its lines */
	AUDITS_BATCH_MAX = 10000,      /* lines */
	AUDITS_TOLD_MAX = 100          /* lines that are named as rejected */
};

/* An event in a message; its app is not part of that. */
void audits_pack(struct buf *b, const struct store_event *ev);
void audits_unpack(struct parcel *p, struct store_event *ev);

/*
 * Unpack gzip (RFC 1952) or zlib into out, never more than out->max. ERR_PERM:
 * EFBIG when there is more, EINVAL for what is no whole gzip.
 */
int audits_gunzip(struct str packed, struct buf *out, struct err *e);

struct audits_rejected {
	unsigned line;
	char msg[160];
};

struct audits_batch {
	struct buf events;                /* packed, one behind the other */
	unsigned n;                       /* of them */
	unsigned lines[AUDITS_BATCH_MAX]; /* of each event, from 1 */
	unsigned rejected;                /* of them the first are told: */
	struct audits_rejected told[AUDITS_TOLD_MAX];
};

/*
 * Read NDJSON of events, for the App ID that the certificate names: what the
 * events say of it is written over. Lines that are no event are rejected, each
 * on its own. ERR_PERM, EFBIG: too many lines.
 */
int audits_read(
    struct str text, struct str app, struct audits_batch *b, struct err *e);
void audits_free(struct audits_batch *b);

#endif
