/* SPDX-License-Identifier: Apache-2.0 */
#include "api_profiles.h"

#include <inttypes.h>
#include <stdio.h>

#include "api_documents.h"
#include "request.h"
#include "store/store_apps.h"
#include "time/time.h"

enum { OFFSET_MAX = 100000, ARENA_MAX = 64 << 20 };

static void
put_time(struct jwrite *w, const char *key, int64_t ms)
{
	char text[TIME_TEXT];

	(void)time_format_ms(ms, text);
	jwrite_kvz(w, key, text);
}

static void
put_collections(struct jwrite *w, const struct documents *d,
    const struct collections_who *who)
{
	const struct jtree *t = d->all[DOCUMENTS_COLLECTIONS].tree;

	jwrite_key(w, "collections");
	jwrite_array(w);
	for (t = t == NULL ? NULL : t->first; t != NULL; t = t->next)
		if (collections_holds(t, who))
			jwrite_str(w, jtree_str(jtree_get(t, "name")));
	jwrite_end(w);
}

/* t: one of its containers; NULL: it has told of none. */
static void
put_profile(struct jwrite *w, const struct documents *d,
    const struct store_app *app, const struct jtree *t)
{
	const struct collections_who who = {.app_id = app->app,
	    .container = jtree_str(jtree_get(t, "name")),
	    .image = jtree_str(jtree_get(t, "image"))};
	const struct jtree *digest = jtree_get(t, "digest");
	const struct jtree *mode = jtree_get(t, "mode");
	char id[2048];

	(void)snprintf(id, sizeof id, "%.*s/%.*s/%.*s", STR_ARG(app->app),
	    STR_ARG(app->boot), STR_ARG(who.container));
	jwrite_object(w);
	jwrite_kvz(w, "_id", id);
	jwrite_kv(w, "appID", app->app);
	if (t != NULL)
		jwrite_kv(w, "container", who.container);
	if (who.image.n > 0)
		jwrite_kv(w, "image", who.image);
	if (jtree_str(digest).n > 0)
		jwrite_kv(w, "imageID", jtree_str(digest));
	put_time(w, "startTime", app->first_ms);
	put_collections(w, d, &who);
	jwrite_kv(w, "boot", app->boot);
	if (jtree_str(mode).n > 0)
		jwrite_kv(w, "mode", jtree_str(mode));
	put_time(w, "lastSeen", app->last_ms);
	jwrite_kv(w, "version", app->version);
	jwrite_kv(w, "address", app->address);
	jwrite_kv_int(w, "runtimeVersion", (int64_t)app->runtime_version);
	jwrite_kv_int(w, "waasVersion", (int64_t)app->waas_version);
	jwrite_kv_int(w, "policyAgeSeconds", (int64_t)app->policy_age_s);
	jwrite_kv_int(w, "lost", (int64_t)app->lost);
	jwrite_kv_int(w, "spooled", (int64_t)app->spooled);
	jwrite_end(w);
}

static void
put_app(
    struct jwrite *w, const struct documents *d, const struct store_app *app)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	const struct jtree *t = NULL;

	if (a == NULL || jtree_parse(a, app->containers, "", &t, NULL) != 0 ||
	    t->n == 0) {
		put_profile(w, d, app, NULL);
		return;
	}
	for (t = t->first; t != NULL; t = t->next)
		put_profile(w, d, app, t);
}

/* What is wanted of the list of tasks. */
struct wanted {
	struct str pattern;
	int64_t since_ms, offset, limit;
};

/* Tasks from `offset` on, `limit` of them. */
static int
put_all(struct request *r, const struct documents *d, struct wanted *want,
    struct jwrite *w, struct err *e)
{
	struct store_app_key after = {STR(""), STR("")};
	struct store_app *apps;
	size_t n;
	int error;

	do {
		error =
		    store_app_list(r->w->store, want->pattern, want->since_ms,
			after, STORE_LIST_MAX, r->arena, &apps, &n, e);
		for (size_t i = 0; error == 0 && i < n; i++) {
			after =
			    (struct store_app_key){apps[i].app, apps[i].boot};
			if (want->offset-- > 0)
				continue;
			if (want->limit-- <= 0)
				return 0;
			put_app(w, d, &apps[i]);
		}
	} while (error == 0 && n == STORE_LIST_MAX && want->limit > 0);
	return error;
}

void
api_profiles_list(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(REQUEST_ANSWER_MAX);
	const struct documents *d = api_documents_now(r);
	struct wanted want = {.limit = 50};
	struct jwrite w;
	struct err e = {0};

	if (d == NULL)
		return;
	want.pattern = query_get(&r->query, "appID");
	if (query_time(&r->query, "since", &want.since_ms, &e) != 0 ||
	    query_int(&r->query, "offset", 0, OFFSET_MAX, &want.offset, &e) !=
		0 ||
	    query_int(&r->query, "limit", 1, STORE_LIST_MAX, &want.limit, &e) !=
		0) {
		request_bad(r, &e);
		return;
	}
	jwrite_init(&w, &b);
	jwrite_array(&w);
	if (put_all(r, d, &want, &w, &e) != 0) {
		request_failed(r, &e);
		return;
	}
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}
