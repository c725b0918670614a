/* SPDX-License-Identifier: Apache-2.0 */
/* The block half of style.h, and strings. */
#include <string.h>
#include <strings.h>

#include "style.h"
#include "utf8/utf8.h"

enum { ITEM_OFFSET = 2 }; /* from a dash to what it introduces */

/* ---- strings ---- */

/* Would YAML 1.1 take this plain word for something else than a string? */
static bool
is_special(struct str s)
{
	static const char *const words[] = {
	    "y", "n", "yes", "no", "on", "off", "true", "false", "null", NULL};

	for (const char *const *w = words; *w != NULL; w++)
		if (s.n == strlen(*w) && strncasecmp(s.p, *w, s.n) == 0)
			return true;
	return false;
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* Narrower than YAML's own rule: whoever reads it later is on the safe side. */
static bool
is_plain(struct str s, bool flow)
{
	if (s.n == 0 || is_special(s))
		return false;
	if (!is_alnum(s.p[0]) && s.p[0] != '/' && s.p[0] != '_')
		return false;
	if (s.p[0] >= '0' && s.p[0] <= '9')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (is_alnum(s.p[i]) || strchr("_./@+=-", s.p[i]) != NULL)
			continue;
		if (s.p[i] != ':' || flow || i + 1 == s.n)
			return false;
	}
	return true;
}

/* YAML 1.1 section 5.1 keeps these out of a stream; JSON lets most in. */
static bool
must_escape(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
	       code == 0x2029 || code == 0xfeff || code == 0xfffe ||
	       code == 0xffff;
}

static void
put_escaped(uint32_t code, struct buf *b)
{
	switch (code) {
	case '\n':
		buf_addz(b, "\\n");
		break;
	case '\r':
		buf_addz(b, "\\r");
		break;
	case '\t':
		buf_addz(b, "\\t");
		break;
	default:
		buf_addf(b, "\\u%04x", code);
	}
}

static void
put_double(struct str s, struct buf *b)
{
	buf_addc(b, '"');
	while (s.n > 0) {
		uint32_t code = 0xfffd;
		size_t n = utf8_decode(s, &code);

		if (n == 1 && (code == '"' || code == '\\'))
			buf_addc(b, '\\');
		if (n > 0 && !must_escape(code))
			buf_add(b, s.p, n);
		else
			put_escaped(code, b);
		s = str_sub(s, n == 0 ? 1 : n, s.n);
	}
	buf_addc(b, '"');
}

static bool
fits_single(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 ||
		    (unsigned char)s.p[i] >= 0x7f)
			return false;
	return true;
}

static void
put_single(struct str s, struct buf *b)
{
	buf_addc(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_addc(b, '\'');
		buf_addc(b, s.p[i]);
	}
	buf_addc(b, '\'');
}

void
style_put_text(const struct style *st, struct str s, bool flow, struct buf *b)
{
	if (doc_format(st->d) == DOC_JSON || !fits_single(s))
		put_double(s, b);
	else if (is_plain(s, flow))
		buf_adds(b, s);
	else
		put_single(s, b);
}

/* ---- block collections ---- */

void
style_put_line(const struct style *st, size_t column, struct buf *b)
{
	buf_addz(b, st->newline);
	for (size_t i = 0; i < column; i++)
		buf_addc(b, ' ');
}

static void
put_map(const struct style *st, size_t column, bool same_line,
    const struct val *v, struct buf *b)
{
	for (const struct val *child = v->first; child != NULL;
	     child = child->next) {
		if (child == v->first && same_line)
			buf_addc(b, ' ');
		else
			style_put_line(st, column, b);
		style_put_text(st, child->key, false, b);
		buf_addc(b, ':');
		style_put_block(st, column, false, child, b);
	}
}

static void
put_list(
    const struct style *st, size_t column, const struct val *v, struct buf *b)
{
	for (const struct val *child = v->first; child != NULL;
	     child = child->next) {
		style_put_line(st, column, b);
		buf_addc(b, '-');
		style_put_block(st, column, true, child, b);
	}
}

void
style_put_block(const struct style *st, size_t column, bool behind_dash,
    const struct val *v, struct buf *b)
{
	static const struct style_flow one_line = {
	    .gap = {" ", 1}, .colon = {": ", 2}};

	if (v->kind == VAL_TEXT && v->tag.n == 0) {
		buf_addc(b, ' ');
		style_put_text(st, v->text, false, b);
	} else if (v->first == NULL || v->tag.n > 0) {
		buf_addc(b, ' ');
		style_put_flow(st, &one_line, v, b);
	} else if (v->kind == VAL_MAP) {
		column += behind_dash ? ITEM_OFFSET : st->unit.n;
		put_map(st, column, behind_dash, v, b);
	} else {
		column += behind_dash ? ITEM_OFFSET : st->dash_offset;
		put_list(st, column, v, b);
	}
}
