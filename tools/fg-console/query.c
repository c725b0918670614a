/* SPDX-License-Identifier: Apache-2.0 */
#include "query.h"

#include <errno.h>
#include <string.h>

#include "base/cli_nearest.h"
#include "base/num.h"
#include "time/time.h"
#include "utf8/utf8.h"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
query_decode(struct arena *a, struct str s, bool plus, struct str *ret)
{
	char *to = arena_alloc(a, s.n + 1);
	size_t n = 0;

	if (to == NULL)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < s.n ? hex(s.p[i + 1]) : -1;
			int low = i + 2 < s.n ? hex(s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (c == '\0')
			return false;
		to[n++] = c;
	}
	*ret = str_make(to, n);
	return utf8_valid(*ret, NULL);
}

static bool
listed(const char *known, struct str name)
{
	struct str rest = str_of(known), word;

	while (rest.n > 0) {
		(void)str_cut(rest, '|', &word, &rest);
		if (str_eq(word, name))
			return true;
	}
	return false;
}

static int
unknown(const char *known, struct str name, struct err *e)
{
	if (known == NULL)
		return err_set(e, ERR_PERM, EINVAL,
		    "unknown query parameter \"%.*s\": none is taken here",
		    STR_ARG(name));
	return err_set(e, ERR_PERM, EINVAL,
	    "unknown query parameter \"%.*s\"; the nearest is \"%.*s\"",
	    STR_ARG(name), STR_ARG(cli_nearest_word(known, name)));
}

/* Of those that may be there again all count, of others there is one. */
static bool
again(const struct query *q, const char *many, struct str name)
{
	if (many != NULL && listed(many, name))
		return false;
	for (size_t i = 0; i < q->n; i++)
		if (str_eq(q->all[i].name, name))
			return true;
	return false;
}

int
query_parse(struct arena *a, struct str text, const char *known,
    const char *many, struct query *ret, struct err *e)
{
	struct str one, name, value;

	ret->n = 0;
	while (text.n > 0) {
		(void)str_cut(text, '&', &one, &text);
		if (one.n == 0)
			continue;
		(void)str_cut(one, '=', &name, &value);
		if (!query_decode(a, name, true, &name) ||
		    !query_decode(a, value, true, &value))
			return err_set(e, ERR_PERM, EINVAL,
			    "a query parameter is not percent-encoded UTF-8");
		if (!listed(known, name))
			return unknown(known, name, e);
		if (again(ret, many, name))
			return err_set(e, ERR_PERM, EINVAL,
			    "query parameter \"%.*s\": given twice",
			    STR_ARG(name));
		if (ret->n == QUERY_MAX)
			return err_set(e, ERR_PERM, EINVAL,
			    "more than %d query parameters", QUERY_MAX);
		ret->all[ret->n].name = name;
		ret->all[ret->n++].value = value;
	}
	return 0;
}

struct str
query_get(const struct query *q, const char *name)
{
	for (size_t i = 0; i < q->n; i++)
		if (str_eqz(q->all[i].name, name))
			return q->all[i].value;
	return STR_NONE;
}

int
query_int(const struct query *q, const char *name, int64_t min, int64_t max,
    int64_t *ret, struct err *e)
{
	struct str s = query_get(q, name);

	if (s.p == NULL || num_parse(s, min, max, ret))
		return 0;
	return err_set(e, ERR_PERM, EINVAL,
	    "%s: not a number from %lld to %lld", name, (long long)min,
	    (long long)max);
}

int
query_bool(const struct query *q, const char *name, bool *ret, struct err *e)
{
	struct str s = query_get(q, name);

	if (s.p == NULL)
		return 0;
	if (s.n != 0 && !str_eqz(s, "true") && !str_eqz(s, "1") &&
	    !str_eqz(s, "false") && !str_eqz(s, "0"))
		return err_set(
		    e, ERR_PERM, EINVAL, "%s: neither true nor false", name);
	*ret = !str_eqz(s, "false") && !str_eqz(s, "0");
	return 0;
}

int
query_time(
    const struct query *q, const char *name, int64_t *ret_ms, struct err *e)
{
	struct str s = query_get(q, name);

	if (s.p == NULL || time_parse_ms(s, ret_ms))
		return 0;
	return err_set(e, ERR_PERM, EINVAL,
	    "%s: not a time such as 2026-01-31T12:00:00Z", name);
}
