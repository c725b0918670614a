/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048, COLUMNS = 80, COLUMNS_MAX = 256 };

static struct {
	const char *tool;
	int verbosity;
	bool drawn; /* a progress line stands on the terminal */
} state = {.tool = "fg"};

void
log_setup(const char *tool, int verbosity)
{
	state.tool = tool;
	state.verbosity = verbosity;
}

static void
wipe_progress(void)
{
	if (state.drawn)
		(void)fputs("\r\033[K", stderr);
	state.drawn = false;
}

/* One write per line, so that lines of parallel tools do not mix. */
__attribute__((format(printf, 2, 0))) static void
put(const char *label, const char *fmt, va_list ap)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 128];

	(void)vsnprintf(text, sizeof text, fmt, ap);
	(void)snprintf(
	    line, sizeof line, "%s: %s%s\n", state.tool, label, text);
	wipe_progress();
	(void)fputs(line, stderr);
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("", fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("warning: ", fmt, ap);
	va_end(ap);
}

void
log_note(int level, const char *fmt, ...)
{
	va_list ap;

	if (level > state.verbosity)
		return;
	va_start(ap, fmt);
	put("", fmt, ap);
	va_end(ap);
}

static bool
is_drawable(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term != NULL && strcmp(term, "dumb") != 0;
}

/* One line of the terminal at most: only that much can be wiped again. */
static size_t
columns(int fd)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS;
	return size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
}

void
log_progress(const char *fmt, ...)
{
	static int terminal = -1; /* not asked yet */
	char text[COLUMNS_MAX];
	va_list ap;

	if (terminal < 0)
		terminal = is_drawable(STDERR_FILENO);
	if (!terminal)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, columns(STDERR_FILENO), fmt, ap);
	va_end(ap);
	/* It quotes names from outside: no byte may steer the terminal. */
	for (char *p = text; *p != '\0'; p++) {
		if (*p < ' ' || *p > '~')
			*p = '?';
	}
	wipe_progress();
	state.drawn = text[0] != '\0';
	(void)fprintf(stderr, "%s", text);
	(void)fflush(stderr);
}

bool
log_colour(int fd)
{
	const char *term = getenv("TERM");
	const char *refused = getenv("NO_COLOR"); /* no-color.org */

	if (!isatty(fd) || (refused != NULL && refused[0] != '\0'))
		return false;
	return term != NULL && strcmp(term, "dumb") != 0;
}
