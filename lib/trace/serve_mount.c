/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/mount.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "arg.h"
#include "mem.h"
#include "path.h"
#include "serve.h"

#define PROPAGATION (MS_PRIVATE | MS_SLAVE | MS_SHARED | MS_UNBINDABLE)

struct mounting {
	struct path where, what;
	bool has_where, has_what;
};

/* mount(2)'s flags as the kernel takes them: an old magic number is not one. */
static uint64_t
flags_of(const struct call *c)
{
	uint64_t flags = c->hook->nr == SYS_mount ? c->args[3] : 0;

	return (flags & MS_MGC_MSK) == MS_MGC_VAL
		   ? flags & ~(uint64_t)MS_MGC_MSK
		   : flags;
}

/* Only other properties of what is mounted already, in the kernel's order. */
static bool
changes(const struct call *c)
{
	uint64_t flags = flags_of(c);

	return c->hook->nr == SYS_mount_setattr || flags & MS_REMOUNT ||
	       (!(flags & MS_BIND) && flags & PROPAGATION);
}

/* The names of a call, each of which it may have. */
static int
find(struct trace *t, struct call *c, struct mounting *m)
{
	int error = 0;

	m->has_where = c->hook->arg[1] != HOOK_NO_ARG;
	m->has_what = c->hook->arg[3] != HOOK_NO_ARG &&
		      (c->hook->nr != SYS_mount ||
			  (!changes(c) && flags_of(c) & (MS_BIND | MS_MOVE)));
	if (m->has_where)
		error = arg_name(t, c, 1, 0);
	if (error == 0 && m->has_what)
		error = arg_name(t, c, 3, 1);
	if (error < 0)
		return error;
	if (m->has_where)
		path_find(t, c, 0, arg_dirfd(c, 0), PATH_FOLLOW, &m->where);
	if (m->has_what)
		path_find(t, c, 1, arg_dirfd(c, 2), PATH_FOLLOW, &m->what);
	return 0;
}

/* Is it over, or instead of, what the defender needs? */
static bool
covers(const struct trace *t, const struct call *c, const struct path *p)
{
	if (path_guards(t, p))
		return true;
	if (changes(c))
		return false;
	return path_above_guarded(t, p->real) ||
	       serve_guards_proc(t, c, p->real) != 0 ||
	       (str_eqz(p->real, "/proc") && path_same_space(c->tid, "mnt"));
}

/* Would files of the defender have another name? */
static bool
renames(const struct trace *t, const struct call *c, const struct path *p)
{
	return path_guards(t, p) || path_above_guarded(t, p->real) ||
	       serve_guards_proc(t, c, p->real) != 0;
}

static struct event *
event_of(struct trace *t, struct call *c, const struct mounting *m)
{
	struct event *ev = serve_event(t, c, EVENT_MOUNT);
	int at = c->hook->nr == SYS_mount ? 2 : 0;
	ssize_t n;

	if (m->has_where)
		ev->path = m->where.real;
	else if (m->has_what)
		ev->path = m->what.real;
	/* The kind of file system. */
	if (c->hook->nr != SYS_mount && c->hook->nr != SYS_fsopen)
		return ev;
	n = mem_text(t, c->tid, c->args[at], t->detail, sizeof(t->detail));
	if (n > 0)
		ev->detail = str_make(t->detail, (size_t)n);
	return ev;
}

int
serve_mount(struct trace *t, struct call *c)
{
	struct mounting m = {0};
	int verdict = find(t, c, &m);

	if (verdict < 0)
		return verdict;
	if ((m.has_where && covers(t, c, &m.where)) ||
	    (m.has_what && renames(t, c, &m.what)))
		return serve_refuse_for(t, c, EVENT_SIGNAL, 0, 0);
	if (m.has_what && serve_is_memory(t, c->tid, m.what.real))
		return serve_refuse_for(t, c, EVENT_PTRACE,
		    (pid_t)strtol(m.what.real.p + 6, NULL, 10), 0);
	verdict = serve_ask(t, c, event_of(t, c, &m));
	/* Memory may have a name that does not tell what it is. */
	c->writes = t->installed & HOOK_PINS;
	return verdict;
}
