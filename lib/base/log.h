/* SPDX-License-Identifier: Apache-2.0 */
/* log: what a tool says to the person on standard error. */
#ifndef FG_BASE_LOG_H
#define FG_BASE_LOG_H

#include <stdbool.h>

/* Set by cli_parse(): the tool's name in front of every line, and -v. */
void log_setup(const char *tool, int verbosity);

/* "tool: text"; always printed. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "tool: warning: text"; always printed. */
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "tool: text", printed with -v (level 1) or -v -v (level 2). */
void log_note(int level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The progress line of long work: redrawn in place, on a terminal only (TERM
 * not dumb), and wiped before any other line. An empty text wipes it. It is
 * cut to the terminal's width, and what is not printable ASCII becomes "?".
 */
void log_progress(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Is fd a terminal that wants colour (TERM is not dumb, NO_COLOR not set)? */
bool log_colour(int fd);

#endif
