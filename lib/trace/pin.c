/* SPDX-License-Identifier: Apache-2.0 */
#include "pin.h"

#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "loose.h"
#include "mem.h"
#include "own.h"

enum {
	GRAIN = 128, /* bytes */
	GRAINS = 8192,
	PROGRAM = 128, /* of each of two filters behind them */
	MARK = GRAIN * (GRAINS + 2 * PROGRAM), /* where the mark is */
	MARK_SIZE = 16,
	SIZE = MARK + GRAIN,
	WORD = 64,
};

_Static_assert(GRAIN *PROGRAM >= FILTER_MAX * 8 + 16, "room for a filter");

/* Far from where anybody maps: see filter_test.c for the low half. */
#define FIRST_HIGH 0x3000U
#define HIGHS 0x2000U
#define LOW_HALF 0x80000000U

void
pin_setup(struct trace *t)
{
	struct state_pins *p = &t->pins;
	struct shmid_ds ds;
	uint16_t where = 0;

	p->id = -1;
	if (getrandom(&where, sizeof(where), 0) != sizeof(where))
		return;
	p->theirs = (uint64_t)(FIRST_HIGH + where % HIGHS) << 32 | LOW_HALF;
	p->id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
	if (p->id < 0)
		return;
	p->at = shmat(p->id, NULL, 0);
	if (p->at == (void *)-1 ||
	    getrandom(p->at + MARK, MARK_SIZE, 0) != MARK_SIZE)
		p->at = NULL;
	/* Others may read, which is what the tracees do. Linux lets a segment
	 * be attached after its removal, so that nothing can be left behind. */
	if (p->at != NULL && shmctl(p->id, IPC_STAT, &ds) == 0) {
		ds.shm_perm.mode = 0444;
		(void)shmctl(p->id, IPC_SET, &ds);
	}
	(void)shmctl(p->id, IPC_RMID, NULL);
}

void
pin_teardown(struct trace *t)
{
	if (t->pins.at != NULL)
		(void)shmdt(t->pins.at);
	t->pins.at = NULL;
}

uint64_t
pin_program(const struct trace *t, bool all)
{
	return t->pins.theirs + GRAIN * GRAINS + (all ? 0 : GRAIN * PROGRAM);
}

/* A struct sock_fprog and, behind it, what it points to. */
static void
publish(const struct trace *t, const struct filter *f, uint64_t theirs)
{
	char *to = t->pins.at + (theirs - t->pins.theirs);
	struct sock_fprog prog = {.len = f->n};

	prog.filter = (struct sock_filter *)(uintptr_t)(theirs + sizeof(prog));
	memcpy(to, &prog, sizeof(prog));
	memcpy(to + sizeof(prog), f->code, f->n * sizeof(f->code[0]));
}

void
pin_publish(struct trace *t)
{
	if (t->pins.at == NULL)
		return;
	publish(t, &t->filter, pin_program(t, true));
	publish(t, &t->more, pin_program(t, false));
}

static bool
holds_pointers(const struct hook *h)
{
	switch (h->work) {
	case HOOK_OPEN:
	case HOOK_OPENAT2:
	case HOOK_PATH:
	case HOOK_PATHS:
	case HOOK_ADDR:
	case HOOK_SENDTO:
	case HOOK_SENDMSG:
	case HOOK_SENDMMSG:
		return true;
	default:
		return false;
	}
}

bool
pin_wanted(const struct trace *t, const struct call *c)
{
	const struct mm *mm = task_mm_of(t->table, c->proc);

	return t->pins.at != NULL && !c->foreign && !mm->pins && !mm->no_pins &&
	       (c->hook->events & t->config.prevents) != 0 &&
	       holds_pointers(c->hook) &&
	       (c->hook->work == HOOK_SENDMMSG || own_shared(t, c->proc));
}

/*
 * Nobody else can have mapped anything there: the filter does not let them,
 * and before it they did not know where.
 */
bool
pin_attached(struct trace *t, pid_t tid, long result)
{
	char mark[MARK_SIZE];

	if ((uint64_t)result == t->pins.theirs)
		return true;
	return result == -EINVAL &&
	       mem_get(t, tid, t->pins.theirs + MARK, mark, sizeof(mark)) ==
		   0 &&
	       memcmp(mark, t->pins.at + MARK, sizeof(mark)) == 0;
}

/* Room for n bytes, as an offset into the segment; UINT32_MAX: none. */
static uint32_t
take(struct state_pins *p, uint32_t grains)
{
	uint32_t run = 0, i, at, tried;

	for (tried = 0, at = p->next; tried < GRAINS + grains; tried++) {
		if (at == GRAINS) {
			at = 0;
			run = 0;
		}
		run = p->used[at / WORD] >> at % WORD & 1 ? 0 : run + 1;
		at++;
		if (run < grains)
			continue;
		for (i = at - grains; i < at; i++)
			p->used[i / WORD] |= UINT64_C(1) << i % WORD;
		p->next = at % GRAINS;
		return at - grains;
	}
	return UINT32_MAX;
}

static void
give(struct state_pins *p, uint32_t at, uint32_t grains)
{
	uint32_t i;

	memset(p->at + (size_t)at * GRAIN, 0, (size_t)grains * GRAIN);
	for (i = at; i < at + grains; i++)
		p->used[i / WORD] &= ~(UINT64_C(1) << i % WORD);
}

static uint32_t
grains_of(size_t n)
{
	return (uint32_t)((n + GRAIN - 1) / GRAIN);
}

/* Where one of the call's pins lies in what it was given. */
static uint64_t
offset_of(const struct call *c, unsigned i)
{
	uint64_t at = (uint64_t)c->task->pin * GRAIN;
	unsigned j;

	for (j = 0; j < i; j++)
		at += (uint64_t)grains_of(c->pins[j].n) * GRAIN;
	return at;
}

/* The call is made with one message instead of several. */
static int
send_one(struct call *c)
{
	struct regs r;
	int error = regs_get(c->tid, &r);

	if (error < 0)
		return error;
	regs_set_nr(&r, SYS_sendmsg);
	regs_set_arg(&r, 2, c->args[3]);
	c->task->pinned |= 1U << 2;
	c->step |= TASK_ONE;
	return regs_put(c->tid, &r);
}

/* Copy everything that was judged, and let the pointers go there. */
static int
move(struct trace *t, struct call *c)
{
	struct state_pins *p = &t->pins;
	struct task *task = c->task;
	const struct call_pin *pin;
	uint32_t grains = 0;
	uint64_t at;
	unsigned i;

	for (i = 0; i < c->n_pins; i++)
		grains += grains_of(c->pins[i].n);
	task->pin = take(p, grains);
	if (task->pin == UINT32_MAX)
		return -EAGAIN;
	task->pin_n = grains;
	memcpy(task->args, c->args, sizeof(task->args));
	task->nr = (int32_t)c->nr;
	task->pinned = 0;
	c->step |= TASK_UNPIN;
	for (i = 0; i < c->n_pins; i++) {
		pin = &c->pins[i];
		memcpy(p->at + offset_of(c, i), pin->p, pin->n);
		at = p->theirs + offset_of(c, i);
		if (pin->arg < 0) {
			memcpy(p->at + offset_of(c, pin->of) + pin->at, &at,
			    sizeof(at));
			continue;
		}
		task->pinned |= (uint8_t)(1U << pin->arg);
		if (regs_poke_arg(c->tid, pin->arg, at) < 0)
			return -ESRCH;
	}
	return c->one ? send_one(c) : 0;
}

int
pin_hold(struct trace *t, struct call *c)
{
	struct mm *mm = task_mm_of(t->table, c->proc);
	int error;

	if (c->n_pins == 0 || t->pins.at == NULL)
		return 0;
	if (!c->one && !own_shared(t, c->proc)) {
		error = own_pages(t, c);
		if (error == 0)
			loose_go(t, c->task);
		if (error != -EAGAIN)
			return error;
		/* Memory that others see: never mind who. */
		mm->strange = true;
	}
	if (mm->pins)
		return move(t, c) < 0 ? -EACCES : 0;
	if (!mm->no_pins)
		return -EAGAIN;
	/* What it opens is looked at afterwards. */
	return c->step & TASK_VERIFY ? 0 : -EACCES;
}

void
pin_release(struct trace *t, struct task *task)
{
	int i;

	for (i = REGS_RESULT_IS_ARG; i < 6; i++)
		if (task->pinned & 1U << i)
			(void)regs_poke_arg(task->tid, i, task->args[i]);
	pin_forget(t, task);
}

void
pin_forget(struct trace *t, struct task *task)
{
	if (task->pin_n > 0)
		give(&t->pins, task->pin, task->pin_n);
	task->pin_n = 0;
	task->pinned = 0;
}

static bool
overlaps(const struct trace *t, uint64_t at, uint64_t n)
{
	uint64_t from = t->pins.theirs, to = from + SIZE;

	/* Lengths are rounded up to pages; what wraps is refused anyway. */
	return at < to && (n >= to || at + n + 4095 >= from) && n > 0;
}

bool
pin_touches(const struct trace *t, const struct call *c)
{
	const uint64_t *a = c->args;

	switch (c->hook->nr) {
	case SYS_mremap:
		/* An old length of 0 makes a second mapping. */
		return overlaps(t, a[0], a[1] + 1) ||
		       (a[3] & MREMAP_FIXED && overlaps(t, a[4], a[2]));
	case SYS_shmat:
		return (int)a[0] == t->pins.id || overlaps(t, a[1], SIZE);
	case SYS_shmctl:
		return (int)a[0] == t->pins.id;
	case SYS_shmdt:
		return overlaps(t, a[0], 1);
	default:
		return overlaps(t, a[0], a[1]);
	}
}
