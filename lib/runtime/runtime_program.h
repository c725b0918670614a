/* SPDX-License-Identifier: Apache-2.0 */
/* runtime_program: by which names a program is known. Inside runtime only. */
#ifndef FG_RUNTIME_RUNTIME_PROGRAM_H
#define FG_RUNTIME_RUNTIME_PROGRAM_H

#include "event/event.h"
#include "policy/policy_set.h"

struct runtime_program {
	struct str path;   /* exe */
	struct str name;   /* its last component */
	struct str applet; /* what a multi-call program (busybox) runs as */
	struct str script; /* path of a "#!" script */
	/* What the dynamic loader or an interpreter was given to run. */
	struct str target;
	bool loader;     /* it is the dynamic loader */
	struct str zero; /* name that argv[0] claims, without path and '-' */
	struct str args; /* argv behind argv[0], words ended by NUL */
};

void runtime_program_of(
    const struct event_process *by, struct runtime_program *ret);

/* Is it in the list, under any of its names? */
bool runtime_program_any(
    const struct runtime_program *p, const struct policy_names *list);

/*
 * Is it in the list as what it is: the applet or the program, a script by its
 * path, and what a loader runs as well? argv[0] proves nothing.
 */
bool runtime_program_sure(
    const struct runtime_program *p, const struct policy_names *list);

/* What it runs as: the applet, or the name. */
struct str runtime_program_acts(const struct runtime_program *p);

/* The last component of a path. */
struct str runtime_program_name(struct str path);

/* The next word of argv; false at its end. */
bool runtime_program_word(struct str *args, struct str *word);

#endif
