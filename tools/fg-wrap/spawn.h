/* SPDX-License-Identifier: Apache-2.0 */
/* spawn: what happens in the child until the command runs in it. */
#ifndef FG_WRAP_SPAWN_H
#define FG_WRAP_SPAWN_H

#include <stdbool.h>

#include "limits.h"
#include "sig.h"
#include "trace/trace.h"

enum spawn_stage {
	SPAWN_NOTHING,
	SPAWN_READY,    /* all is prepared; the program is loaded next */
	SPAWN_NO_TRACE, /* trace_child() failed */
	SPAWN_NO_EXEC,  /* there is no such program, or it cannot be run */
};

/* Written to the report pipe, which a successful execve(2) closes. */
struct spawn_report {
	enum spawn_stage stage;
	int error; /* errno */
};

struct spawn {
	char **argv;
	const struct sig_saved *signals;
	const struct limits *limits;
	unsigned closed; /* descriptors that were closed at the start */
	bool keep_ptrace;
	bool group;           /* a process group of its own, */
	int tty;              /* in the foreground of this, or -1 */
	enum trace_tier tier; /* for trace_install(), with */
	const void *filter;
	size_t filter_n;
	int go;     /* a pipe that ends when the tracer is there */
	int report; /* write end of the report pipe */
	bool alone; /* nobody else would say why it cannot run */
};

/* In the child, with all signals blocked. Async-signal-safe. */
_Noreturn void spawn_child(const struct spawn *s);

/* As execvp(3); returns errno. */
int spawn_exec(char **argv);

/* Say why the program name could not be run. */
void spawn_complain(const char *name, int error);

/* 127: not found; 126: found, but it cannot be run. */
int spawn_exit_code(int error);

#endif
