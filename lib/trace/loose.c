/* SPDX-License-Identifier: Apache-2.0 */
#include "loose.h"

#include <errno.h>
#include <sys/wait.h>
#include <time.h>

#include "call.h"
#include "life.h"
#include "regs.h"
#include "restart.h"
#include "time/time.h"

enum { LOOK_NS = 100000 };

void
loose_go(struct trace *t, struct task *task)
{
	if (!task->loose)
		t->n_loose++;
	task->loose = true;
}

/* Those who wait go on, or fail. */
static void
release(struct trace *t, bool refused)
{
	struct task *task;
	size_t i;

	for (i = 0; i < task_slots() && t->n_writers > 0; i++) {
		task = task_at(t->table, i);
		if (task->tid == 0 || !task->writer)
			continue;
		task->writer = false;
		t->n_writers--;
		if (refused) {
			task->step = 0;
			(void)regs_skip(task->tid, -EPERM);
			life_unseen(t, task_proc_of(t->table, task),
			    "a write to the memory of others was refused: a "
			    "call of somebody does not end");
		}
		call_resume(task, 0);
	}
}

void
loose_stopped(struct trace *t, struct task *task)
{
	if (!task->loose)
		return;
	task->loose = false;
	if (--t->n_loose == 0)
		release(t, false);
}

void
loose_forget(struct trace *t, struct task *task)
{
	if (task->writer)
		t->n_writers--;
	task->writer = false;
	loose_stopped(t, task);
}

bool
loose_hold(struct trace *t, struct task *task)
{
	struct task *other;
	size_t i;

	t->foreign_writes = true;
	if (t->n_loose == 0)
		return false;
	if (t->n_writers == 0) {
		t->held_ms = time_monotonic_ms();
		for (i = 0; i < task_slots(); i++) {
			other = task_at(t->table, i);
			if (other->tid != 0 && other->loose)
				(void)restart_interrupt(other);
		}
	}
	task->writer = true;
	t->n_writers++;
	return true;
}

pid_t
loose_wait(struct trace *t, int *status)
{
	const struct timespec pause = {.tv_nsec = LOOK_NS};
	pid_t pid;

	while (t->n_writers > 0) {
		if (time_monotonic_ms() - t->held_ms > LOOSE_WAIT_MS)
			release(t, true);
		pid = waitpid(-1, status, __WALL | WUNTRACED | WNOHANG);
		if (pid != 0)
			return pid;
		(void)nanosleep(&pause, NULL);
	}
	return waitpid(-1, status, __WALL | WUNTRACED);
}
