/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be unpacked, within its bound, is what comes back when it is packed
 * and unpacked again. The input is the gzip; half of the runs in base64 as is.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base64/base64.h"
#include "policypack/policypack.h"

enum { TEXT_MAX = 256 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_buf struct buf packed = BUF_MAX(POLICYPACK_MAX);
	cleanup_buf struct buf text = BUF_MAX(TEXT_MAX);
	cleanup_buf struct buf again = BUF_MAX(TEXT_MAX);
	struct str in = str_make((const char *)data, size);
	struct err e = {0};

	if (size > 0 && data[0] == 0x1f)
		base64_encode(in, &packed);
	else
		buf_adds(&packed, in);
	if (policypack_unpack(buf_str(&packed), &text, &e) != 0)
		return e.text[0] == '\0' ? (abort(), 0) : 0;
	buf_reset(&packed);
	if (policypack_pack(buf_str(&text), &packed, NULL) != 0 ||
	    policypack_unpack(buf_str(&packed), &again, NULL) != 0 ||
	    !str_eq(buf_str(&text), buf_str(&again)))
		abort();
	return 0;
}
