/* SPDX-License-Identifier: Apache-2.0 */
#include "spawn.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "caps.h"
#include "landlock/landlock.h"

/* A script without "#!" is one of the shell; execvp(3). */
static int
run_file(char *path, char **argv)
{
	enum { ARGS_MAX = 4096 };
	static char *shell[ARGS_MAX + 3]; /* a stack may be small */
	size_t n = 0;

	(void)execve(path, argv, environ);
	if (errno != ENOEXEC)
		return errno;
	while (argv[n] != NULL)
		n++;
	if (n > ARGS_MAX)
		return E2BIG;
	shell[0] = (char[]){"sh"};
	shell[1] = path;
	memcpy(shell + 2, argv + 1, n * sizeof *argv);
	(void)execve("/bin/sh", shell, environ);
	return ENOEXEC;
}

/* "DIR/NAME" when that is a file that may be run; else errno. */
static int
candidate(struct str dir, const char *name, char to[PATH_MAX])
{
	size_t n = strlen(name);
	struct stat st;

	if (dir.n + 1 + n >= PATH_MAX)
		return ENAMETOOLONG;
	if (dir.n > 0) {
		memcpy(to, dir.p, dir.n);
		to[dir.n++] = '/';
	}
	memcpy(to + dir.n, name, n + 1);
	if (stat(to, &st) != 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(to, X_OK) == 0 ? 0 : errno;
}

/* The one that is found first; a later ENOENT does not hide an EACCES. */
static int
search(const char *name, char to[PATH_MAX])
{
	const char *path = getenv("PATH");
	struct str rest = str_of(path == NULL ? "/bin:/usr/bin" : path), dir;
	int error = ENOENT, r;
	bool more;

	do {
		more = str_cut(rest, ':', &dir, &rest);
		r = candidate(dir, name, to);
		if (r == 0)
			return 0;
		if (r == EACCES)
			error = EACCES;
	} while (more);
	return error;
}

int
spawn_exec(char **argv)
{
	static char path[PATH_MAX];
	int r;

	if (argv[0][0] == '\0')
		return ENOENT;
	if (strchr(argv[0], '/') != NULL)
		return run_file(argv[0], argv);
	r = search(argv[0], path);
	return r != 0 ? r : run_file(path, argv);
}

/* It is there, and yet is not found: what should run it is missing. */
static bool
is_there(const char *name)
{
	char path[PATH_MAX];

	return strchr(name, '/') != NULL ? access(name, F_OK) == 0
					 : search(name, path) == 0;
}

void
spawn_complain(const char *name, int error)
{
	const char *why = strerror(error);

	if (name[0] == '\0')
		name = "\"\"";
	else if (error == ENOENT && is_there(name))
		why = "its interpreter or loader was not found";
	else if (error == ENOENT && strchr(name, '/') == NULL)
		why = "command not found";
	log_error("%s: %s", name, why);
}

int
spawn_exit_code(int error)
{
	return error == ENOENT || error == ENOTDIR ? 127 : 126;
}

static void
report(const struct spawn *s, enum spawn_stage stage, int error)
{
	const struct spawn_report r = {stage, error};

	(void)!write(s->report, &r, sizeof r);
}

/* As process 1: the terminal's keys are for the command, not for us. */
static void
take_group(const struct spawn *s)
{
	(void)setpgid(0, 0);
	if (s->tty >= 0)
		(void)tcsetpgrp(s->tty, getpgrp());
}

/*
 * The floor below the tracer. Where the kernel has none, or it would take
 * mount(2) away, the tracer is all there is.
 */
static void
lay_floor(enum trace_tier tier)
{
	if (tier == TRACE_FULL && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		(void)landlock_guard();
}

void
spawn_child(const struct spawn *s)
{
	int r;

	if (s->group)
		take_group(s);
	if (!s->keep_ptrace)
		caps_drop_ptrace();
	for (int fd = 0; fd <= 2; fd++)
		if ((s->closed >> fd & 1) != 0)
			(void)close(fd);
	lay_floor(s->tier);
	r = trace_install(s->tier, s->filter, s->filter_n, s->go);
	if (r != 0) {
		report(s, SPAWN_NO_TRACE, -r);
		_exit(125);
	}
	report(s, SPAWN_READY, 0);
	limits_restore(s->limits);
	sig_restore(s->signals);
	r = spawn_exec(s->argv);
	/* Alone: nobody may be there to read it, and SIGPIPE is the command's.
	 */
	if (s->alone)
		spawn_complain(s->argv[0], r);
	else
		report(s, SPAWN_NO_EXEC, r);
	_exit(spawn_exit_code(r));
}
