/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task: what is known of each thread, process and address space that is
 * traced. Three pools of fixed size in memory that is mapped once; pages that
 * were never used cost nothing.
 */
#ifndef FG_TRACE_TASK_H
#define FG_TRACE_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"
#include "regs.h"

/* What the next stop at the end of a system call is for. */
enum {
	TASK_UNPIN = 1 << 0,  /* put the original arguments back */
	TASK_VERIFY = 1 << 1, /* what was opened is what was judged */
	TASK_FORGET = 1 << 2, /* credentials may have changed */
	TASK_ACCEPT = 1 << 3, /* there is a peer to read */
	TASK_ATTACH = 1 << 4, /* it is an injected call: the pins' */
	TASK_CLOSE = 1 << 5,  /* it is an injected call: close(2) */
	TASK_FOLLOW = 1 << 6, /* look for the query behind a connect */
	TASK_MEMORY = 1 << 9, /* what was opened is no memory of a process */
	TASK_ONE = 1 << 8,    /* sendmmsg(2) was made to be a sendmsg(2) */
	TASK_FILTER = 1 << 7, /* it is an injected call: seccomp(2) */
};

/* One memory space; processes that share it (CLONE_VM, vfork) share this. */
struct mm {
	uint32_t tasks; /* 0: free, `next` is valid */
	uint32_t next;
	uint64_t serial; /* no other memory ever has the same */
	bool strange;    /* somebody unknown may share it */
	bool aio;        /* io_setup(2) was called */
	bool pins;       /* the pins are attached */
	bool no_pins;    /* they could not be */
};

enum {
	PROC_CREDS = 1 << 0,      /* uid, euid, gid are known */
	PROC_EXE = 1 << 1,        /* exe, args, facts are known */
	PROC_EXEC = 1 << 2,       /* seen to load its program */
	PROC_OUTSIDE = 1 << 3,    /* adopted: no_new_privs may be missing */
	PROC_UNFILTERED = 1 << 4, /* a filter is missing, and will be */
	PROC_UNREADABLE = 1 << 5, /* told that it cannot be read */
	PROC_UNPINNED = 1 << 6,   /* told that it has no pins */
	PROC_TEXT = 1700,
};

struct proc {
	pid_t pid, ppid;
	uint64_t serial; /* no other process ever has the same */
	uint32_t tasks;  /* 0: free, `next` is valid */
	uint32_t next, mm;
	uint32_t uid, euid, gid;
	uint32_t facts; /* EXE_* */
	uint16_t known; /* PROC_* */
	uint8_t filters;
	pid_t filtering;    /* the thread that is putting one in */
	uint32_t asked;     /* state.h */
	uint64_t installed; /* event_set of all its filters */
	/* exe, script, args one behind the other. args that do not fit: 0. */
	uint16_t exe_n, script_n, args_n;
	bool args_cut, args_long;
	char text[PROC_TEXT];
};

struct task {
	pid_t tid; /* 0: free */
	uint32_t proc;
	uint16_t step;    /* TASK_* */
	bool listening;   /* in a group-stop */
	bool bare;        /* lacks a filter that its process has */
	bool loose;       /* was let go unpinned, and has not stopped since */
	bool writer;      /* waits until nobody is loose */
	bool interrupted; /* by restart_interrupt() */
	uint8_t phase;    /* TASK_FILTER: enum phase */
	uint8_t exitkill; /* exitkill.c */
	uint8_t left;     /* TASK_FOLLOW: stops left */
	uint8_t pinned;   /* arguments that were replaced, as bits */
	uint16_t hook;
	int32_t fd;          /* TASK_FOLLOW: the socket */
	int32_t nr;          /* the call, where it was replaced */
	uint32_t pin, pin_n; /* its part of the pins */
	uint64_t judged;     /* TASK_VERIFY: hash of the path */
	uint64_t ip;         /* behind the call's instruction */
	uint64_t args[6];    /* the call's own arguments */
	bool entered;        /* an injected call is under way */
	int32_t signal;    /* that came before it was, and waits for its end */
	struct regs after; /* registers to go on with behind it */
};

struct table; /* opaque: the pools */

/* NULL: out of memory. */
struct table *task_table_new(void);
void task_table_free(struct table *t);

struct task *task_find(struct table *t, pid_t tid);

/* A new task of `proc`, zeroed; NULL when there are TRACE_TASKS_MAX. */
struct task *task_add(struct table *t, pid_t tid, struct proc *proc);

/* Forget a task; its process and memory go with the last one. */
void task_remove(struct table *t, struct task *task);

/* The task gets another number: execve(2) by a thread that was no leader. */
struct task *task_rename(struct table *t, struct task *task, pid_t tid);

/* The i'th slot, 0 <= i < task_slots(); .tid may be 0. */
struct task *task_at(struct table *t, size_t i);
size_t task_slots(void);
unsigned task_count(struct table *t);

/* The process by any of its tasks, or by its number (the leader's). */
struct proc *task_proc_of(struct table *t, const struct task *task);
struct proc *task_proc_find(struct table *t, pid_t pid);

/* A new process with no tasks yet, without a memory space; NULL: full. */
struct proc *task_proc_new(struct table *t, pid_t pid);

/* Give it up while it has no tasks. */
void task_proc_drop(struct table *t, struct proc *p);

struct mm *task_mm_of(struct table *t, const struct proc *p);

/*
 * Another memory space for a process and its tasks: that of `other`, or a new
 * one when other is NULL. False when the pool is empty.
 */
bool task_mm_set(struct table *t, struct proc *p, const struct proc *other);

struct str task_proc_exe(const struct proc *p);
struct str task_proc_script(const struct proc *p);
struct str task_proc_args(const struct proc *p);

#endif
