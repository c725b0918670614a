/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: runs a process tree so that chosen system calls stop, become events,
 * and go on, fail or end the process as the judge says. seccomp(2) with
 * SECCOMP_RET_TRACE picks the calls in the kernel, ptrace(2) with PTRACE_SEIZE
 * does the rest. One thread, no memory taken after trace_new(). Needs Linux
 * 5.3 (PTRACE_GET_SYSCALL_INFO). A SIGCHLD handler of the caller costs time at
 * every stop, unless it has SA_NOCLDSTOP.
 */
#ifndef FG_TRACE_TRACE_H
#define FG_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "event/event.h"

enum trace_tier {
	TRACE_NONE, /* nothing is traced */
	TRACE_EXEC, /* ptrace events only: programs are seen when they are
		     * loaded; set-user-ID programs work */
	TRACE_FULL, /* no_new_privs, seccomp filter, ptrace */
};

enum { TRACE_GUARDED_MAX = 4, TRACE_TASKS_MAX = 32768 };

/* What judge() answers: 0 go on; -errno: the call fails with it; or */
enum { TRACE_KILL = 1 }; /* SIGKILL to the process */

/*
 * Where arguments cannot be pinned: without SysV shared memory what is
 * prevented is judged by name, and `enforced` of its events is false; in a
 * process of another ipc namespace openings are verified by what was opened,
 * other calls are refused with EACCES.
 */
struct trace_config {
	enum trace_tier tier;
	event_set watches;  /* what must stop; of EVENT_CHMOD modes with a
			     * set-ID or execute bit, all with EVENT_CHOWN */
	event_set prevents; /* of these, what judge() may refuse: pointer
			     * arguments are pinned, results verified */
	bool exit_kill;     /* tracees die with the tracer */
	bool hash;          /* fill by.sha256 of programs */
	bool no_place; /* leave tracees on the processor that wakes them; else
			* one that stops all the time may be kept on the
			* tracer's, where that turns out faster */
	int64_t started_ns; /* ctime from here on: modified */
	/* Processes that tracees may not signal, trace or write to. */
	pid_t guarded[TRACE_GUARDED_MAX];
	/*
	 * Absolute prefix that nobody writes below ("/opt/fg"), or NULL. By
	 * name, unless events of files are prevented.
	 */
	const char *guarded_dir;
	/*
	 * Called for every event, on the tracer's only thread: no blocking,
	 * no memory, no call of this module. ev and its strings live during
	 * the call only. EVENT_UNSEEN, with the reason in `detail`, comes this
	 * way too: the answer to it does not matter.
	 */
	int (*judge)(void *arg, struct event *ev);
	void *arg;
};

struct trace; /* opaque, mapped once */

/* A tracer; NULL when out of memory. config is copied. */
struct trace *trace_new(const struct trace_config *config, struct err *e);
void trace_free(struct trace *t);

/*
 * In the child, before execve(2): wait until the parent has seized it, then
 * (TRACE_FULL) set no_new_privs and install the filter. go is the read end of
 * a pipe that trace_seize() closes. Async-signal-safe; 0 or -errno.
 */
int trace_child(const struct trace *t, int go);

/*
 * The same where t is not at hand, as when the tracer is a child of what it
 * traces: the filter's program as bytes, of which there are TRACE_FILTER_BYTES
 * at most (0: there is none), and trace_child() with those.
 */
enum { TRACE_FILTER_BYTES = 8192 };
size_t trace_filter(const struct trace *t, void *to, size_t n);
int trace_install(enum trace_tier tier, const void *filter, size_t n, int go);

/* In the parent: seize the child (PTRACE_SEIZE) and let it go on. */
int trace_seize(struct trace *t, pid_t child, int go, struct err *e);

/*
 * Seize a process from outside (EVENT_ENTERED), all of its threads, and, in
 * TRACE_FULL with filter set, give it the filter. 0 or -errno: -EPERM where
 * the kernel does not allow it.
 */
int trace_adopt(struct trace *t, pid_t pid, bool filter);

enum trace_news {
	TRACE_ENDED,   /* the main child: pid, status as of waitpid(2) */
	TRACE_STOPPED, /* the main child is in a group-stop: signal in status */
	TRACE_OTHER,   /* a child that is no tracee changed state */
	TRACE_EMPTY,   /* no children are left */
};

struct trace_what {
	enum trace_news news;
	pid_t pid;
	int status;
};

/*
 * Serve tracees until there is news for the caller. Signals are handled by the
 * caller's handlers, which may run at any time within (SA_RESTART).
 */
void trace_wait(struct trace *t, struct trace_what *what);

/*
 * Watch, and refuse, something else from now on. What was not watched before
 * is added to every running thread by one more filter, during the next
 * trace_wait(): what waits in a system call goes on waiting. A stopped process
 * gets it when it is continued. What is no longer watched is answered without
 * asking judge(). -E2BIG when a process has TRACE_FILTERS_MAX filters; *unseen
 * counts the processes that cannot be reached; those where it turns out later
 * are told of by EVENT_UNSEEN.
 */
enum { TRACE_FILTERS_MAX = 8 };
int trace_watch(struct trace *t, event_set watches, event_set prevents,
    unsigned *unseen, struct err *e);

/*
 * config.exit_kill from now on, for everybody: during the next trace_wait(),
 * where each is interrupted for it; whoever waits for its vfork(2) child, or in
 * uninterruptible sleep, when that ends. What waits goes on waiting.
 */
void trace_exit_kill(struct trace *t, bool kill);

/* config.hash from now on: programs that are loaded later have their sha256. */
void trace_hash(struct trace *t, bool hash);

/* config.guarded[i] from now on; 0: nobody, where it is not the first. */
void trace_guard(struct trace *t, unsigned i, pid_t pid);

/* Live tracees (threads count). */
unsigned trace_tasks(const struct trace *t);

/* Is pid one of ours? For signal handlers; async-signal-safe. */
bool trace_has(const struct trace *t, pid_t pid);

/* SIGKILL to every tracee. */
void trace_kill_all(struct trace *t);

#endif
