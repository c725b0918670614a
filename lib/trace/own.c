/* SPDX-License-Identifier: Apache-2.0 */
#include "own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "mem.h"

enum { PAGE_BITS = 12 };

/* Bits of /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst). */
#define IS_PRESENT (UINT64_C(1) << 63)
#define IS_SWAPPED (UINT64_C(1) << 62)
#define IS_FILE (UINT64_C(1) << 61)

#define OPENS (EVENT_BIT(EVENT_OPEN) | EVENT_BIT(EVENT_CREATE))
/* With any of these, opening /proc/PID/mem is seen, and refused by its name. */
#define SEEN (OPENS | EVENT_BIT(EVENT_READ) | HOOK_DIR)

bool
own_verified(const struct trace *t)
{
	return (t->config.prevents & OPENS) == OPENS;
}

bool
own_shared(const struct trace *t, const struct proc *p)
{
	const struct mm *mm = task_mm_of(t->table, p);

	return mm->tasks != 1 || mm->strange || mm->aio || t->foreign_writes ||
	       t->no_pagemap || (p->installed & HOOK_PINS) == 0 ||
	       (p->installed & SEEN) == 0 ||
	       /* Where there are no pins, better this than nothing. */
	       (!own_verified(t) && !mm->no_pins);
}

/* The memory map's descriptor, kept while the same memory asks. */
static int
pagemap(struct trace *t, const struct call *c)
{
	struct state_fd *at = &t->pagemaps[c->proc->mm % STATE_FDS];
	const struct mm *mm = task_mm_of(t->table, c->proc);
	char name[32];

	if (at->serial == mm->serial)
		return at->fd;
	if (at->serial != 0)
		(void)close(at->fd);
	at->serial = 0;
	(void)snprintf(name, sizeof(name), "/proc/%d/pagemap", (int)c->tid);
	at->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (at->fd < 0) {
		t->no_pagemap = errno == EPERM || errno == EACCES;
		return -errno;
	}
	at->serial = mm->serial;
	return at->fd;
}

static bool
is_private(int fd, uint64_t page)
{
	uint64_t entry;

	if (pread(fd, &entry, sizeof(entry), (off_t)(page * sizeof(entry))) !=
	    sizeof(entry))
		return false;
	return (entry & (IS_PRESENT | IS_SWAPPED)) != 0 &&
	       (entry & IS_FILE) == 0;
}

/*
 * A page of a program or library is shared with everybody who maps the file.
 * Writing what is there already gives the process one of its own.
 */
static bool
make_private(int fd, const struct call *c, uint64_t page)
{
	void *at = (void *)(uintptr_t)(page << PAGE_BITS);
	long word;

	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, c->tid, at, NULL);
	if (errno != 0 || ptrace(PTRACE_POKEDATA, c->tid, at, word) < 0)
		return false;
	return is_private(fd, page);
}

int
own_pages(struct trace *t, struct call *c)
{
	int fd = pagemap(t, c);
	uint64_t page, last, at;
	bool changed = false;
	char now[PATH_MAX + 8];
	unsigned i;

	if (fd < 0)
		return -EAGAIN;
	for (i = 0; i < c->n_pins; i++) {
		at = c->pins[i].from;
		if (at == 0)
			return -EAGAIN;
		last = (at + c->pins[i].n - 1) >> PAGE_BITS;
		for (page = at >> PAGE_BITS; page <= last; page++) {
			if (is_private(fd, page))
				continue;
			if (!make_private(fd, c, page))
				return -EAGAIN;
			changed = true;
		}
	}
	/* Before, others could have changed them. */
	for (i = 0; changed && i < c->n_pins; i++)
		if (c->pins[i].n > sizeof(now) ||
		    mem_get(t, c->tid, c->pins[i].from, now, c->pins[i].n) <
			0 ||
		    memcmp(now, c->pins[i].p, c->pins[i].n) != 0)
			return -EFAULT;
	return 0;
}
