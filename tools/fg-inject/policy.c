/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include <errno.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/fd.h"
#include "base64/base64.h"
#include "doc/doc.h"
#include "inject/inject.h"
#include "ndjson/ndjson.h"

enum { POLICY_TEXT_MAX = 4 * 1024 * 1024, GZIP_WINDOW = 15 + 16 };

static int
check_line(struct str line, struct err *e)
{
	cleanup_doc struct doc *d = NULL;
	int r = doc_parse(line, "", &d, e);

	if (r != 0)
		return r;
	if (doc_is(doc_get(doc_root(d), "type"), "policy") &&
	    doc_is(doc_get(doc_root(d), "v"), "1"))
		return 0;
	return err_set(e, ERR_PERM, EINVAL,
	    "not a policy line; it starts {\"type\":\"policy\",\"v\":1,...}, "
	    "see fg-inject(1)");
}

static int
read_lines(int fd, const char *path, struct buf *text, struct err *e)
{
	struct ndjson_in in = {.fd = fd,
	    .what = path,
	    .line_max = POLICY_TEXT_MAX,
	    .allow_partial = true};
	struct str line;
	int r;

	while ((r = ndjson_in_next(&in, &line, e)) == 1) {
		r = check_line(line, e);
		if (r != 0) {
			ndjson_in_place(&in, e);
			break;
		}
		buf_adds(text, line);
		buf_addc(text, '\n');
	}
	ndjson_in_free(&in);
	if (r == 0 && text->n == 0)
		r = err_set(e, ERR_PERM, EINVAL, "%s: no policy line", path);
	if (r == 0 && buf_error(text) != 0)
		r = err_set(e, ERR_PERM, E2BIG, "%s: larger than %d bytes",
		    path, POLICY_TEXT_MAX);
	return r;
}

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

static int
encode(const char *path, struct str bytes, struct buf *out, struct err *e)
{
	size_t need = (bytes.n + 2) / 3 * 4;

	if (need > INJECT_POLICY_MAX)
		return err_set(e, ERR_PERM, E2BIG,
		    "%s: %zu bytes once packed; the environment of the "
		    "sidecar takes %d, use a Console",
		    path, need, INJECT_POLICY_MAX);
	base64_encode(bytes, out);
	return buf_error(out) != 0 ? err_nomem(e) : 0;
}

int
policy_pack(const char *path, struct buf *out, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(POLICY_TEXT_MAX);
	cleanup_buf struct buf gzip = BUF_MAX(2 * POLICY_TEXT_MAX);
	cleanup_fd int fd = fd_open(path, e);
	int r;

	if (fd < 0)
		return fd;
	r = read_lines(fd, path, &text, e);
	if (r == 0)
		r = compress_text(buf_str(&text), &gzip, e);
	return r == 0 ? encode(path, buf_str(&gzip), out, e) : r;
}
