/* SPDX-License-Identifier: Apache-2.0 */
#include "call.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>

#include "follow.h"
#include "inject.h"
#include "life.h"
#include "loose.h"
#include "path.h"
#include "pin.h"
#include "place.h"
#include "regs.h"
#include "serve.h"
#include "watch.h"

#define OPENS (EVENT_BIT(EVENT_OPEN) | EVENT_BIT(EVENT_CREATE))

void
call_resume(const struct task *task, int signal)
{
	/* ESRCH: it was killed, and its end is reported in its turn. */
	(void)ptrace(task->step != 0 ? PTRACE_SYSCALL : PTRACE_CONT, task->tid,
	    NULL, (long)signal);
}

/*
 * Its arguments cannot be read. Nothing that is to be prevented goes by unseen;
 * the rest does, but is told once.
 */
static int
unreadable(struct trace *t, struct call *c)
{
	if (c->hook->events & (t->config.prevents))
		return -EACCES;
	/* It may be memory of others that it opens, or gives a name. */
	c->writes = c->hook->events & (OPENS | EVENT_BIT(EVENT_MOUNT));
	if (!(c->proc->known & PROC_UNREADABLE))
		life_unseen(t, c->proc, "no right to read its memory");
	c->proc->known |= PROC_UNREADABLE;
	return 0;
}

/* Its arguments could change, and nothing that is allowed can be let by. */
static int
unpinned(struct trace *t, const struct call *c)
{
	if (!(c->proc->known & PROC_UNPINNED))
		life_unseen(t, c->proc,
		    "calls fail: no shared memory for their arguments (no "
		    "/proc, or another ipc namespace)");
	c->proc->known |= PROC_UNPINNED;
	return -EACCES;
}

static void
apply(struct trace *t, struct task *task, struct call *c, int verdict)
{
	bool allowed;

	if (verdict == TRACE_KILL) {
		(void)kill(c->proc->pid, SIGKILL);
		return;
	}
	if (verdict == -EREMOTEIO)
		verdict = unreadable(t, c);
	allowed = verdict == 0;
	if (allowed && c->judged)
		verdict = pin_hold(t, c);
	if (verdict == -EAGAIN) {
		if (inject_attach(t, c))
			return;
		verdict = pin_hold(t, c);
	}
	if (allowed && verdict == -EACCES)
		verdict = unpinned(t, c);
	if (verdict < 0) {
		task->step = 0;
		(void)regs_skip(task->tid, verdict);
		call_resume(task, 0);
		return;
	}
	task->hook = (uint16_t)(c->hook - hook_table);
	task->step = c->step;
	task->fd = (int32_t)c->args[0];
	if (c->step != 0)
		memcpy(task->args, c->args, sizeof(task->args));
	task->judged = c->path_sum;
	if (c->writes && loose_hold(t, task))
		return;
	place_resume(t, task);
}

/*
 * Which call it is, tells its number: the filter of a tracee, which is asked
 * after ours and overrides its data, may say anything.
 */
static const struct hook *
hook_of(const struct __ptrace_syscall_info *info)
{
	uint32_t data = info->seccomp.ret_data;
	size_t i;

	if (info->op != PTRACE_SYSCALL_INFO_SECCOMP)
		return NULL;
	if (info->arch != REGS_AUDIT_ARCH || data == HOOK_ENTRY_ABI)
		return &hook_table[HOOK_ENTRY_ABI];
	if (data < hook_count &&
	    (uint64_t)hook_table[data].nr == info->seccomp.nr)
		return &hook_table[data];
	for (i = 0; i < hook_count; i++)
		if ((uint64_t)hook_table[i].nr == info->seccomp.nr)
			return &hook_table[i];
	return NULL;
}

void
call_enter(struct trace *t, struct task *task)
{
	struct __ptrace_syscall_info info;
	struct call c = {.task = task, .tid = task->tid};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) < 0)
		return;
	c.hook = hook_of(&info);
	if (c.hook == NULL) {
		/* The filter of somebody else: as if there were no tracer. */
		(void)regs_skip(task->tid, -ENOSYS);
		call_resume(task, 0);
		return;
	}
	c.proc = task_proc_of(t->table, task);
	c.foreign = info.arch != REGS_AUDIT_ARCH ||
		    c.hook == &hook_table[HOOK_ENTRY_ABI];
	c.nr = info.seccomp.nr;
	c.ip = info.instruction_pointer;
	c.sp = info.stack_pointer;
	memcpy(c.args, info.seccomp.args, sizeof(c.args));
	if (pin_wanted(t, &c) && inject_attach(t, &c))
		return;
	apply(t, task, &c, serve_call(t, &c));
}

/* What there is to do at the end of a call; 0, -errno or TRACE_KILL. */
static int
finish(struct trace *t, struct call *c, uint16_t step, long result)
{
	int verdict = 0;

	if (step & TASK_FORGET)
		c->proc->known &= (uint16_t)~PROC_CREDS;
	if (step & TASK_ONE)
		return serve_sent_one(t, c, result);
	if (result < 0)
		return 0;
	if (step & TASK_ACCEPT)
		return serve_accepted(t, c, (int)result);
	if (step & TASK_MEMORY)
		verdict = serve_opened_memory(t, c, (int)result);
	if (verdict == 0 && step & TASK_VERIFY)
		verdict = serve_opened(t, c, (int)result, c->task->judged);
	return verdict;
}

static void
finished(struct trace *t, struct task *task)
{
	struct __ptrace_syscall_info info;
	struct call c = {.task = task,
	    .tid = task->tid,
	    .hook = &hook_table[task->hook],
	    .proc = task_proc_of(t->table, task)};
	uint16_t step = task->step;
	long result;
	int verdict;

	task->step = 0;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) <
		0 ||
	    info.op != PTRACE_SYSCALL_INFO_EXIT)
		return;
	result = (long)info.exit.rval;
	memcpy(c.args, task->args, sizeof(c.args));
	if (step & TASK_UNPIN)
		pin_release(t, task);
	verdict = finish(t, &c, step, result);
	if (verdict == TRACE_KILL)
		(void)kill(c.proc->pid, SIGKILL);
	else if (verdict < 0)
		inject_close(task, (int)result, verdict);
	else if (step & TASK_FOLLOW)
		follow_start(t, task, result);
}

/* At either end of an injected call. */
static void
injected(struct trace *t, struct task *task)
{
	int signal;

	inject_done(t, task);
	signal = task->step == 0 ? task->signal : 0;
	if (signal != 0)
		task->signal = 0;
	call_resume(task, signal);
}

void
call_step(struct trace *t, struct task *task)
{
	if (task->step == TASK_FILTER) {
		watch_step(t, task);
	} else if (task->step & (TASK_ATTACH | TASK_CLOSE)) {
		injected(t, task);
	} else if (task->left > 0) {
		follow_step(t, task);
	} else {
		finished(t, task);
		place_resume(t, task);
	}
}
