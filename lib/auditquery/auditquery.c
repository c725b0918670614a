/* SPDX-License-Identifier: Apache-2.0 */
#include "auditquery.h"

#include <errno.h>
#include <string.h>

#include "appid/appid.h"
#include "base/num.h"
#include "event/event_names.h"
#include "time/time.h"

static const char *const kinds[] = {
    "runtime", "waas", "lifecycle", "scan", "lost", NULL};
/* "ban" is of the WAAS, that runtime rules do not know. */
static const char *const actions[] = {
    "allow", "alert", "prevent", "block", "ban", "none", NULL};

void
auditquery_init(struct auditquery *q)
{
	*q = (struct auditquery){.from_ms = INT64_MIN, .to_ms = INT64_MAX};
}

static int
wrong(struct err *e, const char *why, struct str value)
{
	return err_set(e, ERR_USAGE, EINVAL, "%s: \"%.*s\"", why,
	    STR_ARG(str_sub(value, 0, 80)));
}

/* ---- times ------------------------------------------------------------ */

static int64_t
unit_ms(char unit)
{
	enum { S = 1000, M = 60 * S, H = 60 * M, D = 24 * H, W = 7 * D };

	switch (unit) {
	case 's':
		return S;
	case 'm':
		return M;
	case 'h':
		return H;
	case 'd':
		return D;
	case 'w':
		return W;
	default:
		return 0;
	}
}

static bool
ago(struct str value, int64_t now_ms, int64_t *ms)
{
	int64_t unit = value.n == 0 ? 0 : unit_ms(value.p[value.n - 1]);
	int64_t count;

	if (unit == 0 ||
	    !num_parse(str_sub(value, 0, value.n - 1), 0, 999999, &count))
		return false;
	*ms = now_ms - count * unit;
	return true;
}

/* A date alone: the moment at which it begins. */
static bool
date(struct str value, int64_t *ms)
{
	char text[TIME_TEXT] = "0000-00-00T00:00:00Z";
	enum { DATE = 10 };

	if (value.n != DATE)
		return false;
	memcpy(text, value.p, DATE);
	return time_parse_ms(str_of(text), ms);
}

bool
auditquery_time(struct str value, int64_t now_ms, int64_t *ms)
{
	return time_parse_ms(value, ms) || date(value, ms) ||
	       ago(value, now_ms, ms);
}

/* ---- patterns --------------------------------------------------------- */

bool
auditquery_fits(struct str pattern, struct str text)
{
	bool head = str_starts(pattern, "*"), tail = str_ends(pattern, "*");
	struct str core = str_sub(pattern, head, pattern.n);

	if (tail && core.n > 0)
		core.n--;
	if (core.n > text.n)
		return false;
	if (core.n == 0)
		return head || text.n == 0;
	if (head && tail)
		return memmem(text.p, text.n, core.p, core.n) != NULL;
	if (head)
		text = str_sub(text, text.n - core.n, text.n);
	else if (tail)
		text = str_sub(text, 0, core.n);
	return str_eq(core, text);
}

static int
check_pattern(struct str value, struct err *e)
{
	struct str inner = str_sub(value, 1, value.n == 0 ? 0 : value.n - 1);

	if (value.n == 0)
		return wrong(e, "empty", value);
	if (memchr(inner.p, '*', inner.n) != NULL)
		return wrong(e, "a '*' inside (at the ends only)", value);
	return 0;
}

static int
check_word(
    struct str value, const char *const *words, const char *why, struct err *e)
{
	for (; *words != NULL; words++) {
		if (str_eqz(value, *words))
			return 0;
	}
	return wrong(e, why, value);
}

/* ---- the parameters --------------------------------------------------- */

static struct auditquery_values *
list_of(struct auditquery *q, struct str name)
{
	const struct {
		const char *name;
		struct auditquery_values *list;
	} lists[] = {
	    {"app", &q->app},
	    {"container", &q->container},
	    {"image", &q->image},
	    {"rule", &q->rule},
	    {"name", &q->name},
	    {"kind", &q->kind},
	    {"action", &q->action},
	};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (str_eqz(name, lists[i].name))
			return lists[i].list;
	}
	return NULL;
}

static int
check_item(struct str name, struct str value, struct err *e)
{
	int r;

	if (str_eqz(name, "kind"))
		return check_word(value, kinds,
		    "not one of runtime, waas, lifecycle, scan, lost", e);
	if (str_eqz(name, "action"))
		return check_word(value, actions,
		    "not one of allow, alert, prevent, block, ban, none", e);
	if (!str_eqz(name, "app"))
		return check_pattern(value, e);
	r = appid_check_pattern(value, e);
	if (r != 0 && e != NULL)
		e->kind = ERR_USAGE;
	return r;
}

static int
add_item(struct auditquery_values *list, struct str name, struct str value,
    struct err *e)
{
	int r = check_item(name, value, e);

	if (r != 0)
		return r;
	if (list->n == AUDITQUERY_VALUES_MAX)
		return err_set(e, ERR_USAGE, EINVAL, "more than %d of them",
		    AUDITQUERY_VALUES_MAX);
	list->values[list->n++] = value;
	return 1;
}

static int
set_severity(struct auditquery *q, struct str value, struct err *e)
{
	enum event_severity severity;

	if (q->has_severity)
		return err_set(e, ERR_USAGE, EINVAL, "given twice");
	if (!event_names_severity_of(value, &severity))
		return wrong(
		    e, "not one of info, low, medium, high, critical", value);
	q->severity = (int)severity;
	q->has_severity = true;
	return 1;
}

static int
set_time(
    int64_t *to, bool *has, struct str value, int64_t now_ms, struct err *e)
{
	if (*has)
		return err_set(e, ERR_USAGE, EINVAL, "given twice");
	if (!auditquery_time(value, now_ms, to))
		return wrong(e,
		    "no time (2026-01-02T03:04:05Z, 2026-01-02, or 90s, "
		    "30m, 12h, 7d, 2w ago)",
		    value);
	*has = true;
	return 1;
}

int
auditquery_add(struct auditquery *q, struct str name, struct str value,
    int64_t now_ms, struct err *e)
{
	struct auditquery_values *list = list_of(q, name);

	if (list != NULL)
		return add_item(list, name, value, e);
	if (str_eqz(name, "severity"))
		return set_severity(q, value, e);
	if (str_eqz(name, "from"))
		return set_time(&q->from_ms, &q->has_from, value, now_ms, e);
	if (str_eqz(name, "to"))
		return set_time(&q->to_ms, &q->has_to, value, now_ms, e);
	if (!str_eqz(name, "search"))
		return 0;
	if (q->has_search)
		return err_set(e, ERR_USAGE, EINVAL, "given twice");
	q->search = value;
	q->has_search = true;
	return 1;
}
