/* SPDX-License-Identifier: Apache-2.0 */
/* From a line of fg-event(5) to what the store looks at. */
#include <errno.h>

#include "base/num.h"
#include "jtree/jtree.h"
#include "store_audits.h"
#include "store_ops.h"
#include "time/time.h"

struct reader {
	const struct jtree *event;
	struct err *e;
	int r; /* the first error */
};

static void
refuse(struct reader *x, const char *key, const char *why)
{
	if (x->r == 0)
		x->r = err_set(x->e, ERR_PERM, EINVAL, "%s: %s", key, why);
}

/* A string, empty when it is not there. */
static struct str
text(struct reader *x, const struct jtree *object, const char *key)
{
	const struct jtree *m = jtree_get(object, key);

	if (jtree_is_null(m))
		return STR_NONE;
	if (m->kind != JSCAN_STRING)
		refuse(x, key, "not a string");
	return jtree_str(m);
}

/* One of the words that of() knows. */
static int
word(struct reader *x, const char *key, int (*of)(struct str text))
{
	int n = of(text(x, x->event, key));

	if (n < 0)
		refuse(x, key, "missing, or an unknown word");
	return n < 0 ? 0 : n;
}

static const struct jtree *
object(struct reader *x, const char *key)
{
	const struct jtree *m = jtree_get(x->event, key);

	if (jtree_is_null(m))
		return NULL;
	if (m->kind != JSCAN_OBJECT)
		refuse(x, key, "not an object");
	return m;
}

static void
identity(struct reader *x, struct store_event *ret)
{
	const struct jtree *seq = jtree_get(x->event, "seq");
	int64_t n = 0;

	ret->boot = text(x, x->event, "boot");
	if (!store_event_boot_ok(ret->boot))
		refuse(x, "boot", "not 32 hexadecimal digits");
	if (jtree_is_null(seq) || seq->kind != JSCAN_NUMBER ||
	    !num_parse(seq->text, 0, INT64_MAX, &n))
		refuse(x, "seq", "missing, or not a whole number");
	ret->seq = (uint64_t)n;
	if (!time_parse_ms(text(x, x->event, "ts"), &ret->ts_ms))
		refuse(x, "ts", "missing, or not an RFC 3339 time");
}

static void
facets(struct reader *x, struct store_event *ret)
{
	const struct jtree *container = object(x, "container");
	const struct jtree *rule = object(x, "rule");
	const struct jtree *match = object(x, "match");

	ret->kind = (enum store_kind)word(x, "kind", store_kind_of);
	ret->severity =
	    (enum store_severity)word(x, "severity", store_severity_of);
	ret->action = (enum store_action)word(x, "action", store_action_of);
	ret->name = text(x, x->event, "name");
	ret->container = text(x, container, "name");
	ret->image = text(x, container, "image");
	ret->rule = text(x, rule, "name");
	ret->type = text(x, match, "class");
	if (ret->type.n == 0)
		ret->type = text(x, rule, "id");
}

int
store_event_read(struct arena *a, struct str line, struct str app,
    struct store_event *ret, struct err *e)
{
	struct reader x = {.e = e};
	int r = store_text_ok(line, "event", STORE_EVENT_MAX, true, e);

	if (r == 0)
		r = jtree_parse(a, line, "event", &x.event, e);
	if (r != 0)
		return r;
	*ret = (struct store_event){.app = app, .body = line};
	if (x.event->kind != JSCAN_OBJECT ||
	    !str_eqz(text(&x, x.event, "type"), "event"))
		refuse(&x, "type", "not \"event\"");
	identity(&x, ret);
	facets(&x, ret);
	if (x.r == 0 && !store_event_ok(ret))
		refuse(&x, "event", "a member is missing, or too long");
	return x.r;
}

bool
store_event_boot_ok(struct str boot)
{
	if (boot.n != STORE_BOOT)
		return false;
	for (size_t i = 0; i < boot.n; i++)
		if (!((boot.p[i] >= '0' && boot.p[i] <= '9') ||
			(boot.p[i] >= 'a' && boot.p[i] <= 'f')))
			return false;
	return true;
}

bool
store_event_ok(const struct store_event *ev)
{
	return ev->app.n > 0 && ev->app.n <= STORE_APP_MAX &&
	       store_event_boot_ok(ev->boot) && ev->seq <= INT64_MAX &&
	       (unsigned)ev->kind < STORE_KINDS &&
	       (unsigned)ev->severity < STORE_SEVERITIES &&
	       (unsigned)ev->action < STORE_ACTIONS && ev->name.n > 0 &&
	       ev->name.n <= STORE_TEXT_MAX &&
	       ev->container.n <= STORE_TEXT_MAX &&
	       ev->image.n <= STORE_TEXT_MAX && ev->rule.n <= STORE_TEXT_MAX &&
	       ev->type.n <= STORE_TEXT_MAX && ev->body.n > 0 &&
	       ev->body.n <= STORE_EVENT_MAX &&
	       str_chr(ev->body, '\n') == ev->body.n;
}
