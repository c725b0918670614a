/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "life.h"
#include "pin.h"
#include "place.h"
#include "state.h"
#include "watch.h"

static void
set_dir(struct trace *t, const char *dir)
{
	size_t n = dir == NULL ? 0 : strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	if (n >= sizeof(t->dir))
		n = 0;
	if (n > 0)
		memcpy(t->dir, dir, n);
	t->dir_n = n;
}

/* May a tracee open what others have mapped (proc(5), map_files)? */
static bool
has_map_files(void)
{
	static const int caps[] = {CAP_SYS_ADMIN, CAP_CHECKPOINT_RESTORE};
	size_t i;

	for (i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		if (prctl(PR_CAPBSET_READ, caps[i], 0, 0, 0) == 1 &&
		    (geteuid() == 0 ||
			prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, caps[i], 0,
			    0) == 1))
			return true;
	return false;
}

static int
setup(struct trace *t, struct err *e)
{
	struct stat st;

	t->self = getpid();
	if (stat("/", &st) == 0)
		t->root_dev = st.st_dev;
	set_dir(t, t->config.guarded_dir);
	t->options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
		     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		     PTRACE_O_TRACEEXEC;
	if (t->config.exit_kill)
		t->options |= PTRACE_O_EXITKILL;
	if (t->config.tier == TRACE_FULL) {
		t->options |= PTRACE_O_TRACESECCOMP;
		pin_setup(t);
		t->map_files = has_map_files();
	}
	t->facts.pins = t->pins.theirs;
	t->facts.segment = t->pins.at != NULL ? t->pins.id : -1;
	t->before = t->installed = watch_wanted(&t->config);
	if (filter_make(&t->filter, t->installed, &t->facts) < 0)
		return err_set(e, ERR_PERM, E2BIG, "the filter is too long");
	pin_publish(t);
	place_setup(t);
	return 0;
}

struct trace *
trace_new(const struct trace_config *config, struct err *e)
{
	struct trace *t;

	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (t == MAP_FAILED) {
		(void)err_nomem(e);
		return NULL;
	}
	t->config = *config;
	t->pins.id = -1;
	t->table = task_table_new();
	if (t->table == NULL)
		(void)err_nomem(e);
	else if (setup(t, e) == 0)
		return t;
	trace_free(t);
	return NULL;
}

void
trace_free(struct trace *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < STATE_FDS; i++) {
		if (t->pagemaps[i].serial != 0)
			(void)close(t->pagemaps[i].fd);
		if (t->pidfds[i].serial != 0)
			(void)close(t->pidfds[i].fd);
	}
	pin_teardown(t);
	task_table_free(t->table);
	(void)munmap(t, sizeof(*t));
}

_Static_assert(TRACE_FILTER_BYTES == FILTER_MAX * sizeof(struct sock_filter),
    "the longest filter");

size_t
trace_filter(const struct trace *t, void *to, size_t n)
{
	size_t bytes = t->filter.n * sizeof(*t->filter.code);

	if (bytes > n)
		return 0;
	memcpy(to, t->filter.code, bytes);
	return bytes;
}

int
trace_child(const struct trace *t, int go)
{
	return trace_install(t->config.tier, t->filter.code,
	    t->filter.n * sizeof(*t->filter.code), go);
}

int
trace_install(enum trace_tier tier, const void *filter, size_t n, int go)
{
	struct sock_fprog prog;
	ssize_t got;
	char c;

	do
		got = read(go, &c, 1);
	while (got < 0 && errno == EINTR);
	(void)close(go);
	if (tier != TRACE_FULL)
		return 0;
	/* Without a filter too: one may come later. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (n == 0)
		return 0;
	prog.len = (unsigned short)(n / sizeof(*prog.filter));
	prog.filter = (struct sock_filter *)(uintptr_t)filter;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, FILTER_FLAGS,
		   &prog) < 0
		   ? -errno
		   : 0;
}

int
trace_seize(struct trace *t, pid_t child, int go, struct err *e)
{
	int error;

	t->main = child;
	if (t->config.tier != TRACE_NONE) {
		if (ptrace(PTRACE_SEIZE, child, NULL, t->options) < 0) {
			error = errno;
			return err_set(e, ERR_PERM, error,
			    "process %d cannot be traced: %s", (int)child,
			    strerror(error));
		}
		if (!life_first(t, child, t->self))
			return err_nomem(e);
	}
	(void)close(go);
	return 0;
}

void
trace_hash(struct trace *t, bool hash)
{
	t->config.hash = hash;
}

void
trace_guard(struct trace *t, unsigned i, pid_t pid)
{
	if (i < TRACE_GUARDED_MAX)
		t->config.guarded[i] = pid;
}

unsigned
trace_tasks(const struct trace *t)
{
	return task_count(t->table);
}

bool
trace_has(const struct trace *t, pid_t pid)
{
	return task_find(t->table, pid) != NULL;
}

void
trace_kill_all(struct trace *t)
{
	const struct task *task;
	size_t i;

	for (i = 0; i < task_slots(); i++) {
		task = task_at(t->table, i);
		if (task->tid != 0)
			(void)kill(task_proc_of(t->table, task)->pid, SIGKILL);
	}
}
