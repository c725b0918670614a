/* SPDX-License-Identifier: Apache-2.0 */
#include "field.h"

#include <errno.h>

#include "base/cli_nearest.h"
#include "base/num.h"
#include "time/time.h"

enum { DAYS_MAX = 3660, BOOT = 32 };

static int
bad(struct err *e, const char *name, const char *why)
{
	return err_set(e, ERR_PERM, EINVAL, "%s: %s", name, why);
}

static bool
plain(struct str s, bool lines)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 || c == 0x7f) &&
		    !(lines && (c == '\n' || c == '\r')))
			return false;
	}
	return true;
}

static int
text(const struct jtree *t, const char *name, size_t max, bool needed,
    bool lines, struct str *ret, struct err *e)
{
	const struct jtree *m = jtree_get(t, name);

	if (jtree_is_null(m))
		return needed ? bad(e, name, "needed") : 0;
	if (m->kind != JSCAN_STRING)
		return bad(e, name, "not a string");
	if (m->text.n == 0 || m->text.n > max)
		return err_set(e, ERR_PERM, EINVAL, "%s: not of 1 to %zu bytes",
		    name, max);
	if (!plain(m->text, lines))
		return bad(e, name, "control characters in it");
	*ret = m->text;
	return 0;
}

int
field_text(const struct jtree *t, const char *name, size_t max, bool needed,
    struct str *ret, struct err *e)
{
	return text(t, name, max, needed, false, ret, e);
}

int
field_lines(const struct jtree *t, const char *name, size_t max,
    struct str *ret, struct err *e)
{
	return text(t, name, max, true, true, ret, e);
}

int
field_int(const struct jtree *t, const char *name, int64_t min, int64_t max,
    bool needed, int64_t *ret, struct err *e)
{
	const struct jtree *m = jtree_get(t, name);

	if (jtree_is_null(m))
		return needed ? bad(e, name, "needed") : 0;
	if (m->kind == JSCAN_NUMBER && num_parse(m->text, min, max, ret))
		return 0;
	return err_set(e, ERR_PERM, EINVAL,
	    "%s: not a whole number from %lld to %lld", name, (long long)min,
	    (long long)max);
}

int
field_expiry(
    const struct jtree *t, int64_t now_ms, int64_t *ret_ms, struct err *e)
{
	const int64_t day_ms = 24 * 3600 * 1000;
	struct str expires = STR_NONE;
	int64_t days = 0;
	int r = field_text(t, "expires", 64, false, &expires, e);

	if (r == 0)
		r = field_int(t, "days", 1, DAYS_MAX, false, &days, e);
	if (r != 0)
		return r;
	if ((days == 0) == (expires.p == NULL))
		return bad(e, "expires",
		    "needed: a time such as 2026-01-31T12:00:00Z, or \"days\"");
	*ret_ms = now_ms + days * day_ms;
	if (days == 0 && !time_parse_ms(expires, ret_ms))
		return bad(
		    e, "expires", "not a time such as 2026-01-31T12:00:00Z");
	if (*ret_ms <= now_ms || *ret_ms > now_ms + DAYS_MAX * day_ms)
		return err_set(e, ERR_PERM, EINVAL,
		    "expires: not within the next %d days", DAYS_MAX);
	return 0;
}

int
field_version(const struct jtree *t, struct err *e)
{
	int64_t v;

	return field_int(t, "v", 1, 1, true, &v, e);
}

int
field_boot(const struct jtree *t, struct str *ret, struct err *e)
{
	int r = field_text(t, "boot", BOOT, true, ret, e);

	if (r != 0)
		return r;
	for (size_t i = 0; i < ret->n; i++)
		if (!((ret->p[i] >= '0' && ret->p[i] <= '9') ||
			(ret->p[i] >= 'a' && ret->p[i] <= 'f')))
			return bad(e, "boot", "not 32 hexadecimal digits");
	return ret->n == BOOT ? 0 : bad(e, "boot", "not 32 hexadecimal digits");
}

int
field_known(const struct jtree *t, const char *known, struct err *e)
{
	if (t->kind != JSCAN_OBJECT)
		return err_set(e, ERR_PERM, EINVAL, "not an object");
	for (const struct jtree *m = t->first; m != NULL; m = m->next) {
		struct str rest = str_of(known), word;
		bool found = false;

		for (const struct jtree *o = t->first; o != m; o = o->next)
			if (str_eq(o->key, m->key))
				return err_set(e, ERR_PERM, EINVAL,
				    "member \"%.*s\": given twice",
				    STR_ARG(m->key));

		while (!found && rest.n > 0) {
			(void)str_cut(rest, '|', &word, &rest);
			found = str_eq(word, m->key);
		}
		if (!found)
			return err_set(e, ERR_PERM, EINVAL,
			    "unknown member \"%.*s\"; the nearest is \"%.*s\"",
			    STR_ARG(m->key),
			    STR_ARG(cli_nearest_word(known, m->key)));
	}
	return 0;
}
