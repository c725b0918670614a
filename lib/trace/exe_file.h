/* SPDX-License-Identifier: Apache-2.0 */
/* exe_file: the file that a process runs. */
#ifndef FG_TRACE_EXE_FILE_H
#define FG_TRACE_EXE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

struct exe_file {
	struct str exe;    /* in t->exe */
	struct str sha256; /* in t->hex, when the tracer is to hash */
	uint32_t facts;    /* EXE_* */
	uint64_t dev, ino;
	bool hidden; /* we have no right to know which it is */
};

/* Of tid, which stands at PTRACE_EVENT_EXEC, or came from outside. */
void exe_file_look(
    struct trace *t, struct proc *p, pid_t tid, struct exe_file *ret);

/*
 * Is `name`, relative to cwd, another file than the one that runs? It is made
 * absolute, in t->script where it already lies.
 */
bool exe_file_differs(struct trace *t, pid_t tid, const struct exe_file *file,
    struct str cwd, struct str *name);

#endif
