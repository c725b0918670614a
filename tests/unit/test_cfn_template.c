/* SPDX-License-Identifier: Apache-2.0 */
/* Task definitions of a template, and what ECS would be given for them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cfn/register.h"

struct fixture {
	struct doc *d;
	struct cfn_scope *s;
	struct arena *a;
	struct cfn_template t;
	struct err e;
};

static int
set_up(struct fixture *f, const char *text)
{
	*f = (struct fixture){.a = arena_new(1024 * 1024)};
	assert_non_null(f->a);
	if (doc_parse(str_of(text), "t", &f->d, &f->e) != 0)
		fail_msg("%s", f->e.text);
	f->s = cfn_scope_new(f->d);
	assert_non_null(f->s);
	return cfn_template_read(f->d, f->s, f->a, &f->t, &f->e);
}

static void
tear_down(struct fixture *f)
{
	arena_free(f->a);
	cfn_scope_free(f->s);
	doc_free(f->d);
}

static void
which_documents(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} rows[] = {
	    {"Resources: {}", true},
	    {"AWSTemplateFormatVersion: 2010-09-09", true},
	    {"{\"Resources\": []}", false},
	    {"{\"family\": \"a\", \"containerDefinitions\": []}", false},
	    {"[]", false},
	    {"text", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_doc struct doc *d = NULL;

		assert_int_equal(
		    doc_parse(str_of(rows[i].text), "t", &d, NULL), 0);
		assert_int_equal(cfn_is_template(doc_root(d)), rows[i].is);
	}
}

static const char several[] =
    "Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]\n"
    "Parameters: {Launch: {Type: String, Default: FARGATE}}\n"
    "Resources:\n"
    "  A:\n"
    "    Type: AWS::ECS::TaskDefinition\n"
    "    Condition: Wanted\n"
    "    Metadata: {Note: x}\n"
    "    Properties: {Cpu: 256}\n"
    "  B: {Type: 'AWS::ECS::TaskDefinition', Properties: }\n"
    "  C: {Type: 'AWS::ECS::TaskDefinition'}\n"
    "  D: {Type: 'AWS::ECS::TaskDefinition'}\n"
    "  E: {Type: 'AWS::ECS::TaskDefinition'}\n"
    "  Other: {Type: 'AWS::ECS::Cluster'}\n"
    "  ServiceA:\n"
    "    Type: AWS::ECS::Service\n"
    "    Properties: {LaunchType: !Ref Launch, TaskDefinition: !Ref A}\n"
    "  ServiceB:\n"
    "    Type: AWS::ECS::Service\n"
    "    Properties: {LaunchType: EC2, TaskDefinition: !Ref B}\n"
    "  ServiceC:\n"
    "    Type: AWS::ECS::Service\n"
    "    Properties:\n"
    "      CapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT}]\n"
    "      TaskDefinition: !Sub '${C}'\n"
    "  ServiceD:\n"
    "    Type: AWS::ECS::TaskSet\n"
    "    Properties:\n"
    "      LaunchType: FARGATE\n"
    "      TaskDefinition: !GetAtt D.TaskDefinitionArn\n";

static void
task_definitions(void **state)
{
	struct fixture f;

	(void)state;
	assert_int_equal(set_up(&f, several), 0);
	assert_int_equal(f.t.n, 5);
	assert_true(str_eqz(f.t.tasks[0].logical_id, "A"));
	assert_true(doc_is(f.t.tasks[0].condition, "Wanted"));
	assert_non_null(doc_get(f.t.tasks[0].metadata, "Note"));
	assert_non_null(doc_get(f.t.tasks[0].properties, "Cpu"));
	assert_ptr_equal(f.t.tasks[0].resource, doc_get(f.t.resources, "A"));
	assert_null(f.t.tasks[1].properties);
	assert_null(f.t.tasks[2].properties);
	assert_true(f.t.tasks[0].fargate);
	assert_false(f.t.tasks[1].fargate);
	assert_true(f.t.tasks[2].fargate);
	assert_true(f.t.tasks[3].fargate);
	assert_false(f.t.tasks[4].fargate);
	assert_true(f.t.sam && f.t.language_extensions);
	assert_false(f.t.other_macros);
	assert_null(f.t.loop);

	/* Without a scope only what is literal counts. */
	assert_int_equal(cfn_template_read(f.d, NULL, f.a, &f.t, &f.e), 0);
	assert_false(f.t.tasks[0].fargate);
	assert_true(f.t.tasks[3].fargate);
	tear_down(&f);
}

static void
loops_and_macros(void **state)
{
	struct fixture f;

	(void)state;
	assert_int_equal(set_up(&f, "Transform: Own\n"
				    "Resources:\n"
				    "  A: {Type: 'AWS::ECS::TaskDefinition'}\n"
				    "  Fn::ForEach::L: [x, [a], {}]\n"),
	    0);
	assert_int_equal(f.t.n, 1);
	assert_true(f.t.other_macros);
	assert_ptr_equal(f.t.loop, doc_at(f.t.resources, 1));
	tear_down(&f);
}

static void
broken_templates(void **state)
{
	static const char *const rows[] = {
	    "AWSTemplateFormatVersion: 2010-09-09",
	    "Resources: []",
	    "Resources: {A: text}",
	    "Resources: {A: {Type: 'AWS::ECS::TaskDefinition', "
	    "Properties: []}}",
	    "Resources: {A: {Type: 'AWS::ECS::TaskDefinition', "
	    "Metadata: x}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fixture f;

		assert_int_equal(set_up(&f, rows[i]), -EINVAL);
		assert_int_equal(f.e.kind, ERR_PERM);
		assert_true(str_starts(str_of(f.e.text), "t:1:"));
		tear_down(&f);
	}
}

static void
too_many_task_definitions(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(1024 * 1024);
	struct fixture f;

	(void)state;
	buf_addz(&b, "Resources:\n");
	for (unsigned i = 0; i <= CFN_TASKS_MAX; i++)
		buf_addf(&b, "  T%u: {Type: 'AWS::ECS::TaskDefinition'}\n", i);
	assert_int_equal(set_up(&f, buf_z(&b)), -E2BIG);
	tear_down(&f);
}

/* ---- the register form --------------------------------------------------- */

static int
registered(struct fixture *f, struct buf *out)
{
	struct jwrite w;
	int r;

	jwrite_init(&w, out);
	r = cfn_to_register(f->s, &f->t.tasks[0], &w, &f->e);
	if (r == 0)
		assert_int_equal(jwrite_end_text(&w), 0);
	return r;
}

static void
check_registered(const char *template, const char *want)
{
	cleanup_buf struct buf out = BUF_MAX(65536);
	struct fixture f;

	assert_int_equal(set_up(&f, template), 0);
	if (registered(&f, &out) != 0)
		fail_msg("%s", f.e.text);
	assert_string_equal(buf_z(&out), want);
	tear_down(&f);
}

#define HEAD                                                                   \
	"Parameters: {P: {Type: String}, D: {Type: String, Default: "          \
	"'8080'}}\n"                                                           \
	"Conditions: {Later: !Equals [!Ref P, x], Now: !Equals [!Ref D, "      \
	"'8080']}\n"                                                           \
	"Resources:\n"                                                         \
	"  T:\n"                                                               \
	"    Type: AWS::ECS::TaskDefinition\n"                                 \
	"    Properties:\n"

static void
names_and_types(void **state)
{
	(void)state;
	check_registered(HEAD
	    "      Cpu: 256\n"
	    "      EphemeralStorage: {SizeInGiB: '21'}\n"
	    "      ContainerDefinitions:\n"
	    "        - Name: a\n"
	    "          Cpu: '128'\n"
	    "          Essential: 'true'\n"
	    "          Interactive: no\n"
	    "          EntryPoint: [sh, 1]\n"
	    "          DockerLabels: {My.Label: 1}\n"
	    "          LogConfiguration:\n"
	    "            LogDriver: awslogs\n"
	    "            Options: {Own-Key: true}\n"
	    "          Environment: [{Name: A, Value: 5}]\n"
	    "          PortMappings: [{ContainerPort: !Ref D}]\n"
	    "          NewThing: {SomeKey: on}\n"
	    "      Volumes:\n"
	    "        - EFSVolumeConfiguration:\n"
	    "            FilesystemId: fs\n"
	    "            AuthorizationConfig: {IAM: ENABLED}\n"
	    "      ProxyConfiguration:\n"
	    "        ProxyConfigurationProperties: [{Name: a, Value: 1}]\n",
	    "{\"family\":\"T\",\"cpu\":\"256\","
	    "\"ephemeralStorage\":{\"sizeInGiB\":21},"
	    "\"containerDefinitions\":[{\"name\":\"a\",\"cpu\":128,"
	    "\"essential\":true,\"interactive\":false,"
	    "\"entryPoint\":[\"sh\",\"1\"],\"dockerLabels\":{\"My.Label\":"
	    "\"1\"},\"logConfiguration\":{\"logDriver\":\"awslogs\","
	    "\"options\":{\"Own-Key\":\"true\"}},"
	    "\"environment\":[{\"name\":\"A\",\"value\":\"5\"}],"
	    "\"portMappings\":[{\"containerPort\":8080}],"
	    "\"newThing\":{\"someKey\":\"true\"}}],"
	    "\"volumes\":[{\"efsVolumeConfiguration\":{\"fileSystemId\":"
	    "\"fs\",\"authorizationConfig\":{\"iam\":\"ENABLED\"}}}],"
	    "\"proxyConfiguration\":{\"properties\":[{\"name\":\"a\","
	    "\"value\":\"1\"}]}}");
}

static void
functions_and_unknowns(void **state)
{
	(void)state;
	check_registered(HEAD
	    "      Family: !Ref P\n"
	    "      TaskRoleArn: !If [Now, !Ref AWS::NoValue, x]\n"
	    "      Memory: !If [Now, '512', '1024']\n"
	    "      RequiresCompatibilities: !Split [',', !Ref P]\n"
	    "      Fn::Transform: {Name: M}\n"
	    "      ContainerDefinitions:\n"
	    "        - !If [Now, !Ref AWS::NoValue, {Name: gone}]\n"
	    "        - !If [Later, !Ref AWS::NoValue, {Name: there}]\n"
	    "        - Cpu: !Ref P\n"
	    "          Essential: !Ref P\n"
	    "          Command: !Split [' ', !Sub 'run ${D}']\n"
	    "          EntryPoint: [!Ref P]\n"
	    "          Links: !Split [' ', !Ref P]\n"
	    "          DependsOn: []\n"
	    "          HealthCheck: !GetAtt X.Y\n"
	    "          Environment: !If [Later, [{Name: A}], []]\n"
	    "          User: ~\n",
	    "{\"family\":\"unknown\",\"memory\":\"512\","
	    "\"requiresCompatibilities\":[\"unknown\"],"
	    "\"containerDefinitions\":[{\"name\":\"there\"},{\"cpu\":0,"
	    "\"essential\":false,\"command\":[\"run\",\"8080\"],"
	    "\"entryPoint\":[\"unknown\"],\"links\":[\"unknown\"],"
	    "\"dependsOn\":[],\"healthCheck\":{},"
	    "\"environment\":[{\"name\":\"A\"}]}]}");
}

static void
malformed_ones(void **state)
{
	static const char *const rows[] = {
	    HEAD "      Cpu: !Ref Nobody\n",
	    HEAD "      Cpu: !Odd Nobody\n",
	    HEAD "      Cpu: !If [Nobody, a, b]\n",
	    HEAD "      Cpu: [a, !Sub '${}']\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cleanup_buf struct buf out = BUF_MAX(65536);
		struct fixture f;

		assert_int_equal(set_up(&f, rows[i]), 0);
		assert_int_equal(registered(&f, &out), -EINVAL);
		assert_int_equal(f.e.kind, ERR_PERM);
		assert_true(str_starts(str_of(f.e.text), "t:7:"));
		tear_down(&f);
	}
}

static void
plain_json(void **state)
{
	cleanup_buf struct buf out = BUF_MAX(65536);
	struct fixture f;
	struct jwrite w;

	(void)state;
	assert_int_equal(
	    set_up(&f, "Parameters: {L: {Type: CommaDelimitedList, "
		       "Default: 'a,b'}}\n"
		       "Resources: {}\n"
		       "X: {A: 1.50, B: yes, C: 'yes', D: 010, E: !Ref L,\n"
		       "  F: [!Ref AWS::NoValue, ~, {g: !Sub 1}]}\n"),
	    0);
	jwrite_init(&w, &out);
	assert_int_equal(
	    cfn_to_json(f.s, doc_get(doc_root(f.d), "X"), &w, &f.e), 0);
	assert_int_equal(jwrite_end_text(&w), 0);
	assert_string_equal(buf_z(&out),
	    "{\"A\":1.50,\"B\":true,\"C\":\"yes\",\"D\":\"010\","
	    "\"E\":[\"a\",\"b\"],\"F\":[{\"g\":\"1\"}]}");
	tear_down(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(which_documents),
	    cmocka_unit_test(task_definitions),
	    cmocka_unit_test(loops_and_macros),
	    cmocka_unit_test(broken_templates),
	    cmocka_unit_test(too_many_task_definitions),
	    cmocka_unit_test(names_and_types),
	    cmocka_unit_test(functions_and_unknowns),
	    cmocka_unit_test(malformed_ones),
	    cmocka_unit_test(plain_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
