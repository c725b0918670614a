/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flood SOCKET N SIZE: N events of SIZE bytes to fg-sidecar as fast as it takes
 * them; prints how many a second until the last was acknowledged.
 * flood - N SIZE FILE: the same lines into FILE, with an fdatasync(2) every
 * 100 ms, beside it.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"

enum { STEP = 65536, SYNC_MS = 100, LINES_MAX = 1 << 28 };

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
fill(struct buf *b, long n, size_t size)
{
	for (long i = 1; i <= n; i++) {
		size_t from = b->n, used;

		buf_addf(b,
		    "{\"type\":\"event\",\"v\":1,\"id\":\"%032d-%ld\",\"ts\":"
		    "\"2026-11-24T15:04:05.678901234Z\",\"kind\":\"runtime\","
		    "\"name\":\"process.exec\",\"severity\":\"low\","
		    "\"action\":\"alert\",\"count\":1,\"seq\":%ld,"
		    "\"boot\":\"%032d\",\"process\":{\"pid\":7,\"exe\":"
		    "\"/usr/bin/make\",\"args\":[\"make\",\"-j\"]},\"msg\":\"",
		    0, i, i, 0);
		for (used = b->n - from; used + 3 < size; used++)
			buf_addc(b, 'x');
		buf_addz(b, "\"}\n");
	}
}

/* The last line that came is an ack of n. */
static bool
is_last(const char *text, size_t n, long last)
{
	char want[64];

	(void)snprintf(want, sizeof want, "\"seq\":%ld}", last);
	return memmem(text, n, want, strlen(want)) != NULL;
}

static int
send_all(int fd, struct str lines, long n)
{
	char in[STEP];
	size_t kept = 0;

	for (;;) {
		struct pollfd p = {.fd = fd,
		    .events = (short)(POLLIN | (lines.n > 0 ? POLLOUT : 0))};
		ssize_t got;

		if (poll(&p, 1, 60000) <= 0)
			return 1;
		if (p.revents & POLLOUT) {
			got = send(fd, lines.p, lines.n < STEP ? lines.n : STEP,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
			if (got > 0)
				lines = str_sub(lines, (size_t)got, lines.n);
		}
		if ((p.revents & (POLLIN | POLLHUP)) == 0)
			continue;
		if (kept > STEP / 2) {
			memmove(in, in + kept - 256, 256);
			kept = 256;
		}
		got = read(fd, in + kept, sizeof in - kept);
		if (got <= 0)
			return 1;
		kept += (size_t)got;
		if (is_last(in, kept, n))
			return 0;
	}
}

static int
to_socket(const char *path, struct str lines, long n)
{
	static const char hello[] =
	    "{\"type\":\"hello\",\"v\":1,\"container\":\"bench\"}\n";
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0 ||
	    fd_write_all(fd, path, hello, sizeof hello - 1, NULL) != 0)
		return 1;
	return send_all(fd, lines, n);
}

static int
to_file(const char *path, struct str lines)
{
	cleanup_fd int fd =
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	double due = now() + SYNC_MS / 1e3;
	struct str line, rest = lines;

	while (rest.n > 0) {
		(void)str_cut(rest, '\n', &line, &rest);
		if (fd < 0 ||
		    fd_write_all(fd, path, line.p, line.n + 1, NULL) != 0)
			return 1;
		if (now() >= due) {
			(void)fdatasync(fd);
			due = now() + SYNC_MS / 1e3;
		}
	}
	return fdatasync(fd) != 0;
}

int
main(int argc, char **argv)
{
	cleanup_buf struct buf lines = BUF_MAX(LINES_MAX);
	double from;
	long n;
	int r;

	if (argc < 4)
		return 2;
	n = strtol(argv[2], NULL, 10);
	fill(&lines, n, (size_t)strtol(argv[3], NULL, 10));
	if (buf_error(&lines) != 0)
		return 1;
	from = now();
	r = strcmp(argv[1], "-") == 0
		? to_file(argc > 4 ? argv[4] : "", buf_str(&lines))
		: to_socket(argv[1], buf_str(&lines), n);
	if (r == 0)
		(void)printf("%.0f\n", (double)n / (now() - from));
	return r;
}
