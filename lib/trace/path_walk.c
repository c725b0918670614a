/* SPDX-License-Identifier: Apache-2.0 */
#include "path_walk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; /* path_resolution(7) */

struct walk {
	struct trace *t;
	const struct call *c;
	char *out; /* what is resolved, without a final '/' */
	size_t out_n, root_n;
	char *rest; /* what is not; within buffer[now] */
	char *buffer[2];
	int now;
	unsigned links;
	enum path_last last;
	bool exists, done;
};

static void
up(struct walk *w)
{
	while (w->out_n > w->root_n && w->out[--w->out_n] != '/')
		;
	w->out[w->out_n] = '\0';
}

/* /proc/self would be us. */
static ssize_t
read_link(struct walk *w, char *to, size_t n)
{
	if (strcmp(w->out, "/proc/self") == 0)
		return snprintf(to, n, "%d", (int)w->c->proc->pid);
	if (strcmp(w->out, "/proc/thread-self") == 0)
		return snprintf(
		    to, n, "%d/task/%d", (int)w->c->proc->pid, (int)w->c->tid);
	return path_link(w->out, to, n);
}

static char *
spare(struct walk *w)
{
	return w->buffer[!w->now];
}

/* Put the text of a link, in spare()[0..n), in front of the rest. */
static bool
expand(struct walk *w, size_t n)
{
	size_t rest_n = strlen(w->rest);
	char *to = spare(w);

	if (++w->links > LINKS_MAX || n + rest_n + 2 > STATE_PATH)
		return false;
	if (to[0] == '/') {
		w->out_n = w->root_n;
		w->out[w->out_n] = '\0';
	} else {
		up(w);
	}
	to[n] = '/';
	memcpy(to + n + 1, w->rest, rest_n + 1);
	w->rest = to;
	w->now = !w->now;
	return true;
}

/* The next part, appended to out; false at the end. */
static bool
next(struct walk *w, bool *final)
{
	char *p = w->rest, *end;
	size_t n;

	for (;;) {
		p += strspn(p, "/");
		n = strcspn(p, "/");
		end = p + n;
		if (n == 0)
			return false;
		if (n == 2 && p[0] == '.' && p[1] == '.')
			up(w);
		else if (!(n == 1 && p[0] == '.'))
			break;
		p = end;
	}
	if (w->out_n + n + 2 > STATE_PATH)
		return false;
	w->out[w->out_n++] = '/';
	memcpy(w->out + w->out_n, p, n);
	w->out_n += n;
	w->out[w->out_n] = '\0';
	*final = *end == '\0';
	w->rest = end;
	return true;
}

/* Nothing there: the rest is taken as it is written. */
static void
append_rest(struct walk *w)
{
	size_t n = strlen(w->rest);

	w->exists = false;
	if (w->out_n + n + 1 > STATE_PATH)
		return;
	memcpy(w->out + w->out_n, w->rest, n + 1);
	w->out_n = path_clean(w->out, w->out_n + n, w->root_n);
}

static bool
step(struct walk *w)
{
	bool final = false;
	struct stat st;
	ssize_t n;

	if (!next(w, &final))
		return false;
	if (final && w->last != PATH_FOLLOW) {
		w->exists = w->last == PATH_STAY && lstat(w->out, &st) == 0;
		return false;
	}
	n = read_link(w, spare(w), STATE_PATH);
	if (n == -ENOENT || n == -ENOTDIR) {
		append_rest(w);
		return false;
	}
	if (n < 0)
		return true;
	/* "pipe:[1]", "socket:[2]": a file without a name. */
	if (spare(w)[0] != '/' && strchr(spare(w), ':') != NULL &&
	    strncmp(w->out, "/proc/", 6) == 0) {
		memcpy(w->out, spare(w), (size_t)n + 1);
		w->out_n = (size_t)n;
		return false;
	}
	return expand(w, (size_t)n);
}

size_t
path_walk(struct trace *t, const struct call *c, int which, size_t root_n,
    enum path_last last, bool *exists)
{
	struct walk w = {.t = t,
	    .c = c,
	    .out = t->path[which],
	    .out_n = root_n,
	    .root_n = root_n,
	    .rest = t->work[0],
	    .buffer = {t->work[0], t->work[1]},
	    .last = last,
	    .exists = true};

	memcpy(w.rest, w.out + root_n, strlen(w.out + root_n) + 1);
	w.out[root_n] = '\0';
	while (step(&w))
		;
	if (w.out_n == 0) {
		w.out[w.out_n++] = '/';
		w.out[w.out_n] = '\0';
	}
	*exists = w.exists;
	return w.out_n;
}
