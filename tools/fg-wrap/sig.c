/* SPDX-License-Identifier: Apache-2.0 */
#include "sig.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's struct sigaction: amd64 and arm64 have the same one. */
struct action {
	union {
		void (*handler)(int sig, siginfo_t *info, void *context);
		void (*plain)(int sig);
	} u;
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

#ifdef __x86_64__
/* The kernel wants to be told the way back from a handler. */
enum { RESTORER = 0x04000000 };
void sig_return(void);
__asm__(".text\n"
	".type sig_return, @function\n"
	"sig_return:\n"
	"	mov $15, %eax\n"
	"	syscall\n"
	".size sig_return, . - sig_return\n");
#else
enum { RESTORER = 0 };
#define sig_return NULL
#endif

static uint64_t
bit(int sig)
{
	return UINT64_C(1) << (sig - 1);
}

static void
set_action(int sig, const struct action *new, struct action *old)
{
	(void)syscall(SYS_rt_sigaction, sig, new, old, sizeof(uint64_t));
}

static uint64_t
set_mask(uint64_t mask)
{
	uint64_t old = 0;

	(void)syscall(
	    SYS_rt_sigprocmask, SIG_SETMASK, &mask, &old, sizeof mask);
	return old;
}

void
sig_save(struct sig_saved *saved)
{
	saved->ignored = 0;
	for (int sig = 1; sig <= SIG_MAX; sig++) {
		struct action a = {.u.plain = SIG_DFL};

		set_action(sig, NULL, &a);
		if (a.u.plain == SIG_IGN)
			saved->ignored |= bit(sig);
	}
	saved->mask = set_mask(~UINT64_C(0));
	/* Children of ours are waited for. */
	sig_default(SIGCHLD);
}

void
sig_handle(void (*handler)(int sig, siginfo_t *info, void *context))
{
	const struct action a = {
	    .u.handler = handler,
	    .flags = SA_SIGINFO | SA_RESTART | RESTORER,
	    .restorer = sig_return,
	    .mask = ~UINT64_C(0),
	};

	for (int sig = 1; sig <= SIG_MAX; sig++)
		if (sig != SIGCHLD && sig != SIGKILL && sig != SIGSTOP)
			set_action(sig, &a, NULL);
}

void
sig_default(int sig)
{
	set_action(sig, &(struct action){.u.plain = SIG_DFL}, NULL);
}

void
sig_ignore(int sig)
{
	set_action(sig, &(struct action){.u.plain = SIG_IGN}, NULL);
}

void
sig_block_all(void)
{
	(void)set_mask(~UINT64_C(0));
}

void
sig_unblock_all(void)
{
	(void)set_mask(0);
}

void
sig_restore(const struct sig_saved *saved)
{
	for (int sig = 1; sig <= SIG_MAX; sig++) {
		if ((saved->ignored & bit(sig)) != 0)
			sig_ignore(sig);
		else
			sig_default(sig);
	}
	(void)set_mask(saved->mask);
}
