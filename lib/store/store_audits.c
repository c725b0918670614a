/* SPDX-License-Identifier: Apache-2.0 */
#include "store_audits.h"

#include <errno.h>

#include "store_ops.h"

static const char *const kinds[] = {
    [STORE_RUNTIME] = "runtime",
    [STORE_WAAS] = "waas",
    [STORE_LIFECYCLE] = "lifecycle",
    [STORE_SCAN] = "scan",
    [STORE_LOST] = "lost",
};
static const char *const severities[] = {
    [STORE_INFO] = "info",
    [STORE_LOW] = "low",
    [STORE_MEDIUM] = "medium",
    [STORE_HIGH] = "high",
    [STORE_CRITICAL] = "critical",
};
static const char *const actions[] = {
    [STORE_ALLOW] = "allow",
    [STORE_ALERT] = "alert",
    [STORE_PREVENT] = "prevent",
    [STORE_BLOCK] = "block",
    [STORE_BAN] = "ban",
    [STORE_NONE] = "none",
};

static int
find(const char *const *words, int n, struct str text)
{
	for (int i = 0; i < n; i++)
		if (str_eqz(text, words[i]))
			return i;
	return -1;
}

int
store_kind_of(struct str text)
{
	return find(kinds, STORE_KINDS, text);
}

int
store_severity_of(struct str text)
{
	return find(severities, STORE_SEVERITIES, text);
}

int
store_action_of(struct str text)
{
	return find(actions, STORE_ACTIONS, text);
}

const char *
store_kind_text(enum store_kind kind)
{
	return kinds[kind];
}

const char *
store_severity_text(enum store_severity severity)
{
	return severities[severity];
}

const char *
store_action_text(enum store_action action)
{
	return actions[action];
}

/* ---- the calls ---------------------------------------------------------- */

int
store_append(struct store *s, struct store_batch *batches, size_t n,
    int64_t now_ms, struct err *e)
{
	size_t events = 0;
	int r = store_writable(s, e);

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (batches[i].n > STORE_APPEND_MAX - events)
			r = err_set(e, ERR_PERM, E2BIG, "more than %d events",
			    STORE_APPEND_MAX);
		else
			events += batches[i].n;
	}
	return r != 0 ? r : s->ops->append(s, batches, n, now_ms, e);
}

static int
words_ok(const struct store_words *w, struct err *e)
{
	if (w->n > STORE_WORDS_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "a filter of more than %d words", STORE_WORDS_MAX);
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].n > STORE_APP_MAX)
			return err_set(e, ERR_PERM, EINVAL,
			    "a word of more than %d bytes", STORE_APP_MAX);
	return 0;
}

static int
query_ok(const struct store_query *q, struct err *e)
{
	const struct store_filter *f = &q->filter;
	const struct store_words *words[] = {&f->apps, &f->images,
	    &f->containers, &f->rules, &f->types, &f->names};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words_ok(words[i], e) != 0)
			return -EINVAL;
	if (q->limit < 1 || q->limit > STORE_PAGE_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "a limit of %u, not 1 to %d", q->limit, STORE_PAGE_MAX);
	if (q->look < 1 || q->look > STORE_LOOK_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "%u rows to look at, not 1 to %d", q->look, STORE_LOOK_MAX);
	return store_text_ok(f->search, "search", STORE_SEARCH_MAX, false, e);
}

int
store_audits(struct store *s, const struct store_query *q, struct arena *a,
    struct store_page *ret, struct err *e)
{
	int r = query_ok(q, e);

	*ret = (struct store_page){.next = q->after};
	if (r != 0)
		return r;
	ret->rows = arena_alloc(a, q->limit * sizeof *ret->rows);
	if (ret->rows == NULL)
		return err_nomem(e);
	return s->ops->audits(s, q, a, ret, e);
}

int
store_audit(struct store *s, int64_t id, struct arena *a, struct store_row *ret,
    struct err *e)
{
	return id <= 0 ? 0 : s->ops->audit(s, id, a, ret, e);
}

int
store_audit_newest(struct store *s, int64_t *id, struct err *e)
{
	return s->ops->audit_newest(s, id, e);
}

int
store_audit_counts(struct store *s, int64_t from_ms, int64_t to_ms,
    struct arena *a, struct store_count **ret, size_t *n, struct err *e)
{
	const int64_t day = 24 * 60 * 60 * 1000;

	*ret = NULL;
	*n = 0;
	if (from_ms < 0 || to_ms <= from_ms)
		return 0;
	if (to_ms - from_ms > STORE_COUNT_DAYS * day)
		return err_set(e, ERR_NO, EINVAL, "counts of more than %d days",
		    STORE_COUNT_DAYS);
	return s->ops->audit_counts(s, from_ms, to_ms, a, ret, n, e);
}
