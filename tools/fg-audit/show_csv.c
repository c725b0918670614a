/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "show.h"
#include "utf8/utf8.h"

/* A field's name, and the members that it is made of. */
static const struct {
	const char *head, *a, *b;
} fields[] = {
    {"time", "ts", NULL},
    {"severity", "severity", NULL},
    {"action", "action", NULL},
    {"kind", "kind", NULL},
    {"name", "name", NULL},
    {"app", "app", "id"},
    {"container", "container", "name"},
    {"image", "container", "image"},
    {"detection", "rule", "id"},
    {"rule", "rule", "name"},
    {"msg", NULL, NULL}, /* show_words() */
    {"count", "count", NULL},
    {"attack", "attack", NULL},
    {"process", "process", "exe"},
    {"args", "process", "args"},
    {"file", "file", "path"},
    {"domain", "net", "domain"},
    {"addr", "net", "addr"},
    {"port", "net", "port"},
    {"id", "id", NULL},
};

enum { FIELDS = sizeof fields / sizeof *fields };

static void
add_words(const struct jtree *t, struct buf *out)
{
	for (size_t n = 0; t != NULL; t = t->next) {
		if (n++ > 0)
			buf_addc(out, ' ');
		buf_adds(out, jtree_str(t));
	}
}

static void
take(const struct jtree *t, size_t i, struct buf *out)
{
	const struct jtree *member = t;

	if (fields[i].a == NULL) {
		show_words(t, out);
		return;
	}
	member = jtree_get(t, fields[i].a);
	if (fields[i].b != NULL)
		member = jtree_get(member, fields[i].b);
	if (member != NULL && member->kind == JSCAN_ARRAY)
		add_words(member->first, out);
	else
		buf_adds(out, show_member(t, fields[i].a, fields[i].b));
}

/* As OWASP has it, "CSV injection"; LF and TAB are escapes by now. */
static bool
is_formula(struct str s)
{
	return s.n > 0 && memchr("=+-@", s.p[0], 4) != NULL;
}

static void
add_field(struct str raw, struct buf *out)
{
	cleanup_buf struct buf s = BUF_MAX(1024 * 1024);

	if (is_formula(str_trim(raw)))
		buf_addc(&s, '\'');
	utf8_show(raw, &s);
	if (memchr(buf_z(&s), '"', s.n) == NULL &&
	    memchr(buf_z(&s), ',', s.n) == NULL) {
		buf_adds(out, buf_str(&s));
		return;
	}
	buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, s.p[i]);
	}
	buf_addc(out, '"');
}

void
show_csv_head(struct buf *out)
{
	for (size_t i = 0; i < FIELDS; i++)
		buf_addf(out, "%s%s", i > 0 ? "," : "", fields[i].head);
	buf_addc(out, '\n');
}

void
show_csv(const struct jtree *t, struct buf *out)
{
	for (size_t i = 0; i < FIELDS; i++) {
		cleanup_buf struct buf raw = BUF_MAX(256 * 1024);

		take(t, i, &raw);
		if (i > 0)
			buf_addc(out, ',');
		add_field(buf_str(&raw), out);
	}
	buf_addc(out, '\n');
}
