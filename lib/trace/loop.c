/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "call.h"
#include "exitkill.h"
#include "life.h"
#include "loop.h"
#include "loose.h"
#include "place.h"
#include "restart.h"
#include "state.h"
#include "watch.h"

/* Younger than some libc's headers. */
#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

static bool
stops_groups(int signal)
{
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
	       signal == SIGTTOU;
}

/* PTRACE_EVENT_STOP: a group-stop, its end, a first stop, an interrupt. */
static bool
event_stop(
    struct trace *t, struct task *task, int signal, struct trace_what *what)
{
	bool again = task->listening && task->interrupted;

	if (stops_groups(signal)) {
		task->listening = true;
		task->interrupted = false;
		(void)ptrace(PTRACE_LISTEN, task->tid, NULL, NULL);
		/* Of one stop there is one piece of news. */
		if (task->tid != t->main || again)
			return false;
		what->news = TRACE_STOPPED;
		what->pid = task->tid;
		what->status = signal;
		return true;
	}
	task->listening = false;
	if (!watch_stop(t, task)) {
		restart_after(t, task);
		call_resume(task, 0);
	}
	return false;
}

static bool
stopped(struct trace *t, struct task *task, int status, struct trace_what *what)
{
	int signal = WSTOPSIG(status);

	loose_stopped(t, task);
	exitkill_stopped(t, task);
	if (status >> 16 != PTRACE_EVENT_STOP)
		watch_again(t, task);
	switch (status >> 16) {
	case PTRACE_EVENT_SECCOMP:
		task->left = 0;
		/* What we make it call is nobody's to judge. */
		if (task->step == TASK_FILTER)
			call_resume(task, 0);
		else
			call_enter(t, task);
		return false;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		life_born(t, task);
		return false;
	case PTRACE_EVENT_EXEC:
		life_exec(t, task->tid);
		return false;
	case PTRACE_EVENT_STOP:
		return event_stop(t, task, signal, what);
	default:
		break;
	}
	if (signal == (SIGTRAP | 0x80)) {
		call_step(t, task);
	} else if (!watch_signal(t, task, signal)) {
		restart_keep(t, task, signal);
		call_resume(task, signal);
	}
	return false;
}

/* Somebody whom we do not know. */
static bool
stranger(struct trace *t, pid_t pid, int status, struct trace_what *what)
{
	if (WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_STOP) {
		life_early(t, pid);
		return false;
	}
	if (WIFSTOPPED(status) && status >> 16 == PTRACE_EVENT_EXEC) {
		life_exec(t, pid);
		return false;
	}
	if (!WIFSTOPPED(status))
		life_ended(t, pid);
	what->news = TRACE_OTHER;
	what->pid = pid;
	what->status = status;
	return true;
}

bool
loop_status(struct trace *t, pid_t pid, int status, struct trace_what *what)
{
	struct task *task = task_find(t->table, pid);

	if (WIFSTOPPED(status) && task != NULL)
		return stopped(t, task, status, what);
	if (task == NULL && pid != t->main)
		return stranger(t, pid, status, what);
	life_ended(t, pid);
	if (pid != t->main)
		return false;
	what->news = TRACE_ENDED;
	what->pid = pid;
	what->status = status;
	return true;
}

void
trace_wait(struct trace *t, struct trace_what *what)
{
	int status;
	pid_t pid;

	*what = (struct trace_what){.news = TRACE_EMPTY};
	for (;;) {
		pid = loose_wait(t, &status);
		if (pid > 0) {
			place_note(t);
			if (loop_status(t, pid, status, what))
				break;
		} else if (errno != EINTR) {
			break;
		}
	}
	place_leave(t);
}
