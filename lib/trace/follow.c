/* SPDX-License-Identifier: Apache-2.0 */
#include "follow.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "call.h"
#include "regs.h"
#include "serve.h"

enum { STOPS_MAX = 40, LENGTH = 2 };

/* These do not stop by themselves when there is no address. */
static const struct hook writes[] = {
    {.nr = SYS_sendto, .name = "sendto", .work = HOOK_SENDTO},
    {.nr = SYS_write, .name = "write", .work = HOOK_SENDTO},
    {.nr = SYS_writev, .name = "writev", .work = HOOK_SENDTO},
};

void
follow_start(struct trace *t, struct task *task, long result)
{
	(void)t;
	if (result != 0 && result != -EINPROGRESS)
		return;
	task->left = STOPS_MAX;
	task->step = TASK_FOLLOW;
}

static void
end(struct task *task)
{
	task->left = 0;
	task->step = 0;
}

/* The verdict on a call that is being entered. */
static int
entered(struct trace *t, struct task *task,
    const struct __ptrace_syscall_info *info)
{
	struct call c = {.task = task,
	    .tid = task->tid,
	    .proc = task_proc_of(t->table, task)};
	size_t i;

	if ((int32_t)info->entry.args[0] != task->fd)
		return 0;
	if (info->entry.nr == SYS_close)
		end(task);
	for (i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		if ((int)info->entry.nr != writes[i].nr)
			continue;
		c.hook = &writes[i];
		c.nr = info->entry.nr;
		memcpy(c.args, info->entry.args, sizeof(c.args));
		if (writes[i].nr != SYS_sendto)
			c.args[4] = 0;
		else if (c.args[4] != 0)
			return 0; /* it stops by itself */
		/* Over TCP the length may come by itself. */
		if (writes[i].nr == SYS_writev || c.args[2] > LENGTH)
			end(task);
		return writes[i].nr == SYS_writev ? serve_writev(t, &c)
						  : serve_sendto(t, &c);
	}
	return 0;
}

void
follow_step(struct trace *t, struct task *task)
{
	struct __ptrace_syscall_info info;
	int verdict = 0;

	if (--task->left == 0)
		end(task);
	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY &&
	    info.arch == REGS_AUDIT_ARCH)
		verdict = entered(t, task, &info);
	if (verdict == TRACE_KILL)
		(void)kill(task_proc_of(t->table, task)->pid, SIGKILL);
	else if (verdict < 0)
		(void)regs_skip(task->tid, verdict);
	call_resume(task, 0);
}
