/* SPDX-License-Identifier: Apache-2.0 */
#include "vendor.h"

static const char *const runtime[] = {"time", "appID", "containerName",
    "imageName", "imageId", "type", "attackType", "effect", "ruleName",
    "severity", "msg", "user", "pid", "processPath", "command", "filepath",
    "ip", "port", "domain", "attackTechniques", "count", "_id", NULL};
static const char *const waas[] = {"time", "appID", "containerName",
    "imageName", "imageId", "type", "effect", "ruleName", "severity", "msg",
    "method", "requestHost", "urlPath", "urlQuery", "userAgentHeader",
    "statusCode", "subnet", "connectingIPs", "attackTechniques", "count", "_id",
    NULL};

static void
add_text(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f)
			buf_addf(out, "\\x%02x", c);
		else if (c == '"')
			buf_addz(out, "\"\"");
		else
			buf_addc(out, s.p[i]);
	}
}

/* What a spreadsheet would compute, also behind blanks. */
static bool
is_formula(const struct jtree *t)
{
	struct str s = str_trim(jtree_str(t));

	return s.n > 0 && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' ||
			      s.p[0] == '@');
}

static void
add_cell(const struct jtree *t, struct buf *out)
{
	const struct jtree *i;

	if (jtree_is_null(t))
		return;
	if (t->kind == JSCAN_NUMBER) {
		buf_adds(out, t->text);
		return;
	}
	buf_addc(out, '"');
	if (is_formula(t) || (t->kind == JSCAN_ARRAY && is_formula(t->first)))
		buf_addc(out, '\'');
	if (t->kind == JSCAN_ARRAY)
		for (i = t->first; i != NULL; i = i->next) {
			add_text(jtree_str(i), out);
			if (i->next != NULL)
				buf_addc(out, ' ');
		}
	else
		add_text(t->text, out);
	buf_addc(out, '"');
}

void
vendor_csv(const struct jtree *audit, bool of_waas, struct buf *out)
{
	const char *const *name = of_waas ? waas : runtime;

	for (; *name != NULL; name++) {
		if (audit == NULL)
			buf_addz(out, *name);
		else
			add_cell(jtree_get(audit, *name), out);
		buf_addz(out, name[1] == NULL ? "\r\n" : ",");
	}
}
