/* SPDX-License-Identifier: Apache-2.0 */
/* err: what went wrong, in one line, and what the caller of a tool may do. */
#ifndef FG_BASE_ERR_H
#define FG_BASE_ERR_H

/*
 * The kinds are the exit codes of the tools (fg-intro(7), EXIT STATUS), so
 * that the place that knows the cause also decides the code.
 */
enum err_kind {
	ERR_NONE = 0,
	ERR_NO = 1,     /* understood, but the answer is no */
	ERR_USAGE = 2,  /* the command line is wrong */
	ERR_PERM = 100, /* trying again will not help */
	ERR_TEMP = 111, /* trying again may help */
};

enum { ERR_TEXT_MAX = 1024 }; /* bytes, the final NUL included */

struct err {
	enum err_kind kind;
	char text[ERR_TEXT_MAX]; /* lower case, no full stop, no newline */
};

/*
 * Record an error and return -code, for `return err_set(...)`.
 * e may be NULL (the caller does not want the text). An overlong text is cut
 * at ERR_TEXT_MAX; control characters in it are written as \xNN, since texts
 * quote hostile input. code is a positive errno value.
 */
int err_set(struct err *e, enum err_kind kind, int code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Put "context: " in front of the text that e already has. e may be NULL. */
void err_prefix(struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* err_set(e, ERR_TEMP, ENOMEM, "out of memory"). */
int err_nomem(struct err *e);

#endif
