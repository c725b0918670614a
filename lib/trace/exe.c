/* SPDX-License-Identifier: Apache-2.0 */
#include "exe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "exe_file.h"
#include "exe_stack.h"
#include "mem.h"
#include "path.h"

/* The start of a file below /proc/TID, with a NUL; its length or -errno. */
static ssize_t
slurp(pid_t tid, const char *name, char *to, size_t n)
{
	char path[48];
	cleanup_fd int fd = -1;
	ssize_t got;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = read(fd, to, n - 1);
	if (got < 0)
		return -errno;
	to[got] = '\0';
	return got;
}

/* The i'th number behind "\nname:" in /proc/TID/status. */
static bool
status_field(const char *text, const char *name, int i, uint32_t *ret)
{
	const char *p = strstr(text, name);
	char *end;

	if (p == NULL)
		return false;
	p += strlen(name);
	for (; i >= 0; i--) {
		*ret = (uint32_t)strtoul(p, &end, 10);
		if (end == p)
			return false;
		p = end;
	}
	return true;
}

struct str
exe_status(struct trace *t, pid_t tid)
{
	ssize_t n = slurp(tid, "status", t->block, 2048);

	return n < 0 ? STR_NONE : str_make(t->block, (size_t)n);
}

static void
know_creds(struct trace *t, struct proc *p, pid_t tid)
{
	uint32_t ppid = 0;

	if (exe_status(t, tid).n == 0)
		return;
	if (status_field(t->block, "\nPPid:", 0, &ppid))
		p->ppid = (pid_t)ppid;
	(void)status_field(t->block, "\nUid:", 0, &p->uid);
	(void)status_field(t->block, "\nUid:", 1, &p->euid);
	(void)status_field(t->block, "\nGid:", 0, &p->gid);
	p->known |= PROC_CREDS;
}

/* exe, script and args one behind the other, as many as there is room for. */
static void
keep(struct proc *p, struct str exe, struct str script, struct str args)
{
	size_t room = sizeof(p->text);
	struct str *of[] = {&exe, &script, &args};
	uint16_t *to[] = {&p->exe_n, &p->script_n, &p->args_n};
	char *at = p->text;
	size_t i;

	for (i = 0; i < 3; i++) {
		*to[i] = 0;
		if (of[i]->n > room)
			continue;
		if (of[i]->n > 0)
			memcpy(at, of[i]->p, of[i]->n);
		*to[i] = (uint16_t)of[i]->n;
		at += of[i]->n;
		room -= of[i]->n;
	}
	p->args_long = p->args_n != args.n;
	p->known |= PROC_EXE;
}

struct str
exe_cmdline(struct trace *t, pid_t tid, bool *cut)
{
	ssize_t n = slurp(tid, "cmdline", t->args, sizeof(t->args));

	*cut = n == (ssize_t)sizeof(t->args) - 1;
	return n <= 0 ? STR_NONE : str_make(t->args, (size_t)n);
}

void
exe_know(struct trace *t, struct proc *p, pid_t tid)
{
	struct str args;
	char name[32];
	ssize_t n;

	if (!(p->known & PROC_CREDS))
		know_creds(t, p, tid);
	if (p->known & PROC_EXE)
		return;
	(void)snprintf(name, sizeof(name), "/proc/%d/exe", (int)tid);
	n = path_link(name, t->exe, sizeof(t->exe));
	args = exe_cmdline(t, tid, &p->args_cut);
	keep(p, n < 0 ? STR_NONE : str_make(t->exe, (size_t)n), STR_NONE, args);
}

void
exe_fill(struct trace *t, const struct proc *p, struct event_process *by)
{
	const struct proc *up;
	pid_t next = p->ppid;
	size_t i;

	by->pid = p->pid;
	by->ppid = p->ppid;
	by->uid = p->uid;
	by->euid = p->euid;
	by->gid = p->gid;
	by->facts = p->facts;
	by->exe = task_proc_exe(p);
	by->script = task_proc_script(p);
	by->args = task_proc_args(p);
	by->args_cut = p->args_cut;
	for (i = 0; i < EVENT_ANCESTORS_MAX; i++) {
		up = next > 0 ? task_proc_find(t->table, next) : NULL;
		if (up == NULL || up->exe_n == 0)
			break;
		by->ancestors[i] = task_proc_exe(up);
		next = up->ppid;
	}
	by->n_ancestors = (uint8_t)i;
	by->parent = i > 0 ? by->ancestors[0] : STR_NONE;
}

struct str
exe_argv(struct trace *t, pid_t tid, uint64_t from, bool *cut)
{
	uint64_t word[64];
	size_t n = 0, i, got_words;
	ssize_t got;

	*cut = false;
	for (;;) {
		got = mem_read(t, tid, from, word, sizeof(word));
		if (got < (ssize_t)sizeof(word[0]))
			return str_make(t->args, n);
		got_words = (size_t)got / sizeof(word[0]);
		for (i = 0; i < got_words; i++) {
			if (word[i] == 0)
				return str_make(t->args, n);
			got = mem_text(
			    t, tid, word[i], t->args + n, sizeof(t->args) - n);
			if (got == -ENAMETOOLONG)
				*cut = true;
			if (got < 0)
				return str_make(t->args, n);
			n += (size_t)got + 1;
			if (n == sizeof(t->args)) {
				*cut = true;
				return str_make(t->args, n);
			}
		}
		from += got_words * sizeof(word[0]);
	}
}

void
exe_loaded(struct trace *t, struct proc *p, pid_t tid, struct event_process *by)
{
	struct exe_file file;
	struct exe_stack stack;
	struct str args;

	p->facts = 0;
	p->known = (uint16_t)((p->known & PROC_OUTSIDE) | PROC_EXEC);
	by->cwd = path_cwd(t, tid);
	exe_file_look(t, p, tid, &file);
	p->facts |= file.facts;
	if (file.hidden)
		p->known |= PROC_UNREADABLE;
	if (exe_stack_read(t, tid, &stack)) {
		p->uid = stack.uid;
		p->euid = stack.euid;
		p->gid = stack.gid;
		p->known |= PROC_CREDS;
		args = stack.args;
		p->args_cut = stack.args_cut;
	} else {
		know_creds(t, p, tid);
		args = exe_cmdline(t, tid, &p->args_cut);
		stack.script = STR_NONE;
	}
	if (p->ppid != t->self && task_proc_find(t->table, p->ppid) == NULL)
		know_creds(t, p, tid);
	if (stack.script.n > 0 &&
	    exe_file_differs(t, tid, &file, by->cwd, &stack.script))
		p->facts |= EXE_SCRIPT;
	else
		stack.script = STR_NONE;
	keep(p, file.exe, stack.script, args);
	exe_fill(t, p, by);
	by->exe = file.exe;
	by->script = stack.script;
	by->args = args;
	by->sha256 = file.sha256;
}
