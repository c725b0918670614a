/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "policy_text.h"

#define ON(name) EVENT_BIT(EVENT_##name)

static const struct policy *
read_quiet(const char *text)
{
	const struct policy *p = read_policy(text);

	if (notes != NULL)
		fail_msg("%s: %.*s: %.*s", text, STR_ARG(notes->pointer),
		    STR_ARG(notes->msg));
	return p;
}

static void
forms(void **state)
{
	const struct policy *p;

	(void)state;
	p = read_quiet("{}");
	assert_int_equal(policy_watches(p), 0);
	assert_int_equal(policy_name(p).n, 0);
	p = read_quiet("{\"rules\":[]}");
	assert_int_equal(policy_watches(p), 0);
	p = read_quiet("{\"name\":\"r\",\"tier\":\"exec\"}");
	assert_true(str_eqz(policy_name(p), "r"));
	assert_true(str_eqz(policy_tier(p), "exec"));
	assert_int_equal(policy_version(p), 0);
	p = read_quiet(
	    "{\"type\":\"policy\",\"v\":1,\"kind\":\"runtime\","
	    "\"version\":7,\"policy\":{\"rules\":[{\"name\":\"x\"}]}}");
	assert_int_equal(policy_version(p), 7);
	assert_true(str_eqz(policy_name(p), "x"));
}

static void
first_rule_that_fits(void **state)
{
	static const struct {
		const char *rules, *name;
	} rows[] = {
	    {"{\"name\":\"a\",\"collections\":[\"web\"]},{\"name\":\"b\"}",
		"a"},
	    {"{\"name\":\"a\",\"disabled\":true},{\"name\":\"b\"}", "b"},
	    {"{\"name\":\"a\",\"collections\":[\"api\"]},{\"name\":\"b\"}",
		"b"},
	    {"{\"name\":\"a\",\"collections\":[\"api\",\"web\"]}", "a"},
	    {"{\"name\":\"a\",\"collections\":[\"All\"]}", "a"},
	    {"{\"name\":\"a\",\"collections\":[{\"name\":\"n\","
	     "\"images\":[\"httpd:*\"]}]},{\"name\":\"b\",\"collections\":"
	     "[{\"name\":\"n\",\"images\":[\"nginx:*\"]}]}",
		"b"},
	    {"{\"name\":\"a\",\"collections\":[\"api\"]}", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[1024];

		(void)snprintf(text, sizeof text,
		    "{\"_id\":\"appEmbeddedRuntime\",\"collections\":["
		    "{\"name\":\"web\",\"containers\":[\"web\"]},"
		    "{\"name\":\"api\",\"containers\":[\"api*\"]}],"
		    "\"rules\":[%s]}",
		    rows[i].rules);
		if (!str_eqz(policy_name(read_quiet(text)), rows[i].name))
			fail_msg("%s", rows[i].rules);
	}
}

/* An exported policy of the vendor, all fields of 34.04 and of 22.12. */
static const char vendor[] =
    "{\"_id\":\"appEmbeddedRuntime\",\"rules\":[{"
    "\"name\":\"web\",\"previousName\":\"\",\"notes\":\"n\","
    "\"owner\":\"admin\",\"modified\":\"2026-01-02T03:04:05Z\","
    "\"disabled\":false,\"collections\":[{\"hosts\":[\"*\"],"
    "\"images\":[\"nginx:*\"],\"labels\":[\"*\"],\"containers\":[\"*\"],"
    "\"functions\":[\"*\"],\"namespaces\":[\"*\"],\"appIDs\":[\"*\"],"
    "\"accountIDs\":[\"*\"],\"codeRepos\":[\"*\"],\"clusters\":[\"*\"],"
    "\"name\":\"web\",\"owner\":\"admin\",\"color\":\"#fff\","
    "\"system\":false,\"prisma\":false}],"
    "\"advancedProtection\":false,"
    "\"processes\":{\"effect\":\"prevent\",\"blacklist\":[\"nc\"],"
    "\"whitelist\":[],\"blockAllBinaries\":false,"
    "\"checkCryptoMiners\":true,\"checkLateralMovement\":true,"
    "\"checkNewBinaries\":true,\"skipModified\":false,"
    "\"checkParentChild\":false,\"checkSuidBinaries\":true,"
    "\"skipReverseShell\":false},"
    "\"network\":{\"effect\":\"alert\",\"blacklistIPs\":[\"1.2.3.4\"],"
    "\"whitelistIPs\":null,\"blacklistListeningPorts\":"
    "[{\"start\":1,\"end\":79,\"deny\":true}],"
    "\"whitelistListeningPorts\":[],\"blacklistOutboundPorts\":[],"
    "\"whitelistOutboundPorts\":[{\"start\":443,\"end\":443,"
    "\"deny\":false}],\"detectPortScan\":true,\"skipModifiedProc\":false,"
    "\"skipRawSockets\":false},"
    "\"dns\":{\"effect\":\"prevent\",\"blacklist\":[\"*.evil.example\"],"
    "\"whitelist\":[]},"
    "\"filesystem\":{\"effect\":\"alert\",\"blacklist\":[\"/etc\"],"
    "\"whitelist\":[],\"backdoorFiles\":true,\"checkNewFiles\":false,"
    "\"skipEncryptedBinaries\":false,\"suspiciousELFHeaders\":true},"
    "\"wildFireAnalysis\":\"disable\",\"customRules\":[],"
    "\"learningDisabled\":false,\"cloudMetadataEnforcement\":true,"
    "\"kubernetesEnforcement\":false,\"skipExecSessions\":true}]}";

static void
exported_policy(void **state)
{
	const struct policy *p = read_quiet(vendor);

	(void)state;
	assert_int_equal(p->effects[POLICY_DENIED_PROCESS], POLICY_PREVENT);
	assert_int_equal(
	    p->effects[POLICY_NOT_ALLOWED_PROCESS], POLICY_DISABLE);
	assert_int_equal(p->effects[POLICY_CRYPTO_MINER], POLICY_PREVENT);
	assert_int_equal(p->effects[POLICY_MODIFIED_PROCESS], POLICY_PREVENT);
	/* The vendor's older switches are said, so they count in full. */
	assert_int_equal(p->effects[POLICY_REVERSE_SHELL], POLICY_PREVENT);
	assert_int_equal(p->effects[POLICY_SETUID_PROCESS], POLICY_PREVENT);
	/* What only we have alerts. */
	assert_int_equal(p->effects[POLICY_MOUNT], POLICY_ALERT);
	assert_int_equal(p->effects[POLICY_WEB_SHELL], POLICY_DISABLE);
	assert_int_equal(p->effects[POLICY_ENTERED_PROCESS], POLICY_DISABLE);
	assert_int_equal(p->effects[POLICY_DENIED_IP], POLICY_ALERT);
	assert_int_equal(p->effects[POLICY_NOT_ALLOWED_IP], POLICY_DISABLE);
	assert_int_equal(p->effects[POLICY_DENIED_DOMAIN], POLICY_PREVENT);
	assert_int_equal(p->effects[POLICY_BACKDOOR_CRON], POLICY_ALERT);
	assert_int_equal(p->effects[POLICY_NEW_EXECUTABLE], POLICY_DISABLE);
	assert_true(policy_prevents(p) & ON(EXEC));
	assert_true(policy_prevents(p) & ON(DNS));
	assert_false(policy_prevents(p) & ON(OPEN));
	assert_true(policy_watches(p) & ON(OPEN));
	assert_false(policy_watches(p) & ON(READ));
	assert_false(policy_wants_hash(p));
}

/* What a policy does not need is not watched. */
static void
watches(void **state)
{
	const event_set kernel = ON(PTRACE) | ON(SIGNAL) | ON(MOUNT) |
				 ON(NAMESPACE) | ON(MODULE) | ON(BPF) |
				 ON(IO_URING) | ON(ABI);
	const struct {
		const char *rule;
		event_set watches, prevents;
	} rows[] = {
	    {"\"processes\":{\"effect\":\"disable\",\"blacklist\":[\"nc\"]}", 0,
		0},
	    {"\"processes\":{\"effect\":\"alert\"}",
		kernel | ON(EXEC) | ON(ENTERED) | ON(STDIO) | ON(SETUID) |
		    ON(CHMOD) | ON(SETXATTR) | ON(MKNOD),
		0},
	    {"\"network\":{\"effect\":\"alert\",\"detectPortScan\":false,"
	     "\"skipRawSockets\":true},\"detections\":{\"kernel-socket\":"
	     "\"disable\"},\"cloudMetadataEnforcement\":false",
		0, 0},
	    {"\"network\":{\"effect\":\"prevent\",\"detectPortScan\":false,"
	     "\"skipRawSockets\":true,\"internalPorts\":[8080]},"
	     "\"detections\":{\"kernel-socket\":\"disable\"},"
	     "\"cloudMetadataEnforcement\":false",
		ON(ACCEPT), ON(ACCEPT)},
	    {"\"dns\":{\"effect\":\"prevent\",\"blacklist\":[\"x.y\"]}",
		ON(DNS), ON(DNS)},
	    {"\"dns\":{\"effect\":\"alert\"}", 0, 0},
	    {"\"detections\":{\"ptrace\":\"prevent\"}", ON(PTRACE), ON(PTRACE)},
	    {"\"detections\":{\"denied-process\":\"prevent\"}", 0, 0},
	    {"\"detections\":{\"log-clearing\":\"alert\"}",
		ON(UNLINK) | ON(TRUNCATE) | ON(OPEN), 0},
	    {"\"filesystem\":{\"effect\":\"disable\",\"rules\":[{\"path\":"
	     "\"/x\",\"ops\":[\"unlink\"],\"effect\":\"prevent\"}]}",
		ON(UNLINK), ON(UNLINK)},
	    {"\"filesystem\":{\"rules\":[{\"path\":\"/x\",\"ops\":\"read\","
	     "\"effect\":\"alert\"},{\"path\":\"/y\",\"ops\":\"create\","
	     "\"effect\":\"allow\"},{\"path\":\"/z\",\"ops\":\"open\","
	     "\"effect\":\"disable\"}]}",
		ON(READ), 0},
	    {"\"filesystem\":{\"rules\":[{\"dir\":\"/x\",\"files\":\"new\","
	     "\"effect\":\"alert\"}]}",
		ON(CREATE) | ON(MKDIR) | ON(MKNOD) | ON(LINK) | ON(SYMLINK) |
		    ON(RENAME),
		0},
	    {"\"network\":{\"rules\":[{\"cidr\":\"10.0.0.0/8\",\"effect\":"
	     "\"prevent\"},{\"direction\":[\"inbound\",\"listen\"],"
	     "\"effect\":\"alert\"}]}",
		ON(CONNECT) | ON(SEND) | ON(ACCEPT) | ON(LISTEN) | ON(BIND),
		ON(CONNECT) | ON(SEND)},
	    {"\"processes\":{\"rules\":[{\"name\":\"x\",\"effect\":"
	     "\"block\"}]}",
		ON(EXEC) | ON(ENTERED), ON(EXEC) | ON(ENTERED)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[512];
		event_set watches = rows[i].watches;
		const struct policy *p;

		/* What is closed as soon as anything is watched. */
		if (watches != 0)
			watches |= ON(SIGNAL) | ON(IO_URING) | ON(ABI);
		(void)snprintf(text, sizeof text, "{%s}", rows[i].rule);
		p = read_quiet(text);
		if (policy_watches(p) != watches ||
		    policy_prevents(p) != rows[i].prevents)
			fail_msg("%s: %llx %llx", text,
			    (unsigned long long)policy_watches(p),
			    (unsigned long long)policy_prevents(p));
	}
}

static void
detections(void **state)
{
	const struct policy *p = read_quiet(
	    "{\"processes\":{\"effect\":\"prevent\",\"skipModified\":true,"
	    "\"checkCryptoMiners\":false},\"detections\":{"
	    "\"reverse-shell\":\"block\",\"mount\":\"disable\","
	    "\"crypto-miner\":\"alert\",\"namespace\":{\"except\":[\"bwrap\","
	    "\"/usr/bin/unshare\"]},\"bpf\":{\"effect\":\"prevent\"}}}");

	(void)state;
	assert_int_equal(p->effects[POLICY_REVERSE_SHELL], POLICY_BLOCK);
	assert_int_equal(p->effects[POLICY_MOUNT], POLICY_DISABLE);
	assert_int_equal(p->effects[POLICY_CRYPTO_MINER], POLICY_ALERT);
	assert_int_equal(p->effects[POLICY_NAMESPACE], POLICY_ALERT);
	assert_int_equal(p->effects[POLICY_BPF], POLICY_PREVENT);
	assert_int_equal(p->effects[POLICY_MODIFIED_PROCESS], POLICY_DISABLE);
	assert_true(policy_names_has(
	    &p->except[POLICY_NAMESPACE], STR("/usr/bin/bwrap")));
	p = read_quiet("{\"processes\":{\"effect\":\"prevent\","
		       "\"skipModified\":true,\"checkNewBinaries\":true}}");
	assert_int_equal(p->effects[POLICY_MODIFIED_PROCESS], POLICY_PREVENT);
	p = read_quiet("{\"processes\":{\"effect\":\"prevent\"}}");
	assert_int_equal(p->effects[POLICY_REVERSE_SHELL], POLICY_ALERT);
}

static void
rules(void **state)
{
	static const char hash[] = "00112233445566778899AABBCCDDEEFF"
				   "00112233445566778899aabbccddeeff";
	char text[2048];
	const struct policy *p;

	(void)state;
	(void)snprintf(text, sizeof text,
	    "{\"name\":\"r\",\"processes\":{\"effect\":\"alert\",\"rules\":["
	    "{\"title\":\"t\",\"path\":[\"/bin/a\",\"/bin/b\"],\"sha256\":"
	    "\"%s\",\"parent\":\"sh\",\"uid\":[0,65534],\"fromSource\":"
	    "[{\"path\":\"/usr/sbin/cron\"}]},{\"name\":\"x\",\"effect\":"
	    "\"disable\"},{\"effect\":\"allow\"}]},"
	    "\"network\":{\"rules\":[{\"cidr\":[\"10.0.0.0/8\",\"::1\"],"
	    "\"ports\":[80,\"90-99\",{\"start\":443,\"end\":444}],"
	    "\"protocol\":\"tcp\",\"effect\":\"prevent\"}]},"
	    "\"filesystem\":{\"rules\":[{\"dir\":\"/etc/\",\"recursive\":false,"
	    "\"ops\":[\"open\",\"create\"],\"effect\":\"alert\"}]}}",
	    hash);
	p = read_quiet(text);
	assert_int_equal(p->n_process_rules, 2);
	assert_int_equal(p->process_rules[0].effect, POLICY_ALERT);
	assert_true(str_eqz(p->process_rules[0].title, "t"));
	assert_int_equal(p->process_rules[0].n_uids, 2);
	assert_int_equal(p->process_rules[0].uids[1], 65534);
	assert_true(policy_set_has(&p->process_rules[0].hashes,
	    STR("00112233445566778899aabbccddeeff"
		"00112233445566778899aabbccddeeff")));
	assert_true(policy_names_has(
	    &p->process_rules[0].sources, STR("/usr/sbin/cron")));
	assert_int_equal(p->process_rules[1].effect, POLICY_ALLOW);
	assert_true(policy_wants_hash(p));
	assert_int_equal(p->network_rules[0].protocol, 6);
	assert_int_equal(p->network_rules[0].directions, POLICY_OUTBOUND);
	assert_true(policy_ports_has(&p->network_rules[0].ports, 95));
	assert_int_equal(p->file_rules[0].ops, ON(OPEN) | ON(CREATE));
	assert_false(p->file_rules[0].recursive);
	assert_true(str_eqz(p->file_rules[0].dir, "/etc"));
}

static void
customs(void **state)
{
	const event_set closed = ON(SIGNAL) | ON(IO_URING) | ON(ABI);
	const struct policy *p = read_quiet(
	    "{\"customRules\":[{\"_id\":12,\"effect\":\"prevent\",\"action\":"
	    "\"incident\",\"type\":\"processes\",\"script\":\"proc.name = "
	    "\\\"nc\\\"\",\"message\":\"m %proc.name\",\"attackTechniques\":"
	    "[\"T1059\",\"T1059.004\"]},{\"name\":\"off\",\"effect\":"
	    "\"disable\",\"script\":\"proc.name = \\\"x\\\"\"}]}");

	(void)state;
	assert_int_equal(p->n_customs, 1);
	assert_true(str_eqz(p->customs[0].title, "12"));
	assert_true(p->customs[0].incident);
	assert_int_equal(p->customs[0].n_attack, 2);
	assert_true(policy_watches(p) & ON(EXEC));
	assert_false(policy_watches(p) & (ON(OPEN) | ON(CONNECT) | ON(READ)));
	assert_int_equal(policy_watches(p) & ~closed, policy_prevents(p));
	/* Without a type its fields say what is watched. */
	p = read_quiet("{\"customRules\":[{\"effect\":\"alert\",\"script\":"
		       "\"proc.name = \\\"nc\\\"\"}]}");
	assert_int_equal(
	    policy_watches(p) & ~closed, ON(EXEC) | ON(ENTERED) | ON(SETUID));
	p = read_quiet("{\"customRules\":[{\"effect\":\"alert\",\"script\":"
		       "\"net.outgoing_port = 25\"}]}");
	assert_int_equal(
	    policy_watches(p) & ~closed, ON(CONNECT) | ON(SEND) | ON(DNS));
}

/* Ids are unique, and every row can say something. */
static void
table(void **state)
{
	(void)state;
	for (unsigned i = 0; i < POLICY_DETECTIONS; i++) {
		const struct policy_detection_row *row = &policy_detections[i];

		assert_non_null(row->id);
		assert_non_null(row->msg);
		assert_int_equal(policy_detection_of(str_of(row->id)), i);
	}
	assert_int_equal(policy_detection_of(STR("mounts")), POLICY_DETECTIONS);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(forms),
	    TEST(first_rule_that_fits),
	    TEST(exported_policy),
	    TEST(watches),
	    TEST(detections),
	    TEST(rules),
	    TEST(customs),
	    TEST(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
