/* SPDX-License-Identifier: Apache-2.0 */
#include "convert.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

/* The folder that this program is in; "." when that is not to be known. */
static struct str
own_folder(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX);
	struct str own = str_make(path, n < 0 ? 0 : (size_t)n);
	size_t slash = str_rchr(own, '/');

	return slash == own.n ? STR(".") : str_sub(own, 0, slash);
}

static void
add_path(const char *format, struct buf *to)
{
	const char *share = getenv("FG_SHARE");
	char own[PATH_MAX];

	if (share != NULL && share[0] != '\0') {
		buf_addz(to, share);
	} else {
		buf_adds(to, own_folder(own));
		buf_addz(to, "/../share/fg");
	}
	buf_addf(to, "/convert/%s.jq", format);
}

int
convert_program(
    const char *format, const char *jq, struct buf *out, struct err *e)
{
	cleanup_buf struct buf path = BUF_MAX(2 * PATH_MAX);
	const char *what;
	int r;

	add_path(format, &path);
	if (buf_error(&path) != 0)
		return err_nomem(e);
	buf_addc(out, '(');
	r = fd_read_input(buf_z(&path), out, &what, e);
	if (r == -ENOENT)
		return err_set(e, ERR_PERM, ENOENT,
		    "--format=%s: there is no %s; FG_SHARE names the folder "
		    "that has it",
		    format, buf_z(&path));
	if (r != 0)
		return r;
	buf_addz(out, "\n)"); /* its last line may be a comment */
	if (jq != NULL)
		buf_addf(out, " | (%s\n)", jq);
	return buf_error(out) != 0 ? err_set(e, ERR_PERM, EFBIG,
					 "--format=%s: too long", format)
				   : 0;
}
