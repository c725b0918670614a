/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter cannot be put on another process, so one thread of each is stopped
 * and made to call shmat(2) for the pins, where the program lies and nobody
 * can change it, and seccomp(2) with TSYNC for all of its threads. Then it
 * goes on where it was; what it was waiting for is waited for again.
 */
#include "watch.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "call.h"
#include "life.h"
#include "own.h"
#include "pin.h"
#include "restart.h"

enum phase { PHASE_PRIVS, PHASE_ATTACH, PHASE_FILTER, PHASE_DONE };

event_set
watch_wanted(const struct trace_config *config)
{
	event_set set = config->watches;

	if (config->tier != TRACE_FULL ||
	    (set == 0 && config->guarded_dir == NULL &&
		config->guarded[0] == 0))
		return 0;
	set |= HOOK_FACTS;
	if (config->guarded[0] > 0)
		set |= HOOK_GUARD;
	if (config->guarded_dir != NULL)
		set |= HOOK_DIR;
	if (config->prevents != 0)
		set |= HOOK_PINS;
	return set;
}

bool
watch_needs(const struct trace *t, const struct proc *p)
{
	return t->config.tier == TRACE_FULL &&
	       (t->installed & ~p->installed) != 0 &&
	       !(p->known & PROC_UNFILTERED);
}

/* It stays as it is, and somebody is told. */
static void
give_up(struct trace *t, struct proc *p, const char *why)
{
	p->known |= PROC_UNFILTERED;
	life_unseen(t, p, why);
}

static bool
start(struct trace *t, struct task *task, enum phase phase)
{
	struct proc *p = task_proc_of(t->table, task);
	uint64_t args[6] = {0};
	struct regs r = task->after;
	long nr;

	if (phase == PHASE_PRIVS) {
		nr = SYS_prctl;
		args[0] = PR_SET_NO_NEW_PRIVS;
		args[1] = 1;
	} else if (phase == PHASE_ATTACH) {
		nr = SYS_shmat;
		args[0] = (uint64_t)t->pins.id;
		args[1] = t->pins.theirs;
		args[2] = SHM_RDONLY;
	} else {
		nr = SYS_seccomp;
		args[0] = SECCOMP_SET_MODE_FILTER;
		args[1] = FILTER_FLAGS;
		if (!task->bare)
			args[1] |= SECCOMP_FILTER_FLAG_TSYNC;
		args[2] = pin_program(t, (t->before & ~p->installed) != 0);
	}
	task->phase = (uint8_t)phase;
	task->step = TASK_FILTER;
	task->entered = false;
	regs_call(&r, task->ip, nr, args);
	return regs_put(task->tid, &r) == 0;
}

bool
watch_stop(struct trace *t, struct task *task)
{
	struct proc *p = task_proc_of(t->table, task);
	const struct mm *mm = task_mm_of(t->table, p);
	enum phase phase = PHASE_FILTER;

	/* An injected call comes first; behind it watch_again(). */
	if (task->step & (TASK_FILTER | TASK_ATTACH | TASK_CLOSE))
		return false;
	if (!task->bare && (!watch_needs(t, p) || p->filtering != 0))
		return false;
	if (mm->no_pins || t->pins.at == NULL) {
		give_up(t, p, "no memory for a filter");
		return false;
	}
	if (regs_get(task->tid, &task->after) < 0)
		return false;
	task->ip = restart_entry(t, task->tid, &task->after);
	if (task->ip == 0) {
		give_up(t, p, "no place to call from");
		return false;
	}
	if (!mm->pins)
		phase = PHASE_ATTACH;
	if (p->known & PROC_OUTSIDE)
		phase = PHASE_PRIVS;
	if (p->filtering == 0)
		p->filtering = task->tid;
	if (start(t, task, phase))
		call_resume(task, 0);
	return true;
}

/* The other threads put it in by themselves. */
static void
one_by_one(struct trace *t, const struct proc *p, pid_t first)
{
	struct task *task;
	size_t i;

	for (i = 0; i < task_slots(); i++) {
		task = task_at(t->table, i);
		if (task->tid == 0 || task->tid == first ||
		    task_proc_of(t->table, task) != p)
			continue;
		task->bare = true;
		(void)restart_interrupt(task);
	}
}

/* The phase that comes after one with this result. */
static enum phase
after(struct trace *t, struct task *task, enum phase phase, long result)
{
	struct proc *p = task_proc_of(t->table, task);
	struct mm *mm = task_mm_of(t->table, p);

	switch (phase) {
	case PHASE_PRIVS:
		return mm->pins ? PHASE_FILTER : PHASE_ATTACH;
	case PHASE_ATTACH:
		mm->pins = pin_attached(t, task->tid, result);
		mm->no_pins = !mm->pins;
		if (mm->pins)
			return PHASE_FILTER;
		give_up(t, p, "no memory for a filter");
		return PHASE_DONE;
	default:
		break;
	}
	if (result > 0 && !task->bare) {
		/* A thread has a filter that the others have not. */
		one_by_one(t, p, task->tid);
		task->bare = true;
		return PHASE_FILTER;
	}
	if (result != 0) {
		give_up(t, p, "the filter was refused");
	} else if (!task->bare || p->filtering == task->tid) {
		p->installed |= t->installed;
		p->filters++;
	}
	task->bare = false;
	return PHASE_DONE;
}

void
watch_step(struct trace *t, struct task *task)
{
	struct proc *p = task_proc_of(t->table, task);
	enum phase next;
	struct regs r;

	if (!task->entered) {
		task->entered = true;
		call_resume(task, 0);
		return;
	}
	if (regs_get(task->tid, &r) < 0)
		return;
	next = after(t, task, (enum phase)task->phase, regs_result(&r));
	if (next != PHASE_DONE) {
		if (start(t, task, next))
			call_resume(task, 0);
		return;
	}
	if (p->filtering == task->tid)
		p->filtering = 0;
	task->step = 0;
	(void)regs_put(task->tid, &task->after);
	/*
	 * Only on its way out of a stop like the one it came from does the
	 * kernel restart what it interrupted.
	 */
	(void)restart_interrupt(task);
	call_resume(task, 0);
}

void
watch_again(const struct trace *t, struct task *task)
{
	const struct proc *p = task_proc_of(t->table, task);

	if (task->step != TASK_FILTER &&
	    (task->bare || (watch_needs(t, p) && p->filtering == 0)))
		(void)restart_interrupt(task);
}

void
watch_lost(struct trace *t, struct proc *p, pid_t tid)
{
	struct task *task;
	size_t i;

	if (p->filtering != tid)
		return;
	p->filtering = 0;
	for (i = 0; i < task_slots(); i++) {
		task = task_at(t->table, i);
		if (task->tid != 0 && task->tid != tid &&
		    task_proc_of(t->table, task) == p &&
		    restart_interrupt(task) == 0)
			return;
	}
}

bool
watch_signal(struct trace *t, struct task *task, int signal)
{
	if (task->entered)
		return false;
	if (task->step == TASK_CLOSE) {
		/* The close(2) comes first. */
		task->signal = signal;
		call_resume(task, 0);
		return true;
	}
	if (task->step != TASK_FILTER)
		return false;
	/* The signal comes first, and what it does to the call. */
	task->step = 0;
	if (task_proc_of(t->table, task)->filtering == task->tid)
		task_proc_of(t->table, task)->filtering = 0;
	(void)regs_put(task->tid, &task->after);
	(void)restart_interrupt(task);
	return false;
}

/* Stop one thread of every process that lacks something. */
static unsigned
interrupt(struct trace *t, bool *full)
{
	struct task *task;
	struct proc *p;
	unsigned unseen = 0;
	size_t i;
	int error;

	for (i = 0; i < task_slots(); i++) {
		task = task_at(t->table, i);
		if (task->tid == 0)
			continue;
		p = task_proc_of(t->table, task);
		if (!watch_needs(t, p) || p->asked == t->asked)
			continue;
		p->asked = t->asked;
		if (p->filters >= TRACE_FILTERS_MAX) {
			p->known |= PROC_UNFILTERED;
			*full = true;
			unseen++;
			continue;
		}
		error = restart_interrupt(task);
		if (error < 0 && error != -ESRCH)
			unseen++;
	}
	return unseen;
}

int
trace_watch(struct trace *t, event_set watches, event_set prevents,
    unsigned *unseen, struct err *e)
{
	event_set wanted;
	bool full = false, verified = own_verified(t);
	int error;

	*unseen = 0;
	t->config.watches = watches;
	t->config.prevents = prevents;
	wanted = watch_wanted(&t->config) & ~t->installed;
	/* What was done before anybody looked: memory given to others. */
	if (wanted & HOOK_PINS || (own_verified(t) && !verified))
		t->foreign_writes = true;
	if (wanted == 0)
		return 0;
	error = filter_make(&t->more, wanted, &t->facts);
	if (error == 0)
		error =
		    filter_make(&t->filter, wanted | t->installed, &t->facts);
	if (error < 0)
		return err_set(e, ERR_PERM, -error, "the filter is too long");
	pin_publish(t);
	t->before = t->installed;
	t->installed |= wanted;
	t->asked++;
	*unseen = interrupt(t, &full);
	return full ? err_set(e, ERR_PERM, E2BIG,
			  "%u processes have %d filters already", *unseen,
			  TRACE_FILTERS_MAX)
		    : 0;
}
