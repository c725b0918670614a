/* SPDX-License-Identifier: Apache-2.0 */
#include "learner.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "policy/policy.h"
#include "time/time.h"

enum { FILE_MODE = 0644 };

static int
read_file(const char *path, struct buf *b, struct err *e)
{
	cleanup_fd int fd = -1;
	struct stat st;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	fd = fd_open_now(path, e);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(
		    e, ERR_PERM, EINVAL, "%s: not a regular file", path);
	return fd_read_all(fd, path, b, e);
}

int
learner_open(struct learner *x, const char *path, const char *container,
    const char *image, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(POLICY_TEXT_MAX);
	int r;

	*x = (struct learner){.path = path,
	    .container = str_of(container),
	    .image = str_of(image),
	    .save_ms = INT64_MAX};
	if (path == NULL)
		return 0;
	r = read_file(path, &text, e);
	if (r != 0)
		return r;
	x->arena = arena_new(LEARN_MEMORY_MAX);
	if (x->arena == NULL)
		return err_nomem(e);
	r = learn_new(x->arena, &x->learn, e);
	if (r == 0)
		r = learn_read(x->learn, str_trim(buf_str(&text)), path, e);
	if (r != 0)
		learner_free(x);
	return r;
}

void
learner_free(struct learner *x)
{
	arena_free(x->arena);
	*x = (struct learner){.save_ms = INT64_MAX};
}

/* A name beside path must be made to put a whole file there. */
static int
check_folder(const char *path, struct err *e)
{
	struct str s = str_of(path);
	size_t slash = str_rchr(s, '/');
	char folder[PATH_MAX];
	int n;

	n = snprintf(folder, sizeof folder, "%.*s",
	    STR_ARG(slash < s.n ? str_sub(s, 0, slash + 1) : STR(".")));
	if (n < 0 || (size_t)n >= sizeof folder)
		return err_set(
		    e, ERR_PERM, ENAMETOOLONG, "--learn: the name is too long");
	if (access(folder, W_OK | X_OK) != 0)
		return err_set(e, ERR_PERM, errno, "--learn: %s: %s", path,
		    strerror(errno));
	return 0;
}

int
learner_check(const char *path, struct err *e)
{
	struct learner x;
	int r;

	if (path == NULL)
		return 0;
	r = learner_open(&x, path, NULL, NULL, e);
	learner_free(&x);
	return r == 0 ? check_folder(path, e) : r;
}

void
learner_add(struct learner *x, const struct event *ev, int64_t now_ms)
{
	if (x->learn != NULL && learn_add(x->learn, ev) &&
	    x->save_ms == INT64_MAX)
		x->save_ms = now_ms + LEARNER_SAVE_MS;
}

void
learner_lost(struct learner *x, uint64_t n)
{
	x->lost += n;
}

int64_t
learner_next(const struct learner *x)
{
	return x->save_ms;
}

static int
save(struct learner *x, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(2 * POLICY_TEXT_MAX);
	const struct learn_about about = {
	    .agent = "fg-wrap --learn",
	    .at_s = time_now_ms() / 1000,
	    .container = x->container,
	    .image = x->image,
	    .lost = x->lost,
	};
	int r = learn_write(x->learn, &about, &text, e);

	return r == 0 ? fd_save(x->path, buf_str(&text), FILE_MODE, e) : r;
}

void
learner_due(struct learner *x, int64_t now_ms)
{
	struct err e = {0};

	if (x->save_ms == INT64_MAX || now_ms < x->save_ms)
		return;
	x->save_ms = INT64_MAX;
	if (save(x, &e) != 0)
		log_error("--learn: %s", e.text);
	else if (now_ms == INT64_MAX && x->lost > 0)
		log_error("--learn: %llu events were lost; run it again",
		    (unsigned long long)x->lost);
}
