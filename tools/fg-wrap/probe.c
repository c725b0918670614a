/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/num.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
enum { LANDLOCK_VERSION = 1 << 0 }; /* LANDLOCK_CREATE_RULESET_VERSION */

static int64_t
read_number(const char *path, int64_t otherwise)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	int64_t ret = otherwise;

	if (fd >= 0)
		(void)close(fd);
	if (n > 0)
		(void)num_parse(
		    str_trim(str_make(text, (size_t)n)), 0, INT32_MAX, &ret);
	return ret;
}

static bool
trace_action(void)
{
	uint32_t action = SECCOMP_RET_TRACE;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* A filter without a program is refused only after all else was looked at. */
static bool
takes_filters(void)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 0, 0, 0) != 0 &&
	       errno == EFAULT;
}

/* io_uring_setup(2) with bad arguments: EFAULT where it exists. */
static bool
has_io_uring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL) < 0 && errno == EFAULT;
}

static bool
has_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (fd < 0)
		return false;
	(void)close(fd);
	return true;
}

/* Seize a child that does nothing. */
static bool
can_seize(void)
{
	pid_t child = fork();
	bool ok;

	if (child < 0)
		return false;
	if (child == 0) {
		(void)pause();
		_exit(0);
	}
	ok = ptrace(PTRACE_SEIZE, child, NULL, NULL) == 0;
	(void)kill(child, SIGKILL);
	while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
		;
	return ok;
}

void
probe_machine(struct probe *p)
{
	long landlock =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);

	*p = (struct probe){
	    .uid = geteuid(),
	    .pid1 = getpid() == 1,
	    .no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
	    .seccomp_mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0),
	    .seccomp_filter = takes_filters(),
	    .seccomp_trace = trace_action(),
	    .ptrace = can_seize(),
	    .io_uring = has_io_uring(),
	    .pidfd = has_pidfd(),
	    .proc = access("/proc/self/stat", R_OK) == 0,
	    .yama = read_number("/proc/sys/kernel/yama/ptrace_scope", -1),
	    .landlock = landlock > 0 ? landlock : 0,
	};
	(void)uname(&p->system);
	(void)caps_get(&p->caps);
	p->tier = !p->ptrace                              ? TRACE_NONE
		  : p->seccomp_filter && p->seccomp_trace ? TRACE_FULL
							  : TRACE_EXEC;
}

const char *
probe_tier_text(enum trace_tier tier)
{
	return tier == TRACE_FULL   ? "full"
	       : tier == TRACE_EXEC ? "exec"
				    : "none";
}

static void
write_caps(struct jwrite *w, const char *key, uint64_t set)
{
	jwrite_key(w, key);
	jwrite_array(w);
	for (unsigned cap = 0; cap < CAPS_KNOWN; cap++)
		if ((set >> cap & 1) != 0)
			jwrite_strz(w, caps_name(cap));
	jwrite_end(w);
}

void
probe_write(const struct probe *p, struct jwrite *w)
{
	jwrite_kvz(w, "kernel", p->system.release);
	jwrite_kvz(w, "machine", p->system.machine);
	jwrite_kv_int(w, "uid", p->uid);
	jwrite_kv_bool(w, "pid1", p->pid1);
	jwrite_kvz(w, "tier", probe_tier_text(p->tier));
	jwrite_kv_bool(w, "no_new_privs", p->no_new_privs);
	jwrite_kv_int(w, "seccomp_mode", p->seccomp_mode);
	jwrite_kv_bool(w, "seccomp_filter", p->seccomp_filter);
	jwrite_kv_bool(w, "seccomp_trace", p->seccomp_trace);
	jwrite_kv_bool(w, "ptrace", p->ptrace);
	jwrite_key(w, "yama");
	if (p->yama < 0)
		jwrite_null(w);
	else
		jwrite_int(w, p->yama);
	jwrite_kv_int(w, "landlock", p->landlock);
	jwrite_kv_bool(w, "io_uring", p->io_uring);
	jwrite_kv_bool(w, "pidfd", p->pidfd);
	jwrite_kv_bool(w, "proc", p->proc);
	write_caps(w, "effective", p->caps.effective);
	write_caps(w, "permitted", p->caps.permitted);
	write_caps(w, "bounding", p->caps.bounding);
}

static const char *
yes(bool b)
{
	return b ? "yes" : "no";
}

void
probe_text(const struct probe *p, struct buf *b)
{
	bool others = (p->caps.effective >> CAP_SYS_PTRACE & 1) != 0;

	buf_addf(b,
	    "kernel=%s machine=%s uid=%u pid1=%s ptrace=%s sys_ptrace=%s "
	    "seccomp=%s no_new_privs=%s landlock=%lld io_uring=%s",
	    p->system.release, p->system.machine, (unsigned)p->uid,
	    yes(p->pid1), yes(p->ptrace), yes(others),
	    yes(p->seccomp_filter && p->seccomp_trace), yes(p->no_new_privs),
	    (long long)p->landlock, yes(p->io_uring));
	if (p->yama >= 0)
		buf_addf(b, " yama=%lld", (long long)p->yama);
}
