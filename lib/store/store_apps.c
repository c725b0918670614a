/* SPDX-License-Identifier: Apache-2.0 */
#include "store_apps.h"

#include "store_ops.h"

int
store_app_put(struct store *s, const struct store_app *app, struct err *e)
{
	int r = store_writable(s, e);

	if (r == 0)
		r = store_text_ok(app->app, "app", STORE_APP_MAX, true, e);
	if (r == 0)
		r = store_text_ok(app->boot, "boot", STORE_BOOT, true, e);
	if (r == 0)
		r = store_text_ok(app->containers, "containers",
		    STORE_CONTAINERS_MAX, false, e);
	if (r == 0)
		r = store_text_ok(
		    app->version, "version", STORE_TEXT_MAX, false, e);
	if (r == 0)
		r = store_text_ok(
		    app->address, "address", STORE_TEXT_MAX, false, e);
	return r != 0 ? r : s->ops->app_put(s, app, e);
}

int
store_app_get(struct store *s, struct str app, struct str boot, struct arena *a,
    struct store_app *ret, struct err *e)
{
	return s->ops->app_get(s, app, boot, a, ret, e);
}

int
store_app_list(struct store *s, struct str pattern, int64_t since_ms,
    struct store_app_key after, uint32_t limit, struct arena *a,
    struct store_app **ret, size_t *n, struct err *e)
{
	int r = store_list_room(limit, sizeof **ret, a, ret, e);

	*n = 0;
	if (r == 0)
		r = store_text_ok(pattern, "pattern", STORE_TEXT_MAX, false, e);
	if (r != 0)
		return r;
	return s->ops->app_list(
	    s, pattern, since_ms, after, limit, a, *ret, n, e);
}

int
store_app_count(struct store *s, int64_t since_ms, uint64_t *ret, struct err *e)
{
	return s->ops->app_count(s, since_ms, ret, e);
}
