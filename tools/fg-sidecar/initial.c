/* SPDX-License-Identifier: Apache-2.0 */
#include "initial.h"

#include <errno.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base64/base64.h"
#include "jtree/jtree.h"

enum { PACKED_MAX = 1 << 20, GZIP_WINDOW = 15 + 16, TREE = 64 };

static int
inflate_text(struct str packed, struct buf *out)
{
	z_stream z = {
	    .next_in = (const Bytef *)packed.p, .avail_in = (uInt)packed.n};
	int r = inflateInit2(&z, GZIP_WINDOW);

	while (r == Z_OK) {
		char *to = buf_reserve(out, 4096);

		if (to == NULL)
			break;
		z.next_out = (Bytef *)to;
		z.avail_out = 4096;
		r = inflate(&z, Z_NO_FLUSH);
		out->n += 4096 - z.avail_out;
	}
	(void)inflateEnd(&z);
	return r == Z_STREAM_END && z.avail_in == 0 ? 0 : -EINVAL;
}

/* A line of a runtime policy? */
static bool
is_runtime(struct str line, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE * (line.n + 1024));
	const struct jtree *t;

	if (a == NULL || jtree_parse(a, line, "FG_INITIAL_POLICY", &t, e) != 0)
		return false;
	return str_eqz(jtree_str(jtree_get(t, "type")), "policy") &&
	       str_eqz(jtree_str(jtree_get(t, "kind")), "runtime");
}

int
initial_policy(const char *packed, struct buf *out, struct err *e)
{
	cleanup_buf struct buf gzip = BUF_MAX(PACKED_MAX);
	cleanup_buf struct buf text = BUF_MAX(INITIAL_TEXT_MAX);
	struct str line, rest, found = STR_NONE;

	if (!base64_decode(str_of(packed), &gzip) ||
	    inflate_text(buf_str(&gzip), &text) != 0)
		return err_set(e, ERR_PERM, EINVAL,
		    "FG_INITIAL_POLICY: not base64 of gzipped policy lines");
	for (rest = buf_str(&text); rest.n > 0;) {
		(void)str_cut(rest, '\n', &line, &rest);
		if (is_runtime(line, NULL))
			found = line;
	}
	if (found.n == 0)
		return err_set(e, ERR_PERM, ENOENT,
		    "FG_INITIAL_POLICY: no runtime policy in it");
	buf_adds(out, found);
	return buf_error(out) != 0 ? err_nomem(e) : 0;
}
