/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "mem.h"
#include "path.h"
#include "serve.h"

static int
dirfd_of(const struct call *c, int i)
{
	int8_t arg = c->hook->arg[i];

	return arg == HOOK_NO_ARG ? AT_FDCWD : (int)c->args[arg];
}

static uint64_t
value_of(const struct call *c, int i)
{
	int8_t arg = c->hook->arg[i];

	return arg == HOOK_NO_ARG ? 0 : c->args[arg];
}

static void
pin(struct call *c, int arg, const void *p, size_t n)
{
	if (arg != HOOK_NO_ARG && c->n_pins < CALL_PINS_MAX)
		c->pins[c->n_pins++] = (struct call_pin){
		    .arg = arg, .p = p, .n = n, .from = c->args[arg]};
}

/* The name in argument number hook->arg[i], into t->raw[which]. */
static int
read_name(struct trace *t, struct call *c, int i, int which)
{
	int8_t arg = c->hook->arg[i];
	ssize_t n;

	n = mem_text(t, c->tid, c->args[arg], t->raw[which], PATH_MAX);
	if (n < 0) {
		t->raw[which][0] = '\0';
		return (int)n;
	}
	pin(c, arg, t->raw[which], (size_t)n + 1);
	return 0;
}

/* Nobody writes below the guarded directory. */
static bool
guards(const struct trace *t, const struct path *p)
{
	return path_guarded(t, p->real) || path_guarded(t, p->given);
}

/* Relative to a descriptor that is not open: the kernel looks no further. */
static bool
nowhere(const struct trace *t, const struct path *p)
{
	return t->no_name == -EBADF && !str_starts(p->real, "/");
}

/* Nor moves what is above it. */
static bool
above_guarded(const struct trace *t, struct str path)
{
	return path.n > 1 && path.n < t->dir_n && t->dir[path.n] == '/' &&
	       memcmp(path.p, t->dir, path.n) == 0;
}

/* Memory of processes, by another way than its addresses. */
static bool
is_memory(const struct trace *t, struct str path)
{
	struct statfs fs;

	if (!(t->installed & HOOK_PINS) ||
	    !(str_ends(path, "/mem") ||
		memmem(path.p, path.n, "/map_files/", 11) != NULL))
		return false;
	return statfs(path.p, &fs) < 0
		   ? str_starts(path, "/proc/")
		   : (uint32_t)fs.f_type == PROC_SUPER_MAGIC;
}

struct opening {
	uint64_t flags, mode;
	int refused; /* -errno that the call gives anyway */
};

static struct opening
opening_of(struct trace *t, struct call *c)
{
	struct opening o = {.flags = value_of(c, 2), .mode = value_of(c, 3)};
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
			pin(c, 2, t->detail, sizeof(how));
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

int
serve_open(struct trace *t, struct call *c)
{
	struct opening o = opening_of(t, c);
	struct path path;
	struct event *ev;
	enum event_name name;
	int error = o.refused, verdict;

	if (error == 0)
		error = read_name(t, c, 1, 0);
	if (error < 0 || (o.flags & O_PATH))
		return error;
	path_find(t, c, 0, dirfd_of(c, 0), opening_last(&o), &path);
	if (nowhere(t, &path))
		return -EBADF;
	name = open_name(&o, &path);
	if (name != EVENT_READ && guards(t, &path))
		return -EPERM;
	if (name != EVENT_READ && is_memory(t, path.real)) {
		verdict = serve_refuse_for(t, c, EVENT_PTRACE,
		    (pid_t)strtol(path.real.p + 6, NULL, 10), 0);
		return verdict == TRACE_KILL ? verdict : -EACCES;
	}
	if (name != EVENT_READ && serve_guards_proc(t, path.real))
		return serve_refuse_for(
		    t, c, EVENT_SIGNAL, serve_guards_proc(t, path.real), 0);
	if (!(t->config.watches & EVENT_BIT(name))) {
		/* What makes it mere reading must stay what it was. */
		c->judged = may_write(t, c, &o);
		return 0;
	}
	ev = serve_event(t, c, name);
	ev->path = path.real;
	ev->flags = (uint32_t)o.flags;
	if (o.flags & O_CREAT)
		ev->mode = (uint32_t)o.mode;
	verdict = serve_ask(t, c, ev);
	/* An unnamed file (O_TMPFILE) has another name than its directory. */
	if (c->judged && verdict == 0 && (o.flags & O_TMPFILE) != O_TMPFILE) {
		c->step |= TASK_VERIFY;
		c->path_sum = sum(path.real);
	}
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
	if (is_memory(t, path))
		return -EACCES;
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

static void
path_facts(struct trace *t, struct call *c, struct event *ev)
{
	uint64_t value = value_of(c, 2);
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
			pin(c, c->hook->arg[2], t->detail, (size_t)n + 1);
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
	int error = read_name(t, c, 1, 0);

	if (error < 0)
		return error;
	path_find(t, c, 0, dirfd_of(c, 0), last_of(c, name), &path);
	if (nowhere(t, &path))
		return -EBADF;
	if (guards(t, &path))
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
	int error = read_name(t, c, 1, 0);

	if (error == 0)
		error = read_name(t, c, 3, 1);
	if (error < 0)
		return error;
	if (name == EVENT_SYMLINK) {
		one.given = one.real = str_of(t->raw[0]);
	} else {
		path_find(t, c, 0, dirfd_of(c, 0), first_last(c), &one);
		if (nowhere(t, &one))
			return -EBADF;
		if (guards(t, &one) ||
		    (name == EVENT_RENAME && above_guarded(t, one.real)))
			return -EPERM;
	}
	path_find(t, c, 1, dirfd_of(c, 2), PATH_NAME, &two);
	if (nowhere(t, &two))
		return -EBADF;
	if (guards(t, &two) ||
	    (name == EVENT_RENAME && above_guarded(t, two.real)))
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
