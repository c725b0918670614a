/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"

#include <errno.h>

#include "backoff.h"
#include "json/json.h"

enum { WORDS_MAX = 200 };

/* errors[0].message of the distribution specification, or nothing. */
static void
add_words(const struct client_call *call, struct buf *out)
{
	cleanup_jv jv root = jv_invalid();
	cleanup_jv jv message = jv_invalid();
	jv path;
	struct str s;

	if (json_parse(buf_str(&call->body), "", &root, NULL) != 0 ||
	    jv_get_kind(root) != JV_KIND_OBJECT)
		return;
	path =
	    JV_ARRAY_3(jv_string("errors"), jv_number(0), jv_string("message"));
	message = jv_getpath(jv_copy(root), path);
	s = str_sub(json_str(message), 0, WORDS_MAX);
	if (s.n == 0)
		return;
	buf_addz(out, ": ");
	buf_adds(out, s);
}

static const char *
meaning(long status)
{
	switch (status) {
	case 401:
		return "not authorised";
	case 403:
		return "access denied";
	case 404:
		return "not found";
	case 429:
		return "too many requests";
	default:
		return "request failed";
	}
}

int
registry_status_error(const struct registry_host *host,
    const struct client_call *call, struct err *e)
{
	struct buf words = BUF_MAX(WORDS_MAX + 8);
	enum err_kind kind = ERR_PERM;
	int code = EPROTO;

	if (call->status == 401 || call->status == 403) {
		kind = ERR_NO;
		code = EACCES;
	} else if (call->status == 404) {
		kind = ERR_NO;
		code = ENOENT;
	} else if (registry_worth_retrying(call->status)) {
		kind = ERR_TEMP;
		code = EAGAIN;
	}
	add_words(call, &words);
	(void)err_set(e, kind, code, "%s: %s (%ld)%s", host->name,
	    meaning(call->status), call->status, buf_z(&words));
	buf_free(&words);
	return -code;
}
