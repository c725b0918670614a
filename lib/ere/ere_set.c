/* SPDX-License-Identifier: Apache-2.0 */
#include "ere_code.h"

#include <string.h>

/* As isalpha(3) and so on say it in the C locale; the numbers are ASCII. */
static bool
is_lower(unsigned c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(unsigned c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_alpha(unsigned c)
{
	return is_lower(c) || is_upper(c);
}

static bool
is_digit(unsigned c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(unsigned c)
{
	return is_alpha(c) || is_digit(c);
}

static bool
is_blank(unsigned c)
{
	return c == ' ' || c == '\t';
}

static bool
is_space(unsigned c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_cntrl(unsigned c)
{
	return c < 0x20 || c == 0x7f;
}

static bool
is_graph(unsigned c)
{
	return c > 0x20 && c < 0x7f;
}

static bool
is_print(unsigned c)
{
	return c >= 0x20 && c < 0x7f;
}

static bool
is_punct(unsigned c)
{
	return is_graph(c) && !is_alnum(c);
}

static bool
is_xdigit(unsigned c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_word(unsigned c)
{
	return ere_is_word((uint8_t)c);
}

static const struct {
	const char *name;
	bool (*is)(unsigned c);
} classes[] = {
    {"alpha", is_alpha},
    {"digit", is_digit},
    {"alnum", is_alnum},
    {"upper", is_upper},
    {"lower", is_lower},
    {"space", is_space},
    {"blank", is_blank},
    {"punct", is_punct},
    {"print", is_print},
    {"graph", is_graph},
    {"cntrl", is_cntrl},
    {"xdigit", is_xdigit},
};

static void
add_all(struct ere_set *set, bool (*is)(unsigned c), bool want)
{
	for (unsigned c = 0; c < 256; c++) {
		if (is(c) == want)
			ere_set_add(set, (uint8_t)c);
	}
}

bool
ere_set_named(char c, struct ere_set *ret)
{
	bool plain = is_lower((unsigned char)c);

	switch (c) {
	case 'd':
	case 'D':
		add_all(ret, is_digit, plain);
		return true;
	case 's':
	case 'S':
		add_all(ret, is_space, plain);
		return true;
	case 'w':
	case 'W':
		add_all(ret, is_word, plain);
		return true;
	default:
		return false;
	}
}

void
ere_set_fold(struct ere_set *set)
{
	for (unsigned c = 'a'; c <= 'z'; c++) {
		unsigned upper = c - 'a' + 'A';

		if (ere_set_has(set, (uint8_t)c) ||
		    ere_set_has(set, (uint8_t)upper)) {
			ere_set_add(set, (uint8_t)c);
			ere_set_add(set, (uint8_t)upper);
		}
	}
}

static unsigned
hex_value(unsigned c)
{
	return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

bool
ere_set_escape(struct str text, size_t *at, uint8_t *ret)
{
	static const char letters[] = "nrt", bytes[] = "\n\r\t";
	unsigned char c = *at < text.n ? (unsigned char)text.p[*at] : 'Z';
	const char *known = strchr(letters, c);
	struct str digits = str_sub(text, *at + 1, *at + 3);

	if (c != '\0' && known != NULL) {
		*ret = (uint8_t)bytes[known - letters];
	} else if (c == 'x') {
		if (digits.n < 2 || !is_xdigit((unsigned char)digits.p[0]) ||
		    !is_xdigit((unsigned char)digits.p[1]))
			return false;
		*ret = (uint8_t)(hex_value((unsigned char)digits.p[0]) << 4 |
				 hex_value((unsigned char)digits.p[1]));
		*at += 2;
	} else if (is_alnum(c)) {
		return false;
	} else {
		*ret = c;
	}
	++*at;
	return true;
}

/* ---- [ ] -------------------------------------------------------------- */

struct bracket {
	struct str text;
	size_t at;
	const char *why;
};

/* "[:alpha:]" at b->at; false: it is none. */
static bool
parse_class(struct bracket *b, struct ere_set *set)
{
	struct str rest = str_sub(b->text, b->at, b->text.n), name;

	if (str_starts(rest, "[.") || str_starts(rest, "[=")) {
		b->why = "[. .] and [= =] are not known here";
		return true;
	}
	if (!str_starts(rest, "[:"))
		return false;
	name = str_sub(rest, 2, str_chr(str_sub(rest, 2, rest.n), ':') + 2);
	if (!str_starts(str_sub(rest, 2 + name.n, rest.n), ":]")) {
		b->why = "\"[:\" without \":]\"";
		return true;
	}
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (str_eqz(name, classes[i].name)) {
			add_all(set, classes[i].is, true);
			b->at += name.n + 4;
			return true;
		}
	}
	b->why = "no such class of characters";
	return true;
}

/* One character, or a set such as \d (then *single is false). */
static void
parse_one(struct bracket *b, struct ere_set *set, uint8_t *c, bool *single)
{
	*single = false;
	if (b->at >= b->text.n) {
		b->why = "'[' without ']'";
		return;
	}
	if (parse_class(b, set))
		return;
	*single = true;
	*c = (uint8_t)b->text.p[b->at++];
	if (*c != '\\')
		return;
	if (b->at < b->text.n && ere_set_named(b->text.p[b->at], set)) {
		*single = false;
		b->at++;
	} else if (!ere_set_escape(b->text, &b->at, c)) {
		b->why = "no such escape";
	}
}

/* One item: a set, a character or a range. */
static void
parse_item(struct bracket *b, struct ere_set *set)
{
	struct str rest;
	uint8_t low, high;
	bool single;

	parse_one(b, set, &low, &single);
	if (b->why != NULL || !single)
		return;
	rest = str_sub(b->text, b->at, b->text.n);
	high = low;
	if (str_starts(rest, "-") && !str_starts(rest, "-]") && rest.n > 1) {
		b->at++;
		parse_one(b, set, &high, &single);
		if (b->why == NULL && (!single || high < low))
			b->why = "not a range";
	}
	for (unsigned c = low; b->why == NULL && c <= high; c++)
		ere_set_add(set, (uint8_t)c);
}

const char *
ere_set_parse(struct str text, size_t *at, bool fold, struct ere_set *ret)
{
	struct bracket b = {.text = text, .at = *at};
	bool negated = *at < text.n && text.p[*at] == '^', first = true;

	b.at += negated;
	*ret = (struct ere_set){0};
	/* A ']' that comes first stands for itself. */
	while (b.at >= text.n || text.p[b.at] != ']' || first) {
		parse_item(&b, ret);
		if (b.why != NULL)
			return b.why;
		first = false;
	}
	*at = b.at + 1;
	if (fold)
		ere_set_fold(ret);
	for (unsigned i = 0; negated && i < 4; i++)
		ret->bits[i] = ~ret->bits[i];
	return NULL;
}
