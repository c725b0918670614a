/* SPDX-License-Identifier: Apache-2.0 */
#include "exitkill.h"

#include <sys/ptrace.h>

#include "restart.h"
#include "trace.h"

/* What is known of a task's options; of a new one, whose parent may have had
 * others, nothing. */
enum { UNKNOWN, LIVES, DIES };

void
exitkill_stopped(const struct trace *t, struct task *task)
{
	uint8_t wanted = t->config.exit_kill ? DIES : LIVES;

	/* As long as it never changed all have the ones of PTRACE_SEIZE. */
	if (!t->options_vary || task->exitkill == wanted)
		return;
	if (ptrace(PTRACE_SETOPTIONS, task->tid, NULL, t->options) == 0)
		task->exitkill = wanted;
}

void
trace_exit_kill(struct trace *t, bool kill)
{
	struct task *task;
	size_t i;

	if (kill == t->config.exit_kill)
		return;
	t->config.exit_kill = kill;
	t->options_vary = true;
	t->options &= ~(long)PTRACE_O_EXITKILL;
	if (kill)
		t->options |= PTRACE_O_EXITKILL;
	for (i = 0; i < task_slots(); i++) {
		task = task_at(t->table, i);
		if (task->tid != 0)
			(void)restart_interrupt(task);
	}
}
