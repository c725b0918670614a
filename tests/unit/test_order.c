/* SPDX-License-Identifier: Apache-2.0 */
/* Which containers wait for each other, in all the ways that there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inject/order.h"

#define START(name) "{\"containerName\":\"" name "\",\"condition\":\"START\"}"
#define FROM(name) "{\"sourceContainer\":\"" name "\"}"
#define FIRELENS "\"logConfiguration\":{\"logDriver\":\"awsfirelens\"}"
#define ROUTER "\"firelensConfiguration\":{\"type\":\"fluentbit\"}"

static void
check(const char *text, const char *cycle)
{
	cleanup_doc struct doc *d = NULL;
	cleanup_cfn_scope struct cfn_scope *scope = NULL;
	struct taskdef_file f;
	struct err e = {0};
	int r;

	if (doc_parse(str_of(text), "t", &d, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	scope = cfn_scope_new(d);
	assert_int_equal(taskdef_open(&f, d, scope, &e), 0);
	r = order_check(&f, f.defs, &e);
	if (cycle == NULL && r != 0)
		fail_msg("%s: %s", text, e.text);
	if (cycle != NULL && (r == 0 || strstr(e.text, cycle) == NULL))
		fail_msg("%s: %s, not %s", text, e.text, cycle);
	if (cycle != NULL)
		assert_int_equal(e.kind, ERR_NO);
	taskdef_close(&f);
}

static void
what_starts(void **state)
{
	static const char *const rows[] = {
	    "[{\"name\":\"a\"},{\"name\":\"b\"}]",
	    "[{\"name\":\"a\",\"dependsOn\":[" START("b") "," START(
		"c") "]},"
		     "{\"name\":\"b\",\"dependsOn\":[" START(
			 "c") "]},{\"name\":\"c\"}]",
	    "[{\"name\":\"a\",\"dependsOn\":[" START("gone") "]}]",
	    "[{\"name\":\"a\",\"dependsOn\":null,\"volumesFrom\":7,"
	    "\"links\":[1,\"gone:x\"]}]",
	    "[{\"name\":\"r\"," ROUTER "},{\"name\":\"a\"," FIRELENS "}]",
	    "[{\"name\":\"r\"," ROUTER "," FIRELENS "}]",
	    "[{\"name\":\"a\"," FIRELENS "}]",
	    "[{\"name\":\"r\"," ROUTER ",\"dependsOn\":[" START(
		"a") "]},"
		     "{\"name\":\"a\",\"logConfiguration\":{\"logDriver\":"
		     "\"awslogs\"}}]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(rows[i], NULL);
}

static void
what_never_starts(void **state)
{
	static const struct {
		const char *text, *cycle;
	} rows[] = {
	    {"[{\"name\":\"a\",\"dependsOn\":[" START("a") "]}]",
		"never start: a <- a"},
	    {"[{\"name\":\"a\",\"dependsOn\":[" START(
		 "b") "]},"
		      "{\"name\":\"b\",\"dependsOn\":[" START("a") "]}]",
		"never start: a <- b <- a"},
	    {"[{\"name\":\"x\",\"dependsOn\":[" START(
		 "a") "]},"
		      "{\"name\":\"a\",\"volumesFrom\":[" FROM(
			  "b") "]},"
			       "{\"name\":\"b\",\"links\":[\"c:alias\"]},"
			       "{\"name\":\"c\",\"dependsOn\":[" START(
				   "a") "]}]",
		"never start: a <- c <- b <- a"},
	    {"[{\"name\":\"a\",\"volumesFrom\":[" FROM("a") "]}]",
		"never start: a <- a"},
	    {"[{\"name\":\"a\",\"links\":[\"a\"]}]", "never start: a <- a"},
	    {"[{\"name\":\"r\"," ROUTER
	     ",\"dependsOn\":[" START("a") "]},"
					   "{\"name\":\"a\"," FIRELENS "}]",
		"never start: r <- a <- r"},
	    {"Parameters: {P: {Type: String, Default: app}}\n"
	     "Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n"
	     "    Properties:\n      ContainerDefinitions:\n"
	     "      - Name: !Ref P\n"
	     "        VolumesFrom: [{SourceContainer: b}]\n"
	     "      - Name: b\n"
	     "        DependsOn: [{ContainerName: app, Condition: START}]\n",
		"<- b <- "},
	    {"Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n"
	     "    Properties:\n      ContainerDefinitions:\n"
	     "      - Name: !Ref Unknown\n"
	     "        DependsOn: [{ContainerName: b, Condition: START}]\n"
	     "      - Name: b\n"
	     "        DependsOn: [{ContainerName: !Ref Unknown}]\n",
		"<- b <- "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(rows[i].text, rows[i].cycle);
}

static void
log_drivers_are_evaluated(void **state)
{
	static const char text[] =
	    "Parameters: {D: {Type: String, Default: awsfirelens}}\n"
	    "Resources:\n  T:\n    Type: AWS::ECS::TaskDefinition\n"
	    "    Properties:\n      ContainerDefinitions:\n"
	    "      - {Name: a, LogConfiguration: {LogDriver: !Ref D}}\n"
	    "      - {Name: b, LogConfiguration: {LogDriver: !Ref X}}\n"
	    "      - {Name: c}\n";
	cleanup_doc struct doc *d = NULL;
	cleanup_cfn_scope struct cfn_scope *scope = NULL;
	struct taskdef_file f;

	(void)state;
	assert_int_equal(doc_parse(STR(text), "t", &d, NULL), 0);
	scope = cfn_scope_new(d);
	assert_int_equal(taskdef_open(&f, d, scope, NULL), 0);
	assert_true(
	    str_eqz(order_log_driver(&f, f.defs, f.defs->containers[0].node),
		"awsfirelens"));
	for (size_t i = 1; i < 3; i++)
		assert_null(
		    order_log_driver(&f, f.defs, f.defs->containers[i].node).p);
	taskdef_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_starts),
	    cmocka_unit_test(what_never_starts),
	    cmocka_unit_test(log_drivers_are_evaluated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
