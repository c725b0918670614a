/* SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <errno.h>
#include <string.h>

#include "exe.h"
#include "time/time.h"

struct event *
serve_event(struct trace *t, const struct call *c, enum event_name name)
{
	struct event *ev = &t->ev;
	struct proc *p = c->proc;
	bool cut = false;

	memset(ev, 0, sizeof(*ev));
	ev->name = name;
	ev->ts_ns = time_now_ns();
	ev->count = 1;
	if (c->hook != NULL)
		ev->syscall = c->hook->name;
	/* Whose parent is gone has a new one. */
	if (p->ppid != t->self && task_proc_find(t->table, p->ppid) == NULL)
		p->known &= (uint16_t)~PROC_CREDS;
	if ((p->known & (PROC_CREDS | PROC_EXE)) != (PROC_CREDS | PROC_EXE))
		exe_know(t, p, c->tid);
	exe_fill(t, p, &ev->by);
	if (p->args_long) {
		ev->by.args = exe_cmdline(t, c->tid, &cut);
		ev->by.args_cut = cut;
	}
	return ev;
}

/* A file whose name could not be found out: it is longer than PATH_MAX. */
static bool
nameless(const struct event *ev)
{
	struct str path = ev->name == EVENT_SYMLINK ? ev->path2 : ev->path;

	return ev->name >= EVENT_OPEN && ev->name <= EVENT_SYMLINK &&
	       !str_starts(path, "/");
}

int
serve_ask(struct trace *t, struct call *c, struct event *ev)
{
	event_set bit = EVENT_BIT(ev->name);
	int verdict;

	if ((t->config.watches & bit) == 0)
		return 0;
	if (t->config.prevents & bit) {
		c->judged = true;
		ev->enforced = t->pins.at != NULL || ev->enforced;
	}
	verdict = t->config.judge(t->config.arg, ev);
	/* What is prevented by name cannot be told from it. */
	if (verdict == 0 && t->config.prevents & bit && nameless(ev))
		return t->no_name;
	return verdict;
}

static int
serve_abi(struct trace *t, struct call *c)
{
	struct event *ev = serve_event(t, c, EVENT_ABI);
	int verdict;

	ev->number = (int64_t)c->nr;
	verdict = serve_ask(t, c, ev);
	return verdict == TRACE_KILL ? verdict : -ENOSYS;
}

static int
serve_aio(struct trace *t, struct call *c)
{
	task_mm_of(t->table, c->proc)->aio = true;
	return 0;
}

static int
serve_accept(struct trace *t, struct call *c)
{
	(void)t;
	c->step |= TASK_ACCEPT;
	return 0;
}

/*
 * The affinity that it asks for was put back before this stop, and that which
 * it sets must not be put back after.
 */
static int
serve_nothing(struct trace *t, struct call *c)
{
	(void)c;
	t->place.streak = 0;
	t->place.moved = 0;
	return 0;
}

int
serve_call(struct trace *t, struct call *c)
{
	static int (*const works[])(struct trace *, struct call *) = {
	    [HOOK_ABI] = serve_abi,
	    [HOOK_EXEC] = serve_exec,
	    [HOOK_SETUID] = serve_setuid,
	    [HOOK_ROOT] = serve_root,
	    [HOOK_OPEN] = serve_open,
	    [HOOK_OPENAT2] = serve_open,
	    [HOOK_PATH] = serve_path,
	    [HOOK_FD] = serve_fd,
	    [HOOK_PATHS] = serve_paths,
	    [HOOK_SOCKET] = serve_socket,
	    [HOOK_ADDR] = serve_addr,
	    [HOOK_LISTEN] = serve_listen,
	    [HOOK_ACCEPT] = serve_accept,
	    [HOOK_SENDTO] = serve_sendto,
	    [HOOK_SENDMSG] = serve_sendmsg,
	    [HOOK_SENDMMSG] = serve_sendmmsg,
	    [HOOK_DUP] = serve_dup,
	    [HOOK_SIGNAL] = serve_signal,
	    [HOOK_SETSIG] = serve_setsig,
	    [HOOK_TARGET] = serve_target,
	    [HOOK_HANDLE] = serve_handle,
	    [HOOK_PTRACE] = serve_ptrace,
	    [HOOK_MOUNT] = serve_mount,
	    [HOOK_KERNEL] = serve_kernel,
	    [HOOK_MEMORY] = serve_memory,
	    [HOOK_AIO] = serve_aio,
	    [HOOK_REFUSE] = serve_refuse,
	    [HOOK_NOTHING] = serve_nothing,
	};

	return c->foreign ? serve_abi(t, c) : works[c->hook->work](t, c);
}
