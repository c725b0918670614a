/* SPDX-License-Identifier: Apache-2.0 */
#if defined(__aarch64__)
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "regs.h"

#ifndef NT_ARM_SYSTEM_CALL
#define NT_ARM_SYSTEM_CALL 0x404
#endif

int
regs_get(pid_t tid, struct regs *r)
{
	struct iovec set = {&r->set, sizeof(r->set)};
	struct iovec nr = {&r->nr, sizeof(r->nr)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &set) < 0 ||
	    ptrace(PTRACE_GETREGSET, tid, NT_ARM_SYSTEM_CALL, &nr) < 0)
		return -errno;
	return 0;
}

int
regs_put(pid_t tid, const struct regs *r)
{
	struct regs copy = *r;
	struct iovec set = {&copy.set, sizeof(copy.set)};
	struct iovec nr = {&copy.nr, sizeof(copy.nr)};

	if (ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &set) < 0 ||
	    ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &nr) < 0)
		return -errno;
	return 0;
}

int
regs_skip(pid_t tid, long result)
{
	struct regs r;
	int error = regs_get(tid, &r);

	if (error < 0)
		return error;
	r.nr = -1;
	r.set.regs[0] = (unsigned long)result;
	return regs_put(tid, &r);
}

int
regs_poke_arg(pid_t tid, int i, uint64_t value)
{
	struct regs r;
	int error = regs_get(tid, &r);

	if (error < 0)
		return error;
	regs_set_arg(&r, i, value);
	return regs_put(tid, &r);
}

uint64_t
regs_arg(const struct regs *r, int i)
{
	return r->set.regs[i];
}

void
regs_set_arg(struct regs *r, int i, uint64_t value)
{
	r->set.regs[i] = value;
}

long
regs_nr(const struct regs *r)
{
	return r->nr;
}

void
regs_set_nr(struct regs *r, long nr)
{
	r->nr = (int)nr;
}

long
regs_result(const struct regs *r)
{
	return (long)r->set.regs[0];
}

void
regs_set_result(struct regs *r, long result)
{
	r->set.regs[0] = (unsigned long)result;
}

uint64_t
regs_ip(const struct regs *r)
{
	return r->set.pc;
}

void
regs_call(struct regs *r, uint64_t at, long nr, const uint64_t args[6])
{
	int i;

	for (i = 0; i < 6; i++)
		r->set.regs[i] = args[i];
	r->set.regs[8] = (unsigned long)nr;
	r->set.pc = at;
	r->nr = -1;
}

#else
typedef int regs_arm64_unused;
#endif
