/* SPDX-License-Identifier: Apache-2.0 */
#include "life.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"
#include "exe.h"
#include "exitkill.h"
#include "loose.h"
#include "mem.h"
#include "pin.h"
#include "place.h"
#include "regs.h"
#include "watch.h"

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

bool
life_first(struct trace *t, pid_t pid, pid_t ppid)
{
	struct proc *p = task_proc_new(t->table, pid);

	if (p == NULL)
		return false;
	p->ppid = ppid;
	p->installed = t->installed;
	p->filters = t->installed != 0;
	if (!task_mm_set(t->table, p, NULL) ||
	    task_add(t->table, pid, p) == NULL) {
		task_proc_drop(t->table, p);
		return false;
	}
	return true;
}

void
life_unseen(struct trace *t, const struct proc *p, const char *why)
{
	struct event *ev = &t->ev;

	memset(ev, 0, sizeof(*ev));
	ev->name = EVENT_UNSEEN;
	ev->count = 1;
	ev->detail = str_of(why);
	if (p != NULL)
		exe_fill(t, p, &ev->by);
	(void)t->config.judge(t->config.arg, ev);
}

/* The flags that a task was made with, by the task that stands at the event. */
static uint64_t
clone_flags(struct trace *t, const struct task *task, pid_t child)
{
	const struct proc *p = task_proc_of(t->table, task);
	struct regs r;
	uint64_t flags;

	if (regs_get(task->tid, &r) < 0)
		return 0;
	switch (regs_nr(&r)) {
	case SYS_clone:
		return regs_arg(&r, 0);
#ifdef SYS_vfork
	case SYS_vfork:
		return CLONE_VM | CLONE_VFORK;
	case SYS_fork:
		return 0;
#endif
	}
	/* clone3(2)'s flags are in memory that may have changed. */
	if (regs_nr(&r) != SYS_clone3 ||
	    mem_get(t, task->tid, regs_arg(&r, 0), &flags, sizeof(flags)) < 0)
		flags = 0;
	flags &= ~(uint64_t)CLONE_THREAD;
	if (syscall(SYS_tgkill, p->pid, child, 0) == 0)
		flags |= CLONE_THREAD | CLONE_VM;
	return flags;
}

static struct proc *
new_process(struct trace *t, const struct proc *from, pid_t pid, uint64_t flags)
{
	struct proc *p = task_proc_new(t->table, pid);
	const struct mm *mm = task_mm_of(t->table, from);
	size_t text = (size_t)from->exe_n + from->script_n + from->args_n;

	if (p == NULL)
		return NULL;
	memcpy(p->text, from->text, text);
	p->exe_n = from->exe_n;
	p->script_n = from->script_n;
	p->args_n = from->args_n;
	p->args_cut = from->args_cut;
	p->args_long = from->args_long;
	p->uid = from->uid;
	p->euid = from->euid;
	p->gid = from->gid;
	p->facts = from->facts;
	p->known = from->known;
	p->filters = from->filters;
	p->installed = from->installed;
	p->ppid = flags & CLONE_PARENT ? from->ppid : from->pid;
	if (flags & CLONE_NEWUSER)
		p->known &= (uint16_t)~PROC_CREDS;
	if (!task_mm_set(t->table, p, flags & CLONE_VM ? from : NULL)) {
		task_proc_drop(t->table, p);
		return NULL;
	}
	/* The mappings are inherited. */
	if (!(flags & CLONE_VM)) {
		task_mm_of(t->table, p)->pins = mm->pins;
		task_mm_of(t->table, p)->no_pins = mm->no_pins;
	}
	return p;
}

/* More tasks than there is room for. */
static void
too_many(struct trace *t, const struct proc *p, pid_t child)
{
	if (!t->full_told)
		life_unseen(t, p, "more than 32768 tasks");
	t->full_told = true;
	/* Without a tracer every call that the filter stops would fail. */
	if (t->config.tier == TRACE_FULL || t->config.prevents != 0)
		(void)kill(child, SIGKILL);
	else
		(void)ptrace(PTRACE_DETACH, child, NULL, NULL);
}

static bool
was_held(struct trace *t, pid_t tid)
{
	unsigned i;

	for (i = 0; i < t->n_held; i++) {
		if (t->held[i] != tid)
			continue;
		t->held[i] = t->held[--t->n_held];
		return true;
	}
	return false;
}

static void
remember(struct trace *t, pid_t tid)
{
	t->orphans[t->next_orphan++ % STATE_HELD_MAX] = tid;
}

/* It was let go before: it may even have ended since. */
static bool
was_orphan(struct trace *t, pid_t tid)
{
	unsigned i;

	for (i = 0; i < STATE_HELD_MAX; i++) {
		if (t->orphans[i] != tid)
			continue;
		t->orphans[i] = 0;
		return true;
	}
	return false;
}

/* A new task of a known parent. */
static void
add(struct trace *t, struct task *parent, pid_t tid, uint64_t flags)
{
	struct proc *p = task_proc_of(t->table, parent);
	bool stands = was_held(t, tid), bare = parent->bare;
	struct task *task = NULL;

	if (!(flags & CLONE_THREAD))
		p = new_process(t, p, tid, flags);
	if (p != NULL)
		task = task_add(t->table, tid, p);
	if (task == NULL) {
		if (p != NULL && p->tasks == 0)
			task_proc_drop(t->table, p);
		too_many(t, task_proc_of(t->table, parent), tid);
		return;
	}
	task->bare = bare;
	place_born(t, parent, tid);
	if (!stands)
		return;
	exitkill_stopped(t, task);
	if (!watch_stop(t, task))
		place_resume(t, task);
}

void
life_born(struct trace *t, struct task *task)
{
	unsigned long child = 0;
	uint64_t flags;

	if (ptrace(PTRACE_GETEVENTMSG, task->tid, NULL, &child) < 0)
		return;
	flags = clone_flags(t, task, (pid_t)child);
	if (child > 0 && !was_orphan(t, (pid_t)child))
		add(t, task, (pid_t)child, flags);
	else if (flags & CLONE_VM)
		task_mm_of(t->table, task_proc_of(t->table, task))->strange =
		    true;
	place_resume(t, task);
}

/* The number behind "\nname:" in /proc/TID/status, or 0. */
static pid_t
status_number(struct trace *t, pid_t tid, const char *name)
{
	struct str text = exe_status(t, tid);
	const char *at = text.n > 0 ? strstr(text.p, name) : NULL;

	return at == NULL ? 0 : (pid_t)strtol(at + strlen(name), NULL, 10);
}

/* Its parent's event will not come: the parent was killed meanwhile. */
static void
orphan(struct trace *t, pid_t tid)
{
	pid_t pid = status_number(t, tid, "\nTgid:");
	struct proc *p = pid > 0 ? task_proc_find(t->table, pid) : NULL;
	struct task *task = NULL;

	remember(t, tid);
	if (p == NULL && pid > 0 &&
	    (p = task_proc_new(t->table, pid)) != NULL &&
	    !task_mm_set(t->table, p, NULL)) {
		task_proc_drop(t->table, p);
		p = NULL;
	}
	if (p != NULL)
		task = task_add(t->table, tid, p);
	if (task == NULL) {
		(void)kill(tid, SIGKILL);
		return;
	}
	/* Whose memory it shares is not known. */
	task_mm_of(t->table, p)->strange = true;
	t->foreign_writes |= p->tasks == 1;
	p->installed = t->asked > 0 ? 0 : t->installed;
	exitkill_stopped(t, task);
	if (!watch_stop(t, task))
		call_resume(task, 0);
}

void
life_early(struct trace *t, pid_t tid)
{
	if (t->n_held < STATE_HELD_MAX)
		t->held[t->n_held++] = tid;
	else
		orphan(t, tid);
}

static void
release_held(struct trace *t)
{
	unsigned n = t->n_held, i;

	t->n_held = 0;
	for (i = 0; i < n; i++)
		orphan(t, t->held[i]);
}

void
life_forget(struct trace *t, struct task *task)
{
	pin_forget(t, task);
	loose_forget(t, task);
}

void
life_ended(struct trace *t, pid_t tid)
{
	struct task *task = task_find(t->table, tid);

	(void)was_held(t, tid);
	if (task == NULL) {
		/* Its parent's event, if there is to be one, is old news. */
		remember(t, tid);
		return;
	}
	life_forget(t, task);
	watch_lost(t, task_proc_of(t->table, task), tid);
	task_remove(t->table, task);
	/* It may have been the parent of one that waits. */
	if (t->n_held > 0)
		release_held(t);
}
