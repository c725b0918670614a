/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load: a policy's text becomes the one that the supervisor decides by; what
 * came of it is told.
 */
#ifndef FG_WRAP_LOAD_H
#define FG_WRAP_LOAD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/str.h"
#include "collections/collections.h"
#include "emit.h"
#include "filewatch/filewatch.h"
#include "shared.h"

struct load {
	struct shared *shared;
	struct emit *emit;
	pid_t supervisor;
	struct collections_who who;
	bool running;                /* the command was started */
	bool policy;                 /* there is one */
	char rejected[SHARED_ERROR]; /* to be told once it runs */
	struct buf text;
};

/* Everything is borrowed, who's strings too. */
void load_init(struct load *l, struct shared *shared, struct emit *emit,
    pid_t supervisor, const struct collections_who *who);

/*
 * Compile text into the half of the shared memory that is not in use, and
 * offer it: at once when the command runs, else with the next kick. What is no
 * policy is complained of, and the last good one stays. what: its name in
 * messages.
 */
void load_text(struct load *l, struct str text, const char *what);

/* The same with what the file holds now; wait_ms as in filewatch_read(). */
void load_file(struct load *l, struct filewatch *file, int64_t wait_ms);

/* After a kick: what did the supervisor make of it? */
void load_tell(struct load *l);

/* Stop, so that the supervisor looks; back when it has, or is no more. */
void load_kick(pid_t supervisor);

#endif
