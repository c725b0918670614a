/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML side of tree.h: libyaml's events, with marks turned to bytes. */
#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "tree.h"

enum { ANCHORS_MAX = 1024 };

struct anchor {
	struct str name;
	struct doc_node *node;
};

struct reader {
	struct tree *t;
	yaml_parser_t parser;
	size_t chars, bytes; /* the same place in both measures */
	struct anchor *anchors;
	size_t n_anchors;
	bool no_memory; /* keep() failed */
};

static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* libyaml's marks count characters; the tree wants bytes of the source. */
static size_t
byte_at(struct reader *r, size_t index)
{
	struct str src = r->t->d->src;

	while (r->chars < index && r->bytes < src.n) {
		r->bytes++;
		while (r->bytes < src.n && is_continuation(src.p[r->bytes]))
			r->bytes++;
		r->chars++;
	}
	while (r->chars > index) {
		r->bytes--;
		while (is_continuation(src.p[r->bytes]))
			r->bytes--;
		r->chars--;
	}
	return r->bytes;
}

static int
syntax(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem == NULL ? "not YAML" : p->problem;
	size_t at;

	if (p->error == YAML_MEMORY_ERROR)
		return err_nomem(r->t->e);
	if (p->error == YAML_READER_ERROR)
		at = r->t->d->bom + p->problem_offset;
	else
		at = byte_at(r, p->problem_mark.index);
	if (at > r->t->d->src.n)
		at = r->t->d->src.n;
	return tree_err(r->t, at, "not YAML: %s", problem);
}

static struct str
keep(struct reader *r, const void *p, size_t n)
{
	struct str s = STR_NONE;

	if (p != NULL) {
		s = arena_str(r->t->d->arena, str_make(p, n));
		r->no_memory |= s.p == NULL;
	}
	return s;
}

static struct str
keep_tag(struct reader *r, const yaml_char_t *tag)
{
	return tag == NULL ? STR_NONE : keep(r, tag, strlen((const char *)tag));
}

/* How many lines of nothing but blanks does the value end in? */
static size_t
blank_lines_at_end(struct str value)
{
	size_t n = 0;

	if (str_ends(value, "\n"))
		value.n--;
	while (value.n > 0 && strchr(" \t\r\n", value.p[value.n - 1]) != NULL)
		n += value.p[--value.n] == '\n';
	return n;
}

/*
 * libyaml puts the end of a block scalar at the next token. Its text ends
 * with its last line that is not blank, unless the '+' indicator makes blank
 * lines content, or they hold more blanks than the indentation.
 */
static size_t
block_scalar_end(const struct doc *d, const struct tree_part *part)
{
	const char *p = d->src.p;
	size_t header = part->start, end = part->end, lines;

	while (header < end && p[header] != '|' && p[header] != '>')
		header++;
	while (header < end && p[header] != '\n' && p[header] != '#')
		if (p[header++] == '+')
			return p[end - 1] == '\n' ? end - 1 : end;
	while (end > part->start && strchr(" \t\r\n", p[end - 1]) != NULL)
		end--;
	lines = blank_lines_at_end(part->text);
	for (; end < part->end && lines > 0; end++)
		lines -= p[end] == '\n' && end + 1 < part->end;
	while (end < part->end && p[end] != '\r' && p[end] != '\n')
		end++;
	return end;
}

static int
remember(struct reader *r, const yaml_char_t *anchor, struct doc_node *node)
{
	struct anchor *a;

	if (anchor == NULL)
		return 0;
	if (r->anchors == NULL)
		r->anchors = arena_alloc(
		    r->t->d->arena, ANCHORS_MAX * sizeof *r->anchors);
	if (r->anchors == NULL)
		return err_nomem(r->t->e);
	if (r->n_anchors == ANCHORS_MAX)
		return tree_err(
		    r->t, node->start, "more than %d anchors", ANCHORS_MAX);
	a = &r->anchors[r->n_anchors++];
	a->name = keep_tag(r, anchor);
	a->node = node;
	return 0;
}

/* Add the node; where an anchor names it, note that. */
static int
add(struct reader *r, struct tree_part *part, const yaml_char_t *anchor)
{
	struct tree *t = r->t;
	bool is_key =
	    t->open != NULL && t->open->kind == DOC_MAP && t->key == NULL;
	struct doc_node *parent = t->open;
	int e = tree_add(t, part);

	if (e != 0 || anchor == NULL)
		return e;
	if (is_key)
		return tree_err(t, part->start, "an anchor on a key");
	if (part->kind != DOC_SCALAR)
		return remember(r, anchor, t->open);
	return remember(r, anchor, parent == NULL ? t->d->root : parent->last);
}

static int
alias(struct reader *r, const yaml_event_t *ev)
{
	struct str name = str_of((const char *)ev->data.alias.anchor);
	struct tree_part part = {
	    .kind = DOC_ALIAS,
	    .start = byte_at(r, ev->start_mark.index),
	    .end = byte_at(r, ev->end_mark.index),
	};

	/* A later anchor of the same name hides an earlier one. */
	for (size_t i = r->n_anchors; i > 0 && part.target == NULL; i--)
		if (str_eq(r->anchors[i - 1].name, name))
			part.target = r->anchors[i - 1].node;
	if (part.target == NULL)
		return tree_err(r->t, part.start, "undefined alias \"*%.*s\"",
		    STR_ARG(name));
	for (const struct doc_node *up = r->t->open; up != NULL;
	     up = up->parent)
		if (up == part.target)
			return tree_err(r->t, part.start,
			    "alias \"*%.*s\" within its own anchor",
			    STR_ARG(name));
	part.target->aliases++;
	return tree_add(r->t, &part);
}

static enum doc_style
scalar_style(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return DOC_SINGLE;
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return DOC_DOUBLE;
	case YAML_LITERAL_SCALAR_STYLE:
		return DOC_LITERAL;
	case YAML_FOLDED_SCALAR_STYLE:
		return DOC_FOLDED;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
	default:
		return DOC_PLAIN;
	}
}

/*
 * libyaml has a value that is not even announced by a colon, as in "? key" and
 * "{key}", begin where the next token does: it belongs behind its key.
 */
static void
place_absent_value(const struct tree *t, struct tree_part *part)
{
	if (part->start == part->end && part->style == DOC_PLAIN &&
	    t->key != NULL &&
	    tree_colon(t->d->src, t->key->end, part->start) == part->start)
		part->start = part->end = t->key->end;
}

static int
scalar(struct reader *r, const yaml_event_t *ev)
{
	struct tree_part part = {
	    .kind = DOC_SCALAR,
	    .style = scalar_style(ev->data.scalar.style),
	    .tag = keep_tag(r, ev->data.scalar.tag),
	    .text = keep(r, ev->data.scalar.value, ev->data.scalar.length),
	    .start = byte_at(r, ev->start_mark.index),
	    .end = byte_at(r, ev->end_mark.index),
	};

	if (part.style == DOC_LITERAL || part.style == DOC_FOLDED)
		part.end = block_scalar_end(r->t->d, &part);
	place_absent_value(r->t, &part);
	return add(r, &part, ev->data.scalar.anchor);
}

static int
collection(struct reader *r, const yaml_event_t *ev, struct tree_part part,
    const yaml_char_t *tag, const yaml_char_t *anchor)
{
	part.tag = keep_tag(r, tag);
	part.start = byte_at(r, ev->start_mark.index);
	return add(r, &part, anchor);
}

static int
sequence(struct reader *r, const yaml_event_t *ev)
{
	bool flow = ev->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	struct tree_part part = {
	    .kind = DOC_SEQ, .style = flow ? DOC_FLOW : DOC_BLOCK};

	return collection(r, ev, part, ev->data.sequence_start.tag,
	    ev->data.sequence_start.anchor);
}

static int
mapping(struct reader *r, const yaml_event_t *ev)
{
	bool flow = ev->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	struct tree_part part = {
	    .kind = DOC_MAP, .style = flow ? DOC_FLOW : DOC_BLOCK};

	return collection(r, ev, part, ev->data.mapping_start.tag,
	    ev->data.mapping_start.anchor);
}

static int
event(struct reader *r, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (r->t->d->root != NULL)
			return tree_err(r->t, byte_at(r, ev->start_mark.index),
			    "a second YAML document; split the stream first");
		return 0;
	case YAML_ALIAS_EVENT:
		return alias(r, ev);
	case YAML_SCALAR_EVENT:
		return scalar(r, ev);
	case YAML_SEQUENCE_START_EVENT:
		return sequence(r, ev);
	case YAML_MAPPING_START_EVENT:
		return mapping(r, ev);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return tree_close(r->t, byte_at(r, ev->end_mark.index));
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	default:
		return 0;
	}
}

static int
read_events(struct reader *r)
{
	bool last = false;
	int e = 0;

	while (e == 0 && !last) {
		yaml_event_t ev;

		if (!yaml_parser_parse(&r->parser, &ev))
			return syntax(r);
		last = ev.type == YAML_STREAM_END_EVENT;
		e = event(r, &ev);
		yaml_event_delete(&ev);
		if (e == 0 && r->no_memory)
			e = err_nomem(r->t->e);
	}
	return e;
}

/*
 * What ends or begins a line to libyaml and not to editors, nor to the
 * columns here: a carriage return alone, a byte order mark in a line's front.
 */
static int
check_lines(struct tree *t)
{
	struct str src = t->d->src;

	for (size_t i = t->d->bom; i < src.n; i++) {
		if (src.p[i] == '\r' &&
		    (i + 1 == src.n || src.p[i + 1] != '\n'))
			return tree_err(t, i,
			    "a carriage return without a line feed; convert "
			    "the line ends first");
		if ((i == t->d->bom || src.p[i - 1] == '\n') &&
		    str_starts(str_sub(src, i, src.n), "\xef\xbb\xbf"))
			return tree_err(
			    t, i, "a byte order mark within the text");
	}
	return 0;
}

int
tree_parse_yaml(struct tree *t)
{
	struct str text = str_sub(t->d->src, t->d->bom, t->d->src.n);
	struct reader r = {.t = t, .bytes = t->d->bom};
	int e = check_lines(t);

	if (e != 0)
		return e;
	if (!yaml_parser_initialize(&r.parser))
		return err_nomem(t->e);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &r.parser, (const unsigned char *)text.p, text.n);
	e = read_events(&r);
	yaml_parser_delete(&r.parser);
	if (e == 0 && t->d->root == NULL)
		e = tree_err(t, t->d->src.n, "an empty document");
	return e;
}
