/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include <errno.h>

#include "base/fd.h"
#include "doc/doc.h"
#include "inject/inject.h"
#include "ndjson/ndjson.h"
#include "policypack/policypack.h"

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
	    .line_max = POLICYPACK_TEXT_MAX,
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
		    path, POLICYPACK_TEXT_MAX);
	return r;
}

int
policy_pack(const char *path, struct buf *out, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(POLICYPACK_TEXT_MAX);
	cleanup_fd int fd = fd_open(path, e);
	size_t from = out->n;
	int r;

	if (fd < 0)
		return fd;
	r = read_lines(fd, path, &text, e);
	if (r == 0)
		r = policypack_pack(buf_str(&text), out, e);
	if (r == 0 && out->n - from > INJECT_POLICY_MAX)
		r = err_set(e, ERR_PERM, E2BIG,
		    "%s: %zu bytes once packed; the environment of the "
		    "sidecar takes %d, use a Console",
		    path, out->n - from, INJECT_POLICY_MAX);
	return r;
}
