/* SPDX-License-Identifier: Apache-2.0 */
#include "known.h"

#include "base/fd.h"

const struct manifest *
known_open(const char *path, struct err *e)
{
	struct buf b = BUF_MAX(MANIFEST_TEXT_MAX);
	const struct manifest *m = NULL;
	cleanup_fd int fd = -1;
	struct arena *a;

	if (path == NULL)
		return NULL;
	fd = fd_open(path, e);
	if (fd < 0)
		return NULL;
	a = arena_new(MANIFEST_MEMORY_MAX);
	if (a == NULL)
		(void)err_nomem(e);
	else if (fd_read_all(fd, path, &b, e) == 0 &&
		 manifest_read(a, buf_str(&b), path, &m, e) == 0)
		return m; /* and keeps both */
	buf_free(&b);
	arena_free(a);
	return NULL;
}

void
known_mark(const struct manifest *m, struct event_process *by)
{
	if (m != NULL && manifest_names(m, by->exe) &&
	    !manifest_has(m, by->exe, by->sha256))
		by->facts |= EXE_ALTERED;
}
