/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer behind one byte: how many bytes of it come at a time ('p' and up,
 * else what it was asked by is POST). Whole and in pieces it is the same, and
 * no more than was asked for is taken.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "httpc/httpc_state.h"

enum { BODY_MAX = 300, PIECES = 16 };

struct told {
	int r;
	unsigned status;
	struct buf body;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct told
read_all(struct str in, size_t piece, const char *method)
{
	static struct httpc h;
	struct httpc_call call = {.method = method, .max = BODY_MAX};
	struct told told;
	bool keep = false;
	int r = -EAGAIN;

	h = (struct httpc){.fd = -1, .call = &call, .in = BUF_MAX(1 << 20)};
	httpc_talk_begin(&h);
	while (r == -EAGAIN && in.n > 0) {
		size_t n = piece < in.n ? piece : in.n;

		buf_add(&h.in, in.p, n);
		in = str_sub(in, n, in.n);
		r = httpc_talk_read(&h, false, &keep, NULL);
	}
	if (r == -EAGAIN)
		r = httpc_talk_read(&h, true, &keep, NULL);
	if (r == -EAGAIN || (keep && r != 0))
		abort();
	if (call.body_in.n >
	    (call.status / 100 == 2 ? (size_t)BODY_MAX : HTTPC_REFUSAL_MAX))
		abort();
	told = (struct told){r, call.status, call.body_in};
	call.body_in = (struct buf){0};
	httpc_call_reset(&call);
	buf_free(&h.in);
	return told;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct told whole, pieces;
	struct str in;
	const char *method;

	if (n < 1)
		return 0;
	in = str_make((const char *)data + 1, n - 1);
	method = data[0] >= 'p' ? "GET" : "POST";
	whole = read_all(in, in.n, method);
	pieces = read_all(in, 1 + data[0] % PIECES, method);
	if (whole.r != pieces.r || whole.status != pieces.status ||
	    (whole.r == 0 &&
		!str_eq(buf_str(&whole.body), buf_str(&pieces.body))))
		abort();
	buf_free(&whole.body);
	buf_free(&pieces.body);
	return 0;
}
