/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"

enum { RETRY_MS = 1000, ABOVE = 10 };

static int
duplicate(int fd, const char *name, struct err *e)
{
	int mine = fcntl(fd, F_DUPFD_CLOEXEC, ABOVE);

	if (mine < 0)
		return err_set(e, ERR_PERM, errno, "--audit: %s: %s", name,
		    strerror(errno));
	if ((fcntl(mine, F_GETFL) & O_ACCMODE) == O_RDONLY) {
		(void)close(mine);
		return err_set(e, ERR_PERM, EBADF,
		    "--audit: %s: not open for writing", name);
	}
	return mine;
}

int
audit_open(const char *name, struct err *e)
{
	int64_t number;
	int fd;

	if (strcmp(name, "-") == 0)
		return duplicate(STDOUT_FILENO, "standard output", e);
	if (strncmp(name, "fd:", 3) == 0) {
		if (!num_parse(str_of(name + 3), 0, INT_MAX, &number))
			return err_set(e, ERR_USAGE, EINVAL,
			    "--audit: not the number of a descriptor: \"%s\"",
			    name);
		return duplicate((int)number, name, e);
	}
	fd = open(name,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
	    0640);
	if (fd < 0)
		return err_set(e, ERR_PERM, errno, "--audit: %s: %s",
		    name[0] == '\0' ? "\"\"" : name,
		    errno == ENXIO ? "there is nobody at the other end"
				   : strerror(errno));
	return fd;
}

void
audit_init(struct audit *a, int fd, const char *what)
{
	struct stat st;

	*a = (struct audit){.fd = fd,
	    .what = what,
	    .waiting = BUF_MAX(AUDIT_WAITING_MAX),
	    .regular = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)};
}

void
audit_line(struct audit *a, struct str line, uint64_t count)
{
	if (a->fd < 0)
		return;
	if (a->waiting.n + line.n > a->waiting.max) {
		a->lost += count;
		return;
	}
	buf_adds(&a->waiting, line);
	a->added += line.n;
	if (buf_error(&a->waiting) != 0) { /* out of memory */
		a->lost += count;
		buf_reset(&a->waiting);
		a->at = 0;
		a->written = a->added;
	}
}

/* Is there room for PIPE_BUF bytes? Then a write of those does not wait. */
static bool
has_room(const struct audit *a)
{
	struct pollfd p = {.fd = a->fd, .events = POLLOUT};

	return a->regular ||
	       (poll(&p, 1, 0) > 0 && (p.revents & (POLLOUT | POLLERR)) != 0);
}

static int
failed(struct audit *a, int error, int64_t now_ms, struct err *e)
{
	bool told = a->told;

	a->told = true;
	a->failing = true;
	a->error = error;
	a->retry_ms = now_ms + RETRY_MS;
	return told ? 0
		    : err_set(e, ERR_TEMP, error,
			  "%s: %s; events are lost while it lasts", a->what,
			  strerror(error));
}

int
audit_flush(struct audit *a, int64_t now_ms, struct err *e)
{
	if (a->failing && now_ms < a->retry_ms)
		return 0;
	while (a->at < a->waiting.n && has_room(a)) {
		size_t n = a->waiting.n - a->at;
		ssize_t done;

		if (!a->regular && n > PIPE_BUF)
			n = PIPE_BUF;
		done = write(a->fd, a->waiting.p + a->at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN)
			return 0;
		if (done < 0)
			return failed(a, errno, now_ms, e);
		a->at += (size_t)done;
		a->written += (size_t)done;
		a->failing = false;
	}
	if (a->at == a->waiting.n) {
		buf_reset(&a->waiting);
		a->at = 0;
	} else if (a->at > a->waiting.max / 2) {
		memmove(
		    a->waiting.p, a->waiting.p + a->at, a->waiting.n - a->at);
		a->waiting.n -= a->at;
		a->at = 0;
	}
	return 0;
}

bool
audit_wants_room(const struct audit *a)
{
	return a->fd >= 0 && !a->regular && !a->failing && a->at < a->waiting.n;
}

int64_t
audit_next(const struct audit *a)
{
	return a->failing && a->at < a->waiting.n ? a->retry_ms : INT64_MAX;
}

uint64_t
audit_take_lost(struct audit *a)
{
	uint64_t lost = a->failing ? 0 : a->lost;

	/* There must be room for the line that tells it. */
	if (lost == 0 || a->waiting.n > a->waiting.max / 2)
		return 0;
	a->lost = 0;
	return lost;
}

void
audit_free(struct audit *a)
{
	buf_free(&a->waiting);
}
