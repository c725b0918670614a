/* SPDX-License-Identifier: Apache-2.0 */
#include "pick.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "ndjson/ndjson.h"
#include "time/time.h"

enum { TREE_MAX = 64 * 1024 * 1024 }; /* of one line */

static int
refuse(struct pick *p, const struct err *e)
{
	log_error("%s", e->text);
	p->bad++;
	return 0;
}

void
pick_bad(struct pick *p, struct pick_place at, const char *why)
{
	struct err e = {0};

	(void)err_set(&e, ERR_NO, EBADMSG, "%s:%lu: %s", at.what, at.line, why);
	(void)refuse(p, &e);
}

/* The members that the forms look into, and what they must be. */
static const struct {
	const char *name;
	enum jscan_kind kind;
	bool required;
} members[] = {
    {"v", JSCAN_NUMBER, true},
    {"ts", JSCAN_STRING, true},
    {"kind", JSCAN_STRING, true},
    {"name", JSCAN_STRING, true},
    {"id", JSCAN_STRING, false},
    {"severity", JSCAN_STRING, false},
    {"action", JSCAN_STRING, false},
    {"msg", JSCAN_STRING, false},
    {"detail", JSCAN_STRING, false},
    {"boot", JSCAN_STRING, false},
    {"agent", JSCAN_STRING, false},
    {"seq", JSCAN_NUMBER, false},
    {"count", JSCAN_NUMBER, false},
    {"number", JSCAN_NUMBER, false},
    {"target", JSCAN_NUMBER, false},
    {"attack", JSCAN_ARRAY, false},
    {"app", JSCAN_OBJECT, false},
    {"container", JSCAN_OBJECT, false},
    {"rule", JSCAN_OBJECT, false},
    {"process", JSCAN_OBJECT, false},
    {"file", JSCAN_OBJECT, false},
    {"net", JSCAN_OBJECT, false},
    {"syscall", JSCAN_OBJECT, false},
    {"http", JSCAN_OBJECT, false},
    {"client", JSCAN_OBJECT, false},
    {"match", JSCAN_OBJECT, false},
    {"config", JSCAN_OBJECT, false},
};

static int
check_members(const struct jtree *t, struct err *e)
{
	struct str ts = jtree_str(jtree_get(t, "ts"));
	int64_t ms;

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		const struct jtree *m = jtree_get(t, members[i].name);

		if (m == NULL && !members[i].required)
			continue;
		if (m == NULL)
			return err_set(e, ERR_NO, EBADMSG,
			    "no event: \"%s\" is missing", members[i].name);
		if (m->kind != members[i].kind)
			return err_set(e, ERR_NO, EBADMSG,
			    "no event: /%s is of another type",
			    members[i].name);
	}
	if (!time_parse_ms(ts, &ms) || !str_ends(ts, "Z"))
		return err_set(e, ERR_NO, EBADMSG,
		    "no event: /ts is no time of RFC 3339 in UTC");
	if (!str_eqz(jtree_get(t, "v")->text, "1"))
		return err_set(e, ERR_NO, EBADMSG,
		    "an event of version %.*s: a newer fg-audit is needed",
		    STR_ARG(str_sub(jtree_get(t, "v")->text, 0, 20)));
	return 0;
}

static int
print(struct pick *p, struct str line, struct err *e)
{
	int r = out_event(p->out, line, e);

	if (r == -EBADMSG)
		return refuse(p, e);
	p->picked += r == 0;
	return r;
}

static int
take(struct pick *p, struct str line, const struct jtree *t, struct buf *cursor,
    struct err *e)
{
	struct str said = jtree_str(jtree_get(t, "cursor"));

	if (cursor != NULL && said.n > 0) {
		buf_reset(cursor);
		buf_adds(cursor, said);
	}
	if (!p->asked_elsewhere && !auditquery_match(&p->query, t))
		return 0;
	return p->keep ? tail_add(&p->tail, line, e) : print(p, line, e);
}

/* 1: one to look at, 0: it has been counted. */
static int
parse(struct pick *p, struct arena *a, struct str line, struct pick_place at,
    const struct jtree **ret)
{
	const struct ndjson_in in = {.what = at.what, .line = at.line};
	struct err e = {0};
	struct str type;
	const struct jtree *t;
	int r = jtree_parse(a, line, "", &t, &e);

	if (r != 0) {
		ndjson_in_place(&in, &e);
		return refuse(p, &e);
	}
	type = jtree_str(jtree_get(t, "type"));
	if (type.n > 0 && !str_eqz(type, "event")) {
		p->other++;
		return 0;
	}
	if (type.n == 0)
		r = err_set(&e, ERR_NO, EBADMSG, "no event: no \"type\"");
	else
		r = check_members(t, &e);
	if (r != 0) {
		ndjson_in_place(&in, &e);
		return refuse(p, &e);
	}
	*ret = t;
	return 1;
}

int
pick_line(struct pick *p, struct str line, struct pick_place at,
    struct buf *cursor, struct err *e)
{
	cleanup_arena struct arena *a = NULL;
	const struct jtree *t;

	if (str_trim(line).n == 0)
		return 0;
	a = arena_new(TREE_MAX);
	if (a == NULL)
		return err_nomem(e);
	if (parse(p, a, line, at, &t) == 0)
		return 0;
	return take(p, line, t, cursor, e);
}

int
pick_settle(struct pick *p, bool last_first, struct err *e)
{
	size_t n = p->tail.n;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = print(p, tail_at(&p->tail, last_first ? n - 1 - i : i), e);
	tail_free(&p->tail);
	p->keep = false;
	return r;
}
