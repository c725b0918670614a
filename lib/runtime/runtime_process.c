/* SPDX-License-Identifier: Apache-2.0 */
/* What a program is, by its name and by what the kernel knows of it. */
#include "runtime_look.h"
#include "runtime_state.h"

static bool
has_fact(const struct runtime_look *l, uint32_t facts)
{
	return (l->ev->by.facts & facts) != 0;
}

RUNTIME_CHECK(denied_process)
{
	return runtime_program_any(&l->program, &l->p->denied_processes);
}

RUNTIME_CHECK(not_allowed_process)
{
	return !runtime_program_sure(&l->program, &l->p->allowed_processes);
}

/* The first program that was seen is the container's main process. */
RUNTIME_CHECK(any_process)
{
	return l->ev->by.pid != l->st->main_pid &&
	       !runtime_program_sure(&l->program, &l->p->allowed_processes);
}

/*
 * Written after the start, on the root file system: what lies on a volume is
 * brought by others. What has no name is for fileless-process.
 */
RUNTIME_CHECK(modified_process)
{
	return has_fact(l, EXE_MODIFIED) &&
	       !has_fact(l, EXE_VOLUME | EXE_MEMFD | EXE_DELETED | EXE_TMPFS);
}

RUNTIME_CHECK(altered_binary)
{
	return has_fact(l, EXE_ALTERED);
}

RUNTIME_CHECK(fileless_process)
{
	return has_fact(l, EXE_MEMFD | EXE_DELETED);
}

RUNTIME_CHECK(tmpfs_process)
{
	return has_fact(l, EXE_TMPFS) && !has_fact(l, EXE_MEMFD);
}

RUNTIME_CHECK(loader_exec)
{
	l->what = l->program.target;
	return l->program.loader && l->program.target.n > 0;
}

/* Of a root process nothing is gained. */
RUNTIME_CHECK(setuid_process)
{
	if (l->ev->name == EVENT_SETUID)
		return l->ev->by.uid != 0;
	return has_fact(l, EXE_SETUID) && l->ev->by.uid != 0;
}

RUNTIME_CHECK(suspicious_elf)
{
	return has_fact(l, EXE_BAD_ELF);
}

RUNTIME_CHECK(packed_binary)
{
	return has_fact(l, EXE_PACKED) && has_fact(l, EXE_MODIFIED);
}

/* A program that does it again and again is told once. */
RUNTIME_CHECK(first_sight)
{
	struct str exe = l->ev->by.exe;

	return l->effect > POLICY_ALERT ||
	       runtime_state_new(l->st,
		   runtime_state_hash((uint64_t)l->ev->name, exe.p, exe.n));
}

RUNTIME_CHECK(ptrace)
{
	return l->ev->target != l->ev->by.pid;
}

RUNTIME_CHECK(always)
{
	(void)l;
	return true;
}
