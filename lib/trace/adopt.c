/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that were put into the container by somebody else. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "exe.h"
#include "exe_file.h"
#include "serve.h"
#include "trace.h"
#include "watch.h"

enum { ROUNDS_MAX = 64 };

static struct proc *
process(struct trace *t, pid_t pid, bool filter)
{
	struct proc *p = task_proc_find(t->table, pid);

	if (p != NULL)
		return p;
	p = task_proc_new(t->table, pid);
	if (p == NULL)
		return NULL;
	p->known = PROC_OUTSIDE;
	if (!filter)
		p->known |= PROC_UNFILTERED;
	if (!task_mm_set(t->table, p, NULL)) {
		task_proc_drop(t->table, p);
		return NULL;
	}
	task_mm_of(t->table, p)->strange = true;
	return p;
}

static int
seize(struct trace *t, pid_t pid, pid_t tid, struct proc **p, bool filter)
{
	if (ptrace(PTRACE_SEIZE, tid, NULL, t->options) < 0)
		/* A thread may be gone already. */
		return errno == ESRCH && tid != pid ? 0 : -errno;
	*p = process(t, pid, filter);
	if (*p == NULL || task_add(t->table, tid, *p) == NULL)
		return -ENOMEM;
	return 1;
}

/* As getdents64(2) writes them; readdir(3) would take memory. */
struct entry {
	uint64_t ino, off;
	uint16_t size;
	uint8_t type;
	char name[];
};

/* Seize the threads that are not yet ours: how many, or -errno. */
static int
seize_threads(struct trace *t, pid_t pid, struct proc **p, bool filter)
{
	char name[32];
	cleanup_fd int dir = -1;
	const struct entry *entry;
	int n = 0, got;
	long size, at;
	pid_t tid;

	(void)snprintf(name, sizeof(name), "/proc/%d/task", (int)pid);
	dir = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -ESRCH;
	while ((size = syscall(
		    SYS_getdents64, dir, t->block, sizeof(t->block))) > 0) {
		for (at = 0; at < size; at += entry->size) {
			entry = (const void *)(t->block + at);
			tid = (pid_t)strtol(entry->name, NULL, 10);
			if (tid <= 0 || task_find(t->table, tid) != NULL)
				continue;
			got = seize(t, pid, tid, p, filter);
			if (got < 0)
				return got;
			n += got;
		}
	}
	return n;
}

/* What it runs was loaded before anybody looked. */
static int
ask(struct trace *t, struct proc *p, pid_t pid)
{
	struct call c = {.tid = pid, .proc = p};
	struct event *ev = serve_event(t, &c, EVENT_ENTERED);
	struct exe_file file;

	exe_file_look(t, p, pid, &file);
	p->facts = ev->by.facts = file.facts;
	ev->by.sha256 = file.sha256;
	return serve_ask(t, &c, ev);
}

int
trace_adopt(struct trace *t, pid_t pid, bool filter)
{
	struct proc *p = NULL;
	int n, rounds = 0;

	if (task_find(t->table, pid) != NULL)
		return 0;
	do
		n = seize_threads(t, pid, &p, filter);
	while (n > 0 && ++rounds < ROUNDS_MAX);
	if (p == NULL)
		return n < 0 ? n : -ESRCH;
	/* It may have handed its memory out before. */
	t->foreign_writes = true;
	if (ask(t, p, pid) != 0)
		(void)kill(pid, SIGKILL);
	else if (watch_needs(t, p))
		(void)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	return n < 0 ? n : 0;
}
