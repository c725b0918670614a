/* SPDX-License-Identifier: Apache-2.0 */
/* Where values come from: --param, files of them, pseudo parameters. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cfn/cfn.h"

static const char source[] =
    "Parameters:\n"
    "  Image: {Type: String, Default: nginx}\n"
    "  Tag: {Type: String}\n"
    "  Names: {Type: CommaDelimitedList}\n"
    "  Ami: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}\n"
    "  Zones: {Type: 'AWS::SSM::Parameter::Value<List<String>>'}\n"
    "Resources: {}\n";

struct fixture {
	struct doc *d;
	struct cfn_scope *s;
	struct arena *a;
	struct err e;
};

static void
set_up(struct fixture *f, const char *text)
{
	*f = (struct fixture){.a = arena_new(1024 * 1024)};
	assert_int_equal(doc_parse(str_of(text), "t.yaml", &f->d, &f->e), 0);
	f->s = cfn_scope_new(f->d);
	assert_non_null(f->s);
	assert_non_null(f->a);
	assert_ptr_equal(cfn_scope_doc(f->s), f->d);
}

static void
tear_down(struct fixture *f)
{
	arena_free(f->a);
	cfn_scope_free(f->s);
	doc_free(f->d);
}

/* The value of Ref name: a text, a list joined with '|', or the reason. */
static const char *
value(struct fixture *f, const char *name)
{
	cleanup_doc struct doc *d = NULL;
	cleanup_buf struct buf src = BUF_MAX(4096), out = BUF_MAX(4096);
	const struct doc_node *n;
	struct cfn_why why = {0};
	struct str text = STR_NONE, *items = NULL;
	size_t count = 0;

	buf_addf(&src, "{\"Ref\": \"%s\"}", name);
	assert_int_equal(doc_parse(buf_str(&src), "x", &d, &f->e), 0);
	n = doc_root(d);
	if (cfn_eval_list(f->s, n, f->a, &items, &count, &why) == CFN_KNOWN)
		for (size_t i = 0; i < count; i++)
			buf_addf(&out, "%.*s|", STR_ARG(items[i]));
	else if (cfn_eval_text(f->s, n, f->a, &text, &why) == CFN_KNOWN)
		buf_adds(&out, text);
	else
		buf_addf(&out, "? %s", why.text);
	return arena_dup(f->a, buf_str(&out));
}

static void
params_of_the_command_line(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, source);
	assert_string_equal(value(&f, "Image"), "nginx");
	assert_int_equal(cfn_scope_param(f.s, "Image=a=b", &f.e), 0);
	assert_string_equal(value(&f, "Image"), "a=b");
	assert_int_equal(cfn_scope_param(f.s, "Image=", &f.e), 0);
	assert_string_equal(value(&f, "Image"), "");
	assert_int_equal(cfn_scope_param(f.s, "Names=x, y", &f.e), 0);
	assert_string_equal(value(&f, "Names"), "x|y|");

	/* Of the store's parameters the value is given, not the name. */
	assert_non_null(strstr(value(&f, "Ami"), "? "));
	assert_int_equal(cfn_scope_param(f.s, "Ami=ami-1", &f.e), 0);
	assert_string_equal(value(&f, "Ami"), "ami-1");
	assert_int_equal(cfn_scope_param(f.s, "Zones=a,b", &f.e), 0);
	assert_string_equal(value(&f, "Zones"), "a|b|");

	assert_int_equal(cfn_scope_param(f.s, "Nobody=1", &f.e), -ENOENT);
	assert_int_equal(f.e.kind, ERR_USAGE);
	assert_string_equal(
	    f.e.text, "t.yaml has no such parameter: \"Nobody\"");
	assert_int_equal(cfn_scope_param(f.s, "Image", &f.e), -EINVAL);
	assert_int_equal(f.e.kind, ERR_USAGE);
	assert_string_equal(value(&f, "Image"), "");
	tear_down(&f);
}

static void
a_task_definition_has_no_parameters(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, "{\"family\": \"web\", \"containerDefinitions\": []}");
	assert_int_equal(cfn_scope_param(f.s, "Image=a", &f.e), -ENOENT);
	tear_down(&f);
}

static void
every_form_of_file(void **state)
{
	static const char *const files[] = {
	    ("[{\"ParameterKey\": \"Image\", \"ParameterValue\": \"new\"},\n"
	     " {\"ParameterKey\": \"Tag\", \"ParameterValue\": \"t\",\n"
	     "  \"UsePreviousValue\": false}]"),
	    "[\"Image=new\", \"Tag=t\"]",
	    ("{\"Parameters\": {\"Image\": \"new\", \"Tag\": \"t\"},\n"
	     " \"StackPolicy\": {}}"),
	    "Parameters:\n  Image: new\n  Tag: t\n",
	    "- ParameterKey: Image\n  ParameterValue: new\n- Tag=t\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct fixture f;

		set_up(&f, source);
		if (cfn_scope_param_file(
			f.s, str_of(files[i]), "p.json", &f.e) != 0)
			fail_msg("%s: %s", files[i], f.e.text);
		assert_string_equal(value(&f, "Image"), "new");
		assert_string_equal(value(&f, "Tag"), "t");
		/* What comes later counts. */
		assert_int_equal(cfn_scope_param(f.s, "Tag=u", &f.e), 0);
		assert_string_equal(value(&f, "Tag"), "u");
		tear_down(&f);
	}
}

static void
a_previous_value_is_not_the_default(void **state)
{
	static const char file[] =
	    "[{\"ParameterKey\": \"Image\", \"UsePreviousValue\": true}]";
	struct fixture f;

	(void)state;
	set_up(&f, source);
	assert_int_equal(
	    cfn_scope_param_file(f.s, STR(file), "p.json", &f.e), 0);
	assert_non_null(strstr(value(&f, "Image"), "keeps its previous"));
	assert_int_equal(cfn_scope_param(f.s, "Image=x", &f.e), 0);
	assert_string_equal(value(&f, "Image"), "x");
	tear_down(&f);
}

static void
bad_files(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *place;
	} files[] = {
	    {"{\"Image\": \"new\"}", -EINVAL, "p.json:1:1: "},
	    {"[\"Image\"]", -EINVAL, "p.json:1:2: "},
	    {"[{\"ParameterKey\": \"Image\"}]", -EINVAL, "p.json:1:2: "},
	    {"[{\"ParameterValue\": \"Image\"}]", -EINVAL, "p.json:1:2: "},
	    {"[null]", -EINVAL, "p.json:1:2: "},
	    {"{\"Parameters\": [\"Image=a\"]}", -EINVAL, "p.json:1:1: "},
	    {"{\"Parameters\": {\"Image\": {}}}", -EINVAL, "p.json:1:26: "},
	    {"[\"Image=a\",\n \"Nobody=b\"]", -ENOENT, "p.json:2:2: "},
	    {"[\"Image=a\"", -EINVAL, "p.json:1:"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct fixture f;
		int code;

		set_up(&f, source);
		code = cfn_scope_param_file(
		    f.s, str_of(files[i].text), "p.json", &f.e);
		if (code != files[i].code ||
		    !str_starts(str_of(f.e.text), files[i].place))
			fail_msg("%s: %d %s", files[i].text, code, f.e.text);
		tear_down(&f);
	}
}

static void
pseudo_parameters(void **state)
{
	static const struct {
		const char *region, *partition, *suffix;
	} rows[] = {
	    {"us-east-1", "aws", "amazonaws.com"},
	    {"cn-north-1", "aws-cn", "amazonaws.com.cn"},
	    {"us-gov-west-1", "aws-us-gov", "amazonaws.com"},
	    {"us-iso-east-1", "aws-iso", "c2s.ic.gov"},
	    {"us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"},
	};
	struct fixture f;

	(void)state;
	set_up(&f, source);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(cfn_scope_pseudo(f.s, "AWS::Region",
				     str_of(rows[i].region), &f.e),
		    0);
		assert_string_equal(value(&f, "AWS::Region"), rows[i].region);
		assert_string_equal(
		    value(&f, "AWS::Partition"), rows[i].partition);
		assert_string_equal(
		    value(&f, "AWS::URLSuffix"), rows[i].suffix);
	}
	assert_int_equal(
	    cfn_scope_pseudo(f.s, "AWS::Partition", STR("aws-x"), &f.e), 0);
	assert_string_equal(value(&f, "AWS::Partition"), "aws-x");
	assert_int_equal(
	    cfn_scope_pseudo(f.s, "AWS::AccountId", STR("0123"), &f.e), 0);
	assert_string_equal(value(&f, "AWS::AccountId"), "0123");
	assert_int_equal(
	    cfn_scope_pseudo(f.s, "AWS::NotificationARNs", STR("a,b"), &f.e),
	    0);
	assert_string_equal(value(&f, "AWS::NotificationARNs"), "a|b|");
	assert_int_equal(
	    cfn_scope_pseudo(f.s, "AWS::NoValue", STR("x"), &f.e), -ENOENT);
	assert_int_equal(
	    cfn_scope_pseudo(f.s, "Region", STR("x"), &f.e), -ENOENT);
	assert_int_equal(f.e.kind, ERR_USAGE);
	tear_down(&f);
}

/* With a macro about, a name that is missing here may still come. */
static void
macros_may_declare(void **state)
{
	static const char *const templates[] = {
	    "Transform: AWS::Serverless-2016-10-31\nResources: {}\n",
	    "Transform: [AWS::LanguageExtensions, Own]\nResources: {}\n",
	    "Resources:\n  Fn::ForEach::L: [a, [b], {}]\n",
	    "Resources: {}\nFn::Transform: {Name: M}\n",
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
		bool is;

		set_up(&f, templates[i]);
		assert_non_null(strstr(value(&f, "Nobody"), "a macro may"));
		assert_int_equal(
		    cfn_eval_condition(f.s, STR("No"), f.a, &is, NULL),
		    CFN_UNKNOWN);
		tear_down(&f);
	}
	set_up(&f, "Transform: AWS::LanguageExtensions\nResources: {}\n");
	assert_string_equal(
	    value(&f, "Nobody"), "? no parameter or resource \"Nobody\"");
	tear_down(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(params_of_the_command_line),
	    cmocka_unit_test(a_task_definition_has_no_parameters),
	    cmocka_unit_test(every_form_of_file),
	    cmocka_unit_test(a_previous_value_is_not_the_default),
	    cmocka_unit_test(bad_files),
	    cmocka_unit_test(pseudo_parameters),
	    cmocka_unit_test(macros_may_declare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
