/* SPDX-License-Identifier: Apache-2.0 */
#include "jwrite.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "utf8/utf8.h"

enum state {
	AT_START,  /* nothing written yet */
	FIRST,     /* in an object or array, still empty */
	NEXT,      /* in an object or array, something is there */
	AFTER_KEY, /* the member's value is due */
	DONE,      /* the text is whole */
};

void
jwrite_init(struct jwrite *w, struct buf *out)
{
	*w = (struct jwrite){.out = out, .state = AT_START};
}

static bool
in_object(const struct jwrite *w)
{
	unsigned i = w->depth - 1;

	return w->depth > 0 && (w->in_object[i / 8] >> i % 8 & 1) != 0;
}

/* May a value stand here? If so, write the comma that it needs. */
static bool
before_value(struct jwrite *w)
{
	bool fits = w->state == AT_START || w->state == AFTER_KEY ||
		    (w->state != DONE && !in_object(w));

	if (!fits)
		w->error = EPROTO;
	if (w->error != 0)
		return false;
	if (w->state == NEXT)
		buf_addc(w->out, ',');
	return true;
}

static void
after_value(struct jwrite *w)
{
	w->state = w->depth == 0 ? DONE : NEXT;
}

static void
open_level(struct jwrite *w, bool object)
{
	unsigned char bit = (unsigned char)(1U << w->depth % 8);

	if (w->depth == JWRITE_DEPTH_MAX)
		w->error = EPROTO;
	if (!before_value(w))
		return;
	if (object)
		w->in_object[w->depth / 8] |= bit;
	else
		w->in_object[w->depth / 8] &= (unsigned char)~bit;
	w->depth++;
	w->state = FIRST;
	buf_addc(w->out, object ? '{' : '[');
}

void
jwrite_object(struct jwrite *w)
{
	open_level(w, true);
}

void
jwrite_array(struct jwrite *w)
{
	open_level(w, false);
}

void
jwrite_end(struct jwrite *w)
{
	if (w->depth == 0 || w->state == AFTER_KEY)
		w->error = EPROTO;
	if (w->error != 0)
		return;
	buf_addc(w->out, in_object(w) ? '}' : ']');
	w->depth--;
	after_value(w);
}

/* A byte that cannot stand in a string as it is. */
static void
add_special(struct buf *out, unsigned char c)
{
	static const char names[] = "btn?fr"; /* of U+0008 to U+000D */

	if (c >= 0x80)
		buf_addz(out, "\xef\xbf\xbd");
	else if (c == '"' || c == '\\')
		buf_addf(out, "\\%c", c);
	else if (c >= 0x08 && c <= 0x0d && c != 0x0b)
		buf_addf(out, "\\%c", names[c - 0x08]);
	else
		buf_addf(out, "\\u%04x", c);
}

/* The length of the run at the start of s that needs no escape. */
static size_t
plain_run(struct str s)
{
	size_t at = 0;

	while (at < s.n) {
		unsigned char c = (unsigned char)s.p[at];
		size_t n = 1;

		if (c < 0x20 || c == '"' || c == '\\')
			break;
		if (c >= 0x80)
			n = utf8_decode(str_sub(s, at, s.n), NULL);
		if (n == 0)
			break;
		at += n;
	}
	return at;
}

static void
add_string(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	while (s.n > 0) {
		size_t n = plain_run(s);

		buf_add(out, s.p, n);
		if (n < s.n)
			add_special(out, (unsigned char)s.p[n++]);
		s = str_sub(s, n, s.n);
	}
	buf_addc(out, '"');
}

void
jwrite_keys(struct jwrite *w, struct str key)
{
	if (!in_object(w) || w->state == AFTER_KEY)
		w->error = EPROTO;
	if (w->error != 0)
		return;
	if (w->state == NEXT)
		buf_addc(w->out, ',');
	add_string(w->out, key);
	buf_addc(w->out, ':');
	w->state = AFTER_KEY;
}

void
jwrite_key(struct jwrite *w, const char *key)
{
	jwrite_keys(w, str_of(key));
}

void
jwrite_str(struct jwrite *w, struct str s)
{
	if (!before_value(w))
		return;
	add_string(w->out, s);
	after_value(w);
}

void
jwrite_strz(struct jwrite *w, const char *z)
{
	if (z == NULL)
		jwrite_null(w);
	else
		jwrite_str(w, str_of(z));
}

void
jwrite_raw(struct jwrite *w, struct str json)
{
	if (json.n == 0)
		w->error = EPROTO;
	if (!before_value(w))
		return;
	buf_adds(w->out, json);
	after_value(w);
}

void
jwrite_int(struct jwrite *w, int64_t i)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRId64, i);

	jwrite_raw(w, str_make(text, (size_t)n));
}

void
jwrite_bool(struct jwrite *w, bool b)
{
	jwrite_raw(w, b ? STR("true") : STR("false"));
}

void
jwrite_null(struct jwrite *w)
{
	jwrite_raw(w, STR("null"));
}

void
jwrite_kv(struct jwrite *w, const char *key, struct str s)
{
	jwrite_key(w, key);
	jwrite_str(w, s);
}

void
jwrite_kvz(struct jwrite *w, const char *key, const char *z)
{
	if (z != NULL)
		jwrite_kv(w, key, str_of(z));
}

void
jwrite_kv_int(struct jwrite *w, const char *key, int64_t i)
{
	jwrite_key(w, key);
	jwrite_int(w, i);
}

void
jwrite_kv_bool(struct jwrite *w, const char *key, bool b)
{
	jwrite_key(w, key);
	jwrite_bool(w, b);
}

void
jwrite_kv_raw(struct jwrite *w, const char *key, struct str json)
{
	jwrite_key(w, key);
	jwrite_raw(w, json);
}

void
jwrite_record(struct jwrite *w, const char *type)
{
	jwrite_object(w);
	jwrite_kvz(w, "type", type);
	jwrite_kv_int(w, "v", 1);
}

int
jwrite_end_text(const struct jwrite *w)
{
	int r = buf_error(w->out);

	if (r != 0)
		return r;
	return w->error != 0 || w->state != DONE ? -EPROTO : 0;
}
