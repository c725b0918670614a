/* SPDX-License-Identifier: Apache-2.0 */
/* What is written: canonical texts, calls, joined texts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cfn/cfn.h"
#include "doc/edit.h"

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
canonical_texts(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"a", "\"a\""},
	    {"1.50", "\"1.50\""},
	    {"True", "\"true\""},
	    {"~", "null"},
	    {"--- {b: 1, a: [x, {}]}", "{\"a\":[\"x\",{}],\"b\":\"1\"}"},
	    {"!GetAtt A.B.C", "{\"Fn::GetAtt\":[\"A\",\"B.C\"]}"},
	    {"!GetAtt [A, B.C]", "{\"Fn::GetAtt\":[\"A\",\"B.C\"]}"},
	    {"!GetAtt A", "{\"Fn::GetAtt\":\"A\"}"},
	    {"!Condition A", "{\"Condition\":\"A\"}"},
	    {"!Base64 {'Fn::Sub': a}", "{\"Fn::Base64\":{\"Fn::Sub\":\"a\"}}"},
	    {"!Sub |\n  a\n  b\n", "{\"Fn::Sub\":\"a\\nb\\n\"}"},
	    /* Errors get a text of their own, too. */
	    {"!Odd a", "{\"!Odd\":\"a\"}"},
	    {"--- {'Fn::Odd': a}", "{\"Fn::Odd\":\"a\"}"},
	    {"--- {'Fn::ForEach::L': [a]}", "{\"Fn::ForEach::L\":[\"a\"]}"},
	    {"--- [&x !Ref A, *x]", "[{\"Ref\":\"A\"},{\"Ref\":\"A\"}]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *d = parse(rows[i].text);
		cleanup_buf struct buf b = BUF_MAX(4096);

		cfn_canonical(doc_root(d), &b);
		assert_int_equal(buf_error(&b), 0);
		assert_string_equal(buf_z(&b), rows[i].want);
	}
}

static void
canonical_of_an_alias_bomb(void **state)
{
	cleanup_buf struct buf src = BUF_MAX(65536), b = BUF_MAX(SIZE_MAX);
	cleanup_doc struct doc *d = NULL;

	(void)state;
	buf_addz(&src, "- &l0 []\n");
	for (unsigned i = 1; i < 40; i++)
		buf_addf(&src, "- &l%u [*l%u, *l%u]\n", i, i - 1, i - 1);
	d = parse(buf_z(&src));
	cfn_canonical(doc_root(d), &b);
	assert_int_equal(buf_error(&b), -E2BIG);
}

/* Put v into a document and give back the new one. */
static struct doc *
written(const struct doc *d, struct edit *ed, struct val *v)
{
	struct doc *after = NULL;
	struct err e = {0};

	edit_append(ed, doc_root(d), "New", v);
	if (edit_apply(ed, &after, &e) != 0)
		fail_msg("%s", e.text);
	return after;
}

static void
joined_texts(void **state)
{
	static const struct {
		const char *source, *want;
	} rows[] = {
	    {"X: web\n", "X: web\nNew: a-web-b\n"},
	    {"X: !Ref P\n", "X: !Ref P\nNew: !Join\n"
			    "  - ''\n  - - a-\n    - !Ref P\n    - -b\n"},
	    {"{\"X\": \"web\"}", "{\"X\": \"web\", \"New\": \"a-web-b\"}"},
	    {"{\"X\": {\"Ref\": \"P\"}}",
		"{\"X\": {\"Ref\": \"P\"}, \"New\": {\"Fn::Join\": "
		"[\"\", [\"a-\", {\"Ref\": \"P\"}, \"-b\"]]}}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *d = parse(rows[i].source);
		cleanup_edit struct edit *ed = edit_new(d);
		cleanup_buf struct buf x = BUF_MAX(4096), y = BUF_MAX(4096);
		cleanup_doc struct doc *want = parse(rows[i].want), *got = NULL;

		got = written(d, ed,
		    cfn_join_text(edit_arena(ed), doc_format(d), "a-",
			doc_get(doc_root(d), "X"), "-b"));
		cfn_canonical(doc_root(want), &x);
		cfn_canonical(doc_root(got), &y);
		assert_string_equal(buf_z(&x), buf_z(&y));
		/* The same spelling, not only the same meaning. */
		assert_true(str_eq(doc_get(doc_root(got), "New")->tag,
		    doc_get(doc_root(want), "New")->tag));
	}
}

static void
joined_with_nothing(void **state)
{
	cleanup_doc struct doc *d = parse("X: !Ref P\nL: [a]\nO: !Odd a\n");
	cleanup_arena struct arena *a = arena_new(65536);
	const struct doc_node *root = doc_root(d);

	(void)state;
	assert_true(
	    val_equals(cfn_join_text(a, DOC_YAML, "", doc_get(root, "X"), ""),
		doc_get(root, "X")));
	assert_null(cfn_join_text(a, DOC_YAML, "", doc_get(root, "L"), ""));
	assert_null(cfn_join_text(a, DOC_YAML, "", doc_get(root, "O"), ""));
	assert_null(cfn_join_text(a, DOC_YAML, "", NULL, ""));
}

static void
calls(void **state)
{
	cleanup_arena struct arena *a = arena_new(65536);
	struct val *v;

	(void)state;
	v = cfn_call(a, DOC_YAML, CFN_REF, val_textz(a, "P"));
	assert_true(str_eqz(v->tag, "!Ref"));
	assert_int_equal(v->kind, VAL_TEXT);

	/* A tagged value takes no second tag. */
	v = cfn_call(a, DOC_YAML, CFN_BASE64, v);
	assert_int_equal(v->tag.n, 0);
	assert_int_equal(v->kind, VAL_MAP);
	assert_true(str_eqz(v->first->key, "Fn::Base64"));
	assert_true(str_eqz(v->first->tag, "!Ref"));

	v = cfn_call(a, DOC_JSON, CFN_IF, val_list(a));
	assert_int_equal(v->kind, VAL_MAP);
	assert_true(str_eqz(v->first->key, "Fn::If"));
	v = cfn_call(a, DOC_YAML, CFN_LENGTH, val_list(a));
	assert_true(str_eqz(v->first->key, "Fn::Length"));
	v = cfn_call(a, DOC_YAML, CFN_CONDITION, val_textz(a, "C"));
	assert_true(str_eqz(v->tag, "!Condition"));

	assert_null(cfn_call(a, DOC_YAML, CFN_REF, NULL));
	assert_null(cfn_call(a, DOC_YAML, CFN_LITERAL, val_list(a)));
}

static void
kinds_of_nodes(void **state)
{
	cleanup_doc struct doc *d = parse("L: text\n"
					  "S: !Sub [a, {}]\n"
					  "M: {Ref: X}\n"
					  "C: {Condition: X}\n"
					  "T: {Ref: X, More: y}\n"
					  "N: {Ref: AWS::NoValue}\n"
					  "A: &a {'Fn::Transform': {}, b: 1}\n"
					  "B: *a\n");
	const struct doc_node *root = doc_root(d), *arg;

	(void)state;
	assert_int_equal(cfn_fn(NULL, &arg), CFN_LITERAL);
	assert_null(arg);
	assert_int_equal(cfn_fn(doc_get(root, "L"), NULL), CFN_LITERAL);
	assert_int_equal(cfn_fn(doc_get(root, "S"), &arg), CFN_SUB);
	assert_ptr_equal(arg, doc_get(root, "S"));
	assert_int_equal(cfn_fn(doc_get(root, "M"), &arg), CFN_REF);
	assert_true(doc_is(arg, "X"));
	assert_int_equal(cfn_fn(doc_get(root, "C"), NULL), CFN_LITERAL);
	assert_int_equal(
	    cfn_condition_fn(doc_get(root, "C"), &arg), CFN_CONDITION);
	assert_true(doc_is(arg, "X"));
	assert_int_equal(cfn_fn(doc_get(root, "T"), NULL), CFN_LITERAL);
	assert_true(cfn_is_novalue(doc_get(root, "N")));
	assert_false(cfn_is_novalue(doc_get(root, "M")));
	assert_null(cfn_macro(doc_get(root, "T")));
	assert_ptr_equal(
	    cfn_macro(doc_get(root, "B")), doc_get(root, "A")->first);
	assert_ptr_equal(
	    cfn_get(doc_get(root, "B"), "b"), doc_get(root, "A")->last);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(canonical_texts),
	    cmocka_unit_test(canonical_of_an_alias_bomb),
	    cmocka_unit_test(joined_texts),
	    cmocka_unit_test(joined_with_nothing),
	    cmocka_unit_test(calls),
	    cmocka_unit_test(kinds_of_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
