/* SPDX-License-Identifier: Apache-2.0 */
#include "policypack.h"

#include <errno.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base64/base64.h"

enum { GZIP_WINDOW = 15 + 16, STEP = 16384 };

static int
compress_text(struct str text, struct buf *out, struct err *e)
{
	z_stream z = {0};
	uLong bound;
	char *to;
	int r;

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
		MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_nomem(e);
	bound = deflateBound(&z, text.n);
	to = buf_reserve(out, bound);
	if (to == NULL) {
		(void)deflateEnd(&z);
		return err_nomem(e);
	}
	z.next_in = (const Bytef *)text.p;
	z.avail_in = (uInt)text.n;
	z.next_out = (Bytef *)to;
	z.avail_out = (uInt)bound;
	r = deflate(&z, Z_FINISH);
	out->n += z.total_out;
	(void)deflateEnd(&z);
	return r == Z_STREAM_END ? 0 : err_nomem(e);
}

int
policypack_pack(struct str text, struct buf *out, struct err *e)
{
	cleanup_buf struct buf gzip = BUF_MAX(2 * POLICYPACK_TEXT_MAX);
	int r = compress_text(text, &gzip, e);

	if (r != 0)
		return r;
	base64_encode(buf_str(&gzip), out);
	return buf_error(out) != 0 ? err_nomem(e) : 0;
}

/* The next bytes, to the bound of out: what comes behind that is too much. */
static int
step(z_stream *z, struct buf *out, bool *full)
{
	size_t room = out->max - out->n < STEP ? out->max - out->n : STEP;
	char behind, *to = room == 0 ? &behind : buf_reserve(out, room);
	int r;

	if (to == NULL)
		return Z_MEM_ERROR;
	z->next_out = (Bytef *)to;
	z->avail_out = room == 0 ? 1 : (uInt)room;
	r = inflate(z, Z_NO_FLUSH);
	if (room == 0)
		*full = z->avail_out == 0;
	else
		out->n += room - z->avail_out;
	return r;
}

/* All of it, and nothing behind it. */
static int
expand(struct str gzip, struct buf *out)
{
	z_stream z = {
	    .next_in = (const Bytef *)gzip.p, .avail_in = (uInt)gzip.n};
	int r = inflateInit2(&z, GZIP_WINDOW);
	bool full = false;

	while (r == Z_OK && !full)
		r = step(&z, out, &full);
	(void)inflateEnd(&z);
	if (full)
		return -EFBIG;
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	return r == Z_STREAM_END && z.avail_in == 0 ? 0 : -EINVAL;
}

int
policypack_unpack(struct str packed, struct buf *out, struct err *e)
{
	cleanup_buf struct buf gzip = BUF_MAX(POLICYPACK_MAX);
	int r = 0;

	if (packed.n > POLICYPACK_MAX || !base64_decode(packed, &gzip))
		r = -EINVAL;
	if (r == 0)
		r = expand(buf_str(&gzip), out);
	if (r == -ENOMEM)
		return err_nomem(e);
	if (r == -EFBIG)
		return err_set(e, ERR_PERM, EFBIG,
		    "more than %zu bytes of policy lines", out->max);
	return r == 0 ? 0
		      : err_set(e, ERR_PERM, EINVAL,
			    "not base64 of gzipped policy lines");
}
