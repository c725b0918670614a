/* SPDX-License-Identifier: Apache-2.0 */
/* Splices: what is put in looks like what stands around it, and taking it
 * out gives back the bytes of before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "doc/edit.h"

static struct doc *
parse(struct str text)
{
	struct doc *d = NULL;
	struct err e = {0};

	if (doc_parse(text, "t", &d, &e) != 0)
		fail_msg("%.*s: %s", STR_ARG(text), e.text);
	return d;
}

static struct doc *
apply(struct edit *ed)
{
	struct doc *d = NULL;
	struct err e = {0};

	if (edit_apply(ed, &d, &e) != 0)
		fail_msg("%s", e.text);
	return d;
}

static void
assert_source(const struct doc *d, const char *want)
{
	struct str s = doc_source(d);

	if (!str_eqz(s, want))
		fail_msg("\n%.*s\nis not\n%s", STR_ARG(s), want);
}

static const struct doc_node *
at(const struct doc *d, const char *pointer)
{
	const struct doc_node *n = doc_follow(doc_root(d), str_of(pointer));

	if (n == NULL)
		fail_msg("nothing at %s", pointer);
	return n;
}

/* What is put in: a word, a number, or {"k": "v", "l": ["x"]}. */
enum what { WORD, NUMBER, MAP };

static struct val *
value(struct arena *a, enum what what)
{
	struct val *map = val_map(a);

	if (what == WORD)
		return val_textz(a, "word");
	if (what == NUMBER)
		return val_raw(a, "5");
	map = val_put(a, map, "k", val_textz(a, "v"));
	return val_put(a, map, "l", val_push(val_list(a), val_textz(a, "x")));
}

struct row {
	const char *before, *pointer;
	const char *key; /* NULL: the collection is a list */
	enum what what;
	const char *after;
};

/* Taking out what was put in: the bytes of before. */
static void
check_undo(const struct row *row, const struct doc *before,
    const struct doc *after, bool front)
{
	cleanup_edit struct edit *ed = edit_new(after);
	const struct doc_node *was = at(before, row->pointer);
	const struct doc_node *is = at(after, row->pointer);
	cleanup_doc struct doc *back = NULL;

	if (was->n == 0)
		edit_restore(ed, is, doc_raw(before, was));
	else
		edit_delete(ed, front ? is->first : is->last);
	back = apply(ed);
	assert_source(back, row->before);
}

static void
check(const struct row *rows, size_t n, bool front)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &rows[i];
		cleanup_doc struct doc *d = parse(str_of(row->before));
		cleanup_edit struct edit *ed = edit_new(d);
		cleanup_doc struct doc *after = NULL;
		struct val *v = value(edit_arena(ed), row->what);

		if (front)
			edit_prepend(ed, at(d, row->pointer), v);
		else
			edit_append(ed, at(d, row->pointer), row->key, v);
		assert_false(edit_empty(ed));
		after = apply(ed);
		assert_source(after, row->after);
		check_undo(row, d, after, front);
	}
}

#define CHECK(rows, front) check(rows, sizeof rows / sizeof *(rows), front)

static void
append_json(void **state)
{
	static const struct row rows[] = {
	    {"[1]", "", NULL, WORD, "[1, \"word\"]"},
	    {"[1,2]", "", NULL, WORD, "[1,2,\"word\"]"},
	    {"[1,  2]", "", NULL, WORD, "[1,  2,  \"word\"]"},
	    {"{\"a\":1}", "", "b", NUMBER, "{\"a\":1,\"b\":5}"},
	    {"{\"a\": 1}", "", "b", MAP,
		"{\"a\": 1, \"b\": {\"k\": \"v\", \"l\": [\"x\"]}}"},
	    {"{\"a\" : 1 }", "", "b", NUMBER, "{\"a\" : 1, \"b\" : 5 }"},
	    {"{}", "", "b", NUMBER, "{\"b\": 5}"},
	    {"[ ]", "", NULL, NUMBER, "[5]"},
	    {"{\"a\": null}", "/a", NULL, NUMBER, "{\"a\": [5]}"},
	    {"{\"a\":null}", "/a", "b", NUMBER, "{\"a\":{\"b\":5}}"},
	    {"{\n  \"a\": 1\n}\n", "", "b", MAP,
		"{\n  \"a\": 1,\n  \"b\": {\n    \"k\": \"v\",\n    \"l\": "
		"[\n      \"x\"\n    ]\n  }\n}\n"},
	    {"{\n\t\"a\": [\n\t\t1\n\t]\n}", "/a", NULL, MAP,
		"{\n\t\"a\": [\n\t\t1,\n\t\t{\n\t\t\t\"k\": \"v\",\n\t\t\t"
		"\"l\": [\n\t\t\t\t\"x\"\n\t\t\t]\n\t\t}\n\t]\n}"},
	    {"{\n\t\"a\": [\n\t\t1\n\t]\n}", "", "b", NUMBER,
		"{\n\t\"a\": [\n\t\t1\n\t],\n\t\"b\": 5\n}"},
	    {"{\r\n \"a\": {\r\n }\r\n}\r\n", "/a", "b", NUMBER,
		"{\r\n \"a\": {\r\n  \"b\": 5\r\n }\r\n}\r\n"},
	    /* Mixed: each collection has the layout of its own. */
	    {"{\n  \"a\": [1, 2],\n    \"b\": 3}", "/a", NULL, WORD,
		"{\n  \"a\": [1, 2, \"word\"],\n    \"b\": 3}"},
	    {"{\n  \"a\": [1, 2],\n    \"b\": 3}", "", "c", WORD,
		"{\n  \"a\": [1, 2],\n    \"b\": 3,\n    \"c\": \"word\"}"},
	    {"\xef\xbb\xbf[1]", "", NULL, NUMBER, "\xef\xbb\xbf[1, 5]"},
	};

	(void)state;
	CHECK(rows, false);
}

static void
append_block(void **state)
{
	static const struct row rows[] = {
	    {"a: 1\n", "", "b", WORD, "a: 1\nb: word\n"},
	    {"a: 1", "", "b", WORD, "a: 1\nb: word"},
	    {"a: 1 # x\n", "", "b", WORD, "a: 1 # x\nb: word\n"},
	    {"a:\n- 1\n", "/a", NULL, WORD, "a:\n- 1\n- word\n"},
	    {"a:\n  - 1\n# x\nb: 2\n", "/a", NULL, MAP,
		"a:\n  - 1\n  - k: v\n    l:\n      - x\n# x\nb: 2\n"},
	    {"a:\n- 1\nb: 2\n", "", "c", MAP,
		"a:\n- 1\nb: 2\nc:\n  k: v\n  l:\n  - x\n"},
	    {"a:\n    b:\n        c: 1\n", "/a", "d", MAP,
		"a:\n    b:\n        c: 1\n    d:\n        k: v\n        l:\n"
		"            - x\n"},
	    {"a:\r\n- 1\r\n", "/a", NULL, WORD, "a:\r\n- 1\r\n- word\r\n"},
	    {"- a: 1\n- b: 2\n", "/0", "c", WORD,
		"- a: 1\n  c: word\n- b: 2\n"},
	    {"-\n  a: 1\n-\n  b: 2\n", "", NULL, MAP,
		"-\n  a: 1\n-\n  b: 2\n- k: v\n  l:\n    - x\n"},
	    {"- - a\n  - b\n- c\n", "/0", NULL, WORD,
		"- - a\n  - b\n  - word\n- c\n"},
	    {"- # a - dash\n  a: 1\n", "", NULL, WORD,
		"- # a - dash\n  a: 1\n- word\n"},
	    {"a: !x\n  b: 1\n", "/a", "c", WORD, "a: !x\n  b: 1\n  c: word\n"},
	    /* The value that was nothing at all. */
	    {"a:\nb: 1\n", "/a", NULL, WORD, "a:\n  - word\nb: 1\n"},
	    {"a: # x\nb: 1\n", "/a", "c", WORD, "a: # x\n  c: word\nb: 1\n"},
	    {"a:  \nb: 1\n", "/a", "c", WORD, "a:  \n  c: word\nb: 1\n"},
	    {"a:", "/a", "c", WORD, "a:\n  c: word"},
	    {"a: ~ # x\n", "/a", NULL, WORD, "a: [word] # x\n"},
	    {"a: null\n", "/a", "c", MAP, "a: {c: {k: v, l: [x]}}\n"},
	    /* Comments behind stay behind. */
	    {"a:\n  - 1\n  # x\n\nb: 2\n", "/a", NULL, WORD,
		"a:\n  - 1\n  - word\n  # x\n\nb: 2\n"},
	};

	(void)state;
	CHECK(rows, false);
}

static void
append_behind_scalars_of_many_lines(void **state)
{
	static const struct row rows[] = {
	    {"a:\n- |\n  x\n  y\n", "/a", NULL, WORD,
		"a:\n- |\n  x\n  y\n- word\n"},
	    {"a:\n- |\n  x\n\n\nb: 1\n", "/a", NULL, WORD,
		"a:\n- |\n  x\n- word\n\n\nb: 1\n"},
	    {"a:\n- >-\n  x\n\n  y\nb: 1\n", "/a", NULL, WORD,
		"a:\n- >-\n  x\n\n  y\n- word\nb: 1\n"},
	    {"a:\n- |+\n  x\n\n\nb: 1\n", "/a", NULL, WORD,
		"a:\n- |+\n  x\n\n\n- word\nb: 1\n"},
	    {"a:\n- |-\n  x\n", "/a", NULL, WORD, "a:\n- |-\n  x\n- word\n"},
	    {"a:\n- |-\n  x", "/a", NULL, WORD, "a:\n- |-\n  x\n- word"},
	    {"a: !b- &c-  >2- # +\n   x\n   y", "", "b", WORD,
		"a: !b- &c-  >2- # +\n   x\n   y\nb: word"},
	    {"a: |\n  x\n   \n  y\n# z\n", "", "b", WORD,
		"a: |\n  x\n   \n  y\nb: word\n# z\n"},
	    {"a:\n- one\n  two\n", "/a", NULL, WORD,
		"a:\n- one\n  two\n- word\n"},
	    {"a:\n- 'one\n\n  two'\n", "/a", NULL, WORD,
		"a:\n- 'one\n\n  two'\n- word\n"},
	    {"a:\n- [x,\n   y] # z\n", "/a", NULL, WORD,
		"a:\n- [x,\n   y] # z\n- word\n"},
	};

	(void)state;
	CHECK(rows, false);
}

/* "? key" begins where its '?' does. */
static void
append_beside_explicit_keys(void **state)
{
	static const struct row rows[] = {
	    {"? a\n: 1\n", "", "b", WORD, "? a\n: 1\nb: word\n"},
	    {"- ? a\n  : 1\n", "/0", "b", MAP,
		"- ? a\n  : 1\n  b:\n    k: v\n    l:\n      - x\n"},
	    {"- ?   # ? x\n    a\n  : - 1\n", "/0/a", NULL, WORD,
		"- ?   # ? x\n    a\n  : - 1\n    - word\n"},
	    {"a: !b?\n  ? c\n  : 1\n", "/a", "d", WORD,
		"a: !b?\n  ? c\n  : 1\n  d: word\n"},
	    {"a: 1 # ?\n? b\n: 2\n", "", "c", WORD,
		"a: 1 # ?\n? b\n: 2\nc: word\n"},
	    {"a: {? b : 1}\n", "/a", "c", WORD, "a: {? b : 1, c : word}\n"},
	    {"a:\n- ? b # x: y\n\n# z\nc: 1\n", "/a/0", "d", WORD,
		"a:\n- ? b # x: y\n  d: word\n\n# z\nc: 1\n"},
	    {"? a # b: c\n: # d: e\n", "/a", NULL, WORD,
		"? a # b: c\n: # d: e\n  - word\n"},
	    {"- ? b", "/0", "d", WORD, "- ? b\n  d: word"},
	    {"a: {b , c}\n", "/a", "d", WORD, "a: {b , c, d: word}\n"},
	};

	(void)state;
	CHECK(rows, false);
}

static void
append_flow(void **state)
{
	static const struct row rows[] = {
	    {"a: [b]\n", "/a", NULL, WORD, "a: [b, word]\n"},
	    {"a: [b,c] # d\n", "/a", NULL, MAP, "a: [b,c,{k: v,l: [x]}] # d\n"},
	    {"a: [b, ]\n", "/a", NULL, WORD, "a: [b, word, ]\n"},
	    {"a: {b: c}\n", "/a", "d", NUMBER, "a: {b: c, d: 5}\n"},
	    {"a: {b:   c}\n", "/a", "d", NUMBER, "a: {b:   c, d:   5}\n"},
	    {"a: []\n", "/a", NULL, MAP, "a: [{k: v, l: [x]}]\n"},
	    {"a: {}\n", "/a", "b", WORD, "a: {b: word}\n"},
	    {"a: [\n  b, # x\n  c  # y\n]\n", "/a", NULL, WORD,
		"a: [\n  b, # x\n  c,\n  word  # y\n]\n"},
	    {"a: [{\"b\": 1}]\n", "/a/0", "c", MAP,
		"a: [{\"b\": 1, c: {k: v, l: [x]}}]\n"},
	    {"# JSON in YAML\na: [\n    {\n        \"b\": \"c\"\n    }\n]\n",
		"/a", NULL, MAP,
		"# JSON in YAML\na: [\n    {\n        \"b\": \"c\"\n    },\n"
		"    {\n      k: v,\n      l: [\n        x\n      ]\n    }\n"
		"]\n"},
	};

	(void)state;
	CHECK(rows, false);
}

static void
prepend(void **state)
{
	static const struct row rows[] = {
	    {"[1]", "", NULL, WORD, "[\"word\", 1]"},
	    {"[ 1,2 ]", "", NULL, WORD, "[ \"word\",1,2 ]"},
	    {"[\n  1,\n  2\n]", "", NULL, WORD, "[\n  \"word\",\n  1,\n  2\n]"},
	    {"a: [b, c]\n", "/a", NULL, WORD, "a: [word, b, c]\n"},
	    {"a:\n- b # c\n- d\n", "/a", NULL, WORD,
		"a:\n- word\n- b # c\n- d\n"},
	    {"a:\n  # x\n  - b\n", "/a", NULL, MAP,
		"a:\n  # x\n  - k: v\n    l:\n      - x\n  - b\n"},
	    {"a:\n  -\n    b: 1\n", "/a", NULL, WORD,
		"a:\n  - word\n  -\n    b: 1\n"},
	    {"a:\n- # x - y\n  - b\n", "/a", NULL, WORD,
		"a:\n- word\n- # x - y\n  - b\n"},
	    {"- - b\n", "/0", NULL, WORD, "- - word\n  - b\n"},
	    {"-\n- b\n", "", NULL, WORD, "- word\n-\n- b\n"},
	    {"a: &x\r\n- b\r\n", "/a", NULL, WORD,
		"a: &x\r\n- word\r\n- b\r\n"},
	};

	(void)state;
	CHECK(rows, true);
}

static void
replace(void **state)
{
	static const struct row rows[] = {
	    {"{\"a\": 1}", "/a", NULL, WORD, "{\"a\": \"word\"}"},
	    {"[\"a\",2]", "/0", NULL, NUMBER, "[5,2]"},
	    {"{\n  \"a\": {\n    \"b\": 1\n  }\n}", "/a", NULL, MAP,
		"{\n  \"a\": {\n    \"k\": \"v\",\n    \"l\": [\n      \"x\"\n"
		"    ]\n  }\n}"},
	    {"{\n  \"a\": {\n    \"b\": 1\n  }\n}", "/a", NULL, WORD,
		"{\n  \"a\": \"word\"\n}"},
	    {"a: b # c\n", "/a", NULL, WORD, "a: word # c\n"},
	    {"a: 'b'\n", "/a", NULL, MAP, "a: {k: v, l: [x]}\n"},
	    {"a: !Ref b\n", "/a", NULL, WORD, "a: word\n"},
	    {"a:\nb: c\n", "/a", NULL, WORD, "a: word\nb: c\n"},
	    {"a: |\n  b\nc: d\n", "/a", NULL, WORD, "a: word\nc: d\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *d = parse(str_of(rows[i].before));
		cleanup_edit struct edit *ed = edit_new(d), *undo = NULL;
		const struct doc_node *n = at(d, rows[i].pointer);
		cleanup_doc struct doc *after = NULL, *back = NULL;

		edit_replace(ed, n, value(edit_arena(ed), rows[i].what));
		after = apply(ed);
		assert_source(after, rows[i].after);
		undo = edit_new(after);
		edit_restore(undo, at(after, rows[i].pointer), doc_raw(d, n));
		back = apply(undo);
		assert_source(back, rows[i].before);
	}
}

static void delete (void **state)
{
	static const struct {
		const char *before, *pointers[4], *after;
	} rows[] = {
	    {"[1, 2, 3]", {"/0"}, "[2, 3]"},
	    {"[1, 2, 3]", {"/1"}, "[1, 3]"},
	    {"[1, 2, 3]", {"/2"}, "[1, 2]"},
	    {"[1, 2, 3]", {"/0", "/1"}, "[3]"},
	    {"[1, 2, 3]", {"/0", "/2"}, "[2]"},
	    {"{\n  \"a\": 1,\n  \"b\": 2\n}", {"/a"}, "{\n  \"b\": 2\n}"},
	    {"{\n  \"a\": 1,\n  \"b\": 2\n}", {"/b"}, "{\n  \"a\": 1\n}"},
	    {"a: 1\nb: 2 # x\nc: 3\n", {"/b"}, "a: 1\nc: 3\n"},
	    {"a: 1\n# x\nb: 2\n", {"/a"}, "b: 2\n"},
	    {"- a\n- b: 1\n  c: 2\n", {"/1/c"}, "- a\n- b: 1\n"},
	    {"- b: 1\n  c: 2\n", {"/0/b"}, "- c: 2\n"},
	    {"a:\n- b\n- c\nd: e", {"/a/1", "/d"}, "a:\n- b"},
	    {"a: [b, [c, d], e]\n", {"/a/0", "/a/1/1"}, "a: [[c], e]\n"},
	    {"a: 1\n? b\n: 2\nc: 3\n", {"/a"}, "? b\n: 2\nc: 3\n"},
	    {"a: 1\n? b\n: 2\nc: 3\n", {"/b"}, "a: 1\nc: 3\n"},
	    {"- ? a\n  : 1\n  b: 2\n", {"/0/a"}, "- b: 2\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *d = parse(str_of(rows[i].before));
		cleanup_edit struct edit *ed = edit_new(d);
		cleanup_doc struct doc *after = NULL;

		for (const char *const *p = rows[i].pointers; *p != NULL; p++)
			edit_delete(ed, at(d, *p));
		after = apply(ed);
		assert_source(after, rows[i].after);
	}
}

static void
many_changes_at_once(void **state)
{
	cleanup_doc struct doc *d = parse(
	    STR("{\"a\": [1], \"b\": {\"c\": 2}, \"d\": 3, \"e\": null}"));
	cleanup_edit struct edit *ed = edit_new(d);
	struct arena *a = edit_arena(ed);
	cleanup_buf struct buf removed = BUF_MAX(100);
	cleanup_doc struct doc *after = NULL;

	(void)state;
	assert_true(edit_empty(ed));
	edit_append(ed, doc_root(d), "z", val_raw(a, "9"));
	edit_append(ed, at(d, "/a"), NULL, val_raw(a, "2"));
	edit_append(ed, at(d, "/a"), NULL, val_raw(a, "3"));
	edit_prepend(ed, at(d, "/a"), val_raw(a, "0"));
	edit_append(ed, at(d, "/b"), "x", val_raw(a, "true"));
	edit_delete(ed, at(d, "/d"));
	edit_append(ed, at(d, "/e"), "f", val_raw(a, "1"));
	edit_append(ed, at(d, "/e"), "g", val_raw(a, "2"));
	after = apply(ed);
	assert_source(after,
	    "{\"a\": [0, 1, 2, 3], \"b\": {\"c\": 2, \"x\": true}, "
	    "\"e\": {\"f\": 1, \"g\": 2}, \"z\": 9}");
	edit_removed(ed, doc_root(d), &removed);
	assert_string_equal(buf_z(&removed), ", \"d\": 3null");
}

static void
nothing_to_do_is_the_same(void **state)
{
	cleanup_doc struct doc *d = parse(STR("a: 1 # x\n"));
	cleanup_edit struct edit *ed = edit_new(d);
	cleanup_doc struct doc *after = apply(ed);

	(void)state;
	assert_source(after, "a: 1 # x\n");
}

/* Strings that YAML would take for something else are quoted. */
static void
texts_are_quoted_as_needed(void **state)
{
	static const struct {
		const char *text, *block, *json;
	} rows[] = {
	    {"a b", "'a b'", "\"a b\""},
	    {"/a:b", "/a:b", "\"/a:b\""},
	    {"", "''", "\"\""},
	    {"yes", "'yes'", "\"yes\""},
	    {"No", "'No'", "\"No\""},
	    {"null", "'null'", "\"null\""},
	    {"~", "'~'", "\"~\""},
	    {"12", "'12'", "\"12\""},
	    {"1e5", "'1e5'", "\"1e5\""},
	    {"--", "'--'", "\"--\""},
	    {"a: b", "'a: b'", "\"a: b\""},
	    {"a:", "'a:'", "\"a:\""},
	    {"a #b", "'a #b'", "\"a #b\""},
	    {"it's", "'it''s'", "\"it's\""},
	    {"*a", "'*a'", "\"*a\""},
	    {"${A}", "'${A}'", "\"${A}\""},
	    {"a\"b\\", "'a\"b\\'", "\"a\\\"b\\\\\""},
	    {"a\nb\t", "\"a\\nb\\t\"", "\"a\\nb\\t\""},
	    {"\u00e9", "\"\u00e9\"", "\"\u00e9\""},
	    {"\u2028", "\"\\u2028\"", "\"\\u2028\""},
	    {"\x7f\x01", "\"\\u007f\\u0001\"", "\"\\u007f\\u0001\""},
	    {"\U0001f600", "\"\U0001f600\"", "\"\U0001f600\""},
	};
	static const char *const before[] = {"a: 1\n", "[1]"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t json = 0; json < 2; json++) {
			cleanup_doc struct doc *d = parse(str_of(before[json]));
			cleanup_edit struct edit *ed = edit_new(d);
			cleanup_doc struct doc *after = NULL;
			char want[100];

			edit_append(ed, doc_root(d), json ? NULL : "b",
			    val_textz(edit_arena(ed), rows[i].text));
			after = apply(ed);
			(void)snprintf(want, sizeof want,
			    json ? "[1, %s]" : "a: 1\nb: %s\n",
			    json ? rows[i].json : rows[i].block);
			assert_source(after, want);
			assert_true(
			    str_eqz(doc_root(after)->last->text, rows[i].text));
		}
}

/* ---- what is refused ---- */

static void
refused(struct edit *ed, const char *want)
{
	struct doc *after = NULL;
	struct err e = {0};

	assert_true(edit_apply(ed, &after, &e) < 0);
	assert_null(after);
	if (strstr(e.text, want) == NULL)
		fail_msg("%s: not %s", e.text, want);
}

static void
what_cannot_be_done_is_an_error(void **state)
{
	cleanup_doc struct doc *d = parse(STR("a: [1]\nb:\n-\nc: |\n  x"));
	cleanup_doc struct doc *tail = parse(STR("a: 1\nb: !c- |+ # -\n x"));
	cleanup_doc struct doc *small = parse(STR("a: 1\n? b\n"));
	cleanup_edit struct edit *keep = edit_new(tail),
				 *bare = edit_new(small);
	cleanup_edit struct edit *last = edit_new(d), *grow = edit_new(d);
	cleanup_edit struct edit *empty = edit_new(d), *twice = edit_new(d);
	cleanup_edit struct edit *twin = edit_new(small), *none = edit_new(d);
	struct arena *a = edit_arena(grow);

	(void)state;
	edit_delete(last, at(d, "/a/0"));
	refused(last, "t:1:5: a[0]: ");
	edit_append(grow, doc_root(d), "d", val_textz(a, "x"));
	refused(grow, "t:4:4: c: the file ends within a block scalar");
	edit_append(keep, doc_root(tail), "d", val_textz(a, "x"));
	refused(keep, "t:2:4: b: the file ends within a block scalar");
	edit_append(bare, at(small, "/b"), NULL, val_textz(a, "x"));
	refused(bare, ": b: write the empty value as [] or {}");
	edit_append(empty, at(d, "/b/0"), NULL, val_textz(a, "x"));
	refused(empty, "t:3:2: b[0]: ");
	edit_replace(twice, at(d, "/a"), val_textz(a, "x"));
	edit_replace(twice, at(d, "/a/0"), val_textz(a, "x"));
	refused(twice, "two changes of the same place");
	edit_append(twin, doc_root(small), "a", val_textz(a, "x"));
	refused(twin, "duplicate key \"a\"");
	edit_append(none, at(d, "/a"), NULL, NULL);
	assert_false(edit_empty(none));
	refused(none, "out of memory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(append_json),
	    cmocka_unit_test(append_block),
	    cmocka_unit_test(append_behind_scalars_of_many_lines),
	    cmocka_unit_test(append_beside_explicit_keys),
	    cmocka_unit_test(append_flow),
	    cmocka_unit_test(prepend),
	    cmocka_unit_test(replace),
	    cmocka_unit_test(delete),
	    cmocka_unit_test(many_changes_at_once),
	    cmocka_unit_test(nothing_to_do_is_the_same),
	    cmocka_unit_test(texts_are_quoted_as_needed),
	    cmocka_unit_test(what_cannot_be_done_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
