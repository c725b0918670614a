/* SPDX-License-Identifier: Apache-2.0 */
#include "audits_query.h"

#include <errno.h>

#include "appid/appid.h"
#include "vendor.h"

enum { OFFSET_MAX = 1000000, WORDS = STORE_WORDS_MAX };

/* Words that are collected. */
struct words {
	struct str *v;
	size_t n;
};

static int
add(struct words *w, const char *name, struct str word, struct err *e)
{
	if (w->n == WORDS)
		return err_set(
		    e, ERR_PERM, EINVAL, "%s: more than %d", name, WORDS);
	w->v[w->n++] = word;
	return 0;
}

/* All values of a parameter, each of them a list. */
static int
collect(struct arena *a, const struct query *q, const char *name,
    struct words *w, struct err *e)
{
	struct str rest, word;
	int r = 0;

	w->n = 0;
	w->v = arena_alloc(a, (WORDS + 1) * sizeof *w->v);
	if (w->v == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < q->n && r == 0; i++) {
		if (!str_eqz(q->all[i].name, name))
			continue;
		rest = q->all[i].value;
		while (rest.n > 0 && r == 0) {
			(void)str_cut(rest, ',', &word, &rest);
			if (word.n > 0)
				r = add(w, name, word, e);
		}
	}
	return r;
}

static int
plain(struct arena *a, const struct query *q, const char *name,
    struct store_words *ret, struct err *e)
{
	struct words w;
	int r = collect(a, q, name, &w, e);

	*ret = (struct store_words){.v = w.v, .n = w.n};
	return r;
}

static int
apps(struct arena *a, const struct query *q, struct store_words *ret,
    struct err *e)
{
	char text[APPID_TEXT];
	struct appid id;
	struct words w;
	int r = collect(a, q, "appID", &w, e);

	for (size_t i = 0; i < w.n && r == 0; i++) {
		if (appid_parse(w.v[i], &id, NULL) != 0)
			continue;
		appid_text(&id, text);
		w.v[i] = arena_str(a, str_of(text));
		if (w.v[i].p == NULL)
			r = err_nomem(e);
	}
	*ret = (struct store_words){.v = w.v, .n = w.n};
	return r;
}

static int
effects(struct arena *a, const struct query *q, uint32_t *ret, struct err *e)
{
	struct words w;
	int r = collect(a, q, "effect", &w, e);

	for (size_t i = 0; i < w.n && r == 0; i++) {
		int action = store_action_of(w.v[i]);

		if (action < 0)
			return err_set(e, ERR_PERM, EINVAL,
			    "effect: none of allow, alert, prevent, block, "
			    "ban, none: \"%.*s\"",
			    STR_ARG(w.v[i]));
		*ret |= 1U << action;
	}
	return r;
}

/* The vendor has three words, of which the outer ones are two of ours. */
static int
severities(struct arena *a, const struct query *q, uint32_t *ret, struct err *e)
{
	struct words w;
	int r = collect(a, q, "severity", &w, e);

	for (size_t i = 0; i < w.n && r == 0; i++) {
		int severity = store_severity_of(w.v[i]);

		if (severity < 0)
			return err_set(e, ERR_PERM, EINVAL,
			    "severity: none of low, medium, high: \"%.*s\"",
			    STR_ARG(w.v[i]));
		*ret |= 1U << severity;
		if (severity == STORE_LOW)
			*ret |= 1U << STORE_INFO;
		if (severity == STORE_HIGH)
			*ret |= 1U << STORE_CRITICAL;
	}
	return r;
}

/* Of runtime audits `type` is the sensor, the beginning of the name. */
static int
sensors(struct arena *a, const struct query *q, struct store_words *ret,
    struct err *e)
{
	static const struct {
		const char *type, *name;
	} known[] = {{"processes", "process.*"}, {"processes", "kernel.*"},
	    {"network", "net.*"}, {"filesystem", "file.*"}};
	struct words w, names = {0};
	int r = collect(a, q, "type", &w, e);

	if (r == 0)
		r = collect(a, q, "", &names, e);
	for (size_t i = 0; i < w.n && r == 0; i++) {
		size_t before = names.n;

		for (size_t k = 0; k < 4 && r == 0; k++)
			if (str_eqz(w.v[i], known[k].type))
				r = add(
				    &names, "type", str_of(known[k].name), e);
		if (r == 0 && names.n == before)
			return err_set(e, ERR_PERM, EINVAL,
			    "type: none of processes, network, filesystem: "
			    "\"%.*s\"",
			    STR_ARG(w.v[i]));
	}
	*ret = (struct store_words){.v = names.v, .n = names.n};
	return r;
}

static int
attacks(struct arena *a, const struct query *q, const char *name,
    struct store_words *ret, struct err *e)
{
	struct words w, ids = {0};
	int r = collect(a, q, name, &w, e);

	if (r == 0)
		r = collect(a, q, "", &ids, e);
	for (size_t i = 0; i < w.n && r == 0; i++)
		ids.n +=
		    vendor_detections(w.v[i], ids.v + ids.n, WORDS - ids.n);
	*ret = (struct store_words){.v = ids.v, .n = ids.n};
	return r;
}

static int
lists(struct arena *a, const struct query *q, enum store_kind kind,
    struct store_filter *f, struct err *e)
{
	int r = plain(a, q, "imageName", &f->images, e);

	if (r == 0)
		r = plain(a, q, "container", &f->containers, e);
	if (r == 0)
		r = plain(a, q, "ruleName", &f->rules, e);
	if (r == 0)
		r = apps(a, q, &f->apps, e);
	if (r == 0)
		r = effects(a, q, &f->actions, e);
	if (r == 0)
		r = severities(a, q, &f->severities, e);
	if (r == 0 && kind == STORE_RUNTIME)
		r = sensors(a, q, &f->names, e);
	if (r == 0)
		r = attacks(a, q,
		    kind == STORE_WAAS && query_get(q, "attackType").p == NULL
			? "type"
			: "attackType",
		    &f->types, e);
	return r;
}

int
audits_query_read(struct arena *a, const struct query *q, enum store_kind kind,
    struct store_query *ret, struct err *e)
{
	struct str sort = query_get(q, "sort"), search;
	int64_t offset = 0, limit = 50;
	bool reverse = false;
	int r;

	*ret = (struct store_query){.filter.kinds = 1U << kind};
	search = query_get(q, "search");
	ret->filter.search = search;
	if (sort.p != NULL && !str_eqz(sort, "time"))
		return err_set(e, ERR_PERM, EINVAL,
		    "sort: only by \"time\", not \"%.*s\"", STR_ARG(sort));
	r = query_bool(q, "reverse", &reverse, e);
	ret->oldest_first = (sort.p != NULL) != reverse;
	if (r == 0)
		r = query_time(q, "from", &ret->filter.from_ms, e);
	if (r == 0)
		r = query_time(q, "to", &ret->filter.to_ms, e);
	if (r == 0)
		r = query_int(q, "offset", 0, OFFSET_MAX, &offset, e);
	if (r == 0)
		r = query_int(q, "limit", 1, STORE_PAGE_MAX, &limit, e);
	ret->skip = (uint32_t)offset;
	ret->limit = (uint32_t)limit;
	ret->look = STORE_LOOK_MAX;
	return r == 0 ? lists(a, q, kind, &ret->filter, e) : r;
}
