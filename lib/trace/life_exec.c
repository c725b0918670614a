/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "exe.h"
#include "life.h"
#include "place.h"
#include "serve.h"
#include "time/time.h"
#include "watch.h"

/* The threads that execve(2) ended, whose ends are not all reported. */
static void
drop_siblings(struct trace *t, const struct proc *p, pid_t tid)
{
	struct task *task;
	size_t i = 0;

	while (p->tasks > 1 && i < task_slots()) {
		task = task_at(t->table, i);
		if (task->tid == 0 || task->tid == tid ||
		    task_proc_of(t->table, task) != p) {
			i++;
			continue;
		}
		/* Another may move into its place. */
		life_forget(t, task);
		task_remove(t->table, task);
	}
}

static struct task *
survivor(struct trace *t, pid_t tid)
{
	unsigned long former = (unsigned long)tid;
	struct task *task = task_find(t->table, tid), *old;

	(void)ptrace(PTRACE_GETEVENTMSG, tid, NULL, &former);
	old = (pid_t)former == tid ? NULL : task_find(t->table, (pid_t)former);
	if (task == NULL && old != NULL)
		return task_rename(t->table, old, tid);
	if (old != NULL) {
		life_forget(t, old);
		task_remove(t->table, old);
		task = task_find(t->table, tid);
	}
	return task;
}

/*
 * Without CAP_SYS_PTRACE a tracer cannot look at a program that may be run but
 * not read, nor at one of another user. The first is how one would hide, and
 * nothing that is to be prevented goes by unseen; the second is what a server
 * does that gives up its rights.
 */
static int
hidden(struct trace *t, const struct proc *p)
{
	if (p->uid != getuid() || p->euid != geteuid()) {
		if (!t->nameless_told)
			life_unseen(t, p,
			    "no right to look at programs of other users: they "
			    "are known by their argv[0] alone");
		t->nameless_told = true;
		return 0;
	}
	if (t->config.prevents & EVENT_BIT(EVENT_EXEC)) {
		life_unseen(t, p, "ended: no right to read its program");
		return TRACE_KILL;
	}
	if (t->config.watches != 0)
		life_unseen(t, p, "no right to read its program");
	return 0;
}

void
life_exec(struct trace *t, pid_t tid)
{
	struct task *task = survivor(t, tid);
	struct call c = {.tid = tid};
	struct event *ev = &t->ev;
	struct proc *p;
	int verdict;

	if (task == NULL) {
		(void)ptrace(PTRACE_CONT, tid, NULL, NULL);
		return;
	}
	p = task_proc_of(t->table, task);
	if (p->tasks > 1) {
		drop_siblings(t, p, tid);
		task = task_find(t->table, tid);
	}
	life_forget(t, task);
	task->step = task->left = 0;
	p->filtering = 0;
	if (watch_needs(t, p))
		(void)ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
	(void)task_mm_set(t->table, p, NULL);
	c.task = task;
	c.proc = p;
	memset(ev, 0, sizeof(*ev));
	exe_loaded(t, p, tid, &ev->by);
	ev->name = EVENT_EXEC;
	ev->syscall = "execve";
	ev->path = ev->by.exe;
	ev->count = 1;
	ev->enforced = true;
	ev->ts_ns = time_now_ns();
	verdict = serve_ask(t, &c, ev);
	if (verdict == 0 && (p->known & PROC_UNREADABLE))
		verdict = hidden(t, p);
	if (verdict != 0)
		(void)kill(p->pid, SIGKILL);
	place_resume(t, task);
}
