/* SPDX-License-Identifier: Apache-2.0 */
/* exe_stack: what execve(2) leaves on a new stack: argv and the vector. */
#ifndef FG_TRACE_EXE_STACK_H
#define FG_TRACE_EXE_STACK_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

struct exe_stack {
	uint32_t uid, euid, gid;
	struct str args; /* in t->args */
	bool args_cut;
	/*
	 * AT_EXECFN, in t->script, when argv repeats it as it does for the
	 * interpreter of a script; else empty.
	 */
	struct str script;
};

/* Of tid, which stands at PTRACE_EVENT_EXEC. False: not understood. */
bool exe_stack_read(struct trace *t, pid_t tid, struct exe_stack *ret);

#endif
