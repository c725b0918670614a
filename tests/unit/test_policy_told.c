/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "policy_text.h"

/* Each row: what is told of a text that is taken all the same. */
static void
told(void **state)
{
	static const struct {
		const char *text, *id, *pointer;
		unsigned line, column;
		enum policy_severity severity;
	} rows[] = {
	    {"{\"x\":1}", "policy.unknown-member", "/x", 1, 2, POLICY_WARNING},
	    {"{\n \"processes\": {\n  \"effect\": \"alert\", "
	     "\"blackList\": []}}",
		"policy.unknown-member", "/processes/blackList", 3, 22,
		POLICY_WARNING},
	    {"{\"rules\":[{\"disabled\":true},{\"a/b~c\":1}]}",
		"policy.unknown-member", "/rules/1/a~1b~0c", 1, 30,
		POLICY_WARNING},
	    {"{\"wildFireAnalysis\":\"alert\"}", "policy.no-effect",
		"/wildFireAnalysis", 1, 2, POLICY_NOTE},
	    {"{\"advancedProtection\":true}", "policy.no-effect",
		"/advancedProtection", 1, 2, POLICY_NOTE},
	    {"{\"name\":\"a\",\"name\":\"b\"}", "policy.given-twice", "/name",
		1, 2, POLICY_WARNING},
	    {"{\"detections\":{\"no-such\":\"alert\"}}",
		"policy.unknown-detection", "/detections/no-such", 1, 16,
		POLICY_WARNING},
	    {"{\"customRules\":[{\"_id\":3,\"effect\":\"alert\",\"action\":"
	     "\"audit\"}]}",
		"policy.no-script", "/customRules/0", 1, 17, POLICY_WARNING},
	    {"{\"network\":{\"blacklistOutboundPorts\":[{\"start\":1,"
	     "\"end\":2,\"deny\":false}],\"effect\":\"alert\"}}",
		"policy.contradiction", "/network/blacklistOutboundPorts/0", 1,
		39, POLICY_WARNING},
	    {"{\"rules\":[{\"disabled\":true},{\"name\":\"b\",\"dns\":"
	     "{\"z\":1}}]}",
		"policy.unknown-member", "/rules/1/dns/z", 1, 48,
		POLICY_WARNING},
	    {"{\"rules\":[{},{\"name\":\"b\"}]}", "policy.unreached",
		"/rules/1", 1, 14, POLICY_WARNING},
	    {"{\"rules\":[{\"collections\":[\"All\"]},{}]}", "policy.unreached",
		"/rules/1", 1, 35, POLICY_WARNING},
	    {"{\"rules\":[{\"collections\":[{\"name\":\"All\"}]},{}]}",
		"policy.unreached", "/rules/1", 1, 44, POLICY_WARNING},
	    {"{\"processes\":{\"blacklist\":[\"nc\"]}}", "policy.idle",
		"/processes", 1, 2, POLICY_WARNING},
	    {"{\"network\":{\"rules\":[{\"ports\":1}]}}", "policy.idle",
		"/network", 1, 2, POLICY_WARNING},
	    {"{\"processes\":{\"effect\":\"alert\",\"blacklist\":"
	     "[\"nc\",\"./nc\",\"*/nc\"]}}",
		"policy.not-absolute", "/processes/blacklist/1", 1, 50,
		POLICY_WARNING},
	    {"{\"filesystem\":{\"effect\":\"alert\",\"blacklist\":"
	     "[\"/a\",\"etc\",\"?x\"]}}",
		"policy.not-absolute", "/filesystem/blacklist/1", 1, 51,
		POLICY_WARNING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		(void)read_policy(rows[i].text);
		if (notes == NULL || notes->next != NULL)
			fail_msg("%s: not one note", rows[i].text);
		assert_string_equal(notes->id, rows[i].id);
		assert_true(str_eqz(notes->pointer, rows[i].pointer));
		assert_int_equal(notes->line, rows[i].line);
		assert_int_equal(notes->column, rows[i].column);
		assert_int_equal(notes->severity, rows[i].severity);
	}
	(void)read_policy("{\"processes\":{\"whiteList\":[]}}");
	assert_true(str_eqz(notes->msg,
	    "unknown member, kept; the nearest one is \"whitelist\""));
}

/* What looks like those, and is meant. */
static void
quiet(void **state)
{
	static const char *const rows[] = {
	    "{\"dns\":{\"effect\":\"disable\",\"blacklist\":[\"x\"]}}",
	    "{\"dns\":{\"blacklist\":[]}}",
	    "{\"dns\":{\"blacklist\":null}}",
	    "{\"processes\":{\"checkCryptoMiners\":true}}",
	    ("{\"processes\":{\"blacklist\":[\"nc\"]},"
	     "\"detections\":{\"denied-process\":\"alert\"}}"),
	    "{\"network\":{\"rules\":[{\"ports\":1,\"effect\":\"alert\"}]}}",
	    "{\"rules\":[{\"disabled\":true},{}]}",
	    "{\"rules\":[{\"collections\":[{\"images\":[\"a\"]}]},{}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		(void)read_policy(rows[i]);
		if (notes != NULL)
			fail_msg("%s: %.*s", rows[i], STR_ARG(notes->msg));
	}
}

static void
refused(void **state)
{
	static const char *const rows[][2] = {
	    {"", "p:1:1: expected"},
	    {"{", "p:1:2: "},
	    {"[]", "p:1:1: not an object"},
	    {"{\"rules\":{}}", "p:1:10: /rules: not an array"},
	    {"{\"rules\":[1]}", "p:1:11: /rules/0: not an object"},
	    {"{\"processes\":[]}", "p:1:14: /processes: not an object"},
	    {"{\"processes\":{\"effect\":\"ban\"}}",
		"p:1:24: /processes/effect: not one of disable, alert"},
	    {"{\"processes\":{\"effect\":1}}", "p:1:24: /processes/effect: "},
	    {"{\"processes\":{\"blacklist\":[1]}}",
		"p:1:28: /processes/blacklist/0: not a string"},
	    {"{\"processes\":{\"blacklist\":[\"\"]}}",
		"p:1:28: /processes/blacklist/0: not a string"},
	    {"{\"processes\":{\"skipModified\":\"yes\"}}",
		"p:1:30: /processes/skipModified: neither true nor false"},
	    {"{\"processes\":{\"rules\":[{\"uid\":-1}]}}",
		"p:1:31: /processes/rules/0/uid: not a whole number"},
	    {"{\"processes\":{\"rules\":[{\"sha256\":\"abc\"}]}}",
		"p:1:34: /processes/rules/0/sha256: not a sha256"},
	    {"{\"processes\":{\"rules\":[{\"path\":\"/a\",\"name\":\"b\"}]}}",
		"p:1:44: /processes/rules/0/name: \"path\" and \"name\""},
	    {"{\"processes\":{\"rules\":[{\"args\":\"(\"}]}}",
		"p:1:32: /processes/rules/0/args: "},
	    {"{\"network\":{\"blacklistIPs\":[\"1.2.3\"]}}",
		"p:1:29: /network/blacklistIPs/0: neither an address"},
	    {"{\"network\":{\"blacklistOutboundPorts\":[{\"start\":2,"
	     "\"end\":1}]}}",
		"p:1:39: /network/blacklistOutboundPorts/0: not a port"},
	    {"{\"network\":{\"internalPorts\":[65536]}}",
		"p:1:30: /network/internalPorts/0: not a port"},
	    {"{\"network\":{\"rules\":[{\"direction\":\"up\"}]}}",
		"p:1:35: /network/rules/0/direction: not one of outbound"},
	    {"{\"filesystem\":{\"rules\":[{\"dir\":\"etc\"}]}}",
		"p:1:32: /filesystem/rules/0/dir: not an absolute path"},
	    {"{\"filesystem\":{\"rules\":[{\"ops\":[\"write\",\"eat\"]}]}}",
		"p:1:41: /filesystem/rules/0/ops/1: not one of write"},
	    {"{\"filesystem\":{\"rules\":[{\"dir\":\"/a\",\"glob\":\"b\"}]}}",
		"p:1:44: /filesystem/rules/0/glob: only one of"},
	    {"{\"customRules\":[{\"script\":\"proc.name =\"}]}",
		"p:1:27: /customRules/0/script: the script: "},
	    {"{\"customRules\":[{\"type\":\"magic\"}]}",
		"p:1:25: /customRules/0/type: not one of processes"},
	    {"{\"detections\":{\"mount\":\"never\"}}",
		"p:1:24: /detections/mount: neither one of"},
	    {"{\"tier\":\"some\"}", "p:1:9: /tier: not one of full"},
	    {"{\"rules\":[{\"collections\":[\"none\"]}]}",
		"p:1:26: /rules/0/collections: collections: no collection"},
	    {"{\"rules\":[],\"collections\":{}}",
		"p:1:27: /collections: collections: not an array"},
	    {"{\"type\":\"policy\",\"v\":1}", "p:1:1: no \"policy\""},
	    {"{\"type\":\"policy\",\"v\":2,\"policy\":{}}",
		"p:1:22: /v: not a whole number"},
	    {"{\"type\":\"policy\",\"v\":1,\"kind\":\"waas\",\"policy\":{}}",
		"p:1:31: /kind: not a runtime policy"},
	    /* A rule that is not for this container is checked, too. */
	    {"{\"rules\":[{},{\"dns\":{\"effect\":\"x\"}}]}",
		"p:1:31: /rules/1/dns/effect: not one of"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct policy *p = NULL;
		struct err e = {0};

		if (policy_read(arena, str_of(rows[i][0]), "p", &web, &p,
			&notes, &e) == 0)
			fail_msg("taken: %s", rows[i][0]);
		assert_int_equal(e.kind, ERR_PERM);
		if (strncmp(e.text, rows[i][1], strlen(rows[i][1])) != 0)
			fail_msg("%s: %s", rows[i][0], e.text);
		assert_null(p);
	}
}

static void
all_errors_are_told(void **state)
{
	const struct policy *p;
	size_t n = 0;

	(void)state;
	assert_int_equal(policy_read(arena,
			     STR("{\"processes\":{\"effect\":1,\"blacklist\":"
				 "[1,\"a\",2]},\"dns\":0,\"x\":1}"),
			     "p", &web, &p, &notes, NULL),
	    -EINVAL);
	for (const struct policy_note *i = notes; i != NULL; i = i->next)
		n++;
	assert_int_equal(n, 5);
}

/* "00000","00001",… or, as members, "00000":0,"00001":0,… */
static void
add_list(struct buf *b, int n, bool members)
{
	for (int i = 0; i < n; i++)
		buf_addf(b, "%s\"%05d\"%s", i == 0 ? "" : ",", i,
		    members ? ":0" : "");
}

static void
bounds(void **state)
{
	struct buf b = BUF_MAX(4 << 20);
	const struct policy *p = NULL;
	struct arena *small = arena_new(4096);

	(void)state;
	/* The longest lists of the shortest entries. */
	buf_addz(&b, "{\"processes\":{\"effect\":\"alert\",\"blacklist\":[");
	add_list(&b, 65536, false);
	buf_addz(&b, "]}}");
	assert_int_equal(
	    policy_read(arena, buf_str(&b), "p", &web, &p, NULL, NULL), 0);
	assert_int_equal(p->denied_processes.n, 65536);
	assert_true(policy_names_has(&p->denied_processes, STR("/bin/65535")));
	assert_int_equal(
	    policy_read(small, buf_str(&b), "p", &web, &p, NULL, NULL), -E2BIG);
	buf_reset(&b);
	buf_addz(&b, "{\"dns\":{\"effect\":\"alert\",\"blacklist\":[");
	add_list(&b, 65537, false);
	buf_addz(&b, "]}}");
	assert_int_equal(
	    policy_read(arena, buf_str(&b), "p", &web, &p, NULL, NULL),
	    -EINVAL);
	buf_reset(&b);
	buf_addz(&b, "{\"filesystem\":{\"rules\":[{}");
	for (int i = 0; i < POLICY_RULES_MAX; i++)
		buf_addz(&b, ",{}");
	buf_addz(&b, "]}}");
	assert_int_equal(
	    policy_read(arena, buf_str(&b), "p", &web, &p, NULL, NULL),
	    -EINVAL);
	/* The notes end, what is read does not. */
	buf_reset(&b);
	buf_addz(&b, "{");
	add_list(&b, 10000, true);
	buf_addz(&b, "}");
	assert_int_equal(
	    policy_read(arena, buf_str(&b), "p", &web, &p, &notes, NULL), 0);
	buf_reset(&b);
	while (b.n <= POLICY_TEXT_MAX)
		buf_addz(&b, "                                ");
	assert_int_equal(
	    policy_read(arena, buf_str(&b), "p", &web, &p, NULL, NULL), -E2BIG);
	buf_free(&b);
	arena_free(small);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(told),
	    TEST(quiet),
	    TEST(refused),
	    TEST(all_errors_are_told),
	    TEST(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
