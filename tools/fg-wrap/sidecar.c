/* SPDX-License-Identifier: Apache-2.0 */
#include "sidecar.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "jtree/jtree.h"

enum { LINE_MAX_BYTES = 64 * 1024, OUT_MAX = 2 << 20, READ_STEP = 16384 };

void
sidecar_init(struct sidecar *s, const char *path, const char *hello)
{
	*s = (struct sidecar){
	    .path = path,
	    .hello = hello,
	    .fd = -1,
	    .wait_ms = SIDECAR_RETRY_MIN_MS,
	    .in = BUF_MAX(SIDECAR_IN_MAX),
	    .out = BUF_MAX(OUT_MAX),
	    .queue = BUF_MAX(SIDECAR_QUEUE_MAX),
	};
	if (path != NULL)
		s->lines = calloc(SIDECAR_LINES_MAX, sizeof *s->lines);
}

void
sidecar_free(struct sidecar *s)
{
	fd_closep(&s->fd);
	buf_free(&s->in);
	buf_free(&s->out);
	buf_free(&s->queue);
	free(s->lines);
}

static int
open_socket(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	cleanup_fd int fd = -1;
	int r;

	_Static_assert(
	    SIDECAR_PATH_MAX < sizeof to.sun_path, "it has room for a NUL");
	if (strlen(path) > SIDECAR_PATH_MAX)
		return -1;
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		return -1;
	r = fd;
	fd = -1;
	return r;
}

enum sidecar_news
sidecar_connect(struct sidecar *s, int64_t now_ms)
{
	if (s->path == NULL || s->fd >= 0 || now_ms < s->retry_ms)
		return SIDECAR_NONE;
	s->fd = open_socket(s->path);
	if (s->fd < 0) {
		s->retry_ms = now_ms + s->wait_ms;
		if (s->wait_ms < SIDECAR_RETRY_MAX_MS)
			s->wait_ms *= 2;
		return SIDECAR_NONE;
	}
	buf_reset(&s->in);
	buf_reset(&s->out);
	s->taken = s->out_at = s->sent = s->sent_bytes = 0;
	s->discard = false;
	buf_addz(&s->out, s->hello);
	s->was_up = true;
	return SIDECAR_BACK;
}

static enum sidecar_news
lose(struct sidecar *s, int64_t now_ms)
{
	if (s->fd < 0)
		return SIDECAR_NONE;
	fd_closep(&s->fd);
	s->retry_ms = now_ms + s->wait_ms;
	if (s->wait_ms < SIDECAR_RETRY_MAX_MS)
		s->wait_ms *= 2;
	return SIDECAR_LOST;
}

int64_t
sidecar_next(const struct sidecar *s)
{
	return s->path == NULL || s->fd >= 0 ? INT64_MAX : s->retry_ms;
}

static bool
has_output(const struct sidecar *s)
{
	return s->out_at < s->out.n || s->sent < s->n;
}

short
sidecar_events(const struct sidecar *s)
{
	return has_output(s) ? POLLIN | POLLOUT : POLLIN;
}

/* The oldest k lines are done with. */
static void
drop(struct sidecar *s, size_t k)
{
	size_t bytes = 0;

	for (size_t i = 0; i < k; i++)
		bytes += s->lines[i].n;
	memmove(s->queue.p, s->queue.p + bytes, s->queue.n - bytes);
	s->queue.n -= bytes;
	memmove(s->lines, s->lines + k, (s->n - k) * sizeof *s->lines);
	s->n -= k;
	s->sent_bytes -= k <= s->sent ? bytes : s->sent_bytes;
	s->sent -= k <= s->sent ? k : s->sent;
}

/* Room by giving up what is oldest: what comes later says more. */
static bool
make_room(struct sidecar *s, size_t n)
{
	size_t k = 0, bytes = 0;

	if (n > SIDECAR_QUEUE_MAX)
		return false;
	while (k < s->n && (s->n - k >= SIDECAR_LINES_MAX ||
			       s->queue.n - bytes + n > SIDECAR_QUEUE_MAX)) {
		s->lost += s->lines[k].count;
		bytes += s->lines[k++].n;
	}
	/* A few at a time, since each costs a move of all the rest. */
	for (size_t more = k == 0 ? 0 : s->n / 8; more > 0 && k < s->n; more--)
		s->lost += s->lines[k++].count;
	if (k > 0)
		drop(s, k);
	return true;
}

void
sidecar_event(struct sidecar *s, struct str line, uint64_t seq, uint64_t count)
{
	if (s->path == NULL)
		return;
	if (s->lines == NULL || !make_room(s, line.n)) {
		s->lost += count;
		return;
	}
	buf_adds(&s->queue, line);
	if (buf_error(&s->queue) != 0) { /* out of memory: all are gone */
		for (size_t i = 0; i < s->n; i++)
			s->lost += s->lines[i].count;
		s->lost += count;
		buf_reset(&s->queue);
		s->n = s->sent = s->sent_bytes = 0;
		return;
	}
	s->lines[s->n++] =
	    (struct sidecar_line){.seq = seq, .count = count, .n = line.n};
}

void
sidecar_say(struct sidecar *s, const char *line)
{
	if (s->fd >= 0)
		buf_addz(&s->out, line);
}

/* The next lines of the queue, once all that came before is out. */
static void
refill(struct sidecar *s)
{
	size_t k = s->sent, bytes = 0;

	buf_reset(&s->out);
	s->out_at = 0;
	while (k < s->n && bytes < LINE_MAX_BYTES)
		bytes += s->lines[k++].n;
	buf_add(&s->out, s->queue.p + s->sent_bytes, bytes);
	s->sent = k;
	s->sent_bytes += bytes;
}

enum sidecar_news
sidecar_write(struct sidecar *s, int64_t now_ms)
{
	while (s->fd >= 0 && has_output(s)) {
		ssize_t done;

		if (s->out_at == s->out.n)
			refill(s);
		if (buf_error(&s->out) != 0)
			return lose(s, now_ms);
		done = send(s->fd, s->out.p + s->out_at, s->out.n - s->out_at,
		    MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN)
			return SIDECAR_NONE;
		if (done < 0)
			return lose(s, now_ms);
		s->out_at += (size_t)done;
	}
	return SIDECAR_NONE;
}

/* Room for more: what was taken goes; a line without end is discarded. */
static char *
room(struct sidecar *s)
{
	if (s->taken > 0) {
		memmove(s->in.p, s->in.p + s->taken, s->in.n - s->taken);
		s->in.n -= s->taken;
		s->taken = 0;
	}
	if (s->in.n + READ_STEP > s->in.max) {
		s->discard = true;
		s->garbage++;
		buf_reset(&s->in);
	}
	return buf_reserve(&s->in, READ_STEP);
}

enum sidecar_news
sidecar_read(struct sidecar *s, int64_t now_ms)
{
	char *to = room(s);
	ssize_t n;

	if (to == NULL || s->fd < 0)
		return lose(s, now_ms);
	n = recv(s->fd, to, READ_STEP, 0);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return SIDECAR_NONE;
	if (n <= 0)
		return lose(s, now_ms);
	s->in.n += (size_t)n;
	return SIDECAR_NONE;
}

static void
acked(struct sidecar *s, const struct jtree *t)
{
	size_t k = 0;
	double seq;

	if (!jtree_number(jtree_get(t, "seq"), &seq))
		return;
	while (k < s->sent && (double)s->lines[k].seq <= seq)
		k++;
	if (k > 0)
		drop(s, k);
	s->wait_ms = SIDECAR_RETRY_MIN_MS;
}

static enum sidecar_news
understand(struct sidecar *s, struct str line)
{
	/* A tree is some times as large as its text. */
	cleanup_arena struct arena *a = arena_new(64 * (line.n + 1024));
	const struct jtree *t;
	struct str type;

	if (a == NULL || jtree_parse(a, line, "sidecar", &t, NULL) != 0) {
		s->garbage++;
		return SIDECAR_NONE;
	}
	type = jtree_str(jtree_get(t, "type"));
	if (str_eqz(type, "policy")) {
		s->wait_ms = SIDECAR_RETRY_MIN_MS;
		return str_eqz(jtree_str(jtree_get(t, "kind")), "waas")
			   ? SIDECAR_NONE
			   : SIDECAR_POLICY;
	}
	if (str_eqz(type, "stopping"))
		return SIDECAR_DRAINED;
	if (str_eqz(type, "ack"))
		acked(s, t);
	return SIDECAR_NONE; /* what later versions may say */
}

enum sidecar_news
sidecar_take(struct sidecar *s, struct str *line)
{
	for (;;) {
		struct str rest = str_sub(buf_str(&s->in), s->taken, s->in.n);
		enum sidecar_news news;

		if (!str_cut(rest, '\n', line, &rest))
			return SIDECAR_NONE;
		s->taken += line->n + 1;
		if (s->discard) { /* the end of an overlong line */
			s->discard = false;
			continue;
		}
		news = str_trim(*line).n == 0 ? SIDECAR_NONE
					      : understand(s, *line);
		if (news != SIDECAR_NONE)
			return news;
	}
}

uint64_t
sidecar_take_lost(struct sidecar *s)
{
	uint64_t lost = s->fd >= 0 ? s->lost : 0;

	s->lost -= lost;
	return lost;
}
