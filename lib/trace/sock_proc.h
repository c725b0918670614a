/* SPDX-License-Identifier: Apache-2.0 */
/* sock_proc: sockets as /proc/PID/net lists them. */
#ifndef FG_TRACE_SOCK_PROC_H
#define FG_TRACE_SOCK_PROC_H

#include "sock.h"

bool sock_proc_look(struct trace *t, pid_t tid, int fd, struct sock *ret);

#endif
