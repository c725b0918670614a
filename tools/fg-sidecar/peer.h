/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer: one connection of the socket, as lines. Who is at the other end may be
 * the app itself, so nothing that it sends is believed or kept without bound.
 */
#ifndef FG_SIDECAR_PEER_H
#define FG_SIDECAR_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
	PEER_LINE_MAX = 64 * 1024,       /* bytes of a line that is read */
	PEER_OUT_MAX = (1 << 20) + 8192, /* bytes that wait to be written */
	PEER_NAME_MAX = 256,
};

struct container;

enum peer_kind {
	PEER_SOCKET, /* whoever came to the socket */
	PEER_WAAS,   /* the firewall */
	PEER_ALERTS, /* the process of the user's rules */
};

struct peer {
	enum peer_kind kind;
	int fd;
	struct buf in, out;
	size_t taken;    /* of in */
	size_t sent;     /* of out */
	bool discard;    /* within a line that is too long */
	bool hello;      /* it said who it is */
	bool bye;        /* and that it goes */
	bool gone;       /* nothing more comes */
	uint64_t policy; /* changes of its policies that it was told */
	bool stopping;   /* it wants to know when it may */
	/* Who it is: looked up; so long that is waited for; answers by then. */
	bool known;
	int64_t wait_ms;
	uint64_t answers;
	struct container *who; /* NULL: none that we know */
	/* Its last events: on their way out, and behind those. */
	uint64_t out_at, out_seq, next_at, next_seq;
	char container[PEER_NAME_MAX], image[PEER_NAME_MAX];
	char app_id[PEER_NAME_MAX], digest[PEER_NAME_MAX];
	char boot[PEER_NAME_MAX];
};

/* fd becomes the peer's. NULL: out of memory, fd is closed. */
struct peer *peer_new(enum peer_kind kind, int fd);
void peer_free(struct peer *p);

/* Read once what there is. False: it is gone. */
bool peer_read(struct peer *p);

/* The next whole line, without its end; false: none yet. */
bool peer_line(struct peer *p, struct str *line);

/*
 * Write what the other end takes. False: it is gone, or so slow that
 * PEER_OUT_MAX was not enough.
 */
bool peer_write(struct peer *p);

bool peer_wants_room(const struct peer *p);

#endif
