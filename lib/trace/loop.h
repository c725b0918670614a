/* SPDX-License-Identifier: Apache-2.0 */
/* loop: what a status of waitpid(2) means. */
#ifndef FG_TRACE_LOOP_H
#define FG_TRACE_LOOP_H

#include <stdbool.h>

#include "state.h"

/* Serve one status; true when there is news for the caller, in what. */
bool loop_status(
    struct trace *t, pid_t pid, int status, struct trace_what *what);

#endif
