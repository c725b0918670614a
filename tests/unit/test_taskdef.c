/* SPDX-License-Identifier: Apache-2.0 */
/* Task definitions in all the forms of documents, and out of descriptions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "taskdef/taskdef.h"

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
assert_str(struct str s, const char *want)
{
	if (!str_eqz(s, want))
		fail_msg("\n%.*s\nis not\n%s", STR_ARG(s), want);
}

static const char template[] =
    "Parameters: {P: {Type: String, Default: par}}\n"
    "Resources:\n"
    "  T:\n"
    "    Type: AWS::ECS::TaskDefinition\n"
    "    Properties:\n"
    "      Family: fam\n"
    "      RuntimePlatform: {CpuArchitecture: ARM64}\n"
    "      ContainerDefinitions:\n"
    "      - {Name: !Ref P, Image: !Sub 'i:${P}', Cpu: ~}\n"
    "      - {Name: b, LinuxParameters: {Capabilities: {Add: [X]}}}\n"
    "  U:\n"
    "    Type: AWS::ECS::TaskDefinition\n"
    "    Properties:\n"
    "      ContainerDefinitions: [{Name: c}]\n"
    "  S:\n"
    "    Type: AWS::ECS::Service\n"
    "    Properties: {LaunchType: FARGATE, TaskDefinition: !Ref U}\n";

static void
register_form(void **state)
{
	cleanup_doc struct doc *d = parse(
	    "{\"family\":\"f\",\"requiresCompatibilities\":[\"FARGATE\"],"
	    "\"containerDefinitions\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
	struct taskdef_file f;
	struct cfn_why why;

	(void)state;
	assert_int_equal(taskdef_open(&f, d, NULL, NULL), 0);
	assert_int_equal(f.form, TASKDEF_REGISTER);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.defs->n, 2);
	assert_ptr_equal(f.defs->node, doc_root(d));
	assert_null(f.defs->resource);
	assert_str(f.defs->containers[1].id, "b");
	assert_str(taskdef_label(&f, f.defs), "f");
	assert_true(taskdef_is_fargate(&f, f.defs));
	assert_false(taskdef_is_windows(&f, f.defs));
	assert_string_equal(taskdef_platform(&f, f.defs, &why), "linux/amd64");
	assert_ptr_equal(
	    taskdef_find(f.defs, STR("b")), &f.defs->containers[1]);
	assert_null(taskdef_find(f.defs, STR("c")));
	taskdef_close(&f);
}

static void
array_form(void **state)
{
	cleanup_doc struct doc *d = parse("- name: a\n- name: b\n");
	struct taskdef_file f;

	(void)state;
	assert_int_equal(taskdef_open(&f, d, NULL, NULL), 0);
	assert_int_equal(f.form, TASKDEF_ARRAY);
	assert_int_equal(f.defs->n, 2);
	assert_ptr_equal(f.defs->list, doc_root(d));
	assert_false(taskdef_is_fargate(&f, f.defs));
	taskdef_close(&f);
}

static void
template_form(void **state)
{
	cleanup_doc struct doc *d = parse(template);
	cleanup_cfn_scope struct cfn_scope *scope = cfn_scope_new(d);
	const struct taskdef_container *c;
	struct taskdef_file f;
	struct cfn_why why;

	(void)state;
	assert_int_equal(taskdef_open(&f, d, scope, NULL), 0);
	assert_int_equal(f.form, TASKDEF_TEMPLATE);
	assert_int_equal(f.n, 2);
	assert_str(taskdef_label(&f, &f.defs[0]), "T");
	assert_str(f.defs[1].logical_id, "U");
	assert_false(taskdef_is_fargate(&f, &f.defs[0]));
	assert_true(taskdef_is_fargate(&f, &f.defs[1]));
	assert_string_equal(
	    taskdef_platform(&f, &f.defs[0], &why), "linux/arm64");
	c = &f.defs[0].containers[0];
	assert_str(c->id, "{\"Ref\":\"P\"}");
	assert_str(c->known_name, "par");
	assert_ptr_equal(taskdef_find(&f.defs[0], STR("par")), c);
	assert_str(
	    taskdef_text(&f, taskdef_get(f.form, c->node, "image")), "i:par");
	assert_string_equal(
	    taskdef_function(f.form, taskdef_get(f.form, c->node, "image")),
	    "Fn::Sub");
	assert_null(taskdef_get(f.form, c->node, "cpu"));
	assert_null(taskdef_function(f.form, f.defs[0].list));
	assert_int_equal(
	    taskdef_path(f.form, c[1].node, "linuxParameters.capabilities.add")
		->n,
	    1);
	assert_null(taskdef_path(f.form, c->node, "linuxParameters.x"));
	taskdef_close(&f);
}

static void
without_a_scope_nothing_is_evaluated(void **state)
{
	cleanup_doc struct doc *d = parse(template);
	struct taskdef_file f;

	(void)state;
	assert_int_equal(taskdef_open(&f, d, NULL, NULL), 0);
	assert_null(f.defs->containers[0].known_name.p);
	assert_str(f.defs->containers[0].id, "{\"Ref\":\"P\"}");
	taskdef_close(&f);
}

static void
keys_are_spelt_by_form(void **state)
{
	char buf[TASKDEF_KEY_MAX];

	(void)state;
	assert_string_equal(
	    taskdef_key(TASKDEF_TEMPLATE, "logConfiguration", buf),
	    "LogConfiguration");
	assert_string_equal(
	    taskdef_key(TASKDEF_REGISTER, "logConfiguration", buf),
	    "logConfiguration");
}

static void
what_is_refused(void **state)
{
	static const struct {
		const char *text, *want;
		enum err_kind kind;
	} rows[] = {
	    {"{}", "t:1:1: neither", ERR_PERM},
	    {"word", "t:1:1: neither", ERR_PERM},
	    {"{\"Resources\": {}}", "t:1:1: ", ERR_PERM},
	    {"[]", "t:1:1: no container definitions", ERR_NO},
	    {"[1]", "t:1:2: [0]: ", ERR_NO},
	    {"[{}]", "t:1:2: [0]: a container without a name", ERR_NO},
	    {"[{\"name\": null}]", "t:1:2: [0]: ", ERR_NO},
	    {"[{\"name\": []}]", "t:1:11: [0].name: ", ERR_NO},
	    {"- name: a\n- name: a\n", "t:2:9: [1].name: a second", ERR_NO},
	    {"containerDefinitions: x",
		"t:1:23: containerDefinitions: ", ERR_NO},
	    {"containerDefinitions: [{name: a}]\nruntimePlatform: "
	     "{operatingSystemFamily: WINDOWS_SERVER_2019_CORE}",
		"t:2:42: runtimePlatform.operatingSystemFamily: Windows",
		ERR_NO},
	    {"Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n",
		"t:3:5: Resources.T: ", ERR_NO},
	    {"Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n"
	     "    Properties:\n      ContainerDefinitions: !Ref X\n",
		"t:5:29: Resources.T.Properties.ContainerDefinitions: ",
		ERR_NO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *d = parse(rows[i].text);
		struct taskdef_file f;
		struct err e = {0};

		assert_true(taskdef_open(&f, d, NULL, &e) < 0);
		if (strncmp(e.text, rows[i].want, strlen(rows[i].want)) != 0)
			fail_msg("%s: not %s", e.text, rows[i].want);
		assert_int_equal(e.kind, rows[i].kind);
	}
}

/* ---- descriptions ---- */

static void
descriptions_become_the_register_form(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: it is as it should be */
	} rows[] = {
	    {"{\"family\": \"f\"}", NULL},
	    {"[{\"name\": \"a\"}]", NULL},
	    {"{\"Resources\": {}, \"status\": 1}", NULL},
	    {"{\"family\": \"f\", \"revision\": 1}", "{\"family\": \"f\"}"},
	    {"{\"taskDefinitionArn\": \"a\", \"revision\": 1, \"family\": "
	     "\"f\", \"status\": \"ACTIVE\", \"requiresAttributes\": [], "
	     "\"compatibilities\": [], \"registeredAt\": 1, "
	     "\"deregisteredAt\": 1, \"deleteRequestedAt\": 1, "
	     "\"registeredBy\": \"x\"}",
		"{\"family\": \"f\"}"},
	    {"{\"taskDefinition\":{\"family\":\"f\"}}", "{\"family\":\"f\"}\n"},
	    {"{\"taskDefinition\":{\"family\":\"f\"},\"tags\":[]}",
		"{\"family\":\"f\"}\n"},
	    {"{\"taskDefinition\":{\"family\":\"f\",\"status\":\"A\"},"
	     "\"tags\":[{\"key\":\"k\"}]}",
		"{\"family\":\"f\",\"tags\":[{\"key\":\"k\"}]}\n"},
	    {"{\n  \"taskDefinition\": {\n    \"family\": \"f\",\n"
	     "    \"cpu\": \"1\",\n    \"revision\": 1\n  },\n"
	     "  \"tags\": [\n    {\n      \"key\": \"k\"\n    }\n  ]\n}\n",
		"{\n  \"family\": \"f\",\n  \"cpu\": \"1\",\n  \"tags\": [\n"
		"    {\n      \"key\": \"k\"\n    }\n  ]\n}\n"},
	    {"taskDefinition:\n  # x\n  family: f # y\n  status: A\n"
	     "  containerDefinitions:\n  - name: a\n    command:\n    - |\n"
	     "      x\n        y\ntags: [{key: k}]\n",
		"family: f # y\ncontainerDefinitions:\n- name: a\n  command:\n"
		"  - |\n    x\n      y\ntags:\n- key: k\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *d = parse(rows[i].text);
		cleanup_doc struct doc *normal = NULL;
		struct err e = {0};

		if (taskdef_normalise(d, &normal, &e) != 0)
			fail_msg("%s: %s", rows[i].text, e.text);
		if (rows[i].want == NULL)
			assert_null(normal);
		else
			assert_str(doc_source(normal), rows[i].want);
	}
}

static void
a_description_of_nothing_is_refused(void **state)
{
	cleanup_doc struct doc *d = parse("{\"revision\": 1}");
	cleanup_doc struct doc *wrapped = parse("{\"taskDefinition\": {}}");
	struct doc *normal = NULL;
	struct err e = {0};

	(void)state;
	assert_true(taskdef_normalise(d, &normal, &e) < 0);
	assert_true(taskdef_normalise(wrapped, &normal, &e) < 0);
	assert_int_equal(e.kind, ERR_PERM);
	assert_null(normal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(register_form),
	    cmocka_unit_test(array_form),
	    cmocka_unit_test(template_form),
	    cmocka_unit_test(without_a_scope_nothing_is_evaluated),
	    cmocka_unit_test(keys_are_spelt_by_form),
	    cmocka_unit_test(what_is_refused),
	    cmocka_unit_test(descriptions_become_the_register_form),
	    cmocka_unit_test(a_description_of_nothing_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
