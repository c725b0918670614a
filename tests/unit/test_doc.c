/* SPDX-License-Identifier: Apache-2.0 */
/* Documents as trees: places, texts, kinds, paths, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "doc/doc.h"

static struct doc *
parse(const char *text)
{
	struct doc *d = NULL;
	struct err e = {0};

	if (doc_parse(str_of(text), "t", &d, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return d;
}

static const struct doc_node *
at(const struct doc *d, const char *pointer)
{
	const struct doc_node *n = doc_follow(doc_root(d), str_of(pointer));

	if (n == NULL)
		fail_msg("nothing at %s", pointer);
	return n;
}

static void
assert_str(struct str s, const char *want)
{
	if (!str_eqz(s, want))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(s), want);
}

/* Each row: what raw text, decoded text, line and column the node has. */
static const struct place {
	const char *doc, *pointer, *raw, *text;
	unsigned line, column;
} places[] = {
    {"{\"a\": 1}", "", "{\"a\": 1}", "", 1, 1},
    {" [1,\n  -0.5e3 ]", "/1", "-0.5e3", "-0.5e3", 2, 3},
    {"{\"a\":\"x\\u00e9\\n\\\"\"}", "/a", "\"x\\u00e9\\n\\\"\"", "x\u00e9\n\"",
	1, 6},
    {"[\"\\ud83d\\ude00\"]", "/0", "\"\\ud83d\\ude00\"", "\U0001f600", 1, 2},
    {"{\"a\\u002fb\": [true]}", "/a~1b/0", "true", "true", 1, 15},
    {"\xef\xbb\xbf[7]", "/0", "7", "7", 1, 2},
    {"[1,\r\n2]\r\n", "/1", "2", "2", 2, 1},
    {"a: b", "/a", "b", "b", 1, 4},
    {"\xef\xbb\xbf"
     "a: b",
	"/a", "b", "b", 1, 4},
    {"k\u00e9: \u00e9\nb: c", "/b", "c", "c", 2, 4},
    {"a:\n- x\n- y # z\n", "/a/1", "y", "y", 3, 3},
    {"a:\n- x\n- y # z\n", "/a", "- x\n- y", "", 2, 1},
    {"a: 'it''s'", "/a", "'it''s'", "it's", 1, 4},
    {"a: \"\\x41\\u00e9\"", "/a", "\"\\x41\\u00e9\"", "A\u00e9", 1, 4},
    {"a: |\n  x\n  y\nb: c", "/a", "|\n  x\n  y", "x\ny\n", 1, 4},
    {"a: >-\n  x\n  y\n\nb: c", "/a", ">-\n  x\n  y", "x y", 1, 4},
    {"a: |+\n  x\n\nb: c", "/a", "|+\n  x\n", "x\n\n", 1, 4},
    {"a: |+\n  x\n\n", "/a", "|+\n  x\n", "x\n\n", 1, 4},
    {"a: |-\n  x", "/a", "|-\n  x", "x", 1, 4},
    {"a: one\n  two\nb: c", "/a", "one\n  two", "one two", 1, 4},
    {"a: !Ref b", "/a", "!Ref b", "b", 1, 4},
    {"a: &x !Sub 'b'", "/a", "&x !Sub 'b'", "b", 1, 4},
    {"a:\nb: c", "/a", "", "", 1, 3},
    {"a: [b, {c: d}]\n", "/a/1", "{c: d}", "", 1, 8},
    {"a: {b: [\n x\n ]} # y\n", "/a", "{b: [\n x\n ]}", "", 1, 4},
    {"a:\n- b: c\n  d: e\n\n# f\ng: h\n", "/a/0", "b: c\n  d: e", "", 2, 3},
    {"a:\n  b: 1\n  # end\nc: 2", "/a", "b: 1", "", 2, 3},
    {"a:\r\n- b\r\n- c\r\n", "/a/1", "c", "c", 3, 3},
};

static void
nodes_know_their_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const struct place *row = &places[i];
		cleanup_doc struct doc *d = parse(row->doc);
		const struct doc_node *n = at(d, row->pointer);

		assert_str(doc_raw(d, n), row->raw);
		assert_str(
		    n->kind == DOC_SCALAR ? n->text : STR(""), row->text);
		assert_int_equal(n->line, row->line);
		assert_int_equal(n->column, row->column);
		assert_str(doc_source(d), row->doc);
	}
}

static void
formats_and_styles(void **state)
{
	cleanup_doc struct doc *json = parse(" \n{\"a\": []}");
	cleanup_doc struct doc *yaml =
	    parse("a: [x]\nb: {}\nc: 'x'\nd: \"x\"\ne: |\n x\nf: >\n x\ng:\n- "
		  "!T x\n");

	(void)state;
	assert_int_equal(doc_format(json), DOC_JSON);
	assert_int_equal(doc_format(yaml), DOC_YAML);
	assert_int_equal(at(json, "/a")->style, DOC_FLOW);
	assert_int_equal(doc_root(yaml)->style, DOC_BLOCK);
	assert_int_equal(at(yaml, "/a")->style, DOC_FLOW);
	assert_int_equal(at(yaml, "/c")->style, DOC_SINGLE);
	assert_int_equal(at(yaml, "/d")->style, DOC_DOUBLE);
	assert_int_equal(at(yaml, "/e")->style, DOC_LITERAL);
	assert_int_equal(at(yaml, "/f")->style, DOC_FOLDED);
	assert_int_equal(at(yaml, "/g")->style, DOC_BLOCK);
	assert_str(at(yaml, "/g/0")->tag, "!T");
	assert_string_equal(doc_name(yaml), "t");
}

static void
nulls_texts_and_booleans(void **state)
{
	static const struct {
		const char *doc;
		bool null, text, boolean, truth;
	} rows[] = {
	    {"{\"a\": null}", true, false, false, false},
	    {"{\"a\": \"null\"}", false, true, false, false},
	    {"{\"a\": \"\"}", false, true, false, false},
	    {"{\"a\": true}", false, true, true, true},
	    {"{\"a\": 0}", false, true, false, false},
	    {"{\"a\": {}}", false, false, false, false},
	    {"a:", true, false, false, false},
	    {"a: ~", true, false, false, false},
	    {"a: NULL", true, false, false, false},
	    {"a: nULL", false, true, false, false},
	    {"a: ''", false, true, false, false},
	    {"a: '~'", false, true, false, false},
	    {"a: !Ref b", false, false, false, false},
	    {"a: !x", false, false, false, false},
	    {"a: Yes", false, true, true, true},
	    {"a: 'on'", false, true, true, true},
	    {"a: Off", false, true, true, false},
	    {"a: y", false, true, false, false},
	};

	(void)state;
	assert_true(doc_is_null(NULL));
	assert_false(doc_is_text(NULL));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *d = parse(rows[i].doc);
		const struct doc_node *n = at(d, "/a");

		assert_int_equal(doc_is_null(n), rows[i].null);
		assert_int_equal(doc_is_text(n), rows[i].text);
		assert_int_equal(doc_is_bool(n), rows[i].boolean);
		assert_int_equal(doc_is_true(n), rows[i].truth);
	}
}

static void
getting_and_following(void **state)
{
	cleanup_doc struct doc *d =
	    parse("{\"a\": [1, {\"b/c\": 2, \"~\": 3, \"\": 4}]}");
	const struct doc_node *root = doc_root(d), *list = doc_get(root, "a");

	(void)state;
	assert_ptr_equal(doc_follow(root, STR("")), root);
	assert_ptr_equal(doc_at(list, 1), at(d, "/a/1"));
	assert_null(doc_at(list, 2));
	assert_null(doc_get(list, "a"));
	assert_null(doc_get(NULL, "a"));
	assert_null(doc_at(NULL, 0));
	assert_true(doc_is(at(d, "/a/1/b~1c"), "2"));
	assert_true(doc_is(at(d, "/a/1/~0"), "3"));
	assert_true(doc_is(at(d, "/a/1/"), "4"));
	assert_null(doc_follow(root, STR("a")));
	assert_null(doc_follow(root, STR("/a/2")));
	assert_null(doc_follow(root, STR("/a/x")));
	assert_null(doc_follow(root, STR("/a/-1")));
	assert_null(doc_follow(root, STR("/a/0/x")));
	assert_int_equal(list->n, 2);
	assert_int_equal(list->last->index, 1);
	assert_ptr_equal(list->last->parent, list);
}

static void
pointers_and_paths(void **state)
{
	cleanup_doc struct doc *d = parse("a:\n- b/c~: [x]\n");
	cleanup_buf struct buf pointer = BUF_MAX(100), path = BUF_MAX(100);
	const struct doc_node *n = at(d, "/a/0/b~1c~0/0");
	struct err e = {0};

	(void)state;
	doc_pointer(n, &pointer);
	assert_string_equal(buf_z(&pointer), "/a/0/b~1c~0/0");
	doc_path(n, &path);
	assert_string_equal(buf_z(&path), "a[0].b/c~[0]");
	assert_int_equal(doc_err(&e, ERR_NO, 5, d, n, "no %s", "good"), -5);
	assert_string_equal(e.text, "t:2:10: a[0].b/c~[0]: no good");
	assert_int_equal(e.kind, ERR_NO);
	(void)doc_err(&e, ERR_NO, 5, d, doc_root(d), "bad");
	assert_string_equal(e.text, "t:1:1: bad");
}

static void
aliases_are_not_expanded(void **state)
{
	cleanup_doc struct doc *d = parse("a: &x {b: [c]}\nd: *x\n"
					  "e: &y 1\nf: &x 2\ng: *x\n");
	const struct doc_node *alias = at(d, "/d");

	(void)state;
	assert_int_equal(alias->kind, DOC_ALIAS);
	assert_ptr_equal(alias->target, at(d, "/a"));
	assert_ptr_equal(at(d, "/g")->target, at(d, "/f"));
	assert_true(doc_is_shared(alias));
	assert_true(doc_is_shared(at(d, "/a")));
	assert_true(doc_is_shared(at(d, "/a/b/0")));
	assert_false(doc_is_shared(at(d, "/e")));
	assert_false(doc_is_shared(doc_root(d)));
	assert_null(doc_follow(doc_root(d), STR("/d/b")));
}

static void
equality(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
	    {"{\"a\": [1, null]}", "a:\n- 1\n- ~\n", true},
	    {"{\"a\": 1}", "a: '1'", true},
	    {"{\"a\": 1, \"b\": 2}", "b: 2\na: 1", false},
	    {"[1]", "[1, 2]", false},
	    {"[[]]", "[{}]", false},
	    {"- !Ref a", "- a", false},
	    {"[null]", "[\"\"]", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *a = parse(rows[i].a);
		cleanup_doc struct doc *b = parse(rows[i].b);

		assert_int_equal(
		    doc_equal(doc_root(a), doc_root(b)), rows[i].equal);
	}
}

/* ---- what is refused ---- */

static void
refuse(struct str src, const char *want)
{
	struct doc *d = NULL;
	struct err e = {0};

	assert_true(doc_parse(src, "t", &d, &e) < 0);
	assert_null(d);
	assert_int_equal(e.kind, ERR_PERM);
	if (strncmp(e.text, want, strlen(want)) != 0)
		fail_msg("%.*s: %s, not %s", STR_ARG(src), e.text, want);
}

static void
errors_have_places(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"", "t:1:1: an empty document"},
	    {" \n ", "t:1:1: an empty document"},
	    {"\xef\xbb\xbf\n", "t:1:1: an empty document"},
	    {"# only this\n", "t:2:1: an empty document"},
	    {"{\"a\": }", "t:1:7: "},
	    {"{\"a\": 1", "t:1:8: "},
	    {"[1,]", "t:1:4: "},
	    {"{\"a\": 1} x", "t:1:10: "},
	    {"[\n01]", "t:2:1: a number with a leading zero"},
	    {"[\"a\nb\"]", "t:1:4: "},
	    {"{\"a\": 1, \"a\": 2}", "t:1:10: duplicate key \"a\""},
	    {"{\"a\": 1, \"\\u0061\": 2}", "t:1:10: duplicate key \"a\""},
	    {"a: 1\n'a': 2", "t:2:1: duplicate key \"a\""},
	    {"a: {b: 1, b: 2}", "t:1:11: duplicate key \"b\""},
	    {"x: &y {}\na:\n  <<: *y", "t:3:3: merge keys"},
	    {"a: *b", "t:1:4: undefined alias \"*b\""},
	    {"a: &b\n- *b", "t:2:3: alias \"*b\" within its own anchor"},
	    {"&a b: c", "t:1:1: an anchor on a key"},
	    {"# y\n? {a: b}\n: c", "t:2:3: a key must be a scalar"},
	    {"a: b\n---\nc: d", "t:2:1: a second YAML document"},
	    {"a:\n\t- b", "t:2:1: not YAML"},
	    {"a: [b", "t:1:6: not YAML"},
	    {"a: 'b", "t:1:"},
	    {"a: \xff", "t:1:4: not UTF-8"},
	    {"\xff\xfe", "t:1:1: UTF-16"},
	    {"a: b\rc: d", "t:1:5: a carriage return"},
	    {"a: b\r", "t:1:5: a carriage return"},
	    {"a:\n\xef\xbb\xbf b: c", "t:2:1: a byte order mark"},
	    {"\xef\xbb\xbf\xef\xbb\xbf"
	     "a: b",
		"t:1:1: a byte order mark"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refuse(str_of(rows[i].text), rows[i].want);
	refuse(STR("\xfe\xff\0{"), "t:1:1: UTF-16");
	refuse(STR("a: \0"), "t:1:4: not YAML");
}

/* Small maps compare all with all, large ones are sorted. */
static void
duplicates_in_maps_of_any_size(void **state)
{
	(void)state;
	for (unsigned keys = 2; keys < 40; keys++) {
		cleanup_buf struct buf b = BUF_MAX(4096);
		char want[64];

		buf_addc(&b, '{');
		for (unsigned i = 0; i < keys; i++)
			buf_addf(&b, "\"k%u\":0,\n", i);
		(void)snprintf(want, sizeof want,
		    "t:%u:1: duplicate key \"k%u\"", keys + 1, keys / 2);
		buf_addf(&b, "\"k%u\":1}", keys / 2);
		refuse(buf_str(&b), want);
	}
}

static void
add_times(struct buf *b, const char *z, size_t n)
{
	while (n-- > 0)
		buf_addz(b, z);
}

static void
depth_is_bounded(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(4096);
	struct doc *d = NULL;
	struct err e = {0};

	(void)state;
	add_times(&b, "[", DOC_DEPTH_MAX);
	add_times(&b, "]", DOC_DEPTH_MAX);
	assert_int_equal(doc_parse(buf_str(&b), "t", &d, &e), 0);
	doc_free(d);
	buf_reset(&b);
	add_times(&b, "[", DOC_DEPTH_MAX + 1);
	add_times(&b, "]", DOC_DEPTH_MAX + 1);
	refuse(buf_str(&b), "t:1:129: ");
	buf_reset(&b);
	add_times(&b, "- ", DOC_DEPTH_MAX + 1);
	refuse(buf_str(&b), "t:1:257: nested deeper");
}

static void
size_is_bounded(void **state)
{
	size_t n = (size_t)DOC_BYTES_MAX + 1;
	char *p = malloc(n);
	struct doc *d = NULL;

	(void)state;
	assert_non_null(p);
	memset(p, ' ', n);
	memcpy(p, "[1]", 3);
	refuse(str_make(p, n), "t: larger than 16777216 bytes");
	assert_int_equal(doc_parse(str_make(p, n - 1), "t", &d, NULL), 0);
	doc_free(d);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nodes_know_their_places),
	    cmocka_unit_test(formats_and_styles),
	    cmocka_unit_test(nulls_texts_and_booleans),
	    cmocka_unit_test(getting_and_following),
	    cmocka_unit_test(pointers_and_paths),
	    cmocka_unit_test(aliases_are_not_expanded),
	    cmocka_unit_test(equality),
	    cmocka_unit_test(errors_have_places),
	    cmocka_unit_test(duplicates_in_maps_of_any_size),
	    cmocka_unit_test(depth_is_bounded),
	    cmocka_unit_test(size_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
