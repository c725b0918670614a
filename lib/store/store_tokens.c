/* SPDX-License-Identifier: Apache-2.0 */
#include "store_tokens.h"

#include <errno.h>

#include "store_ops.h"

int
store_token_add(struct store *s, const struct store_token *t, struct err *e)
{
	int r = store_writable(s, e);

	if (r == 0)
		r = store_text_ok(t->id, "id", STORE_ID_MAX, true, e);
	if (r == 0)
		r = store_text_ok(t->name, "name", STORE_TEXT_MAX, false, e);
	if (r == 0)
		r = store_text_ok(
		    t->scopes, "scopes", STORE_TEXT_MAX, false, e);
	if (r == 0)
		r = store_text_ok(t->by, "by", STORE_TEXT_MAX, false, e);
	if (r == 0 && t->expires_ms <= 0)
		r = err_set(e, ERR_PERM, EINVAL, "a token has to expire");
	return r != 0 ? r : s->ops->token_add(s, t, e);
}

int
store_token_get(struct store *s, struct str id, struct arena *a,
    struct store_token *ret, struct err *e)
{
	if (id.n == 0 || id.n > STORE_ID_MAX)
		return 0;
	return s->ops->token_get(s, id, a, ret, e);
}

int
store_token_list(struct store *s, struct str after, uint32_t limit,
    struct arena *a, struct store_token **ret, size_t *n, struct err *e)
{
	int r = store_list_room(limit, sizeof **ret, a, ret, e);

	*n = 0;
	return r != 0 ? r : s->ops->token_list(s, after, limit, a, *ret, n, e);
}

int
store_token_used(struct store *s, struct str id, int64_t now_ms, struct err *e)
{
	int r = store_writable(s, e);

	return r != 0 ? r : s->ops->token_used(s, id, now_ms, e);
}

int
store_token_revoke(
    struct store *s, struct str id, int64_t now_ms, struct err *e)
{
	int r = store_writable(s, e);

	return r != 0 ? r : s->ops->token_revoke(s, id, now_ms, e);
}
