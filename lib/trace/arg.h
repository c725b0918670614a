/* SPDX-License-Identifier: Apache-2.0 */
/* arg: the arguments of a call that is about files, as its hook has them. */
#ifndef FG_TRACE_ARG_H
#define FG_TRACE_ARG_H

#include "state.h"

/* The descriptor in argument hook->arg[i]; AT_FDCWD when there is none. */
int arg_dirfd(const struct call *c, int i);

/* The number in argument hook->arg[i]; 0 when there is none. */
uint64_t arg_value(const struct call *c, int i);

/* The verdict rests on the n bytes at p, which argument arg points to. */
void arg_pin(struct call *c, int arg, const void *p, size_t n);

/* The name in argument hook->arg[i], pinned, into t->raw[which]. 0, -errno. */
int arg_name(struct trace *t, struct call *c, int i, int which);

#endif
