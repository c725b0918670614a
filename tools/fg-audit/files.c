/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "lines.h"
#include "time/time.h"

enum {
	LOOK_MS = 200, /* between two looks at files that may have grown */
	/* A file that was renamed may be written to for a while. */
	ROTATED_MS = 2000,
};

struct source {
	const char *path; /* NULL: standard input */
	const char *what;
	int fd; /* -1: not there */
	bool owned;
	struct lines lines;
	off_t read;         /* bytes of this file */
	int64_t rotated_ms; /* when another file was seen at path; 0: none */
	bool missing_told;
};

static void
source_init(struct source *s, const char *path)
{
	bool input = path == NULL || strcmp(path, "-") == 0;

	*s = (struct source){.path = input ? NULL : path,
	    .what = input ? "standard input" : path,
	    .fd = input ? STDIN_FILENO : -1,
	    .owned = !input};
	lines_init(&s->lines);
}

static void
source_close(struct source *s)
{
	if (s->owned)
		fd_closep(&s->fd);
	s->fd = -1;
	s->read = 0;
	s->rotated_ms = 0;
}

static int
source_open(struct source *s, struct err *e)
{
	if (s->path == NULL || s->fd >= 0)
		return 0;
	s->fd = fd_open(s->path, e);
	s->lines.line = 0;
	return s->fd < 0 ? s->fd : 0;
}

/* The line that has no end will have none any more. */
static void
end_lines(struct pick *p, struct source *s)
{
	if (lines_rest(&s->lines))
		pick_bad(p, (struct pick_place){s->what, s->lines.line},
		    "the last line has no line end");
}

static int
pick_lines(struct pick *p, struct source *s, struct err *e)
{
	enum lines_next got;
	struct str line;
	int r = 0;

	while (r == 0 && (got = lines_next(&s->lines, &line)) != LINES_NONE) {
		struct pick_place at = {s->what, s->lines.line};

		if (got == LINES_TOO_LONG)
			pick_bad(p, at, "a line longer than 16 MiB");
		else
			r = pick_line(p, line, at, NULL, e);
	}
	return r;
}

/* To its end of now. */
static int
read_on(struct pick *p, struct source *s, struct err *e)
{
	ssize_t n;
	int r = 0;

	while (r == 0) {
		n = lines_read(&s->lines, s->fd, s->what, e);
		if (n <= 0)
			return (int)n;
		s->read += n;
		r = pick_lines(p, s, e);
	}
	return r;
}

/* ---- files that grow -------------------------------------------------- */

/* Is what is open now the file at path? True when nothing is there. */
static bool
is_still_there(const struct source *s, const struct stat *open)
{
	struct stat now;

	return stat(s->path, &now) != 0 ||
	       (now.st_dev == open->st_dev && now.st_ino == open->st_ino);
}

static int
begin_again(struct pick *p, struct source *s, struct err *e)
{
	end_lines(p, s);
	log_note(1, "%s: cut short; read from its start", s->what);
	s->read = 0;
	s->lines.line = 0;
	if (lseek(s->fd, 0, SEEK_SET) < 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", s->what, strerror(errno));
	return read_on(p, s, e);
}

/* After its end was read: was it cut, or is another one in its place? */
static int
look_at(struct pick *p, struct source *s, struct err *e)
{
	int64_t now = time_monotonic_ms();
	struct stat st;

	if (s->path == NULL || fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	if (st.st_size < s->read)
		return begin_again(p, s, e);
	if (is_still_there(s, &st)) {
		s->rotated_ms = 0;
	} else if (s->rotated_ms == 0) {
		s->rotated_ms = now;
	} else if (now - s->rotated_ms >= ROTATED_MS) {
		end_lines(p, s);
		log_note(1, "%s: another file now", s->what);
		source_close(s);
	}
	return 0;
}

static int
missing(struct source *s, int r, struct err *e)
{
	if (r != -ENOENT)
		return r;
	if (!s->missing_told)
		log_warn("%s; waiting for it", e->text);
	s->missing_told = true;
	*e = (struct err){0};
	return 0;
}

static int
follow_one(struct pick *p, struct source *s, struct err *e)
{
	int r = source_open(s, e);

	if (r != 0)
		return missing(s, r, e);
	if (s->fd < 0)
		return 0;
	s->missing_told = false;
	r = read_on(p, s, e);
	if (r == 0)
		r = look_at(p, s, e);
	return r;
}

/* What is no regular file has ended when there is nothing to read. */
static bool
can_grow(const struct source *s)
{
	struct stat st;

	if (s->path == NULL)
		return s->fd >= 0 && fstat(s->fd, &st) == 0 &&
		       S_ISREG(st.st_mode);
	return true;
}

static int
follow(struct pick *p, struct source *list, size_t n, struct err *e)
{
	const struct timespec rest = {.tv_nsec = LOOK_MS * 1000000L};
	bool more = true;
	int r = 0;

	while (r == 0 && more) {
		more = false;
		for (size_t i = 0; i < n && r == 0; i++) {
			r = follow_one(p, &list[i], e);
			more = more || can_grow(&list[i]);
		}
		if (r == 0 && p->keep)
			r = pick_settle(p, false, e);
		if (r == 0)
			r = out_flush(p->out, e);
		if (r == 0 && more)
			(void)nanosleep(&rest, NULL);
	}
	return r;
}

static int
read_once(struct pick *p, struct source *list, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		r = source_open(&list[i], e);
		if (r == 0)
			r = read_on(p, &list[i], e);
		if (r == 0)
			end_lines(p, &list[i]);
		source_close(&list[i]);
		lines_free(&list[i].lines);
	}
	return r == 0 && p->keep ? pick_settle(p, p->o->reverse, e) : r;
}

int
files_run(struct pick *p, char **paths, size_t n, struct err *e)
{
	size_t count = n == 0 ? 1 : n;
	struct source *list;
	int r;

	if (n > FILES_MAX)
		return err_set(
		    e, ERR_USAGE, E2BIG, "more than %d files", FILES_MAX);
	list = calloc(count, sizeof *list);
	if (list == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < count; i++)
		source_init(&list[i], n == 0 ? NULL : paths[i]);
	r = p->o->follow ? follow(p, list, count, e)
			 : read_once(p, list, count, e);
	for (size_t i = 0; i < count; i++) {
		source_close(&list[i]);
		lines_free(&list[i].lines);
	}
	free(list);
	return r;
}
