/* SPDX-License-Identifier: Apache-2.0 */
#include "store_secrets.h"

#include <errno.h>

#include "store_ops.h"

int
store_secret_add(
    struct store *s, const struct store_secret *secret, struct err *e)
{
	int r = store_writable(s, e);

	if (r == 0)
		r = store_text_ok(secret->id, "id", STORE_ID_MAX, true, e);
	if (r == 0)
		r = store_text_ok(secret->app, "app", STORE_TEXT_MAX, true, e);
	if (r == 0)
		r = store_text_ok(secret->by, "by", STORE_TEXT_MAX, false, e);
	if (r == 0)
		r = store_text_ok(
		    secret->note, "note", STORE_TEXT_MAX, false, e);
	if (r == 0 && secret->expires_ms <= 0)
		r = err_set(e, ERR_PERM, EINVAL, "a secret has to expire");
	return r != 0 ? r : s->ops->secret_add(s, secret, e);
}

int
store_secret_get(struct store *s, struct str id, int64_t now_ms,
    struct arena *a, struct store_secret *ret, struct err *e)
{
	if (id.n == 0 || id.n > STORE_ID_MAX)
		return 0;
	return s->ops->secret_get(s, id, now_ms, a, ret, e);
}

int
store_secret_list(struct store *s, struct str after, uint32_t limit,
    int64_t now_ms, struct arena *a, struct store_secret **ret, size_t *n,
    struct err *e)
{
	int r = store_list_room(limit, sizeof **ret, a, ret, e);

	*n = 0;
	if (r != 0)
		return r;
	return s->ops->secret_list(s, after, limit, now_ms, a, *ret, n, e);
}

int
store_secret_revoke(
    struct store *s, struct str id, int64_t now_ms, struct err *e)
{
	int r = store_writable(s, e);

	return r != 0 ? r : s->ops->secret_revoke(s, id, now_ms, e);
}

int
store_certificate_add(struct store *s, const struct store_certificate *c,
    uint32_t max_live, struct err *e)
{
	int r = store_writable(s, e);

	if (r == 0)
		r = store_text_ok(c->serial, "serial", STORE_ID_MAX, true, e);
	if (r == 0)
		r = store_text_ok(c->app, "app", STORE_APP_MAX, true, e);
	if (r == 0)
		r = store_text_ok(c->boot, "boot", STORE_BOOT, true, e);
	if (r == 0)
		r = store_text_ok(c->secret, "secret", STORE_ID_MAX, true, e);
	return r != 0 ? r : s->ops->certificate_add(s, c, max_live, e);
}

int
store_certificate_get(struct store *s, struct str serial, struct arena *a,
    struct store_certificate *ret, struct err *e)
{
	if (serial.n == 0 || serial.n > STORE_ID_MAX)
		return 0;
	return s->ops->certificate_get(s, serial, a, ret, e);
}
