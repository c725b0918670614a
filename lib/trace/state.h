/* SPDX-License-Identifier: Apache-2.0 */
/* state: the inside of a tracer, and of one call that it looks at. */
#ifndef FG_TRACE_STATE_H
#define FG_TRACE_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "filter.h"
#include "hook.h"
#include "task.h"
#include "trace.h"

enum {
	STATE_PATH = 2 * PATH_MAX + 64, /* a directory and a name */
	STATE_HELD_MAX = 64,
	STATE_FILES = 128,
	STATE_IOVECS = 8,
	STATE_FDS = 32,
};

/* A program that was looked at before. */
struct state_file {
	uint64_t dev, ino, ctime_ns, size;
	uint32_t facts; /* EXE_*, as far as the file is concerned */
	bool known;
	char hex[65]; /* its hash, once it was asked for */
};

/* A descriptor for one memory space or process that is kept open. */
struct state_fd {
	uint64_t serial; /* whose; 0: closed */
	int fd;
};

enum {
	STATE_CPU_WORDS = 16,
	STATE_TRY = 32,
	STATE_KEEP = 2048, /* until it is tried again */
};

struct state_cpus {
	unsigned long bits[STATE_CPU_WORDS];
};

struct state_place {
	bool off;        /* nothing to choose from, or no right to */
	bool here;       /* the tracer stays on one processor */
	pid_t moved;     /* whose affinity was changed last, and put back */
	unsigned streak; /* statuses; of them STATE_TRY tried in each way */
	bool better;     /* to stay, as it turned out */
	int64_t took[2]; /* ns for those STATE_TRY, as it was and staying */
	int64_t last;    /* CLOCK_MONOTONIC of the last status */
	struct state_cpus home, one, theirs;
};

struct state_pins {
	char *at;        /* the segment, here; NULL: there is none */
	uint64_t theirs; /* its address in the tracees */
	int id;          /* shmid; -1 */
	uint32_t next;   /* where the search for room starts */
	uint64_t used[128];
};

struct trace {
	struct trace_config config;
	struct table *table;
	struct filter filter; /* all of it */
	struct filter more;   /* what trace_watch() added last */
	struct filter_facts facts;
	event_set installed; /* what the filters together are to stop */
	event_set before;    /* the same without the last addition */
	uint32_t asked;      /* how often processes were given more */
	long options;        /* of PTRACE_SEIZE */
	bool options_vary;   /* they were others once */
	pid_t main, self;
	uint64_t root_dev;
	bool roots_vary;     /* somebody has, or may have, another root */
	bool map_files;      /* tracees may have the right to use those */
	bool foreign_writes; /* memory may be written from outside of it */
	uint32_t n_loose;    /* tasks that are .loose */
	uint32_t n_writers;  /* tasks that are .writer, */
	int64_t held_ms;     /* the first of them since then (monotonic) */
	bool no_openat2, no_readv, no_kcmp, no_getfd, no_pagemap;
	int no_name;        /* -errno for a directory whose name is not known */
	bool full_told;     /* EVENT_UNSEEN for TRACE_TASKS_MAX was sent */
	bool nameless_told; /* the same, for programs that have no name */
	pid_t held[STATE_HELD_MAX];
	unsigned n_held;
	pid_t orphans[STATE_HELD_MAX]; /* seen without their parents' event */
	unsigned next_orphan;
	struct state_pins pins;
	struct state_place place;
	struct state_fd pagemaps[STATE_FDS], pidfds[STATE_FDS];
	char dir[PATH_MAX + 64]; /* guarded_dir, without the final '/' */
	size_t dir_n;

	/* Room for one event. */
	char raw[2][PATH_MAX + 8];
	char path[2][STATE_PATH], given[2][STATE_PATH];
	char work[2][STATE_PATH];
	char exe[PATH_MAX], cwd[PATH_MAX], script[STATE_PATH];
	char args[EVENT_ARGS_MAX], detail[256], domain[256];
	char data[4096]; /* of a message that is sent */
	struct msghdr message;
	struct iovec iov[STATE_IOVECS];
	_Alignas(16) char block[16384]; /* of whoever needs it now */
	char hex[65];
	struct state_file files[STATE_FILES];
	struct event ev;
};

enum { CALL_PINS_MAX = 4 };

/* Bytes that the call points to, as they were judged. */
struct call_pin {
	int arg; /* the argument that points there; -1: a pointer within */
	const void *p;
	size_t n;
	uint64_t from; /* their address in the tracee; 0: several */
	unsigned of;   /* with -1: which pin has the pointer, and where */
	size_t at;
};

/* One stop at the entry of a system call. */
struct call {
	const struct hook *hook;
	struct task *task;
	struct proc *proc;
	pid_t tid;
	bool foreign; /* another architecture's entry */
	uint64_t nr, ip, sp, args[6];
	struct call_pin pins[CALL_PINS_MAX];
	unsigned n_pins;
	uint16_t step;     /* TASK_*: why its end must stop too */
	bool one;          /* of several messages, only the first goes */
	bool judged;       /* something of it is to be prevented */
	bool writes;       /* to the memory of others */
	uint64_t path_sum; /* of what was judged, for TASK_VERIFY */
};

#endif
