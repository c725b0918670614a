/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__x86_64__)
#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>

#include "regs.h"

int
regs_get(pid_t tid, struct regs *r)
{
	return ptrace(PTRACE_GETREGS, tid, NULL, &r->set) < 0 ? -errno : 0;
}

int
regs_put(pid_t tid, const struct regs *r)
{
	return ptrace(PTRACE_SETREGS, tid, NULL, &r->set) < 0 ? -errno : 0;
}

int
regs_skip(pid_t tid, long result)
{
	if (ptrace(PTRACE_POKEUSER, tid,
		offsetof(struct user_regs_struct, orig_rax), -1L) < 0 ||
	    ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax),
		result) < 0)
		return -errno;
	return 0;
}

int
regs_poke_arg(pid_t tid, int i, uint64_t value)
{
	static const size_t at[] = {offsetof(struct user_regs_struct, rdi),
	    offsetof(struct user_regs_struct, rsi),
	    offsetof(struct user_regs_struct, rdx),
	    offsetof(struct user_regs_struct, r10),
	    offsetof(struct user_regs_struct, r8),
	    offsetof(struct user_regs_struct, r9)};

	return ptrace(PTRACE_POKEUSER, tid, at[i], value) < 0 ? -errno : 0;
}

uint64_t
regs_arg(const struct regs *r, int i)
{
	switch (i) {
	case 0:
		return r->set.rdi;
	case 1:
		return r->set.rsi;
	case 2:
		return r->set.rdx;
	case 3:
		return r->set.r10;
	case 4:
		return r->set.r8;
	default:
		return r->set.r9;
	}
}

void
regs_set_arg(struct regs *r, int i, uint64_t value)
{
	switch (i) {
	case 0:
		r->set.rdi = value;
		break;
	case 1:
		r->set.rsi = value;
		break;
	case 2:
		r->set.rdx = value;
		break;
	case 3:
		r->set.r10 = value;
		break;
	case 4:
		r->set.r8 = value;
		break;
	default:
		r->set.r9 = value;
		break;
	}
}

long
regs_nr(const struct regs *r)
{
	return (long)r->set.orig_rax;
}

void
regs_set_nr(struct regs *r, long nr)
{
	r->set.orig_rax = (unsigned long)nr;
}

long
regs_result(const struct regs *r)
{
	return (long)r->set.rax;
}

void
regs_set_result(struct regs *r, long result)
{
	r->set.rax = (unsigned long)result;
}

uint64_t
regs_ip(const struct regs *r)
{
	return r->set.rip;
}

void
regs_call(struct regs *r, uint64_t at, long nr, const uint64_t args[6])
{
	int i;

	for (i = 0; i < 6; i++)
		regs_set_arg(r, i, args[i]);
	r->set.rip = at;
	r->set.rax = (unsigned long)nr;
	/* Else the kernel takes this for a call to be restarted. */
	r->set.orig_rax = (unsigned long)-1L;
}

#else
typedef int regs_amd64_unused;
#endif
