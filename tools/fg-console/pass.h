/* SPDX-License-Identifier: Apache-2.0 */
/* pass: a descriptor to another process (unix(7), SCM_RIGHTS). */
#ifndef FG_CONSOLE_PASS_H
#define FG_CONSOLE_PASS_H

#include "base/err.h"

/* Over the socket `over`; fd stays the caller's. ERR_TEMP. */
int pass_send(int over, int fd, struct err *e);

/* The descriptor; -EAGAIN: none is there; -EPIPE: the other side is gone. */
int pass_receive(int over);

#endif
