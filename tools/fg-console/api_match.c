/* SPDX-License-Identifier: Apache-2.0 */
#include "api_documents.h"
#include "check.h"
#include "request.h"
#include "store/store_apps.h"
#include "time/time.h"

enum { SINCE_MS = 24 * 3600 * 1000 };

/* What is asked about. */
struct match {
	const struct jtree *policy;
	const struct collections *all;
	bool waas; /* then a task is one, whatever its containers are */
};

/* The first rule for `who`, or NULL. Names were checked before. */
static const struct jtree *
rule_for(const struct match *m, const struct collections_who *who)
{
	const struct jtree *t = jtree_get(m->policy, "rules"), *disabled;
	struct err e = {0};
	bool in;

	for (t = t == NULL ? NULL : t->first; t != NULL; t = t->next) {
		disabled = jtree_get(t, "disabled");
		if (disabled != NULL && disabled->kind == JSCAN_TRUE)
			continue;
		in = false;
		if (collections_match(m->all, jtree_get(t, "collections"), who,
			&in, &e) == 0 &&
		    in)
			return t;
	}
	return NULL;
}

static void
put_rule(struct jwrite *w, const struct jtree *rule)
{
	jwrite_key(w, "rule");
	if (rule == NULL)
		jwrite_null(w);
	else
		jwrite_str(w, jtree_str(jtree_get(rule, "name")));
}

static void
put_containers(struct jwrite *w, const struct match *m, struct arena *a,
    const struct store_app *app)
{
	const struct jtree *t = NULL;

	jwrite_key(w, "containers");
	jwrite_array(w);
	if (jtree_parse(a, app->containers, "", &t, NULL) != 0)
		t = NULL;
	for (t = t == NULL ? NULL : t->first; t != NULL; t = t->next) {
		const struct collections_who who = {.app_id = app->app,
		    .container = jtree_str(jtree_get(t, "name")),
		    .image = jtree_str(jtree_get(t, "image"))};

		jwrite_object(w);
		jwrite_kv(w, "name", who.container);
		if (who.image.n > 0)
			jwrite_kv(w, "image", who.image);
		put_rule(w, rule_for(m, &who));
		jwrite_end(w);
	}
	jwrite_end(w);
}

static void
answer(struct request *r, const struct match *m)
{
	cleanup_buf struct buf b = BUF_MAX(REQUEST_ANSWER_MAX);
	struct store_app *apps;
	struct jwrite w;
	struct err e = {0};
	size_t n = 0;

	if (store_app_list(r->w->store, STR_NONE, time_now_ms() - SINCE_MS,
		(struct store_app_key){0}, STORE_LIST_MAX, r->arena, &apps, &n,
		&e) != 0) {
		request_failed(r, &e);
		return;
	}
	jwrite_init(&w, &b);
	jwrite_record(&w, "policy.match");
	jwrite_key(&w, "apps");
	jwrite_array(&w);
	for (size_t i = 0; i < n; i++) {
		const struct collections_who who = {.app_id = apps[i].app};

		jwrite_object(&w);
		jwrite_kv(&w, "appID", apps[i].app);
		jwrite_kv(&w, "boot", apps[i].boot);
		if (m->waas)
			put_rule(&w, rule_for(m, &who));
		else
			put_containers(&w, m, r->arena, &apps[i]);
		jwrite_end(&w);
	}
	jwrite_end(&w);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}

/* The policy in the body, checked; NULL: answered. */
static const struct jtree *
read_policy(struct request *r, const struct documents *d)
{
	const struct jtree *t = request_body(r);
	const struct policy_note *notes;
	struct check_place place;
	struct request_fault f = {.status = 400};
	struct err e = {0};

	if (t == NULL)
		return NULL;
	if (check_document(r->arena, d, (enum documents_kind)r->route->kind,
		r->body, t, &notes, &place, &e) == 0)
		return t;
	f.pointer = place.pointer;
	f.line = place.line;
	f.column = place.column;
	request_fault(r, &f, e.text);
	return NULL;
}

void
api_documents_match(struct request *r)
{
	const struct documents *d = api_documents_now(r);
	struct match m = {.waas = r->route->kind == DOCUMENTS_WAAS};
	const struct collections *own;
	struct err e = {0};

	if (d == NULL)
		return;
	m.policy = d->all[r->route->kind].tree;
	if (str_trim(r->body).n > 0) {
		m.policy = read_policy(r, d);
		if (m.policy == NULL)
			return;
	}
	if (collections_read(
		r->arena, jtree_get(m.policy, "collections"), &own, &e) != 0 ||
	    collections_join(r->arena, own, d->collections, &m.all, &e) != 0)
		request_failed(r, &e);
	else
		answer(r, &m);
}
