/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "arg.h"
#include "mem.h"
#include "path.h"
#include "serve.h"

bool
serve_is_memory(const struct trace *t, pid_t tid, struct str path)
{
	return t->installed & HOOK_PINS && str_ends(path, "/mem") &&
	       path_in_proc(tid, path.p);
}

/*
 * Pins as a file, which a link in /proc/PID/map_files leads to: it has no name
 * but this.
 */
static bool
is_segment(const struct trace *t, struct str path)
{
	return t->pins.at != NULL && str_starts(path, "/SYSV") &&
	       str_ends(path, " (deleted)");
}

static int
refuse_memory(struct trace *t, struct call *c, pid_t whose)
{
	int verdict = serve_refuse_for(t, c, EVENT_PTRACE, whose, 0);

	return verdict == TRACE_KILL ? verdict : -EACCES;
}

int
serve_opened_memory(struct trace *t, struct call *c, int fd)
{
	struct str path = path_of_fd(t, c->tid, fd, 0);

	if (is_segment(t, path) || serve_is_memory(t, c->tid, path))
		return refuse_memory(t, c, 0);
	return 0;
}

struct opening {
	uint64_t flags, mode;
	int refused; /* -errno that the call gives anyway */
};

static struct opening
opening_of(struct trace *t, struct call *c)
{
	struct opening o = {.flags = arg_value(c, 2), .mode = arg_value(c, 3)};
	uint64_t how[3];

	if (c->hook->work == HOOK_OPENAT2) {
		if (c->args[3] < sizeof(how))
			o.refused = -EINVAL;
		else if (c->args[3] > sizeof(how))
			o.refused = -E2BIG; /* a future's */
		else
			o.refused =
			    mem_get(t, c->tid, c->args[2], how, sizeof(how));
		if (o.refused == 0) {
			memcpy(t->detail, how, sizeof(how));
			arg_pin(c, 2, t->detail, sizeof(how));
			o.flags = how[0];
			o.mode = how[1];
		}
	} else if (c->hook->arg[2] == HOOK_NO_ARG) {
		o.flags = O_CREAT | O_WRONLY | O_TRUNC; /* creat(2) */
	}
	return o;
}

/* What is made anew must not be there: whether it is does not matter. */
static enum path_last
opening_last(const struct opening *o)
{
	if (o->flags & O_CREAT && o->flags & O_EXCL)
		return PATH_NAME;
	return o->flags & O_NOFOLLOW ? PATH_STAY : PATH_FOLLOW;
}

static enum event_name
open_name(const struct opening *o, const struct path *path)
{
	if ((o->flags & O_TMPFILE) == O_TMPFILE)
		return EVENT_CREATE;
	if ((o->flags & O_CREAT) && ((o->flags & O_EXCL) || !path->exists))
		return EVENT_CREATE;
	if ((o->flags & O_ACCMODE) == O_RDONLY && !(o->flags & O_TRUNC))
		return EVENT_READ;
	return EVENT_OPEN;
}

/* FNV-1a, 64 bits. */
static uint64_t
sum(struct str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Would a change of the arguments in memory turn it into what is judged? */
static bool
may_write(const struct trace *t, const struct call *c, const struct opening *o)
{
	return (c->hook->work == HOOK_OPENAT2 || o->flags & O_CREAT) &&
	       t->config.prevents &
		   (EVENT_BIT(EVENT_OPEN) | EVENT_BIT(EVENT_CREATE));
}

/* What to look at when it is open. An unnamed file has no name to judge. */
static void
look_later(const struct trace *t, struct call *c, const struct opening *o,
    enum event_name name, const struct path *path)
{
	if ((o->flags & O_TMPFILE) == O_TMPFILE)
		return;
	if (c->judged && t->config.watches & EVENT_BIT(name)) {
		c->step |= TASK_VERIFY;
		c->path_sum = sum(path->real);
	} else if (t->map_files && t->installed & HOOK_PINS &&
		   (name != EVENT_READ || c->hook->work == HOOK_OPENAT2)) {
		c->step |= TASK_MEMORY;
	}
}

int
serve_open(struct trace *t, struct call *c)
{
	struct opening o = opening_of(t, c);
	struct path path;
	struct event *ev;
	enum event_name name;
	int error = o.refused, verdict = 0;
	pid_t guarded;

	if (error == 0)
		error = arg_name(t, c, 1, 0);
	if (error < 0 || (o.flags & O_PATH))
		return error;
	path_find(t, c, 0, arg_dirfd(c, 0), opening_last(&o), &path);
	if (path_nowhere(t, &path))
		return -EBADF;
	name = open_name(&o, &path);
	if (name != EVENT_READ && path_guards(t, &path))
		return -EPERM;
	guarded = name == EVENT_READ ? 0 : serve_guards_proc(t, c, path.real);
	if (guarded != 0)
		return serve_refuse_for(t, c, EVENT_SIGNAL, guarded, 0);
	if (name != EVENT_READ && is_segment(t, path.real))
		return refuse_memory(t, c, 0);
	if (name != EVENT_READ && serve_is_memory(t, c->tid, path.real))
		return refuse_memory(
		    t, c, (pid_t)strtol(path.real.p + 6, NULL, 10));
	if (t->config.watches & EVENT_BIT(name)) {
		ev = serve_event(t, c, name);
		ev->path = path.real;
		ev->flags = (uint32_t)o.flags;
		if (o.flags & O_CREAT)
			ev->mode = (uint32_t)o.mode;
		verdict = serve_ask(t, c, ev);
	} else {
		/* What makes it mere reading must stay what it was. */
		c->judged = may_write(t, c, &o);
	}
	if (verdict == 0)
		look_later(t, c, &o, name, &path);
	return verdict;
}

/* By a handle: which file that is, is known when it is open. */
int
serve_handle(struct trace *t, struct call *c)
{
	if (t->config.watches & EVENT_BIT(EVENT_OPEN))
		c->step |= TASK_VERIFY;
	return 0;
}

/*
 * Names can be changed on the disk as well, between our look and that of the
 * kernel. When the open file has another name it is judged again by that one.
 */
int
serve_opened(struct trace *t, struct call *c, int fd, uint64_t judged)
{
	struct str path = path_of_fd(t, c->tid, fd, 0);
	struct event *ev;
	uint64_t flags = 0;
	int8_t at = c->hook->arg[2];

	if (path.n == 0 || path.p[0] != '/' || sum(path) == judged)
		return 0;
	if (path_guarded(t, path))
		return -EPERM;
	if (is_segment(t, path) || serve_is_memory(t, c->tid, path))
		return refuse_memory(t, c, 0);
	if (c->hook->work == HOOK_OPEN)
		flags = at == HOOK_NO_ARG ? O_WRONLY : c->args[at];
	ev = serve_event(t, c,
	    c->hook->work == HOOK_OPEN && (flags & O_ACCMODE) == O_RDONLY
		? EVENT_READ
		: EVENT_OPEN);
	ev->path = path;
	ev->flags = (uint32_t)flags;
	return serve_ask(t, c, ev);
}
