/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question, "name=value&name=value" in the first line, and an event below
 * it. Values are taken or refused, within the bounds; nothing asked is met by
 * all; what an event says is found in it. Beside that, the texts as they are
 * shown: nothing hidden is left, and JSON keeps its meaning.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "auditquery/auditquery.h"
#include "jwrite/jwrite.h"
#include "utf8/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
read_query(struct str text, struct auditquery *q)
{
	struct str part, name, value;

	auditquery_init(q);
	while (text.n > 0) {
		struct err e = {0};
		int r;

		(void)str_cut(text, '&', &part, &text);
		(void)str_cut(part, '=', &name, &value);
		r = auditquery_add(q, name, value, INT64_C(1767323045000), &e);
		must(r == 1 || r == 0 || r == -EINVAL);
		must((e.kind == ERR_USAGE) == (r == -EINVAL));
	}
	must(q->app.n <= AUDITQUERY_VALUES_MAX);
}

static void
must_be_plain(struct str s)
{
	uint32_t code;
	size_t n;

	while (s.n > 0) {
		n = utf8_decode(s, &code);
		must(n > 0 && !utf8_hidden(code));
		s = str_sub(s, n, s.n);
	}
}

static void
write_tree(const struct jtree *t, struct buf *out)
{
	struct jwrite w;

	jwrite_init(&w, out);
	jtree_write(t, &w);
	must(jwrite_end_text(&w) == 0);
}

/* The same tree, from the text as it is shown? */
static void
check_json(struct arena *a, struct str text, const struct jtree *t)
{
	cleanup_buf struct buf shown = BUF_MAX(8 << 20);
	cleanup_buf struct buf one = BUF_MAX(8 << 20), two = BUF_MAX(8 << 20);
	const struct jtree *again = NULL;

	utf8_show_json(text, &shown);
	must(jtree_parse(a, buf_str(&shown), "shown", &again, NULL) == 0);
	write_tree(t, &one);
	write_tree(again, &two);
	must(str_eq(buf_str(&one), buf_str(&two)));
}

static void
check_event(const struct auditquery *q, const struct jtree *t)
{
	struct str said = jtree_str(jtree_get(t, "msg"));
	struct auditquery own;

	must(auditquery_match(q, t) == auditquery_match(q, t));
	auditquery_init(&own);
	must(auditquery_match(&own, t));
	must(auditquery_add(&own, STR("search"), said, 0, NULL) == 1);
	must(auditquery_match(&own, t));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	cleanup_arena struct arena *a = arena_new(64 << 20);
	cleanup_buf struct buf shown = BUF_MAX(8 << 20);
	struct str all = str_make((const char *)data, n), question, event;
	const struct jtree *t;
	struct auditquery q;

	if (n > 1 << 20)
		return 0;
	(void)str_cut(all, '\n', &question, &event);
	read_query(question, &q);
	utf8_show(all, &shown);
	must_be_plain(buf_str(&shown));
	if (jtree_parse(a, event, "event", &t, NULL) == 0) {
		check_event(&q, t);
		check_json(a, event, t);
	}
	return 0;
}
