/* SPDX-License-Identifier: Apache-2.0 */
#include "custom.h"

#include <string.h>

#include "custom_tree.h"
#include "custom_value.h"

enum truth { FALSE, TRUE, UNKNOWN };

static enum truth
truth(bool b)
{
	return b ? TRUE : FALSE;
}

/* ---- terms ------------------------------------------------------------ */

static bool
contains(struct str s, struct str part)
{
	return part.n == 0 ||
	       (s.n > 0 && memmem(s.p, s.n, part.p, part.n) != NULL);
}

static bool
starts(struct str s, struct str with)
{
	return str_eq(str_sub(s, 0, with.n), with);
}

static bool
ends(struct str s, struct str with)
{
	return s.n >= with.n && str_eq(str_sub(s, s.n - with.n, s.n), with);
}

/* Equal; of ancestors a name is enough. */
static bool
equal(const struct custom_term *t, struct str s, struct str value)
{
	if (t->field == CUSTOM_PROC_ANCESTORS && str_chr(value, '/') == value.n)
		s = custom_value_base(s);
	return str_eq(s, value);
}

static bool
text_fits(const struct custom_term *t, struct str s)
{
	for (const struct custom_value *v = t->values; v != NULL; v = v->next) {
		bool fits = false;

		switch (t->op) {
		case CUSTOM_STARTS:
			fits = starts(s, v->text);
			break;
		case CUSTOM_ENDS:
			fits = ends(s, v->text);
			break;
		case CUSTOM_CONTAINS:
			fits = contains(s, v->text);
			break;
		case CUSTOM_MATCHES:
			fits = ere_match(v->re, s);
			break;
		default:
			fits = equal(t, s, v->text);
			break;
		}
		if (fits)
			return true;
	}
	return false;
}

static bool
cmdline_fits(const struct custom_term *t, const struct event *ev)
{
	char line[EVENT_ARGS_MAX] __attribute__((uninitialized));

	return text_fits(t, custom_value_cmdline(ev, line));
}

static bool
has_value(const struct custom_term *t, const char *text)
{
	for (const struct custom_value *v = t->values; v != NULL; v = v->next) {
		if (str_eqz(v->text, text))
			return true;
	}
	return false;
}

static enum truth
ask_text(const struct custom_term *t, const struct event *ev)
{
	struct custom_value_texts texts = {t->field, ev, 0, 0};
	struct str s;

	if (t->field == CUSTOM_PROC_CMDLINE)
		return truth(cmdline_fits(t, ev));
	while (custom_value_next(&texts, &s)) {
		if (text_fits(t, s))
			return TRUE;
	}
	if (t->field == CUSTOM_FILE_TYPE && has_value(t, "elf"))
		return UNKNOWN;
	return FALSE;
}

/* Is a value of one field one of the other? */
static bool
fields_meet(const struct custom_term *t, const struct event *ev)
{
	struct custom_value_texts ours = {t->field, ev, 0, 0};
	struct str a, b;

	if (custom_field(t->field)->type != CUSTOM_TEXT)
		return custom_value_number(t->field, ev) ==
		       custom_value_number(t->other, ev);
	while (custom_value_next(&ours, &a)) {
		struct custom_value_texts theirs = {t->other, ev, 0, 0};

		while (custom_value_next(&theirs, &b)) {
			if (str_eq(a, b))
				return true;
		}
	}
	return false;
}

static bool
number_fits(const struct custom_term *t, int64_t n)
{
	for (const struct custom_value *v = t->values; v != NULL; v = v->next) {
		bool fits = false;

		switch (t->op) {
		case CUSTOM_LESS:
			fits = n < v->number;
			break;
		case CUSTOM_GREATER:
			fits = n > v->number;
			break;
		case CUSTOM_CONTAINS:
			fits = (n & v->number) == v->number;
			break;
		default:
			fits = n == v->number;
			break;
		}
		if (fits)
			return true;
	}
	return false;
}

static bool
ip_fits(const struct custom_term *t, const struct ip *ip)
{
	for (const struct custom_value *v = t->values; v != NULL; v = v->next) {
		if (ip_in(ip, &v->prefix))
			return true;
	}
	return false;
}

static enum truth
ask_term(const struct custom_term *t, const struct event *ev)
{
	if (!custom_value_known(t->field, ev))
		return UNKNOWN;
	if (t->op == CUSTOM_FIELD)
		return custom_value_known(t->other, ev)
			   ? truth(fields_meet(t, ev))
			   : UNKNOWN;
	switch (custom_field(t->field)->type) {
	case CUSTOM_TEXT:
		return ask_text(t, ev);
	case CUSTOM_IP:
		return truth(ip_fits(t, &ev->addr));
	default:
		return truth(number_fits(t, custom_value_number(t->field, ev)));
	}
}

/* ---- the tree --------------------------------------------------------- */

/* Recursion is as deep as the script: CUSTOM_DEPTH_MAX. */
static enum truth
ask(const struct custom_node *n, const struct event *ev)
{
	enum truth so_far, decides;

	if (n->kind == CUSTOM_TERM)
		return ask_term(&n->term, ev);
	if (n->kind == CUSTOM_NOT) {
		so_far = ask(n->first, ev);
		return so_far == UNKNOWN ? UNKNOWN : truth(so_far == FALSE);
	}
	decides = n->kind == CUSTOM_AND ? FALSE : TRUE;
	so_far = n->kind == CUSTOM_AND ? TRUE : FALSE;
	for (n = n->first; n != NULL; n = n->next) {
		enum truth part = ask(n, ev);

		if (part == decides)
			return part;
		if (part == UNKNOWN)
			so_far = UNKNOWN;
	}
	return so_far;
}

bool
custom_match(const struct custom *c, const struct event *ev)
{
	return ask(c->root, ev) == TRUE;
}

event_set
custom_events(const struct custom *c)
{
	return c->events;
}

bool
custom_wants_hash(const struct custom *c)
{
	return c->wants_hash;
}

/* ---- what it can be true for ------------------------------------------ */

/* The events for which a part can be true, and those for which false. */
struct sets {
	event_set yes, no;
};

static struct sets
term_sets(const struct custom_term *t)
{
	struct sets s = {0, 0};
	event_set known = custom_field(t->field)->events;

	if (t->op == CUSTOM_FIELD)
		known &= custom_field(t->other)->events;
	if (t->op == CUSTOM_FIELD ||
	    (t->field != CUSTOM_EVENT_NAME && t->field != CUSTOM_FILE_OP))
		return (struct sets){known, known};
	for (unsigned i = 1; i < EVENT_LIFECYCLE; i++) {
		struct event ev = {.name = (enum event_name)i};
		enum truth is = ask_term(t, &ev);

		if (is == TRUE)
			s.yes |= EVENT_BIT(i);
		else if (is == FALSE)
			s.no |= EVENT_BIT(i);
	}
	return s;
}

static struct sets
node_sets(const struct custom_node *n)
{
	struct sets s, part;
	bool all;

	if (n->kind == CUSTOM_TERM)
		return term_sets(&n->term);
	if (n->kind == CUSTOM_NOT) {
		part = node_sets(n->first);
		return (struct sets){part.no, part.yes};
	}
	all = n->kind == CUSTOM_AND;
	s = all ? (struct sets){~(event_set)0, 0}
		: (struct sets){0, ~(event_set)0};
	for (n = n->first; n != NULL; n = n->next) {
		part = node_sets(n);
		s.yes = all ? s.yes & part.yes : s.yes | part.yes;
		s.no = all ? s.no | part.no : s.no & part.no;
	}
	return s;
}

event_set
custom_tree_events(const struct custom_node *root)
{
	return node_sets(root).yes;
}
