/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's config.json; and a token server's answer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "registry/credentials.h"
#include "registry/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_token(struct str text)
{
	struct buf token = BUF_MAX(65536);
	int64_t seconds = 0;

	if (registry_token_parse(text, &token, &seconds, NULL) == 0 &&
	    (token.n == 0 || seconds < 60 ||
		strpbrk(buf_z(&token), " \r\n") != NULL))
		abort();
	buf_free(&token);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = str_make((const char *)data, n);
	struct arena *a = arena_new(16 * 1024 * 1024);
	struct registry_logins l = {0};

	if (registry_logins_parse(a, text, &l, NULL) == 0) {
		for (size_t i = 0; i < l.n; i++) {
			if (l.items[i].host.n == 0 ||
			    registry_logins_find(&l, l.items[i].host.p) == NULL)
				abort();
		}
	}
	arena_free(a);
	check_token(text);
	return 0;
}
