/* SPDX-License-Identifier: Apache-2.0 */
/* Image references: what is taken comes back the same from both its forms. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "imageref/imageref.h"
#include "url/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Parts go into URLs as they are: none may change what a URL means. */
static void
check_url(const struct imageref *ref)
{
	struct buf b = BUF_MAX(URL_MAX);
	struct url url;

	buf_addf(&b, "https://%s/v2/%s/manifests/%s", imageref_http_host(ref),
	    ref->repo, imageref_version(ref));
	/* Hosts may have ports that no URL has; the rest must hold. */
	if (url_parse(buf_str(&b), &url, NULL) == 0 &&
	    (!str_starts(url.rest, "/v2/") ||
		str_chr(url.rest, '?') < url.rest.n))
		abort();
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf full = BUF_MAX(2048), small = BUF_MAX(2048);
	struct imageref ref, again;
	struct err e = {0};

	if (imageref_parse(str_make((const char *)data, n), &ref, &e) != 0) {
		if (e.kind != ERR_NO)
			abort();
		return 0;
	}
	imageref_canonical(&ref, &full);
	imageref_familiar(&ref, &small);
	if (imageref_parse(buf_str(&full), &again, NULL) != 0 ||
	    memcmp(&ref, &again, sizeof ref) != 0 ||
	    imageref_parse(buf_str(&small), &again, NULL) != 0 ||
	    memcmp(&ref, &again, sizeof ref) != 0)
		abort();
	check_url(&ref);
	buf_free(&full);
	buf_free(&small);
	return 0;
}
