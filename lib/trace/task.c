/* SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

#include <string.h>
#include <sys/mman.h>

#include "trace.h"

enum { SLOTS = 2 * TRACE_TASKS_MAX, POOL = TRACE_TASKS_MAX + 1 };

struct table {
	uint32_t count;
	uint64_t serial;
	uint32_t free_proc, free_mm; /* heads of lists; 0 ends */
	uint32_t top_proc, top_mm;   /* never used from here on */
	struct task tasks[SLOTS];    /* open addressing, linear */
	struct proc procs[POOL];     /* 0 is nobody */
	struct mm mms[POOL];
};

struct table *
task_table_new(void)
{
	struct table *t;

	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (t == MAP_FAILED)
		return NULL;
	/* A huge page for every few tasks would cost more than it gives. */
	(void)madvise(t, sizeof(*t), MADV_NOHUGEPAGE);
	t->top_proc = t->top_mm = 1;
	return t;
}

void
task_table_free(struct table *t)
{
	if (t != NULL)
		(void)munmap(t, sizeof(*t));
}

/* Not mixed: numbers are given in order, so tasks share pages. */
static uint32_t
place(pid_t tid)
{
	return (uint32_t)tid % SLOTS;
}

static uint32_t
after(uint32_t i)
{
	return (i + 1) % SLOTS;
}

struct task *
task_find(struct table *t, pid_t tid)
{
	uint32_t i;

	for (i = place(tid); t->tasks[i].tid != 0; i = after(i))
		if (t->tasks[i].tid == tid)
			return &t->tasks[i];
	return NULL;
}

static struct task *
insert(struct table *t, pid_t tid)
{
	uint32_t i;

	for (i = place(tid); t->tasks[i].tid != 0;)
		i = after(i);
	t->tasks[i] = (struct task){.tid = tid};
	return &t->tasks[i];
}

struct task *
task_add(struct table *t, pid_t tid, struct proc *proc)
{
	struct task *task;

	if (t->count >= TRACE_TASKS_MAX)
		return NULL;
	task = insert(t, tid);
	task->proc = (uint32_t)(proc - t->procs);
	proc->tasks++;
	if (proc->mm != 0)
		t->mms[proc->mm].tasks++;
	t->count++;
	return task;
}

/* Close the gap that a removed entry would leave in its row (Knuth 6.4 R). */
static void
close_gap(struct table *t, uint32_t i)
{
	uint32_t j, home;

	for (j = after(i);; j = after(j)) {
		if (t->tasks[j].tid == 0)
			break;
		home = place(t->tasks[j].tid);
		if ((j - home) % SLOTS < (j - i) % SLOTS)
			continue;
		t->tasks[i] = t->tasks[j];
		i = j;
	}
	t->tasks[i].tid = 0;
}

static void
leave_mm(struct table *t, uint32_t mm, uint32_t tasks)
{
	if (mm == 0)
		return;
	t->mms[mm].tasks -= tasks;
	if (t->mms[mm].tasks > 0)
		return;
	t->mms[mm].next = t->free_mm;
	t->free_mm = mm;
}

void
task_proc_drop(struct table *t, struct proc *p)
{
	p->next = t->free_proc;
	t->free_proc = (uint32_t)(p - t->procs);
}

void
task_remove(struct table *t, struct task *task)
{
	struct proc *p = &t->procs[task->proc];

	leave_mm(t, p->mm, 1);
	if (--p->tasks == 0)
		task_proc_drop(t, p);
	t->count--;
	close_gap(t, (uint32_t)(task - t->tasks));
}

struct task *
task_rename(struct table *t, struct task *task, pid_t tid)
{
	struct task copy = *task, *to;

	close_gap(t, (uint32_t)(task - t->tasks));
	to = insert(t, tid);
	*to = copy;
	to->tid = tid;
	return to;
}

struct task *
task_at(struct table *t, size_t i)
{
	return &t->tasks[i];
}

size_t
task_slots(void)
{
	return SLOTS;
}

unsigned
task_count(struct table *t)
{
	return t->count;
}

struct proc *
task_proc_of(struct table *t, const struct task *task)
{
	return &t->procs[task->proc];
}

struct proc *
task_proc_find(struct table *t, pid_t pid)
{
	const struct task *task = task_find(t, pid);
	struct proc *p;

	if (task == NULL)
		return NULL;
	p = task_proc_of(t, task);
	return p->pid == pid ? p : NULL;
}

struct proc *
task_proc_new(struct table *t, pid_t pid)
{
	uint32_t i = t->free_proc;

	if (i != 0)
		t->free_proc = t->procs[i].next;
	else if (t->top_proc < POOL)
		i = t->top_proc++;
	else
		return NULL;
	memset(&t->procs[i], 0, offsetof(struct proc, text));
	t->procs[i].pid = pid;
	t->procs[i].serial = ++t->serial;
	return &t->procs[i];
}

struct mm *
task_mm_of(struct table *t, const struct proc *p)
{
	return &t->mms[p->mm];
}

bool
task_mm_set(struct table *t, struct proc *p, const struct proc *other)
{
	uint32_t mm = other != NULL ? other->mm : t->free_mm;

	if (other == NULL) {
		if (mm != 0)
			t->free_mm = t->mms[mm].next;
		else if (t->top_mm < POOL)
			mm = t->top_mm++;
		else
			return false;
		t->mms[mm] = (struct mm){.serial = ++t->serial};
	}
	t->mms[mm].tasks += p->tasks;
	leave_mm(t, p->mm, p->tasks);
	p->mm = mm;
	return true;
}

struct str
task_proc_exe(const struct proc *p)
{
	return str_make(p->text, p->exe_n);
}

struct str
task_proc_script(const struct proc *p)
{
	return str_make(p->text + p->exe_n, p->script_n);
}

struct str
task_proc_args(const struct proc *p)
{
	return str_make(p->text + p->exe_n + p->script_n, p->args_n);
}
