/* SPDX-License-Identifier: Apache-2.0 */
/* path: which file a tracee means. */
#ifndef FG_TRACE_PATH_H
#define FG_TRACE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"
#include "state.h"

/* How the last part of a name is taken. */
enum path_last {
	PATH_FOLLOW, /* a symbolic link there is followed */
	PATH_STAY,   /* it is not */
	PATH_NAME,   /* nor is it asked whether there is something */
};

struct path {
	struct str given; /* absolute, as written: "..", links and all */
	struct str real;  /* without links, as far as it exists */
	bool exists;      /* unless PATH_NAME */
};

/*
 * The name t->raw[which] of tid, relative to its descriptor dirfd or
 * AT_FDCWD. The strings lie in t->path[which] and t->given[which].
 */
void path_find(struct trace *t, const struct call *c, int which, int dirfd,
    enum path_last last, struct path *ret);

/* What descriptor fd of tid is open on: a path, "socket:[1]"… or STR_NONE. */
struct str path_of_fd(struct trace *t, pid_t tid, int fd, int which);

/* Working directory of tid, in t->cwd; STR_NONE when it cannot be read. */
struct str path_cwd(struct trace *t, pid_t tid);

/* A symbolic link as a string with a NUL, or -errno. */
ssize_t path_link(const char *name, char *to, size_t n);

/* Is path at or below the guarded directory? */
bool path_guarded(const struct trace *t, struct str path);

/* The same of either of its names: nobody writes there. */
bool path_guards(const struct trace *t, const struct path *p);

/* Is it above that, and not the root? Nobody moves what is there. */
bool path_above_guarded(const struct trace *t, struct str path);

/* Relative to a descriptor that is not open: the kernel looks no further. */
bool path_nowhere(const struct trace *t, const struct path *p);

/* Has tid our namespace of that kind ("pid", "mnt")? */
bool path_same_space(pid_t tid, const char *kind);

/*
 * Is the file `name` of a procfs, as we or tid see it? What nobody can look
 * at: does it say so?
 */
bool path_in_proc(pid_t tid, const char *name);

/* Take "//", "/./" and "/../" out of an absolute name; its new length. */
size_t path_clean(char *p, size_t n, size_t keep);

#endif
