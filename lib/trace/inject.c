/* SPDX-License-Identifier: Apache-2.0 */
#include "inject.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "call.h"
#include "path.h"
#include "pin.h"

/* A segment's number means another one in another ipc namespace. */
static bool
same_ipc(pid_t tid)
{
	char name[32], ours[32], theirs[32];

	(void)snprintf(name, sizeof(name), "/proc/%d/ns/ipc", (int)tid);
	return path_link("/proc/self/ns/ipc", ours, sizeof(ours)) > 0 &&
	       path_link(name, theirs, sizeof(theirs)) > 0 &&
	       strcmp(ours, theirs) == 0;
}

bool
inject_attach(struct trace *t, struct call *c)
{
	const uint64_t args[6] = {
	    (uint64_t)t->pins.id, t->pins.theirs, SHM_RDONLY};
	struct task *task = c->task;
	struct regs r;
	int i;

	if (!same_ipc(c->tid) || regs_get(c->tid, &r) < 0) {
		task_mm_of(t->table, c->proc)->no_pins = true;
		return false;
	}
	memcpy(task->args, c->args, sizeof(task->args));
	task->nr = (int32_t)c->nr;
	task->ip = c->ip;
	regs_set_nr(&r, SYS_shmat);
	for (i = 0; i < 6; i++)
		regs_set_arg(&r, i, args[i]);
	if (regs_put(c->tid, &r) < 0)
		return true; /* it is gone */
	task->step = TASK_ATTACH;
	call_resume(task, 0);
	return true;
}

static void
attached(struct trace *t, struct task *task, struct regs *r)
{
	struct mm *mm = task_mm_of(t->table, task_proc_of(t->table, task));

	if (pin_attached(t, task->tid, regs_result(r)))
		mm->pins = true;
	else
		mm->no_pins = true;
	regs_call(r, task->ip - REGS_SYSCALL_SIZE, task->nr, task->args);
}

void
inject_close(struct task *task, int fd, long result)
{
	const uint64_t args[6] = {(uint64_t)(unsigned int)fd};
	struct regs r;

	if (regs_get(task->tid, &r) < 0)
		return;
	regs_set_result(&r, result);
	task->after = r;
	task->step = TASK_CLOSE;
	task->entered = false;
	regs_call(&r, regs_ip(&r) - REGS_SYSCALL_SIZE, SYS_close, args);
	(void)regs_put(task->tid, &r);
}

void
inject_done(struct trace *t, struct task *task)
{
	struct regs r;

	if (task->step == TASK_ATTACH) {
		task->step = 0;
		if (regs_get(task->tid, &r) == 0) {
			attached(t, task, &r);
			(void)regs_put(task->tid, &r);
		}
		return;
	}
	/* Started outside of a call: the first stop is its entry. */
	if (!task->entered) {
		task->entered = true;
		return;
	}
	task->step = 0;
	(void)regs_put(task->tid, &task->after);
}
