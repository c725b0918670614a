/* SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "call.h"

enum { ENOUGH = 8 }; /* statuses before anything is tried */
#define NEAR_NS INT64_C(1000000)

/* Not the libc's: musl's would do, glibc's take sets of other sizes. */
static bool
get(pid_t tid, struct state_cpus *cpus)
{
	memset(cpus, 0, sizeof(*cpus));
	return syscall(SYS_sched_getaffinity, tid, sizeof(*cpus), cpus) > 0;
}

static bool
set(pid_t tid, const struct state_cpus *cpus)
{
	return syscall(SYS_sched_setaffinity, tid, sizeof(*cpus), cpus) == 0;
}

static bool
equal(const struct state_cpus *a, const struct state_cpus *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static unsigned
count(const struct state_cpus *cpus)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < STATE_CPU_WORDS; i++)
		n += (unsigned)__builtin_popcountl(cpus->bits[i]);
	return n;
}

void
place_setup(struct trace *t)
{
	struct state_place *p = &t->place;

	p->off = t->config.no_place || !get(0, &p->home) || count(&p->home) < 2;
}

static int64_t
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void
leave(struct state_place *p)
{
	if (p->here)
		(void)set(0, &p->home);
	p->here = false;
}

/* Count, and see which way takes longer: with busy processors, staying. */
static void
compare(struct state_place *p, int64_t ns)
{
	unsigned n = ++p->streak;

	if (n <= ENOUGH)
		p->took[0] = p->took[1] = 0;
	else if (n <= ENOUGH + STATE_TRY)
		p->took[0] += ns;
	else if (n <= ENOUGH + 2 * STATE_TRY)
		p->took[1] += ns;
	else if (n > STATE_KEEP)
		p->streak = 0;
	p->better = p->took[1] < p->took[0];
}

static bool
stays(const struct state_place *p)
{
	if (p->streak <= ENOUGH + STATE_TRY)
		return false;
	return p->better || p->streak <= ENOUGH + 2 * STATE_TRY;
}

void
place_note(struct trace *t)
{
	struct state_place *p = &t->place;
	int64_t at;

	if (p->off)
		return;
	at = now();
	if (at - p->last < NEAR_NS)
		compare(p, at - p->last);
	else
		p->streak = 0;
	if (!stays(p))
		leave(p);
	p->last = at;
}

/* Stay on this processor until the streak ends. */
static bool
stay(struct state_place *p)
{
	unsigned cpu;

	if (p->here)
		return true;
	if (syscall(SYS_getcpu, &cpu, NULL, NULL) < 0 ||
	    cpu >= STATE_CPU_WORDS * 8 * sizeof(long))
		return false;
	memset(&p->one, 0, sizeof(p->one));
	p->one.bits[cpu / (8 * sizeof(long))] = 1UL << cpu % (8 * sizeof(long));
	p->here = set(0, &p->one);
	return p->here;
}

void
place_leave(struct trace *t)
{
	leave(&t->place);
}

void
place_resume(struct trace *t, const struct task *task)
{
	struct state_place *p = &t->place;
	struct state_cpus theirs;

	if (p->off || !stays(p) || !stay(p) || !get(task->tid, &theirs) ||
	    count(&theirs) < 2) {
		call_resume(task, 0);
		return;
	}
	if (!set(task->tid, &p->one)) {
		/* Without CAP_SYS_NICE: somebody else's process. */
		p->off = true;
		leave(p);
		call_resume(task, 0);
		return;
	}
	call_resume(task, 0);
	/* "All" stays all when there are more processors later. */
	if (equal(&theirs, &p->home))
		memset(&theirs, 0xff, sizeof(theirs));
	(void)set(task->tid, &theirs);
	p->theirs = theirs;
	p->moved = task->tid;
}

void
place_born(struct trace *t, const struct task *parent, pid_t child)
{
	const struct state_place *p = &t->place;

	if (p->moved == parent->tid)
		(void)set(child, &p->theirs);
}
