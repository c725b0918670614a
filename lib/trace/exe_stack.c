/* SPDX-License-Identifier: Apache-2.0 */
#include "exe_stack.h"

#include <elf.h>
#include <linux/audit.h>
#include <string.h>
#include <sys/ptrace.h>

#include "mem.h"

enum { WORDS_MAX = 64 * 1024 };

/* Words of the stack, a block at a time. */
struct words {
	struct trace *t;
	pid_t tid;
	uint64_t next; /* address behind the block */
	size_t i, n, total;
};

static bool
word(struct words *w, uint64_t *ret)
{
	ssize_t got;

	if (w->i == w->n) {
		if (w->total >= WORDS_MAX)
			return false;
		got = mem_read(w->t, w->tid, w->next, w->t->block,
		    sizeof(w->t->block) / 4);
		if (got < (ssize_t)sizeof(*ret))
			return false;
		w->i = 0;
		w->n = (size_t)got / sizeof(*ret);
		w->next += w->n * sizeof(*ret);
		w->total += w->n;
	}
	memcpy(ret, w->t->block + w->i++ * sizeof(*ret), sizeof(*ret));
	return true;
}

static bool
skip_to_null(struct words *w)
{
	uint64_t value;

	do {
		if (!word(w, &value))
			return false;
	} while (value != 0);
	return true;
}

/* Words behind argv[0] that are the same as AT_EXECFN. */
static bool
repeats(struct str args, struct str name)
{
	struct str head, rest = args;
	int i;

	for (i = 0; i < 3 && str_cut(rest, '\0', &head, &rest); i++)
		if (i > 0 && str_eq(head, name))
			return true;
	return false;
}

static bool
vector(struct words *w, struct exe_stack *ret, uint64_t *name)
{
	uint64_t key, value;

	*name = 0;
	for (;;) {
		if (!word(w, &key) || !word(w, &value))
			return false;
		switch (key) {
		case AT_NULL:
			return true;
		case AT_UID:
			ret->uid = (uint32_t)value;
			break;
		case AT_EUID:
			ret->euid = (uint32_t)value;
			break;
		case AT_GID:
			ret->gid = (uint32_t)value;
			break;
		case AT_EXECFN:
			*name = value;
			break;
		}
	}
}

/* argv's words lie one behind the other, the first at `from`. */
static void
words_of(struct trace *t, pid_t tid, uint64_t from, uint64_t argc,
    struct exe_stack *ret)
{
	ssize_t got = mem_read(t, tid, from, t->args, sizeof(t->args));
	size_t n = got < 0 ? 0 : (size_t)got, i;

	for (i = 0; i < n && argc > 0; i++)
		argc -= t->args[i] == '\0';
	ret->args = str_make(t->args, i);
	ret->args_cut = argc > 0;
}

bool
exe_stack_read(struct trace *t, pid_t tid, struct exe_stack *ret)
{
	struct __ptrace_syscall_info info;
	struct words w = {.t = t, .tid = tid};
	uint64_t argc, first = 0, name;
	ssize_t n;

	*ret = (struct exe_stack){0};
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) < 0 ||
	    info.arch == AUDIT_ARCH_I386)
		return false;
	w.next = info.stack_pointer;
	if (!word(&w, &argc) || !word(&w, &first))
		return false;
	if (first != 0 && !skip_to_null(&w))
		return false;
	if (!skip_to_null(&w) || !vector(&w, ret, &name))
		return false;
	if (first != 0)
		words_of(t, tid, first, argc, ret);
	if (name == 0)
		return true;
	n = mem_text(t, tid, name, t->script, PATH_MAX);
	if (n > 0 && repeats(ret->args, str_make(t->script, (size_t)n)))
		ret->script = str_make(t->script, (size_t)n);
	return true;
}
