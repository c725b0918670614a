/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 512, POINTER_MAX = 512 };

void *
policy_keep(struct policy_reader *r, size_t n)
{
	void *p = arena_alloc(r->arena, n);

	r->full |= p == NULL;
	return p;
}

struct str
policy_keep_str(struct policy_reader *r, struct str s)
{
	struct str copy = arena_str(r->arena, s);

	r->full |= copy.p == NULL;
	return copy;
}

/* One reference token, with ~ and / escaped (RFC 6901 section 3). */
static void
add_token(struct buf *b, struct str key)
{
	buf_addc(b, '/');
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] == '~')
			buf_addz(b, "~0");
		else if (key.p[i] == '/')
			buf_addz(b, "~1");
		else
			buf_addc(b, key.p[i]);
	}
}

static void
add_pointer(struct buf *b, const struct policy_at *at)
{
	const struct policy_at *way[JTREE_DEPTH_MAX + 1];
	size_t n = 0;

	for (; at->up != NULL && n < JTREE_DEPTH_MAX; at = at->up)
		way[n++] = at;
	while (n-- > 0) {
		if (way[n]->up->t->kind == JSCAN_ARRAY)
			buf_addf(b, "/%zu", way[n]->index);
		else
			add_token(b, way[n]->t->key);
	}
}

static void
fill_place(struct policy_reader *r, const struct policy_at *at,
    struct policy_note *note)
{
	cleanup_buf struct buf b = BUF_MAX(POINTER_MAX);
	bool unknown = note->severity != POLICY_ERROR;

	add_pointer(&b, at);
	note->pointer = arena_str(r->keep, buf_str(&b));
	r->full |= note->pointer.p == NULL;
	jtree_place(r->text, unknown ? at->t->key_at : at->t->at, &note->line,
	    &note->column);
}

void
policy_tell(struct policy_reader *r, const struct policy_at *at,
    enum policy_severity severity, const char *id, const char *fmt, ...)
{
	struct policy_note *note;
	char text[TEXT_MAX];
	va_list ap;

	/* The first error is told in any case. */
	if (r->n_notes >= POLICY_NOTES_MAX &&
	    (severity != POLICY_ERROR || r->error != NULL))
		return;
	note = arena_alloc(r->keep, sizeof *note);
	if (note == NULL) {
		r->full = true;
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	note->id = id;
	note->severity = severity;
	note->msg = arena_str(r->keep, str_of(text));
	r->full |= note->msg.p == NULL;
	fill_place(r, at, note);
	*r->end = note;
	r->end = &note->next;
	r->n_notes++;
	if (severity == POLICY_ERROR && r->error == NULL)
		r->error = note;
}

void
policy_wrong(
    struct policy_reader *r, const struct policy_at *at, const char *why)
{
	policy_tell(r, at, POLICY_ERROR, "policy.wrong-value", "%s", why);
}

bool
policy_effect_of(struct str word, bool allow, enum policy_effect *ret)
{
	static const char *const words[] = {
	    "disable", "alert", "prevent", "block"};

	if (allow && str_eqz(word, "allow")) {
		*ret = POLICY_ALLOW;
		return true;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eqz(word, words[i])) {
			*ret = (enum policy_effect)i;
			return true;
		}
	return false;
}

static void
read_effect(struct policy_reader *r, const struct policy_at *at, bool allow,
    enum policy_effect *ret)
{
	struct str word = jtree_str(at->t);

	if (at->t->kind == JSCAN_STRING && word.n == 0)
		*ret = POLICY_DISABLE; /* as exported when nothing was set */
	else if (!policy_effect_of(word, allow, ret))
		policy_wrong(r, at,
		    allow ? "not one of allow, disable, alert, prevent, block"
			  : "not one of disable, alert, prevent, block");
}

static void
tell_unused(struct policy_reader *r, const struct policy_at *at)
{
	const struct jtree *t = at->t;

	if (t->kind == JSCAN_TRUE ||
	    (t->kind == JSCAN_STRING && t->text.n > 0 &&
		!str_eqz(t->text, "disable")))
		policy_tell(r, at, POLICY_NOTE, "policy.no-effect",
		    "kept; it has no effect here");
}

static void
read_member(struct policy_reader *r, const struct policy_at *at,
    const struct policy_member *m, void *dest)
{
	void *to = (char *)dest + m->at;

	switch (m->kind) {
	case POLICY_KEPT:
		return;
	case POLICY_UNUSED:
		tell_unused(r, at);
		return;
	case POLICY_BOOL:
		if (at->t->kind == JSCAN_TRUE || at->t->kind == JSCAN_FALSE)
			*(signed char *)to = at->t->kind == JSCAN_TRUE;
		else
			policy_wrong(r, at, "neither true nor false");
		return;
	case POLICY_EFFECT:
	case POLICY_RULE_EFFECT:
		read_effect(r, at, m->kind == POLICY_RULE_EFFECT, to);
		return;
	case POLICY_TEXT:
		if (at->t->kind == JSCAN_STRING)
			*(struct str *)to = policy_keep_str(r, at->t->text);
		else
			policy_wrong(r, at, "not a string");
		return;
	case POLICY_CALL:
		m->read(r, at, dest);
		return;
	}
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Letters that differ, when both are of about the same length. */
static size_t
distance(struct str a, const char *z)
{
	size_t n = strlen(z), same = 0, tail = 0;

	while (same < a.n && same < n && lower(a.p[same]) == lower(z[same]))
		same++;
	while (tail < a.n - same && tail < n - same &&
	       lower(a.p[a.n - 1 - tail]) == lower(z[n - 1 - tail]))
		tail++;
	return (a.n > n ? a.n : n) - same - tail;
}

static void
tell_unknown(struct policy_reader *r, const struct policy_at *at,
    const struct policy_member *table)
{
	const char *nearest = NULL;
	size_t best = 4;

	for (; table->name != NULL; table++) {
		size_t d = distance(at->t->key, table->name);

		if (d < best && d < at->t->key.n) {
			best = d;
			nearest = table->name;
		}
	}
	if (nearest != NULL)
		policy_tell(r, at, POLICY_WARNING, "policy.unknown-member",
		    "unknown member, kept; the nearest one is \"%s\"", nearest);
	else
		policy_tell(r, at, POLICY_WARNING, "policy.unknown-member",
		    "unknown member, kept");
}

static bool
given_again(const struct jtree *m)
{
	for (const struct jtree *n = m->next; n != NULL; n = n->next)
		if (str_eq(n->key, m->key))
			return true;
	return false;
}

bool
policy_members(struct policy_reader *r, const struct policy_at *at,
    const struct policy_member *table, void *dest)
{
	if (at->t->kind != JSCAN_OBJECT) {
		policy_wrong(r, at, "not an object");
		return false;
	}
	for (const struct jtree *t = at->t->first; t != NULL; t = t->next) {
		const struct policy_at value = {.up = at, .t = t};
		const struct policy_member *m = table;

		while (m->name != NULL && !str_eqz(t->key, m->name))
			m++;
		if (m->name == NULL)
			tell_unknown(r, &value, table);
		else if (given_again(t))
			policy_tell(r, &value, POLICY_WARNING,
			    "policy.given-twice",
			    "given twice; the last one counts");
		else if (t->kind != JSCAN_NULL)
			read_member(r, &value, m, dest);
	}
	return true;
}
