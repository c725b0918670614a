/* SPDX-License-Identifier: Apache-2.0 */
#include "events_query.h"

#include "appid/appid.h"
#include "event/event.h"

/* To the store a word with a '*' folds letters: that is never too narrow. */
static struct store_words
words(const struct auditquery_values *v)
{
	return (struct store_words){.v = v->values, .n = v->n};
}

/*
 * An App ID as it is stored, in either case: that is what a '*' stands for
 * here. Or the beginning of one before its UUID, which may be written in two
 * ways.
 */
static int
app_word(struct arena *a, struct str pattern, struct str *ret, bool *can,
    struct err *e)
{
	size_t star = str_chr(pattern, '*');
	struct appid id;
	char text[APPID_TEXT], *folded;

	if (star == pattern.n && appid_parse(pattern, &id, NULL) == 0) {
		appid_text(&id, text);
		folded = arena_printf(a, "%s*", text);
		*ret = str_of(folded);
		return folded == NULL ? err_nomem(e) : 0;
	}
	*can = star == pattern.n - 1 && star > 0 && pattern.p[0] != '-' &&
	       str_chr(pattern, ':') == pattern.n;
	*ret = pattern;
	return 0;
}

static int
apps(struct arena *a, const struct auditquery_values *v,
    struct store_words *ret, struct err *e)
{
	struct str *list = arena_alloc(a, (v->n + 1) * sizeof *list);
	bool can = true;
	int r = 0;

	if (list == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < v->n && r == 0 && can; i++)
		r = app_word(a, v->values[i], &list[i], &can, e);
	if (r == 0 && can)
		*ret = (struct store_words){.v = list, .n = v->n};
	return r;
}

/* As it stands in a body: nothing of it is written as an escape. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '/')
			return false;
	}
	return true;
}

int
events_query_narrow(struct arena *a, const struct auditquery *q,
    struct store_filter *ret, struct err *e)
{
	*ret = (struct store_filter){.containers = words(&q->container),
	    .images = words(&q->image),
	    .names = words(&q->name)};
	if (q->has_from)
		ret->from_ms = q->from_ms;
	if (q->has_to)
		ret->to_ms = q->to_ms;
	for (size_t i = 0; i < q->kind.n; i++)
		ret->kinds |= 1U << store_kind_of(q->kind.values[i]);
	for (size_t i = 0; i < q->action.n; i++)
		ret->actions |= 1U << store_action_of(q->action.values[i]);
	if (q->has_severity)
		for (int s = q->severity; s < STORE_SEVERITIES; s++)
			ret->severities |= 1U << s;
	if (q->has_search && is_plain(q->search))
		ret->search = q->search;
	return apps(a, &q->app, &ret->apps, e);
}
