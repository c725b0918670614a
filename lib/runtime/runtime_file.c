/* SPDX-License-Identifier: Apache-2.0 */
/* What is written, and where. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "glob/glob.h"
#include "runtime_look.h"

/*
 * The names that an event changes: of a rename both, of a link the new one;
 * the text of a symbolic link is no name yet.
 */
static struct str
changed(const struct event *ev, bool second)
{
	bool links = ev->name == EVENT_LINK || ev->name == EVENT_SYMLINK;

	if (second)
		return ev->name == EVENT_RENAME ? ev->path2 : STR_NONE;
	return links ? ev->path2 : ev->path;
}

/* A hard link is a second name for its target, too. */
static struct str
source(const struct event *ev)
{
	return ev->name == EVENT_LINK ? ev->path : STR_NONE;
}

/* Where a name is longer than PATH_MAX only its end is known. */
static bool
is_cut(struct str path)
{
	return path.n > 0 && path.p[0] != '/' && str_chr(path, ':') == path.n;
}

RUNTIME_CHECK(denied_file)
{
	const struct policy_paths *list = &l->p->denied_files;

	if (l->effect >= POLICY_PREVENT &&
	    (is_cut(changed(l->ev, false)) || is_cut(changed(l->ev, true))))
		return true;
	return policy_paths_has(list, changed(l->ev, false)) ||
	       policy_paths_has(list, changed(l->ev, true)) ||
	       policy_paths_has(list, source(l->ev));
}

/*
 * Devices and /proc are no files that are kept; shared memory is, and so are
 * the settings of the kernel.
 */
static bool
is_kept(struct str path)
{
	if (!str_starts(path, "/")) /* pipe:[…], memfd */
		return false;
	if (str_starts(path, "/dev/"))
		return str_starts(path, "/dev/shm/") ||
		       str_starts(path, "/dev/mqueue/");
	if (str_starts(path, "/proc/"))
		return str_starts(path, "/proc/sys");
	return true;
}

static bool
is_foreign(const struct runtime_look *l, struct str path)
{
	return is_kept(path) && !policy_paths_has(&l->p->allowed_files, path);
}

RUNTIME_CHECK(not_allowed_file)
{
	return is_foreign(l, changed(l->ev, false)) ||
	       is_foreign(l, changed(l->ev, true));
}

/* A list of globs; those of homes begin with "*". */
struct globs {
	const char *const *globs;
	size_t n;
};

#define GLOBS(list)                                                            \
	static const struct globs list = {                                     \
	    list##_globs, sizeof list##_globs / sizeof *list##_globs}

static const char *const account_globs[] = {"/etc/group", "/etc/gshadow",
    "/etc/passwd", "/etc/shadow", "/etc/subgid", "/etc/subuid", "/etc/sudoers",
    "/etc/sudoers.d/*", "/etc/doas.conf", "/etc/security/access.conf"};
GLOBS(account);

static const char *const ssh_globs[] = {"*/.ssh/authorized_keys",
    "*/.ssh/authorized_keys2", "*/.ssh/rc", "/etc/ssh/sshd_config",
    "/etc/ssh/sshd_config.d/*", "/etc/ssh/sshrc"};
GLOBS(ssh);

static const char *const cron_globs[] = {"/etc/anacrontab", "/etc/cron.d/*",
    "/etc/cron.daily/*", "/etc/cron.hourly/*", "/etc/cron.monthly/*",
    "/etc/cron.weekly/*", "/etc/crontab", "/etc/crontabs/*", "/var/spool/at/*",
    "/var/spool/cron/*"};
GLOBS(cron);

static const char *const preload_globs[] = {"/etc/ld.so.conf",
    "/etc/ld.so.conf.d/*", "/etc/ld.so.preload", "/etc/ld-musl-*.path"};
GLOBS(preload);

static const char *const startup_globs[] = {"*/.bash_login", "*/.bash_logout",
    "*/.bash_profile", "*/.bashrc", "*/.kshrc", "*/.profile", "*/.zprofile",
    "*/.zshenv", "*/.zshrc", "/etc/bash.bashrc", "/etc/bashrc",
    "/etc/environment", "/etc/init.d/*", "/etc/inittab", "/etc/pam.d/*",
    "/etc/profile", "/etc/profile.d/*", "/etc/rc.local",
    "/etc/systemd/system/*", "/etc/update-motd.d/*", "/etc/zsh/*",
    "/lib/systemd/system/*", "/usr/lib/systemd/system/*"};
GLOBS(startup);

/* What the system says of who was in, and what a shell was told. */
static const char *const logs_globs[] = {"*/.ash_history", "*/.bash_history",
    "*/.mysql_history", "*/.psql_history", "*/.python_history", "*/.sh_history",
    "*/.zsh_history", "/run/utmp", "/var/log/audit/*", "/var/log/auth.log*",
    "/var/log/btmp*", "/var/log/cron", "/var/log/faillog", "/var/log/journal/*",
    "/var/log/kern.log*", "/var/log/lastlog", "/var/log/maillog",
    "/var/log/messages*", "/var/log/secure*", "/var/log/syslog*",
    "/var/log/tallylog", "/var/log/wtmp*", "/var/run/utmp"};
GLOBS(logs);

/* By these the kernel of the host runs what it is told; cgroups(7), core(5). */
static const char *const escape_globs[] = {"*/release_agent", "*/uevent_helper",
    "/proc/sys/fs/binfmt_misc/*", "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger"};
GLOBS(escape);

static const char *const program_globs[] = {"/bin/*", "/lib/*", "/lib64/*",
    "/sbin/*", "/usr/bin/*", "/usr/lib/*", "/usr/lib64/*", "/usr/libexec/*",
    "/usr/local/bin/*", "/usr/local/lib/*", "/usr/local/sbin/*", "/usr/sbin/*"};
GLOBS(program);

/*
 * Two bytes tell most of them apart: the first two of a path from the root,
 * the last two of one in a home, where no glob ends in a star.
 */
static bool
may_match(const char *glob, struct str path)
{
	size_t n;

	if (glob[0] == '/')
		return glob[1] == path.p[1] && glob[2] == path.p[2];
	n = strlen(glob);
	return glob[n - 1] == path.p[path.n - 1] &&
	       glob[n - 2] == path.p[path.n - 2];
}

static bool
matches(const struct globs *list, struct str path)
{
	for (size_t i = 0; i < list->n && path.n > 2; i++)
		if (may_match(list->globs[i], path) &&
		    glob_match(str_of(list->globs[i]), path, false))
			return true;
	return false;
}

static bool
touches(const struct runtime_look *l, const struct globs *list)
{
	return matches(list, changed(l->ev, false)) ||
	       matches(list, changed(l->ev, true)) ||
	       matches(list, source(l->ev));
}

RUNTIME_CHECK(backdoor_account)
{
	return touches(l, &account);
}

RUNTIME_CHECK(backdoor_ssh)
{
	return touches(l, &ssh);
}

RUNTIME_CHECK(backdoor_cron)
{
	return touches(l, &cron);
}

RUNTIME_CHECK(backdoor_preload)
{
	return touches(l, &preload);
}

RUNTIME_CHECK(backdoor_startup)
{
	return touches(l, &startup);
}

RUNTIME_CHECK(new_executable)
{
	const struct event *ev = l->ev;

	if (ev->dir)
		return false;
	if (ev->name == EVENT_CHMOD || ev->name == EVENT_CREATE)
		if ((ev->mode & 0111) != 0)
			return true;
	return ev->name != EVENT_CHMOD &&
	       (matches(&program, changed(ev, false)) ||
		   matches(&program, changed(ev, true)));
}

/*
 * Set-group-ID is for programs only with the right to run them, and of one
 * that the group may write the bit is of no use: that is how directories are
 * shared.
 */
RUNTIME_CHECK(setuid_file)
{
	const struct event *ev = l->ev;

	if (ev->name == EVENT_SETXATTR)
		return str_eqz(ev->detail, "security.capability");
	return !ev->dir && ((ev->mode & S_ISUID) != 0 ||
			       (ev->mode & (S_ISGID | S_IXGRP | S_IWGRP)) ==
				   (S_ISGID | S_IXGRP));
}

RUNTIME_CHECK(log_clearing)
{
	const struct event *ev = l->ev;

	if (ev->name == EVENT_OPEN && (ev->flags & O_TRUNC) == 0)
		return false;
	return touches(l, &logs);
}

RUNTIME_CHECK(release_agent)
{
	return touches(l, &escape);
}
