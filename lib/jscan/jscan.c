/* SPDX-License-Identifier: Apache-2.0 */
#include "jscan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "jscan_lex.h"

/*
 * What may come next. A failing step leaves it as it was, so that the step
 * fails the same way again.
 */
enum expect {
	AT_VALUE,      /* any value; after a colon, a comma, at the start */
	AT_FIRST_ITEM, /* a value, or the end of the array */
	AT_KEY,        /* a key, after a comma */
	AT_FIRST_KEY,  /* a key, or the end of the object */
	AT_COLON,
	AFTER_VALUE, /* a comma, or the end of what is open */
	AT_END,      /* blanks only */
};

void
jscan_init(struct jscan *s, struct str src, unsigned depth_max)
{
	*s = (struct jscan){.src = src, .line = 1, .expect = AT_VALUE};
	s->depth_max =
	    depth_max < JSCAN_DEPTH_MAX ? depth_max : JSCAN_DEPTH_MAX;
}

bool
jscan_skip_bom(struct jscan *s)
{
	if (s->at != 0 || !str_starts(s->src, "\xef\xbb\xbf"))
		return false;
	s->at = s->line_start = 3;
	return true;
}

static int
fail(
    const struct jscan *s, size_t at, int code, const char *text, struct err *e)
{
	return err_set(e, ERR_PERM, code, "%u:%zu: %s", s->line,
	    at - s->line_start + 1, text);
}

static bool
in_object(const struct jscan *s)
{
	unsigned i = s->depth - 1;

	return s->depth > 0 && (s->in_object[i / 8] >> i % 8 & 1) != 0;
}

static const char *
wanted(const struct jscan *s)
{
	switch ((enum expect)s->expect) {
	case AT_VALUE:
		return "a value";
	case AT_FIRST_ITEM:
		return "a value or ']'";
	case AT_KEY:
		return "a key in double quotes";
	case AT_FIRST_KEY:
		return "a key in double quotes or '}'";
	case AT_COLON:
		return "':' after the key";
	case AFTER_VALUE:
		return in_object(s) ? "',' or '}' after the value"
				    : "',' or ']' after the value";
	case AT_END:
		break;
	}
	return "nothing more after the value";
}

static bool
is_comment(struct str text)
{
	return str_starts(text, "//") || str_starts(text, "/*");
}

/* What stands at s->at is not what may come next. */
static int
unexpected(const struct jscan *s, struct err *e)
{
	char text[96], found[24] = "the end of the text";
	unsigned char c;

	if (is_comment(str_sub(s->src, s->at, s->src.n)))
		return fail(s, s->at, EINVAL,
		    "JSON has no comments; take this one out", e);
	if (s->at < s->src.n) {
		c = (unsigned char)s->src.p[s->at];
		(void)snprintf(found, sizeof found,
		    c >= 0x20 && c < 0x7f ? "'%c'" : "byte 0x%02x", c);
	}
	(void)snprintf(
	    text, sizeof text, "expected %s, found %s", wanted(s), found);
	return fail(s, s->at, EINVAL, text, e);
}

static void
skip_blanks(struct jscan *s)
{
	const char *p = s->src.p;
	size_t at = s->at, n = s->src.n;

	for (; at < n; at++) {
		if (p[at] == '\n') {
			s->line++;
			s->line_start = at + 1;
		} else if (p[at] != ' ' && p[at] != '\t' && p[at] != '\r') {
			break;
		}
	}
	s->at = at;
}

static void
finish(struct jscan *s, struct jscan_token *tok, enum jscan_kind kind,
    size_t end, int expect)
{
	*tok = (struct jscan_token){.kind = kind,
	    .start = s->at,
	    .end = end,
	    .line = s->line,
	    .column = (unsigned)(s->at - s->line_start + 1)};
	s->at = end;
	s->expect = expect;
}

static int
after_value(const struct jscan *s)
{
	return s->depth == 0 ? AT_END : AFTER_VALUE;
}

static int
open_level(struct jscan *s, struct jscan_token *tok, bool object, struct err *e)
{
	unsigned char bit = (unsigned char)(1U << s->depth % 8);
	char text[64];

	if (s->depth >= s->depth_max) {
		(void)snprintf(text, sizeof text,
		    "nested deeper than %u levels", s->depth_max);
		return fail(s, s->at, E2BIG, text, e);
	}
	if (object)
		s->in_object[s->depth / 8] |= bit;
	else
		s->in_object[s->depth / 8] &= (unsigned char)~bit;
	s->depth++;
	finish(s, tok, object ? JSCAN_OBJECT : JSCAN_ARRAY, s->at + 1,
	    object ? AT_FIRST_KEY : AT_FIRST_ITEM);
	return 1;
}

static int
close_level(struct jscan *s, struct jscan_token *tok)
{
	enum jscan_kind kind =
	    in_object(s) ? JSCAN_OBJECT_END : JSCAN_ARRAY_END;

	s->depth--;
	finish(s, tok, kind, s->at + 1, after_value(s));
	return 1;
}

static int
scan_string(struct jscan *s, struct jscan_token *tok, enum jscan_kind kind,
    struct err *e)
{
	struct jscan_lexeme lex = jscan_lex_string(s->src, s->at);

	if (lex.bad != NULL)
		return fail(s, lex.end, EINVAL, lex.bad, e);
	finish(s, tok, kind, lex.end,
	    kind == JSCAN_KEY ? AT_COLON : after_value(s));
	tok->escaped = lex.escaped;
	return 1;
}

static int
scan_number(struct jscan *s, struct jscan_token *tok, struct err *e)
{
	struct jscan_lexeme lex = jscan_lex_number(s->src, s->at);

	if (lex.bad != NULL)
		return fail(s, lex.end, EINVAL, lex.bad, e);
	finish(s, tok, JSCAN_NUMBER, lex.end, after_value(s));
	return 1;
}

static int
scan_word(struct jscan *s, struct jscan_token *tok, enum jscan_kind kind,
    struct str word, struct err *e)
{
	if (!jscan_lex_word(s->src, s->at, word))
		return unexpected(s, e);
	finish(s, tok, kind, s->at + word.n, after_value(s));
	return 1;
}

static int
scan_value(struct jscan *s, struct jscan_token *tok, struct err *e)
{
	char c = s->at < s->src.n ? s->src.p[s->at] : '\0';

	switch (c) {
	case '{':
	case '[':
		return open_level(s, tok, c == '{', e);
	case '"':
		return scan_string(s, tok, JSCAN_STRING, e);
	case 't':
		return scan_word(s, tok, JSCAN_TRUE, STR("true"), e);
	case 'f':
		return scan_word(s, tok, JSCAN_FALSE, STR("false"), e);
	case 'n':
		return scan_word(s, tok, JSCAN_NULL, STR("null"), e);
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return scan_number(s, tok, e);
		return unexpected(s, e);
	}
}

/* Take the comma or colon at s->at, if one may stand there. */
static bool
take_separator(struct jscan *s)
{
	char c = s->at < s->src.n ? s->src.p[s->at] : '\0';

	if (s->expect == AFTER_VALUE && c == ',')
		s->expect = in_object(s) ? AT_KEY : AT_VALUE;
	else if (s->expect == AT_COLON && c == ':')
		s->expect = AT_VALUE;
	else
		return false;
	s->at++;
	skip_blanks(s);
	return true;
}

int
jscan_next(struct jscan *s, struct jscan_token *tok, struct err *e)
{
	char c;

	skip_blanks(s);
	(void)take_separator(s);
	c = s->at < s->src.n ? s->src.p[s->at] : '\0';
	switch ((enum expect)s->expect) {
	case AT_FIRST_ITEM:
		if (c == ']')
			return close_level(s, tok);
		return scan_value(s, tok, e);
	case AT_VALUE:
		return scan_value(s, tok, e);
	case AT_FIRST_KEY:
		if (c == '}')
			return close_level(s, tok);
		/* fallthrough */
	case AT_KEY:
		if (c == '"')
			return scan_string(s, tok, JSCAN_KEY, e);
		break;
	case AFTER_VALUE:
		if (c == (in_object(s) ? '}' : ']'))
			return close_level(s, tok);
		break;
	case AT_END:
		if (s->at == s->src.n)
			return 0;
		break;
	case AT_COLON:
		break;
	}
	return unexpected(s, e);
}

int
jscan_skip(struct jscan *s, struct jscan_token *tok, struct err *e)
{
	unsigned depth = s->depth;
	int r = 1;

	if (tok->kind == JSCAN_KEY) {
		r = jscan_next(s, tok, e);
		return r == 1 ? jscan_skip(s, tok, e) : r;
	}
	if (tok->kind != JSCAN_OBJECT && tok->kind != JSCAN_ARRAY)
		return 1;
	while (r == 1 && s->depth >= depth)
		r = jscan_next(s, tok, e);
	return r;
}

struct str
jscan_raw(const struct jscan *s, const struct jscan_token *tok)
{
	return str_sub(s->src, tok->start, tok->end);
}

struct str
jscan_inner(const struct jscan *s, const struct jscan_token *tok)
{
	return str_sub(s->src, tok->start + 1, tok->end - 1);
}
