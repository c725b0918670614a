/* SPDX-License-Identifier: Apache-2.0 */
/* channel: messages over a socket between two processes of the Console. */
#ifndef FG_CONSOLE_CHANNEL_H
#define FG_CONSOLE_CHANNEL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"
#include "message.h"

struct channel {
	struct loop *loop;
	struct loop_fd watch;
	struct buf in, out;
	size_t out_at; /* bytes of out that are written */
	/* A message came; its body lives until take returns. */
	void (*take)(struct channel *c, const struct message *m);
	/* The other side is gone, or talks nonsense; channel_close() may be
	 * called from here. */
	void (*gone)(struct channel *c);
	void *arg;
};

/*
 * Over the stream socket fd, which becomes the channel's also on failure; take,
 * gone and arg are set by the caller before. ERR_TEMP.
 */
int channel_open(struct channel *c, struct loop *l, int fd, struct err *e);
void channel_close(struct channel *c);

/* Never waits. -EFBIG when 2 * MESSAGE_MAX bytes wait already. */
int channel_send(
    struct channel *c, enum message_op op, uint64_t id, struct str body);

/* Bytes that wait to be written. */
size_t channel_waiting(const struct channel *c);

#endif
