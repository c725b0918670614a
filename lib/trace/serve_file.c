/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#include "arg.h"
#include "mem.h"
#include "path.h"
#include "serve.h"

static void
path_facts(struct trace *t, struct call *c, struct event *ev)
{
	uint64_t value = arg_value(c, 2);
	ssize_t n;

	switch (ev->name) {
	case EVENT_CHMOD:
	case EVENT_MKNOD:
		ev->mode = (uint32_t)value;
		break;
	case EVENT_MKDIR:
		ev->mode = (uint32_t)value;
		ev->dir = true;
		break;
	case EVENT_CHOWN:
		ev->uid = (uint32_t)value;
		break;
	case EVENT_UNLINK:
		ev->dir = (value & AT_REMOVEDIR) != 0 ||
			  strcmp(c->hook->name, "rmdir") == 0;
		break;
	case EVENT_SETXATTR:
		n = mem_text(t, c->tid, value, t->detail, sizeof(t->detail));
		if (n > 0) {
			ev->detail = str_make(t->detail, (size_t)n);
			arg_pin(c, c->hook->arg[2], t->detail, (size_t)n + 1);
		}
		break;
	default:
		break;
	}
}

/* The one event that a hook of files stands for. */
static enum event_name
event_of(const struct hook *h)
{
	event_set set = h->events & (EVENT_BIT(EVENT_LIFECYCLE) - 1);

	return (enum event_name)__builtin_ctzll(set);
}

/* Does the call follow a link that its name ends in? */
static enum path_last
last_of(const struct call *c, enum event_name name)
{
	switch (name) {
	case EVENT_CHMOD:
		/* fchmodat2(2)'s flags are in argument 3. */
		return c->hook->nr != SYS_fchmodat && c->hook->arg[0] == 0 &&
			       c->args[3] & AT_SYMLINK_NOFOLLOW
			   ? PATH_STAY
			   : PATH_FOLLOW;
	case EVENT_CHOWN:
		if (c->hook->nr == SYS_fchownat)
			return c->args[4] & AT_SYMLINK_NOFOLLOW ? PATH_STAY
								: PATH_FOLLOW;
		return c->hook->name[0] == 'l' ? PATH_STAY : PATH_FOLLOW;
	case EVENT_SETXATTR:
		return c->hook->name[0] == 'l' ? PATH_STAY : PATH_FOLLOW;
	case EVENT_TRUNCATE:
		return PATH_FOLLOW;
	case EVENT_MKDIR:
	case EVENT_MKNOD:
		return PATH_STAY;
	default:
		return PATH_NAME;
	}
}

int
serve_path(struct trace *t, struct call *c)
{
	enum event_name name = event_of(c->hook);
	struct path path;
	struct event *ev;
	int error = arg_name(t, c, 1, 0);

	if (error < 0)
		return error;
	path_find(t, c, 0, arg_dirfd(c, 0), last_of(c, name), &path);
	if (path_nowhere(t, &path))
		return -EBADF;
	if (path_guards(t, &path))
		return -EPERM;
	if (!(t->config.watches & EVENT_BIT(name)))
		return 0;
	/* mkdir -p tries every directory on the way. */
	if ((name == EVENT_MKDIR || name == EVENT_MKNOD) && path.exists)
		return -EEXIST;
	ev = serve_event(t, c, name);
	ev->path = path.real;
	path_facts(t, c, ev);
	return serve_ask(t, c, ev);
}

int
serve_fd(struct trace *t, struct call *c)
{
	struct str path = path_of_fd(t, c->tid, (int)c->args[0], 0);
	enum event_name name = event_of(c->hook);
	struct event *ev;

	if (path_guarded(t, path))
		return -EPERM;
	if (path.n == 0 || path.p[0] != '/' ||
	    !(t->config.watches & EVENT_BIT(name)))
		return 0;
	ev = serve_event(t, c, name);
	ev->path = path;
	if (name == EVENT_CHMOD)
		ev->mode = (uint32_t)c->args[1];
	else if (name == EVENT_CHOWN)
		ev->uid = (uint32_t)c->args[1];
	else
		path_facts(t, c, ev);
	return serve_ask(t, c, ev);
}

/* linkat(2) alone may follow, or take a descriptor for its old name. */
static enum path_last
first_last(const struct call *c)
{
	return c->hook->nr == SYS_linkat && c->args[4] & AT_SYMLINK_FOLLOW
		   ? PATH_FOLLOW
		   : PATH_NAME;
}

int
serve_paths(struct trace *t, struct call *c)
{
	enum event_name name = event_of(c->hook);
	struct path one, two;
	struct event *ev;
	int error = arg_name(t, c, 1, 0);

	if (error == 0)
		error = arg_name(t, c, 3, 1);
	if (error < 0)
		return error;
	if (name == EVENT_SYMLINK) {
		one.given = one.real = str_of(t->raw[0]);
	} else {
		path_find(t, c, 0, arg_dirfd(c, 0), first_last(c), &one);
		if (path_nowhere(t, &one))
			return -EBADF;
		if (path_guards(t, &one) ||
		    (name == EVENT_RENAME && path_above_guarded(t, one.real)))
			return -EPERM;
	}
	path_find(t, c, 1, arg_dirfd(c, 2), PATH_NAME, &two);
	if (path_nowhere(t, &two))
		return -EBADF;
	if (path_guards(t, &two) ||
	    (name == EVENT_RENAME && path_above_guarded(t, two.real)))
		return -EPERM;
	if (!(t->config.watches & EVENT_BIT(name)))
		return 0;
	ev = serve_event(t, c, name);
	ev->path = one.real;
	ev->path2 = two.real;
	if (name == EVENT_RENAME && c->hook->nr == SYS_renameat2)
		ev->flags = (uint32_t)c->args[4];
	return serve_ask(t, c, ev);
}
