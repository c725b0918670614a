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

/* All of it, and nothing behind it. */
static int
expand(struct str gzip, struct buf *out)
{
	z_stream z = {
	    .next_in = (const Bytef *)gzip.p, .avail_in = (uInt)gzip.n};
	int r = inflateInit2(&z, GZIP_WINDOW);

	while (r == Z_OK) {
		char *to = buf_reserve(out, STEP);

		if (to == NULL)
			break;
		z.next_out = (Bytef *)to;
		z.avail_out = STEP;
		r = inflate(&z, Z_NO_FLUSH);
		out->n += STEP - z.avail_out;
	}
	(void)inflateEnd(&z);
	if (buf_error(out) != 0)
		return buf_error(out);
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
