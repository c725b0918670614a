/* SPDX-License-Identifier: Apache-2.0 */
#include "appid/appid.h"
#include "auditquery.h"
#include "event/event_names.h"
#include "time/time.h"

static struct str
word(const struct jtree *t, const char *key)
{
	return jtree_str(jtree_get(t, key));
}

static bool
one_fits(const struct auditquery_values *list, struct str text)
{
	for (size_t i = 0; i < list->n; i++) {
		if (auditquery_fits(list->values[i], text))
			return true;
	}
	return list->n == 0;
}

static bool
rule_fits(const struct auditquery_values *list, const struct jtree *rule)
{
	return one_fits(list, word(rule, "id")) ||
	       one_fits(list, word(rule, "name"));
}

/* What is no App ID is fitted as text: some event may have a bad one. */
static bool
app_fits(const struct auditquery_values *list, struct str text)
{
	struct appid id;

	if (list->n == 0)
		return true;
	if (appid_parse(text, &id, NULL) != 0)
		return one_fits(list, text);
	for (size_t i = 0; i < list->n; i++) {
		if (appid_match(list->values[i], &id))
			return true;
	}
	return false;
}

static bool
time_fits(const struct auditquery *q, struct str ts)
{
	int64_t ms;

	if (!q->has_from && !q->has_to)
		return true;
	return time_parse_ms(ts, &ms) && ms >= q->from_ms && ms < q->to_ms;
}

/* One that is not known is never left out. */
static bool
severity_fits(const struct auditquery *q, struct str text)
{
	enum event_severity severity;

	return !q->has_severity || !event_names_severity_of(text, &severity) ||
	       (int)severity >= q->severity;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
starts_here(struct str needle, const char *text)
{
	for (size_t i = 0; i < needle.n; i++) {
		if (lower(needle.p[i]) != lower(text[i]))
			return false;
	}
	return true;
}

static bool
is_in(struct str needle, struct str text)
{
	for (size_t i = 0; i + needle.n <= text.n; i++) {
		if (starts_here(needle, text.p + i))
			return true;
	}
	return false;
}

/* The tree is at most JTREE_DEPTH_MAX deep. */
static bool
is_anywhere(struct str needle, const struct jtree *t)
{
	if (t->kind == JSCAN_STRING)
		return is_in(needle, t->text);
	for (t = t->first; t != NULL; t = t->next) {
		if (is_anywhere(needle, t))
			return true;
	}
	return false;
}

bool
auditquery_match(const struct auditquery *q, const struct jtree *t)
{
	const struct jtree *container = jtree_get(t, "container");

	return one_fits(&q->kind, word(t, "kind")) &&
	       one_fits(&q->name, word(t, "name")) &&
	       one_fits(&q->action, word(t, "action")) &&
	       severity_fits(q, word(t, "severity")) &&
	       time_fits(q, word(t, "ts")) &&
	       app_fits(&q->app, word(jtree_get(t, "app"), "id")) &&
	       one_fits(&q->container, word(container, "name")) &&
	       one_fits(&q->image, word(container, "image")) &&
	       rule_fits(&q->rule, jtree_get(t, "rule")) &&
	       (q->search.n == 0 || is_anywhere(q->search, t));
}
