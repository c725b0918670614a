/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: from a stopped call to its event and its verdict. The functions for
 * a kind of call fill the event, note what the verdict rests on (call_pin),
 * and return serve_ask(), 0 (nobody is asked), or the -errno that the call is
 * bound to give anyway.
 */
#ifndef FG_TRACE_SERVE_H
#define FG_TRACE_SERVE_H

#include "regs.h"
#include "state.h"

/* An empty event with the facts of the caller. */
struct event *serve_event(
    struct trace *t, const struct call *c, enum event_name name);

/* Ask the judge: 0, -errno, or TRACE_KILL. Not watched: 0. */
int serve_ask(struct trace *t, struct call *c, struct event *ev);

/* The verdict on a call, by the work of its hook. */
int serve_call(struct trace *t, struct call *c);

/* serve_file.c */
int serve_path(struct trace *t, struct call *c);
int serve_paths(struct trace *t, struct call *c);
int serve_fd(struct trace *t, struct call *c);

/* serve_open.c */
int serve_open(struct trace *t, struct call *c);
int serve_handle(struct trace *t, struct call *c);
/* Memory of processes, by another way than its addresses. */
bool serve_is_memory(const struct trace *t, pid_t tid, struct str path);
/* Is what was opened as fd memory of a process? Then it is refused. */
int serve_opened_memory(struct trace *t, struct call *c, int fd);
/* The file that was opened as fd, when what was judged had the sum `judged`. */
int serve_opened(struct trace *t, struct call *c, int fd, uint64_t judged);

/* serve_net.c */
int serve_socket(struct trace *t, struct call *c);
int serve_addr(struct trace *t, struct call *c);
int serve_listen(struct trace *t, struct call *c);
int serve_dup(struct trace *t, struct call *c);
int serve_accepted(struct trace *t, struct call *c, int fd);

/* serve_send.c */
int serve_sendto(struct trace *t, struct call *c);
int serve_sendmsg(struct trace *t, struct call *c);
int serve_sendmmsg(struct trace *t, struct call *c);
int serve_writev(struct trace *t, struct call *c);
/* At the end of a sendmmsg(2) of which one message was sent: 0. */
int serve_sent_one(struct trace *t, const struct call *c, long result);

/* serve_kernel.c */
int serve_exec(struct trace *t, struct call *c);
int serve_setuid(struct trace *t, struct call *c);
int serve_root(struct trace *t, struct call *c);
int serve_signal(struct trace *t, struct call *c);
int serve_ptrace(struct trace *t, struct call *c);
int serve_setsig(struct trace *t, struct call *c);
int serve_target(struct trace *t, struct call *c);
int serve_kernel(struct trace *t, struct call *c);
int serve_refuse(struct trace *t, struct call *c);
int serve_memory(struct trace *t, struct call *c);
/* The guarded process whose file in /proc this is, or 0. */
pid_t serve_guards_proc(
    const struct trace *t, const struct call *c, struct str path);
/* An event, and -EPERM whatever the judge says. */
int serve_refuse_for(struct trace *t, struct call *c, enum event_name name,
    pid_t target, uint64_t number);

/* serve_mount.c */
int serve_mount(struct trace *t, struct call *c);

#endif
