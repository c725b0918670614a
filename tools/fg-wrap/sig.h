/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sig: signals as the kernel has them. A libc keeps two or three of the
 * real-time signals for itself, and not the same ones as the libc of the
 * command, so these ask the kernel directly. rt_sigaction(2).
 */
#ifndef FG_WRAP_SIG_H
#define FG_WRAP_SIG_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

enum { SIG_MAX = 64 };

/* What was inherited: the command gets it as it was. */
struct sig_saved {
	uint64_t mask;    /* bit n - 1: signal n was blocked */
	uint64_t ignored; /* was ignored */
};

/* Save, and block everything. */
void sig_save(struct sig_saved *saved);

/* Handle every signal but SIGCHLD, SIGKILL and SIGSTOP by this, restarting. */
void sig_handle(void (*handler)(int sig, siginfo_t *info, void *context));

/* The default action for sig. */
void sig_default(int sig);
void sig_ignore(int sig);

void sig_block_all(void);
void sig_unblock_all(void);

/* In a child: dispositions and, last, the mask are as they were saved. */
void sig_restore(const struct sig_saved *saved);

#endif
