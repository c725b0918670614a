/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message: what workers and the writer say to each other. Bodies are parcels
 * (parcel.h), in the order given here; both sides are always of one build.
 */
#ifndef FG_CONSOLE_MESSAGE_H
#define FG_CONSOLE_MESSAGE_H

#include <stdint.h>

#include "base/str.h"

enum { MESSAGE_MAX = 48 * 1024 * 1024 }; /* bytes of a body */

/* What whoever asked is told of a failure of ours, which may name files. */
#define MESSAGE_FAILED "that failed here; the Console's log says why"

enum message_op {
	/*
	 * A worker asks; the writer answers each once, by MESSAGE_REPLY with
	 * the same id, once what was asked for is on the disk. `who` names who
	 * did it, for the record.
	 */
	MESSAGE_DOCUMENT_PUT,  /* who kind body note expect(-1: any) */
	MESSAGE_TOKEN_ADD,     /* who name scopes expires_ms */
	MESSAGE_TOKEN_REVOKE,  /* who id */
	MESSAGE_SECRET_ADD,    /* who app note expires_ms max_live */
	MESSAGE_SECRET_REVOKE, /* who id */
	MESSAGE_ENROL,         /* secret-id app boot version csr */
	MESSAGE_RENEW,         /* serial app boot csr */
	MESSAGE_POLICY,        /* app */
	MESSAGE_AUDITS,        /* app n, then n times what audits.h packs */
	MESSAGE_STATUS,        /* see api_status.c */
	MESSAGE_SCANNED,       /* who image: for the record */
	MESSAGE_ASKED,         /* how many of those there are */
	/* It asks, and there is no answer. */
	MESSAGE_USED, /* token-id */
	/* The writer tells all workers. */
	MESSAGE_REPLY = 64, /* status reason msg, then what was asked for */
	MESSAGE_DOCUMENTS,  /* kind version: there is a new one */
	MESSAGE_KEYS,       /* tokens or enrolment secrets changed */
	MESSAGE_STORED,     /* there are new audits */
};

struct message {
	uint32_t op;
	uint64_t id;
	struct str body;
};

#endif
