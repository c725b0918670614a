/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"

#include <errno.h>
#include <time.h>

#include "backoff.h"
#include "jtree/jtree.h"

enum { WORDS_MAX = 200, TREE_MAX = 8 * 1024 * 1024 };

/* errors[0].message of the distribution specification, or nothing. */
static void
add_words(const struct client_call *call, struct buf *out)
{
	cleanup_arena struct arena *a = arena_new(TREE_MAX);
	const struct jtree *root, *errors;
	struct str s;

	if (a == NULL ||
	    jtree_parse(a, buf_str(&call->body), "", &root, NULL) != 0)
		return;
	errors = jtree_get(root, "errors");
	if (errors == NULL || errors->kind != JSCAN_ARRAY)
		return;
	s = str_sub(
	    jtree_str(jtree_get(errors->first, "message")), 0, WORDS_MAX);
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

bool
registry_retry_wait(struct registry *r, const struct client_call *call,
    unsigned tries, unsigned *ms, struct err *e)
{
	struct str value;
	int64_t wait;

	*ms = registry_backoff_ms(tries, registry_random(r));
	if (call->r != 0 || !client_header(call, "Retry-After", 0, &value) ||
	    !registry_retry_after(value, (int64_t)time(NULL), &wait))
		return true;
	if (wait > REGISTRY_WAIT_MAX_MS) {
		err_prefix(e, "asks to wait %lld s", (long long)(wait / 1000));
		return false;
	}
	if (wait > *ms)
		*ms = (unsigned)wait;
	return true;
}
