/* SPDX-License-Identifier: Apache-2.0 */
/* WWW-Authenticate headers, one a line, and what their realm resolves to. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "registry/challenge.h"
#include "registry/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What is trusted is the registry's own origin, and has no line end. */
static void
check_realm(const char *realm)
{
	struct buf full = BUF_MAX(URL_MAX);
	struct url base, url;

	if (url_parse(STR("https://r.example/v2/a/manifests/b"), &base, NULL) !=
	    0)
		abort();
	if (url_resolve(&base, str_of(realm), &full, NULL) == 0 &&
	    url_parse(buf_str(&full), &url, NULL) == 0 &&
	    registry_realm_check(&base, &url, NULL, 0, NULL) == 0) {
		if (strcmp(url.host, "r.example") != 0 || !url.tls ||
		    strpbrk(buf_z(&full), "\r\n \\") != NULL)
			abort();
	}
	buf_free(&full);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str left = str_make((const char *)data, n), line;
	struct registry_challenge c = {0};

	while (left.n > 0) {
		(void)str_cut(left, '\n', &line, &left);
		registry_challenge_add(&c, line);
	}
	if (c.bearer != (c.realm[0] != '\0'))
		abort();
	if (c.bearer)
		check_realm(c.realm);
	return 0;
}
