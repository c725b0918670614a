/* SPDX-License-Identifier: Apache-2.0 */
/* httpd_conn: a connection, from its acceptance to its last byte. */
#ifndef FG_HTTPD_HTTPD_CONN_H
#define FG_HTTPD_HTTPD_CONN_H

#include <time.h>

#include "base/buf.h"
#include "http1/http1_chunk.h"
#include "httpd.h"
#include "ip/ip.h"

enum {
	HTTPD_READ_STEP = 64 * 1024,    /* bytes that are read at once */
	HTTPD_WRITE_STEP = 64 * 1024,   /* of an answer in write_ms */
	HTTPD_STREAM_MAX = 1024 * 1024, /* that may wait, of a stream */
	HTTPD_TRAILERS_MAX = 8,
	/* Answers may take memory when requests may no longer. */
	HTTPD_IN_TIMES = 1,
	HTTPD_OUT_TIMES = 2,
	HTTPD_YOUNG_MS = 1000, /* no request for so long: may have to go */
};

/* What is to be done next. */
enum httpd_phase {
	HTTPD_HANDSHAKE,
	HTTPD_HEAD, /* read it; there may be nothing of it yet */
	HTTPD_BODY,
	HTTPD_SERVE,  /* the request is in the caller's hands */
	HTTPD_STREAM, /* as is its answer, which has begun */
	HTTPD_FLUSH,  /* the answer is complete: write what is left of it */
	HTTPD_LINGER, /* all is written: let it arrive */
	HTTPD_ORPHAN, /* closed, but the caller has the request still */
};

/* What is waited for: each has its deadline and its list. */
enum httpd_wait {
	HTTPD_WAIT_NONE,
	HTTPD_WAIT_HANDSHAKE,
	HTTPD_WAIT_HEAD,
	HTTPD_WAIT_BODY,
	HTTPD_WAIT_IDLE,
	HTTPD_WAIT_ANSWER, /* of the caller */
	HTTPD_WAIT_ROOM,   /* of the peer */
	HTTPD_WAIT_LINGER,
};

/* In the order in which they go when there are too many. */
enum httpd_list {
	HTTPD_LIST_LINGER,
	HTTPD_LIST_IDLE,
	HTTPD_LIST_YOUNG, /* no request yet, by the time of the first byte */
	HTTPD_LIST_BUSY,
	HTTPD_LIST_ORPHAN,
	HTTPD_LISTS
};

struct httpd_links {
	struct httpd_links *next, *back;
};

/* A body in chunks, while it is read. */
struct httpd_chunked {
	struct http1_chunks chunks;
	struct http1_field trailers[HTTPD_TRAILERS_MAX];
};

struct httpd_conn {
	struct httpd_request r;
	struct loop_fd w;
	struct loop_timer deadline, soon;
	struct httpd_links links;
	struct tls *tls;
	char address[IP_TEXT];

	/* Bytes read: what is before `at` was served. */
	struct buf in;
	size_t at;   /* the request: its head, */
	size_t head; /* of so many bytes, */
	size_t body; /* then the body, as far as it is read, without chunks, */
	size_t end;  /* and where the next request starts, once that is known */
	size_t tried; /* bytes in which no head ends */
	size_t limit; /* of the body */
	uint64_t length;
	struct httpd_chunked *chunked;

	/* Bytes to be written: what is before `sent` was. */
	struct buf out;
	size_t sent;
	uint64_t written, mark; /* of all; when the deadline was set */

	size_t counted;   /* bytes of both, as in stat.memory */
	int64_t since_ms; /* it is in LIST_YOUNG */
	uint8_t phase, wait, list;
	bool readable;            /* as far as is known */
	bool running;             /* httpd_conn_run() is at work */
	bool held;                /* the caller has r */
	bool certified;           /* it has shown a certificate */
	bool broken;              /* to be closed, nothing more be said */
	bool cut;                 /* ... and the peer has to see that */
	bool keep;                /* there may be a next request */
	bool old;                 /* HTTP/1.0 */
	bool head_only;           /* HEAD */
	bool stream_body, chunks; /* the stream has one, in chunks */
	bool want_room;

	void (*gone)(struct httpd_request *r, void *arg);
	void *gone_arg;
	void (*room)(struct httpd_request *r, void *arg);
};

struct httpd {
	struct httpd_config cfg;
	struct loop_fd listener; /* .fd -1: none */
	struct loop_timer resume, later;
	struct httpd_links lists[HTTPD_LISTS];
	struct httpd_stat stat;
	struct http1_limits limits;
	bool draining;

	/* One request is read, or answered, at a time. */
	struct http1_request request;
	struct http1_field fields[HTTP1_FIELDS_MAX];
	struct tls_peer peer;
	char date[32];
	time_t date_at;
	char space[HTTPD_READ_STEP];
};

/*
 * A connection over fd, which becomes its own, also when this fails. from: the
 * peer's address as accept(2) gives it. ERR_TEMP.
 */
int httpd_conn_open(struct httpd *h, int fd, const void *from, struct err *e);

/* Do what can be done now; the connection may be gone after that. */
void httpd_conn_run(struct httpd_conn *c);

/* The same, but soon and not now. */
void httpd_conn_soon(struct httpd_conn *c);

/*
 * Close it: `gone` is called, or it becomes an orphan, when the caller has the
 * request. Not while it is running.
 */
void httpd_conn_close(struct httpd_conn *c);

/* Free an orphan, or any other when all is freed. */
void httpd_conn_free(struct httpd_conn *c);

/* Wait for that: sets the deadline, unless it waits for it already. */
void httpd_conn_wait(struct httpd_conn *c, enum httpd_wait wait);

/* Close one that can be spared. False: there is none. */
bool httpd_conn_evict(struct httpd *h);

/* Tell the server how much memory it has now. */
void httpd_conn_count(struct httpd_conn *c);

/* Do all connections together have more than memory_max, so many times? */
bool httpd_conn_too_much(const struct httpd_conn *c, unsigned times);

/*
 * The first connection of a list that is not running; NULL: there is none.
 */
struct httpd_conn *httpd_conn_first(struct httpd *h, enum httpd_list list);

/* Answer with an error, then close. name and text: see struct httpd_refusal. */
void httpd_conn_refuse(
    struct httpd_conn *c, unsigned status, const char *name, const char *text);

#endif
