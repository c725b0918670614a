/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "exe.h"
#include "mem.h"
#include "path.h"
#include "pin.h"
#include "serve.h"

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

int
serve_exec(struct trace *t, struct call *c)
{
	int8_t at = c->hook->arg[1];
	int dirfd = c->hook->arg[0] == HOOK_NO_ARG ? AT_FDCWD : (int)c->args[0];
	struct path path;
	struct event *ev;
	ssize_t n;

	if (!(t->config.watches & EVENT_BIT(EVENT_EXEC)))
		return 0;
	n = mem_text(t, c->tid, c->args[at], t->raw[0], PATH_MAX);
	if (n < 0)
		return (int)n;
	path_find(t, c, 0, dirfd, PATH_FOLLOW, &path);
	/* Most are from a walk along PATH. */
	if (!path.exists && t->raw[0][0] != '\0')
		return 0;
	ev = serve_event(t, c, EVENT_EXEC);
	ev->attempt = true;
	ev->path = path.real;
	ev->by.parent = ev->by.exe;
	ev->by.exe = path.given;
	ev->by.script = STR_NONE;
	ev->by.facts = 0;
	ev->by.args =
	    exe_argv(t, c->tid, c->args[c->hook->arg[2]], &ev->by.args_cut);
	return serve_ask(t, c, ev);
}

int
serve_setuid(struct trace *t, struct call *c)
{
	struct proc *p = c->proc;
	bool user = strstr(c->hook->name, "uid") != NULL;
	int i, n;

	c->step |= TASK_FORGET;
	if (!user || !(t->config.watches & EVENT_BIT(EVENT_SETUID)))
		return 0;
	n = c->hook->nr == SYS_setuid ? 1 : c->hook->nr == SYS_setreuid ? 2 : 3;
	for (i = 0; i < n && (uint32_t)c->args[i] != 0; i++)
		;
	exe_know(t, p, c->tid);
	if (i == n || (p->uid == 0 && p->euid == 0))
		return 0;
	return serve_ask(t, c, serve_event(t, c, EVENT_SETUID));
}

/* chroot and its like, clone(2) into new namespaces. */
int
serve_root(struct trace *t, struct call *c)
{
	enum event_name name =
	    c->hook->nr == SYS_pivot_root ? EVENT_MOUNT : EVENT_NAMESPACE;
	struct event *ev;

	/* A child that nobody traces could not call what stops. */
	if (c->hook->nr == SYS_clone && c->args[0] & CLONE_UNTRACED)
		return serve_refuse_for(t, c, EVENT_SIGNAL, 0, c->args[0]);
	/* The root of the defender, too, would be another. */
	if (c->hook->nr == SYS_pivot_root && path_same_space(c->tid, "mnt"))
		return serve_refuse_for(t, c, EVENT_SIGNAL, 0, 0);
	t->roots_vary = true;
	/* Where things may have other names. */
	c->writes = c->hook->nr == SYS_setns && t->installed & HOOK_PINS;
	if (!(c->hook->events & EVENT_BIT(name)))
		return 0;
	ev = serve_event(t, c, name);
	if (c->hook->nr == SYS_clone || c->hook->nr == SYS_unshare)
		ev->flags = (uint32_t)c->args[0];
	else if (c->hook->nr == SYS_setns)
		ev->flags = (uint32_t)c->args[1];
	return serve_ask(t, c, ev);
}

static bool
is_guarded(const struct trace *t, pid_t pid)
{
	size_t i;

	for (i = 0; i < TRACE_GUARDED_MAX; i++)
		if (t->config.guarded[i] > 0 && t->config.guarded[i] == pid)
			return true;
	return false;
}

/* Does pid, as kill(2) takes it, mean a guarded process? */
static bool
means_guarded(const struct trace *t, const struct call *c, pid_t pid)
{
	pid_t group, guarded;
	size_t i;

	if (pid > 0)
		return is_guarded(t, pid);
	group = pid == 0 ? getpgid(c->proc->pid) : -pid;
	for (i = 0; i < TRACE_GUARDED_MAX; i++) {
		guarded = t->config.guarded[i];
		/* kill(-1) does not mean the first process. */
		if (guarded > 1 && (pid == -1 || getpgid(guarded) == group))
			return true;
	}
	return false;
}

static bool
is_fatal(uint64_t signal)
{
	uint32_t number = (uint32_t)signal;

	return number < 32 && (HOOK_FATAL >> number & 1) != 0;
}

/* The process behind a pidfd or a directory of /proc; 0: none. */
static pid_t
pid_of_fd(struct trace *t, const struct call *c, int fd)
{
	char name[48], text[512], *at;
	struct str link = path_of_fd(t, c->tid, fd, 0);
	cleanup_fd int info = -1;
	ssize_t n;

	if (str_starts(link, "/proc/"))
		return (pid_t)strtol(link.p + 6, NULL, 10);
	(void)snprintf(
	    name, sizeof(name), "/proc/%d/fdinfo/%d", (int)c->tid, fd);
	info = open(name, O_RDONLY | O_CLOEXEC);
	if (info < 0)
		return 0;
	n = read(info, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	at = strstr(text, "\nPid:");
	return at == NULL ? 0 : (pid_t)strtol(at + 5, NULL, 10);
}

/* Numbers mean something else in another pid namespace. */
static bool
same_pids(const struct call *c)
{
	return path_same_space(c->tid, "pid");
}

int
serve_refuse_for(struct trace *t, struct call *c, enum event_name name,
    pid_t target, uint64_t number)
{
	struct event *ev = serve_event(t, c, name);
	int verdict;

	ev->target = target;
	ev->number = (int64_t)number;
	verdict = serve_ask(t, c, ev);
	return verdict == TRACE_KILL ? verdict : -EPERM;
}

int
serve_signal(struct trace *t, struct call *c)
{
	bool to_thread =
	    c->hook->nr == SYS_tgkill || c->hook->nr == SYS_rt_tgsigqueueinfo;
	pid_t pid = (pid_t)c->args[0];
	uint64_t signal = c->args[to_thread ? 2 : 1];
	bool guarded;

	if (!is_fatal(signal))
		return 0;
	if (c->hook->nr == SYS_pidfd_send_signal) {
		pid = pid_of_fd(t, c, (int)pid);
		guarded = is_guarded(t, pid);
	} else if (to_thread) {
		guarded =
		    is_guarded(t, pid) || is_guarded(t, (pid_t)c->args[1]);
	} else {
		guarded = c->hook->nr == SYS_kill ? means_guarded(t, c, pid)
						  : is_guarded(t, pid);
	}
	if (!guarded || !same_pids(c))
		return 0;
	return serve_refuse_for(t, c, EVENT_SIGNAL, pid, signal);
}

/*
 * fcntl(F_SETSIG): the kernel sends the signal to whomever F_SETOWN names,
 * which may come before or after.
 */
int
serve_setsig(struct trace *t, struct call *c)
{
	if (!is_fatal(c->args[2]))
		return 0;
	return serve_refuse_for(t, c, EVENT_SIGNAL, 0, c->args[2]);
}

/* Limits and scheduling of another process, which is argument 0. */
int
serve_target(struct trace *t, struct call *c)
{
	pid_t pid = (pid_t)c->args[0];

	/* prlimit(2) that only asks */
	if (c->hook->nr == SYS_prlimit64 && c->args[2] == 0)
		return 0;
	if (!is_guarded(t, pid) || !same_pids(c))
		return 0;
	return serve_refuse_for(t, c, EVENT_SIGNAL, pid, 0);
}

pid_t
serve_guards_proc(const struct trace *t, const struct call *c, struct str path)
{
	struct str rest = path, part;
	char *end;
	pid_t pid;

	while (rest.n > 0) {
		(void)str_cut(rest, '/', &part, &rest);
		if (part.n == 0)
			continue;
		pid = (pid_t)strtol(part.p, &end, 10);
		if (end == part.p + part.n && is_guarded(t, pid) &&
		    path_in_proc(c->tid, path.p))
			return pid;
	}
	return 0;
}

int
serve_ptrace(struct trace *t, struct call *c)
{
	pid_t target = (pid_t)c->args[0];
	struct event *ev;
	uint64_t number = 0;
	int verdict;

	if (c->hook->nr == SYS_ptrace) {
		number = c->args[0];
		target = number == PTRACE_TRACEME ? t->self : (pid_t)c->args[1];
	} else if (c->hook->nr == SYS_pidfd_getfd) {
		target = pid_of_fd(t, c, (int)c->args[0]);
	}
	if (is_guarded(t, target) &&
	    !(c->hook->nr == SYS_ptrace && number == PTRACE_TRACEME))
		return serve_refuse_for(t, c, EVENT_SIGNAL, target, number);
	if (!(t->config.watches & EVENT_BIT(EVENT_PTRACE)))
		goto written;
	ev = serve_event(t, c, EVENT_PTRACE);
	ev->target = target;
	ev->number = (int64_t)number;
	verdict = serve_ask(t, c, ev);
	if (verdict != 0)
		return verdict;
written:
	if (c->hook->nr == SYS_process_vm_writev)
		c->writes = true;
	return 0;
}

int
serve_kernel(struct trace *t, struct call *c)
{
	event_set set = c->hook->events & (EVENT_BIT(EVENT_LIFECYCLE) - 1);

	return serve_ask(
	    t, c, serve_event(t, c, (enum event_name)__builtin_ctzll(set)));
}

int
serve_refuse(struct trace *t, struct call *c)
{
	int verdict = serve_kernel(t, c);

	return verdict == TRACE_KILL ? verdict : -ENOSYS;
}

int
serve_memory(struct trace *t, struct call *c)
{
	return pin_touches(t, c) ? -EPERM : 0;
}
