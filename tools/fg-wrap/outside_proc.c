/* SPDX-License-Identifier: Apache-2.0 */
#include "outside_proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 4096, NAME_BYTES = 48, DEPTH_MAX = 256, STARTED = 22 };

/* The inode of the namespace that the machine started with; proc_ns.h. */
static const ino_t first_namespace = 0xEFFFFFFC;

/* /proc/PID/NAME as a text; its bytes, or -errno. */
static ssize_t
slurp(pid_t pid, const char *name, char *to, size_t n)
{
	char path[NAME_BYTES];
	size_t at = 0;
	ssize_t got = 0;
	int fd;

	(void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (at < n - 1 && (got = read(fd, to + at, n - 1 - at)) > 0)
		at += (size_t)got;
	to[at] = '\0';
	(void)close(fd);
	return at == 0 && got < 0 ? -errno : (ssize_t)at;
}

struct status {
	char state;
	pid_t ppid, tracer;
	uint32_t uid, euid, gid;
};

/* What follows "\nNAME:\t". The name of a program has no newline there. */
static const char *
member(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at == NULL ? "" : at + strlen(name);
}

static bool
read_status(pid_t pid, struct status *st)
{
	char text[TEXT_MAX], *end;

	if (slurp(pid, "status", text, sizeof text) <= 0)
		return false;
	st->state = member(text, "\nState:\t")[0];
	st->ppid = (pid_t)strtol(member(text, "\nPPid:\t"), NULL, 10);
	st->tracer = (pid_t)strtol(member(text, "\nTracerPid:\t"), NULL, 10);
	st->uid = (uint32_t)strtoul(member(text, "\nUid:\t"), &end, 10);
	st->euid = (uint32_t)strtoul(end, NULL, 10);
	st->gid = (uint32_t)strtoul(member(text, "\nGid:\t"), NULL, 10);
	return true;
}

/* In ticks since boot; 0: unknown. */
static uint64_t
start_of(pid_t pid)
{
	char text[TEXT_MAX];
	const char *at;

	if (slurp(pid, "stat", text, sizeof text) <= 0)
		return 0;
	at = strrchr(text, ')');
	for (int field = 2; at != NULL && field < STARTED; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at, NULL, 10);
}

/* Of a namespace; 0: we may not know. */
static ino_t
namespace_of(pid_t pid, const char *name)
{
	char path[NAME_BYTES];
	struct stat st;

	(void)snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, name);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

static bool
same_group(pid_t a, pid_t b)
{
	char x[TEXT_MAX], y[TEXT_MAX];

	return slurp(a, "cgroup", x, sizeof x) > 0 &&
	       slurp(b, "cgroup", y, sizeof y) > 0 && strcmp(x, y) == 0;
}

bool
outside_here(struct outside_here *here, pid_t top)
{
	struct status st;
	ino_t pids = namespace_of(getpid(), "pid");
	char self[16];
	ssize_t n = readlink("/proc/self", self, sizeof self - 1);

	*here = (struct outside_here){
	    .supervisor = getppid(), .self = getpid(), .top = top};
	/* Of another namespace, /proc is about others. */
	if (n <= 0 ||
	    (pid_t)strtol((self[n] = '\0', self), NULL, 10) != here->self)
		return false;
	here->mount = namespace_of(here->self, "mnt");
	if (pids == 0 || pids == first_namespace || here->mount == 0)
		return false;
	here->alone = top == 1;
	if (here->alone)
		return true;
	here->started = start_of(top);
	if (here->started == 0 || !read_status(top, &st))
		return false;
	return st.ppid <= 1 && (st.ppid == 1) == same_group(top, 1);
}

/*
 * Where pid descends from: `top`, or one whose parent is not in this
 * namespace, 1 among them; 0: it is gone.
 */
static pid_t
root_of(const struct outside_here *here, pid_t pid, pid_t ppid)
{
	struct status st;

	for (int depth = 0; depth < DEPTH_MAX && ppid != 0; depth++) {
		if (pid == here->top)
			return pid;
		pid = ppid;
		if (!read_status(pid, &st))
			return 0;
		ppid = st.ppid;
	}
	return pid;
}

/*
 * Is its program one that our names lead to? Before it executes what it came
 * for, it is that of whoever brings it in.
 */
static bool
has_our_program(pid_t pid)
{
	char path[NAME_BYTES], exe[PATH_MAX];
	struct stat its, named;
	ssize_t n;

	(void)snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	n = readlink(path, exe, sizeof exe - 1);
	if (n <= 0 || stat(path, &its) != 0)
		return false;
	exe[n] = '\0';
	return stat(exe, &named) == 0 && its.st_dev == named.st_dev &&
	       its.st_ino == named.st_ino;
}

/* In the middle of execve(2) it has its program, and no arguments yet. */
static bool
has_arguments(pid_t pid)
{
	char some[8];

	return slurp(pid, "cmdline", some, sizeof some) > 0;
}

/* ENTERED, unless it is gone, or descends from us, or was here before. */
static enum outside_who
kin_of(const struct outside_here *here, bool traced, pid_t pid,
    const struct status *st)
{
	pid_t root;

	if (traced && st->tracer == here->supervisor)
		return OUTSIDE_WHO_OURS;
	if (!traced || !here->alone) {
		root = root_of(here, pid, st->ppid);
		if (root == 0)
			return OUTSIDE_WHO_GONE;
		if (root == here->top || root == 1)
			return OUTSIDE_WHO_OURS;
	}
	if (!here->alone && start_of(pid) < here->started)
		return OUTSIDE_WHO_OURS;
	return OUTSIDE_WHO_ENTERED;
}

enum outside_who
outside_who(const struct outside_here *here, bool traced, pid_t pid,
    struct shared_entered *e)
{
	enum outside_who who;
	struct status st = {0};
	ino_t mount;

	if (pid == here->supervisor || pid == here->self)
		return OUTSIDE_WHO_OURS;
	if (!read_status(pid, &st) || st.state == 'Z' || st.state == 'X')
		return OUTSIDE_WHO_GONE;
	who = kin_of(here, traced, pid, &st);
	if (who != OUTSIDE_WHO_ENTERED)
		return who;
	*e = (struct shared_entered){.pid = pid,
	    .ppid = st.ppid,
	    .uid = st.uid,
	    .euid = st.euid,
	    .gid = st.gid};
	mount = namespace_of(pid, "mnt");
	if (mount == here->mount)
		return has_our_program(pid) && has_arguments(pid)
			   ? OUTSIDE_WHO_ENTERED
			   : OUTSIDE_WHO_EARLY;
	e->refused = mount == 0 ? EACCES : EXDEV;
	if (here->alone || (mount == 0 && same_group(pid, here->self)))
		return OUTSIDE_WHO_ALIEN;
	return OUTSIDE_WHO_OTHER;
}

static void
link_text(pid_t pid, const char *name, char to[SHARED_PATH])
{
	char path[NAME_BYTES];
	ssize_t n;

	(void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	n = readlink(path, to, SHARED_PATH - 1);
	to[n < 0 ? 0 : n] = '\0';
}

void
outside_facts(struct shared_entered *e)
{
	ssize_t n = slurp(e->pid, "cmdline", e->args, sizeof e->args);

	e->n_args = n < 0 ? 0 : (uint32_t)n;
	e->args_cut = e->n_args == sizeof e->args - 1;
	if (e->args_cut) /* slurp() ended the last word */
		e->n_args++;
	link_text(e->pid, "exe", e->exe);
	link_text(e->pid, "cwd", e->cwd);
}
