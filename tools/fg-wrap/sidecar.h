/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sidecar: the other end of the task's socket: NDJSON both ways (fg-wrap(1),
 * SIDECAR). Nothing here waits, and nothing that comes is believed to be well
 * formed.
 */
#ifndef FG_WRAP_SIDECAR_H
#define FG_WRAP_SIDECAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
	SIDECAR_IN_MAX = (1 << 20) + 4096, /* a policy and its envelope */
	SIDECAR_QUEUE_MAX = 1 << 20,       /* bytes without an ack */
	SIDECAR_LINES_MAX = 4096,          /* lines without an ack */
	SIDECAR_PATH_MAX = 107,            /* sun_path less its NUL; unix(7) */
	SIDECAR_RETRY_MIN_MS = 100,
	SIDECAR_RETRY_MAX_MS = 10000,
};

enum sidecar_news {
	SIDECAR_NONE,
	SIDECAR_POLICY,  /* `line` is a policy record */
	SIDECAR_DRAINED, /* the command may be told to stop */
	SIDECAR_BACK,    /* connected */
	SIDECAR_LOST,    /* was connected, is no longer */
};

struct sidecar_line {
	uint64_t seq, count;
	size_t n; /* bytes in the queue */
};

struct sidecar {
	const char *path;  /* NULL: none */
	const char *hello; /* the first line of each connection */
	int fd;            /* -1: not connected */
	int64_t retry_ms;  /* when to connect again */
	int64_t wait_ms;   /* from then on */
	bool was_up;       /* has been connected before */
	struct buf in;
	size_t taken;   /* bytes of in that were looked at */
	bool discard;   /* until the end of an overlong line */
	struct buf out; /* bytes that go out next */
	size_t out_at;
	struct buf queue; /* events, oldest first, until they are acked */
	struct sidecar_line *lines;
	size_t n, sent;    /* lines in the queue; given to `out` */
	size_t sent_bytes; /* bytes of those */
	uint64_t lost;     /* events that found no room, not yet reported */
	unsigned garbage;  /* lines that were none */
};

/* path and hello (with its newline) are borrowed; path NULL: no sidecar. */
void sidecar_init(struct sidecar *s, const char *path, const char *hello);
void sidecar_free(struct sidecar *s);

/* Connect when it is time; SIDECAR_BACK or SIDECAR_NONE. */
enum sidecar_news sidecar_connect(struct sidecar *s, int64_t now_ms);

/* When to call sidecar_connect(); INT64_MAX: never. */
int64_t sidecar_next(const struct sidecar *s);

/* What to poll its fd for: POLLIN, or POLLIN | POLLOUT. */
short sidecar_events(const struct sidecar *s);

/* Queue an event's line. */
void sidecar_event(
    struct sidecar *s, struct str line, uint64_t seq, uint64_t count);

/* A line of ours that is not kept for a later connection. */
void sidecar_say(struct sidecar *s, const char *line);

/* Write what goes without waiting; SIDECAR_LOST or SIDECAR_NONE. */
enum sidecar_news sidecar_write(struct sidecar *s, int64_t now_ms);

/* Read what is there; call sidecar_take() after. SIDECAR_LOST as above. */
enum sidecar_news sidecar_read(struct sidecar *s, int64_t now_ms);

/* The next news among what was read; *line is valid until the next call. */
enum sidecar_news sidecar_take(struct sidecar *s, struct str *line);

/* Events lost since the last call; 0 while it is not connected. */
uint64_t sidecar_take_lost(struct sidecar *s);

#endif
