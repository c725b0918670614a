/* SPDX-License-Identifier: Apache-2.0 */
/* httpd_io: the bytes of a connection, plain or by TLS. */
#ifndef FG_HTTPD_HTTPD_IO_H
#define FG_HTTPD_HTTPD_IO_H

#include <sys/types.h>

#include "httpd_conn.h"

/*
 * Read up to HTTPD_READ_STEP bytes into the server's `space`: how many, 0 at
 * the end, -EAGAIN, or another negative errno. c->readable is kept.
 */
ssize_t httpd_io_read(struct httpd_conn *c);

/*
 * Write both; what the peer does not take now goes behind what waits in
 * c->out. A failure makes the connection broken.
 */
void httpd_io_send(struct httpd_conn *c, struct str head, struct str body);

/* Write what waits: 0 all of it, -EAGAIN, or -EPIPE: it is broken. */
int httpd_io_flush(struct httpd_conn *c);

/* What to watch for after -EAGAIN; plain: without TLS. */
uint32_t httpd_io_wants(const struct httpd_conn *c, uint32_t plain);

/* Say that nothing more will be written, and be done with TLS. */
void httpd_io_finish(struct httpd_conn *c);

#endif
