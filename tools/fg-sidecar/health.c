/* SPDX-License-Identifier: Apache-2.0 */
#include "health.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/fd.h"
#include "base/log.h"
#include "jtree/jtree.h"
#include "listen.h"

enum { ANSWER_MAX = 1024, WAIT_S = 2, TREE_MAX = 64 * 1024 };

static int
answer(int fd, char to[ANSWER_MAX], size_t *n, struct err *e)
{
	static const char ask[] = "{\"type\":\"health\",\"v\":1}\n";
	ssize_t got;

	if (send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) < 0)
		return err_set(
		    e, ERR_TEMP, errno, "socket: %s", strerror(errno));
	for (*n = 0; memchr(to, '\n', *n) == NULL; *n += (size_t)got) {
		got = recv(fd, to + *n, ANSWER_MAX - *n, 0);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return err_set(e, ERR_TEMP, got < 0 ? errno : EPROTO,
			    "the sidecar does not answer");
	}
	return 0;
}

int
health_ask(const char *path, struct err *e)
{
	cleanup_fd int fd = listen_connect(path, e);
	cleanup_arena struct arena *a = arena_new(TREE_MAX);
	const struct timeval wait = {.tv_sec = WAIT_S};
	const struct jtree *t, *healthy;
	char text[ANSWER_MAX];
	size_t n = 0;
	int r;

	if (fd < 0)
		return fd;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	r = answer(fd, text, &n, e);
	if (r == 0 && a == NULL)
		r = err_nomem(e);
	if (r == 0)
		r = jtree_parse(
		    a, str_trim(str_make(text, n)), "socket", &t, e);
	if (r != 0)
		return r;
	healthy = jtree_get(t, "healthy");
	if (healthy != NULL && healthy->kind == JSCAN_TRUE)
		return 0;
	log_error("no policy");
	return 1;
}
