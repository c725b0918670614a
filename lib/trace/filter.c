/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>

#include "filter_test.h"
#include "hook.h"
#include "regs.h"

enum { SETS_MAX = 128, JUMP_MAX = 255 };
#define X32_BIT 0x40000000U
#define DATA(member) ((uint32_t)offsetof(struct seccomp_data, member))

static void
emit(struct filter_code *c, uint16_t op, uint32_t k, uint8_t jt, uint8_t jf)
{
	filter_emit(c, op, k, jt, jf);
}

static void
ret(struct filter_code *c, uint32_t what)
{
	emit(c, BPF_RET | BPF_K, what, 0, 0);
}

static void
leaf(struct filter_code *c, const struct hook *h)
{
	emit(c, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)h->nr, 1, 0);
	ret(c, SECCOMP_RET_ALLOW);
	filter_test(c, h);
}

/* Binary search over the hooks by number, which is in the accumulator. */
static void
tree(struct filter_code *c, const struct hook **hooks, size_t n)
{
	size_t half = n / 2, jump;

	if (n == 0)
		return;
	if (n == 1) {
		leaf(c, hooks[0]);
		return;
	}
	emit(c, BPF_JMP | BPF_JGE | BPF_K, (uint32_t)hooks[half]->nr, 0, 1);
	jump = c->f->n;
	emit(c, BPF_JMP | BPF_JA, 0, 0, 0);
	tree(c, hooks, half);
	if (c->full)
		return;
	c->f->code[jump].k = (uint32_t)(c->f->n - jump - 1);
	tree(c, hooks + half, n - half);
}

/* The hooks that are wanted, by number. */
static size_t
pick(event_set wanted, const struct hook *ret_hooks[SETS_MAX])
{
	const struct hook *h;
	size_t n = 0, i, j;

	for (i = 0; i < hook_count && n < SETS_MAX; i++) {
		h = &hook_table[i];
		if (h->nr < 0 ||
		    (h->work != HOOK_REFUSE && (h->events & wanted) == 0) ||
		    (h->test == HOOK_ENOSYS && (h->events & wanted) == 0))
			continue;
		for (j = n++; j > 0 && ret_hooks[j - 1]->nr > h->nr; j--)
			ret_hooks[j] = ret_hooks[j - 1];
		ret_hooks[j] = h;
	}
	return n;
}

int
filter_make(
    struct filter *f, event_set wanted, const struct filter_facts *facts)
{
	struct filter_code c = {.f = f, .wanted = wanted, .facts = facts};
	const struct hook *hooks[SETS_MAX];
	uint32_t foreign = SECCOMP_RET_ERRNO | ENOSYS;
	size_t n;

	f->n = 0;
	if (wanted == 0)
		return 0;
	if (wanted & EVENT_BIT(EVENT_ABI))
		foreign = SECCOMP_RET_TRACE | HOOK_ENTRY_ABI;
	emit(&c, BPF_LD | BPF_W | BPF_ABS, DATA(arch), 0, 0);
	emit(&c, BPF_JMP | BPF_JEQ | BPF_K, REGS_AUDIT_ARCH, 1, 0);
	ret(&c, foreign);
	emit(&c, BPF_LD | BPF_W | BPF_ABS, DATA(nr), 0, 0);
#ifdef __x86_64__
	/* -1 is how a tracer skips a call. */
	emit(&c, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 2);
	emit(&c, BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 1, 0);
	ret(&c, foreign);
#endif
	n = pick(wanted, hooks);
	tree(&c, hooks, n);
	return c.full ? -E2BIG : 0;
}
