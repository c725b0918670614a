/* SPDX-License-Identifier: Apache-2.0 */
#include "outside.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "load.h"

enum {
	PATH_FOLDERS_MAX = 32,
	LIST_MAX = 1 << 16, /* processes */
	COST_SHARE = 100,
	READY_SHARE = 4, /* while somebody is about to be ready */
	EVENTS_BYTES = 16384,
};

/*
 * Loaders tell of every dynamic program, wherever it is; folders of static
 * ones, and the user database is read by those who bring a process in, just
 * before it executes. The first are patterns of glob(7).
 */
static const char *const places[] = {
    "/lib/ld-*.so*",
    "/lib64/ld-*.so*",
    "/lib/*/ld-*.so*",
    "/managed-agents/*",
    "/ecs-execute-command*",
    "/bin",
    "/sbin",
    "/usr/bin",
    "/usr/sbin",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/",
    "/etc/passwd",
};

/* ---- what wakes it ------------------------------------------------------ */

/* How many of pattern's files are watched. */
static unsigned
watch(const struct outside *o, const char *pattern)
{
	unsigned n = 0;
	glob_t g;

	if (glob(pattern, GLOB_NOSORT, NULL, &g) != 0)
		return 0;
	for (size_t i = 0; i < g.gl_pathc; i++)
		n += inotify_add_watch(o->fd, g.gl_pathv[i], IN_OPEN) >= 0;
	globfree(&g);
	return n;
}

static void
watch_folder(const struct outside *o, struct str folder)
{
	char path[PATH_MAX];

	if (folder.n == 0 || folder.n >= sizeof path || folder.p[0] != '/')
		return;
	memcpy(path, folder.p, folder.n);
	path[folder.n] = '\0';
	(void)inotify_add_watch(o->fd, path, IN_OPEN);
}

static unsigned
watch_all(struct outside *o, int64_t now_ms)
{
	const char *path = getenv("PATH");
	struct str rest = str_of(path == NULL ? "" : path), folder, tail;
	struct str command = str_of(o->command);
	size_t slash = str_rchr(command, '/');
	unsigned n = 0;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		n += watch(o, places[i]);
	for (int i = 0; i < PATH_FOLDERS_MAX && rest.n > 0; i++) {
		(void)str_cut(rest, ':', &folder, &tail);
		watch_folder(o, folder);
		rest = tail;
	}
	if (slash < command.n)
		watch_folder(o, str_sub(command, 0, slash));
	o->watched_ms = now_ms;
	o->moved = false;
	return n;
}

int
outside_open(struct outside *o, struct shared *shared, pid_t top,
    const char *command, struct err *e)
{
	*o = (struct outside){.shared = shared, .command = command, .fd = -1};
	if (!outside_here(&o->here, top)) {
		o->shared = NULL;
		return 0;
	}
	o->due = true;
	o->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (o->fd < 0 || watch_all(o, 0) == 0)
		return err_set(e, ERR_TEMP, errno,
		    "processes from outside may be noticed late: inotify: %s",
		    strerror(errno));
	return 0;
}

int
outside_fd(const struct outside *o, int64_t now_ms)
{
	if (o->shared == NULL || atomic_load(&o->shared->current) == NULL)
		return -1;
	return now_ms < o->next_ms ? -1 : o->fd;
}

void
outside_poll(struct outside *o)
{
	_Alignas(8) char events[EVENTS_BYTES];
	const struct inotify_event *ev;
	ssize_t n;

	while ((n = read(o->fd, events, sizeof events)) > 0) {
		for (ssize_t at = 0; at < n;
		     at += (ssize_t)(sizeof *ev + ev->len)) {
			ev = (const void *)(events + at);
			if ((ev->mask & IN_ISDIR) == 0)
				o->due = true;
			if ((ev->mask & IN_IGNORED) != 0)
				o->moved = true;
		}
	}
}

int64_t
outside_next(const struct outside *o, int64_t now_ms)
{
	if (o->shared == NULL || atomic_load(&o->shared->current) == NULL)
		return INT64_MAX;
	return o->due || o->again || now_ms < o->next_ms ? o->next_ms
							 : INT64_MAX;
}

/* ---- looking ------------------------------------------------------------ */

static bool
push(struct outside_list *l, const struct outside_known *known)
{
	size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
	struct outside_known *at;

	if (l->n == l->cap) {
		at = cap > LIST_MAX ? NULL
				    : reallocarray(l->at, cap, sizeof *at);
		if (at == NULL)
			return false;
		l->at = at;
		l->cap = cap;
	}
	l->at[l->n++] = *known;
	return true;
}

static struct outside_known *
find(const struct outside_list *l, int32_t pid)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->at[mid].pid == pid)
			return &l->at[mid];
		if (l->at[mid].pid < pid)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* To be told to the supervisor; no room: next time. */
static enum outside_kind
ask(struct outside *o, struct shared_entered *e)
{
	uint32_t n = atomic_load(&o->shared->n_entered);

	if (n == SHARED_ENTERED_MAX)
		return OUTSIDE_LATER;
	outside_facts(e);
	o->shared->entered[n] = *e;
	atomic_store(&o->shared->n_entered, n + 1);
	return OUTSIDE_ASKED;
}

static enum outside_kind
judge(struct outside *o, const struct outside_known *known, int64_t now_ms)
{
	bool traced = atomic_load(&o->shared->traced) != 0;
	const struct outside_known *parent;
	struct shared_entered e;

	switch (outside_who(&o->here, traced, known->pid, &e)) {
	case OUTSIDE_WHO_GONE:
	case OUTSIDE_WHO_OTHER:
		return OUTSIDE_NEW;
	case OUTSIDE_WHO_OURS:
		return OUTSIDE_OURS;
	case OUTSIDE_WHO_EARLY:
	case OUTSIDE_WHO_ALIEN:
		/* Before it executes it may well be out of our reach. */
		if (now_ms - known->since_ms < OUTSIDE_READY_MS)
			return OUTSIDE_LATER;
		break;
	case OUTSIDE_WHO_ENTERED:
		break;
	}
	/* Whom a process starts that was told of is not told. */
	parent = find(&o->is, e.ppid);
	if (parent != NULL && parent->kind == OUTSIDE_TOLD)
		return OUTSIDE_TOLD;
	if (parent != NULL && parent->kind == OUTSIDE_ASKED)
		return OUTSIDE_LATER;
	return ask(o, &e);
}

/* All of /proc, in the order of pids, against what it was the last time. */
static void
scan(struct outside *o, DIR *proc, int64_t now_ms)
{
	const struct outside_list *was = &o->was;
	const struct dirent *entry;
	size_t old = 0;
	int64_t pid;

	while ((entry = readdir(proc)) != NULL) {
		struct outside_known known = {
		    .ino = entry->d_ino, .since_ms = now_ms};

		if (!num_parse(str_of(entry->d_name), 1, INT32_MAX, &pid))
			continue;
		known.pid = (int32_t)pid;
		while (old < was->n && was->at[old].pid < pid)
			old++;
		if (old < was->n && was->at[old].pid == pid &&
		    was->at[old].ino == known.ino)
			known = was->at[old];
		if (known.kind < OUTSIDE_OURS)
			known.kind = (uint8_t)judge(o, &known, now_ms);
		if (known.kind == OUTSIDE_LATER) {
			o->again = true;
			if (now_ms - known.since_ms < OUTSIDE_SOON_MS)
				o->soon = true;
		}
		if (!push(&o->is, &known))
			return;
	}
}

/* The supervisor has them; what came of it? */
static void
take_answers(struct outside *o, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct shared_entered *e = &o->shared->entered[i];
		struct outside_known *known = find(&o->is, e->pid);

		if (known != NULL)
			known->kind = e->adopted ? OUTSIDE_OURS : OUTSIDE_TOLD;
	}
}

/* Of the processor: others may have it in between. */
static int64_t
spent_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
pause_after(struct outside *o, int64_t cost_us, int64_t now_ms)
{
	int64_t least = o->soon ? 1 : OUTSIDE_PAUSE_MIN_MS;
	int64_t pause = cost_us * (o->soon ? READY_SHARE : COST_SHARE) / 1000;

	pause = pause < least                  ? least
		: pause > OUTSIDE_PAUSE_MAX_MS ? OUTSIDE_PAUSE_MAX_MS
					       : pause;
	o->looked_ms = now_ms;
	o->next_ms = now_ms + pause;
}

static void
look(struct outside *o, int64_t now_ms)
{
	int64_t before_us = spent_us();
	struct outside_list swap = o->was;
	DIR *proc = opendir("/proc");
	uint32_t n;

	o->due = o->again = o->soon = false;
	pause_after(o, 0, now_ms);
	if (proc == NULL)
		return;
	o->was = o->is;
	o->is = swap;
	o->is.n = 0;
	scan(o, proc, now_ms);
	(void)closedir(proc);
	pause_after(o, spent_us() - before_us, now_ms);
	n = atomic_load(&o->shared->n_entered);
	if (n == 0)
		return;
	load_kick(o->here.supervisor);
	take_answers(o, n);
}

void
outside_look(struct outside *o, int64_t now_ms)
{
	if (o->shared == NULL || now_ms < o->next_ms ||
	    atomic_load(&o->shared->current) == NULL)
		return;
	if (!o->due && !o->again && now_ms - o->looked_ms < OUTSIDE_STALE_MS)
		return;
	if (o->fd >= 0 &&
	    (o->moved || now_ms - o->watched_ms >= OUTSIDE_WATCH_MS))
		(void)watch_all(o, now_ms);
	look(o, now_ms);
}
