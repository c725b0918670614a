/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regs: registers of a stopped tracee. Everything that knows an architecture
 * is in regs_ARCH.c. All return 0 or -errno (-ESRCH: it is gone, or does not
 * stand at a stop).
 */
#ifndef FG_TRACE_REGS_H
#define FG_TRACE_REGS_H

#include <linux/audit.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

#if defined(__x86_64__)
#define REGS_AUDIT_ARCH AUDIT_ARCH_X86_64
#define REGS_SYSCALL_SIZE 2
#define REGS_RESULT_IS_ARG 0
#elif defined(__aarch64__)
#define REGS_AUDIT_ARCH AUDIT_ARCH_AARCH64
#define REGS_SYSCALL_SIZE 4
#define REGS_RESULT_IS_ARG 1 /* x0 */
#else
#error "no tracer for this architecture"
#endif

struct regs {
#if defined(__x86_64__)
	struct user_regs_struct set;
#else
	struct user_regs_struct set;
	int nr; /* NT_ARM_SYSCALL */
#endif
};

int regs_get(pid_t tid, struct regs *r);
int regs_put(pid_t tid, const struct regs *r);

/* At an entry: the call is not made and gives `result`. */
int regs_skip(pid_t tid, long result);

/* Change one argument, at an entry or an exit. */
int regs_poke_arg(pid_t tid, int i, uint64_t value);

uint64_t regs_arg(const struct regs *r, int i);
void regs_set_arg(struct regs *r, int i, uint64_t value);

/* The call that is being entered, or was: -1 outside of one. */
long regs_nr(const struct regs *r);
void regs_set_nr(struct regs *r, long nr);

/* At an exit. */
long regs_result(const struct regs *r);
void regs_set_result(struct regs *r, long result);

uint64_t regs_ip(const struct regs *r);

/*
 * Make r enter system call nr at the instruction `at`, when it goes on from a
 * place that is outside of a call.
 */
void regs_call(struct regs *r, uint64_t at, long nr, const uint64_t args[6]);

#endif
