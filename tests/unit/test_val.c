/* SPDX-License-Identifier: Apache-2.0 */
/* Values to be written: built, copied from a tree, and compared with one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "doc/val.h"

#define ARENA_MAX ((size_t)256 * 1024 * 1024)

static struct doc *
parse(const char *text)
{
	struct doc *d = NULL;
	struct err e = {0};

	if (doc_parse(str_of(text), "t", &d, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	return d;
}

static void
building(void **state)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	cleanup_doc struct doc *d = parse("{\"a\": [\"x\", 1], \"b\": null}");
	struct val *v = val_map(a), *list = val_list(a);

	(void)state;
	list = val_push(list, val_text(a, STR("x")));
	list = val_push(list, val_raw(a, "1"));
	assert_ptr_equal(val_put(a, v, "a", list), v);
	assert_false(val_equals(v, doc_root(d)));
	v = val_put(a, v, "b", val_raw(a, "null"));
	assert_true(val_equals(v, doc_root(d)));
	assert_int_equal(v->kind, VAL_MAP);
	assert_ptr_equal(v->first, list);
	assert_true(str_eqz(v->last->key, "b"));
}

static void
out_of_memory_is_passed_on(void **state)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);

	(void)state;
	assert_null(val_push(NULL, val_raw(a, "1")));
	assert_null(val_push(val_list(a), NULL));
	assert_null(val_put(a, NULL, "k", val_raw(a, "1")));
	assert_null(val_put(a, val_map(a), "k", NULL));
}

/* A copy equals what it was made of, and says which plain words are no text. */
static void
copying(void **state)
{
	static const struct {
		const char *doc;
		enum val_kind kind;
	} rows[] = {
	    {"{\"k\": \"1\"}", VAL_TEXT},
	    {"{\"k\": 1.50}", VAL_RAW},
	    {"{\"k\": true}", VAL_RAW},
	    {"{\"k\": null}", VAL_RAW},
	    {"{\"k\": [1, {\"a\": \"b\"}]}", VAL_LIST},
	    {"{\"k\": {}}", VAL_MAP},
	    {"k: word", VAL_TEXT},
	    {"k: 1", VAL_RAW},
	    {"k: 0x1F", VAL_RAW},
	    {"k: 22:22", VAL_RAW},
	    {"k: yes", VAL_RAW},
	    {"k: 'yes'", VAL_TEXT},
	    {"k: 1.4-alpine", VAL_TEXT},
	    {"k: !Ref A", VAL_TEXT},
	    {"k: !Sub ['a', {b: !Ref C}]", VAL_LIST},
	    {"k: |\n  a\n  b\n", VAL_TEXT},
	    {"k: ~", VAL_RAW},
	    {"k:", VAL_RAW},
	    {"k: [a, &x , b: ]", VAL_LIST},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_arena struct arena *a = arena_new(ARENA_MAX);
		cleanup_doc struct doc *d = parse(rows[i].doc);
		struct val *v = val_copy(a, doc_get(doc_root(d), "k"));

		assert_non_null(v);
		if (v->kind != rows[i].kind)
			fail_msg("%s: kind %d", rows[i].doc, (int)v->kind);
		assert_true(val_equals(v, doc_get(doc_root(d), "k")));
		assert_false(val_equals(v, doc_root(d)));
	}
}

static void
comparing(void **state)
{
	static const struct {
		const char *one, *other;
		bool equal;
	} rows[] = {
	    {"k: 1", "k: '1'", false},
	    {"k: '1'", "k: \"1\"", true},
	    {"k: !Ref a", "k: a", false},
	    {"k: !Ref a", "k: !Sub a", false},
	    {"k: [a, b]", "k: [a]", false},
	    {"k: [a]", "k: [a, b]", false},
	    {"k: {a: 1}", "k: {b: 1}", false},
	    {"k: {a: 1, b: 2}", "k:\n  a: 1\n  b: 2\n", true},
	    {"k: ''", "k:", false},
	    {"k: []", "k: {}", false},
	    {"k: [&x , a]", "k:\n- null\n- a\n", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_arena struct arena *a = arena_new(ARENA_MAX);
		cleanup_doc struct doc *one = parse(rows[i].one);
		cleanup_doc struct doc *other = parse(rows[i].other);
		struct val *v = val_copy(a, doc_root(one));

		if (val_equals(v, doc_root(other)) != rows[i].equal)
			fail_msg("%s, %s", rows[i].one, rows[i].other);
	}
}

static void
aliases_are_followed_but_not_for_ever(void **state)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	cleanup_doc struct doc *d = parse("a: &x [1]\nb: [*x, *x]\n");
	cleanup_doc struct doc *same = parse("[[1], [1]]");
	cleanup_buf struct buf bomb = BUF_MAX(65536);
	cleanup_doc struct doc *large = NULL;
	struct val *v = val_copy(a, doc_get(doc_root(d), "b"));

	(void)state;
	assert_true(val_equals(v, doc_root(same)));
	buf_addz(&bomb, "a0: &a0 x\n");
	for (unsigned i = 1; i < 30; i++)
		buf_addf(&bomb, "a%u: &a%u [*a%u, *a%u]\n", i, i, i - 1, i - 1);
	large = parse(buf_z(&bomb));
	assert_non_null(val_copy(a, doc_get(doc_root(large), "a9")));
	assert_null(val_copy(a, doc_get(doc_root(large), "a29")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(building),
	    cmocka_unit_test(out_of_memory_is_passed_on),
	    cmocka_unit_test(copying),
	    cmocka_unit_test(comparing),
	    cmocka_unit_test(aliases_are_followed_but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
