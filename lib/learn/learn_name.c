/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "learn_state.h"

enum { RANDOM_MIN = 6 /* as mkstemp(3) has them */ };

enum class { OTHER, LOWER, UPPER, DIGIT };

static enum class class_of(char c) {
	if (c >= 'a' && c <= 'z') return LOWER;
	if (c >= 'A' && c <= 'Z') return UPPER;
	return c >= '0' && c <= '9' ? DIGIT : OTHER;
}

static bool
is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("0123456789abcdefABCDEF", s.p[i]) == NULL)
			return false;
	return true;
}

/*
 * What mktemp(3), a hash or a counter makes: digits; eight digits of a hash;
 * six characters in which small, large and digits take turns.
 */
static bool
token_varies(struct str s, size_t *from)
{
	size_t digits = 0, turns = 0, tail = s.n;

	for (size_t i = 0; i < s.n; i++) {
		digits += class_of(s.p[i]) == DIGIT;
		if (i > 0)
			turns += class_of(s.p[i]) != class_of(s.p[i - 1]);
	}
	while (tail > 0 && class_of(s.p[tail - 1]) == DIGIT)
		tail--;
	*from = 0;
	if (s.n >= 8 && digits > 0 && is_hex(s))
		return true;
	if (s.n >= 6 && turns >= 3)
		return true;
	*from = tail; /* worker12: a number at the end */
	return tail < s.n;
}

bool
learn_name_varies(struct str name, size_t *from, size_t *to)
{
	bool found = false;
	size_t i = 0;

	while (i < name.n) {
		size_t start = i, inner;

		while (i < name.n && class_of(name.p[i]) != OTHER)
			i++;
		if (i > start &&
		    token_varies(str_sub(name, start, i), &inner)) {
			if (!found)
				*from = start + inner;
			*to = i;
			found = true;
		}
		i++;
	}
	return found;
}

bool
learn_name_thrown(struct str name, size_t *from)
{
	size_t i = 0;

	while (i < name.n) {
		size_t start = i, inner;
		struct str token;

		while (i < name.n && class_of(name.p[i]) != OTHER)
			i++;
		token = str_sub(name, start, i);
		*from = start;
		if (token.n >= RANDOM_MIN ||
		    (token.n > 0 && token_varies(token, &inner)))
			return true;
		i++;
	}
	return false;
}

static bool
is_one_of(struct str s, const char *const *names)
{
	while (*names != NULL && !str_eqz(s, *names))
		names++;
	return *names != NULL;
}

/* dir is one of them, or below one. */
static bool
is_below(struct str dir, const char *const *names)
{
	for (; *names != NULL; names++) {
		size_t n = strlen(*names);

		if (str_starts(dir, *names) && (dir.n == n || dir.p[n] == '/'))
			return true;
	}
	return false;
}

/* Is s PREFIX/NAME, straight below? */
static bool
is_child(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);

	return str_starts(s, prefix) && s.n > n && str_rchr(s, '/') == n - 1;
}

bool
learn_name_temporary(struct str dir)
{
	static const char *const names[] = {
	    "/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/var/lock", NULL};

	return is_one_of(dir, names) || is_child(dir, "/run/user/");
}

bool
learn_name_directory(struct str path)
{
	static const char *const names[] = {"", "/bin", "/boot", "/dev",
	    "/dev/shm", "/etc", "/home", "/lib", "/lib32", "/lib64", "/libx32",
	    "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/run/lock",
	    "/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/include",
	    "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec",
	    "/usr/libx32", "/usr/local", "/usr/local/bin", "/usr/local/etc",
	    "/usr/local/lib", "/usr/local/sbin", "/usr/local/share",
	    "/usr/sbin", "/usr/share", "/usr/src", "/var", "/var/cache",
	    "/var/lib", "/var/log", "/var/mail", "/var/opt", "/var/run",
	    "/var/spool", "/var/tmp", NULL};

	return is_one_of(path, names) || is_child(path, "/home/");
}

bool
learn_name_protected(struct str dir)
{
	static const char *const trees[] = {"/bin", "/boot", "/etc", "/lib",
	    "/lib32", "/lib64", "/libx32", "/proc", "/sbin", "/sys", "/usr/bin",
	    "/usr/libexec", "/usr/local/bin", "/usr/local/etc",
	    "/usr/local/sbin", "/usr/sbin", "/var/spool/at", "/var/spool/cron",
	    NULL};

	if (learn_name_temporary(dir))
		return false;
	return learn_name_directory(dir) || is_below(dir, trees) ||
	       str_ends(dir, "/.ssh") ||
	       (str_starts(dir, "/usr/lib/") && str_ends(dir, "-linux-gnu"));
}
