/* SPDX-License-Identifier: Apache-2.0 */
/* Files, custom rules, and how the verdicts come together. */
#include "judge.h"

#include <fcntl.h>
#include <stdio.h>

static void
lists(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"filesystem\":{\"effect\":\"alert\",\"blacklist\":"
	     "[\"/etc\",\"*.pem\"]}}",
		DID(OPEN, .path = STR("/etc/hosts")), "denied-file"},
	    {NULL, DID(CREATE, .path = STR("/etc/a/b")), "denied-file"},
	    {NULL, DID(CREATE, .path = STR("/etcetera")), NULL},
	    {NULL, DID(UNLINK, .path = STR("/srv/key.pem")), "denied-file"},
	    {NULL, DID(RENAME, .path = STR("/tmp/a"), .path2 = STR("/etc/a")),
		"denied-file"},
	    {NULL, DID(RENAME, .path = STR("/etc/a"), .path2 = STR("/tmp/a")),
		"denied-file"},
	    {NULL, DID(LINK, .path = STR("/etc/a"), .path2 = STR("/tmp/a")),
		"denied-file"},
	    {NULL, DID(SYMLINK, .path = STR("/etc/a"), .path2 = STR("/tmp/a")),
		NULL},
	    {NULL, DID(SYMLINK, .path = STR("/x"), .path2 = STR("/etc/a")),
		"denied-file"},
	    {"{\"filesystem\":{\"effect\":\"alert\",\"whitelist\":"
	     "[\"/tmp\",\"/var/lib/app/\"]}}",
		DID(CREATE, .path = STR("/tmp/x/y")), NULL},
	    {NULL, DID(CREATE, .path = STR("/var/lib/app/db")), NULL},
	    {NULL, DID(CREATE, .path = STR("/var/lib/other")),
		"not-allowed-file"},
	    {NULL, DID(OPEN, .path = STR("/dev/null")), NULL},
	    {NULL, DID(OPEN, .path = STR("/proc/self/oom_score_adj")), NULL},
	    {NULL, DID(OPEN, .path = STR("/proc/sys/kernel/x")),
		"not-allowed-file"},
	    {NULL, DID(CREATE, .path = STR("/dev/shm/x")), "not-allowed-file"},
	    {NULL, DID(OPEN, .path = STR("pipe:[12]")), NULL},
	    {NULL, DID(RENAME, .path = STR("/tmp/a"), .path2 = STR("/srv/a")),
		"not-allowed-file"},
	};

	(void)state;
	JUDGE(cases);
}

static void
rules(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"filesystem\":{\"effect\":\"prevent\",\"blacklist\":[\"/srv\"],"
	     "\"rules\":[{\"dir\":\"/srv/up/\",\"fromSource\":\"app\","
	     "\"effect\":\"allow\"},"
	     "{\"path\":\"/etc/passwd\",\"ops\":\"read\",\"effect\":\"alert\"},"
	     "{\"dir\":\"/opt\",\"recursive\":false,\"files\":\"new\"},"
	     "{\"glob\":\"/data/*.db\",\"ops\":[\"unlink\",\"truncate\"]}]}}",
		DID(CREATE, .path = STR("/srv/up/x")), NULL},
	    {NULL, DID(CREATE, .path = STR("/srv/x")), "denied-file"},
	    {NULL,
		{.name = EVENT_CREATE,
		    .by.exe = STR("/bin/other"),
		    .path = STR("/srv/up/x")},
		"denied-file"},
	    {NULL, DID(READ, .path = STR("/etc/passwd")), "file-rule"},
	    {NULL, DID(READ, .path = STR("/etc/hosts")), NULL},
	    {NULL, DID(CREATE, .path = STR("/opt/x")), "file-rule"},
	    {NULL, DID(OPEN, .path = STR("/opt/x")), NULL},
	    {NULL, DID(CREATE, .path = STR("/opt/x/y")), NULL},
	    {NULL, DID(UNLINK, .path = STR("/data/a.db")), "file-rule"},
	    {NULL, DID(OPEN, .path = STR("/data/a.db")), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
backdoors(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"filesystem\":{\"effect\":\"alert\",\"backdoorFiles\":true}}",
		DID(OPEN, .path = STR("/etc/passwd")), "backdoor-account"},
	    {NULL,
		DID(RENAME, .path = STR("/etc/shadow+"),
		    .path2 = STR("/etc/shadow")),
		"backdoor-account"},
	    {NULL, DID(CREATE, .path = STR("/etc/sudoers.d/x")),
		"backdoor-account"},
	    {NULL, DID(CREATE, .path = STR("/etc/passwd.lock")), NULL},
	    {NULL, DID(CREATE, .path = STR("/root/.ssh/authorized_keys")),
		"backdoor-ssh"},
	    {NULL, DID(CREATE, .path = STR("/root/.ssh/known_hosts")), NULL},
	    {NULL, DID(CREATE, .path = STR("/var/spool/cron/crontabs/root")),
		"backdoor-cron"},
	    {NULL, DID(CREATE, .path = STR("/etc/cron.d/x")), "backdoor-cron"},
	    {NULL, DID(CREATE, .path = STR("/var/lib/cron/x")), NULL},
	    {NULL, DID(CREATE, .path = STR("/etc/ld.so.preload")),
		"backdoor-preload"},
	    {NULL,
		DID(RENAME, .path = STR("/etc/ld.so.cache~"),
		    .path2 = STR("/etc/ld.so.cache")),
		NULL},
	    {NULL, DID(OPEN, .path = STR("/root/.bashrc")), "backdoor-startup"},
	    {NULL, DID(CREATE, .path = STR("/srv/www/profile")), NULL},
	    {NULL,
		DID(LINK, .path = STR("/etc/shadow"), .path2 = STR("/tmp/s")),
		"backdoor-account"},
	    {"{\"filesystem\":{\"effect\":\"alert\"}}",
		DID(OPEN, .path = STR("/etc/passwd")), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
programs(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"filesystem\":{\"effect\":\"alert\",\"checkNewFiles\":true}}",
		DID(CHMOD, .path = STR("/tmp/x"), .mode = 0755),
		"new-executable"},
	    {NULL, DID(CHMOD, .path = STR("/tmp/x"), .mode = 0644), NULL},
	    {NULL, DID(CHMOD, .path = STR("/tmp"), .mode = 0755, .dir = true),
		NULL},
	    {NULL, DID(CREATE, .path = STR("/tmp/x"), .mode = 0777),
		"new-executable"},
	    {NULL, DID(CREATE, .path = STR("/tmp/x"), .mode = 0666), NULL},
	    {NULL, DID(OPEN, .path = STR("/usr/bin/ls")), "new-executable"},
	    {NULL, DID(RENAME, .path = STR("/tmp/x"), .path2 = STR("/bin/ls")),
		"new-executable"},
	    {NULL, DID(OPEN, .path = STR("/srv/data")), NULL},
	    {"{\"processes\":{\"effect\":\"alert\"}}",
		DID(CHMOD, .path = STR("/tmp/x"), .mode = 04755),
		"setuid-file"},
	    {NULL, DID(CHMOD, .path = STR("/tmp/x"), .mode = 02755),
		"setuid-file"},
	    {NULL, DID(CHMOD, .path = STR("/tmp/x"), .mode = 0755), NULL},
	    /* How directories are shared, PostgreSQL's for instance. */
	    {NULL, DID(CHMOD, .path = STR("/run/pg"), .mode = 03775), NULL},
	    {NULL,
		DID(CHMOD, .path = STR("/run/x"), .mode = 02755, .dir = true),
		NULL},
	    {NULL,
		DID(SETXATTR, .path = STR("/tmp/x"),
		    .detail = STR("security.capability")),
		"setuid-file"},
	    {NULL,
		DID(SETXATTR, .path = STR("/tmp/x"), .detail = STR("user.x")),
		NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
traces(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"filesystem\":{\"effect\":\"alert\"}}",
		DID(TRUNCATE, .path = STR("/var/log/auth.log")),
		"log-clearing"},
	    {NULL, DID(UNLINK, .path = STR("/root/.bash_history")),
		"log-clearing"},
	    {NULL,
		DID(OPEN, .path = STR("/var/log/wtmp"),
		    .flags = O_WRONLY | O_TRUNC),
		"log-clearing"},
	    {NULL,
		DID(OPEN, .path = STR("/var/log/wtmp"),
		    .flags = O_WRONLY | O_APPEND),
		NULL},
	    {NULL, DID(UNLINK, .path = STR("/var/log/nginx/access.log.9")),
		NULL},
	    {NULL, DID(OPEN, .path = STR("/sys/fs/cgroup/rdma/release_agent")),
		"release-agent"},
	    {NULL, DID(OPEN, .path = STR("/proc/sys/kernel/core_pattern")),
		"release-agent"},
	    {NULL, DID(OPEN, .path = STR("/sys/fs/cgroup/cgroup.procs")), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
customs(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"processes\":{\"effect\":\"prevent\",\"blacklist\":[\"nc\"],"
	     "\"skipModified\":true},\"customRules\":["
	     "{\"name\":\"probe\",\"effect\":\"allow\",\"script\":"
	     "\"proc.name = \\\"nc\\\" and proc.cmdline contains \\\"-z\\\"\"},"
	     "{\"name\":\"temp\",\"effect\":\"alert\",\"script\":"
	     "\"proc.path startswith \\\"/tmp/\\\"\"}]}",
		EXEC("/bin/nc", .args = ARGS("nc\0-z\0db\0"
					     "5432")),
		NULL},
	    {NULL, EXEC("/bin/nc", .args = ARGS("nc\0h\09")), "denied-process"},
	    {NULL, EXEC("/tmp/x", .args = ARGS("x")), "custom-rule"},
	    /* The gravest effect counts. */
	    {NULL, EXEC("/tmp/nc", .args = ARGS("nc")), "denied-process"},
	    {NULL, EXEC("/bin/ls", .args = ARGS("ls")), NULL},
	};
	struct event ev = EXEC("/tmp/x", .args = ARGS("x\0--password=abc\0y"));
	struct judge j;

	(void)state;
	JUDGE(cases);
	judge_open(&j,
	    "{\"customRules\":[{\"_id\":3,\"effect\":\"prevent\",\"action\":"
	    "\"incident\",\"message\":\"%proc.name, %proc.cmdline: %nothing\","
	    "\"attackTechniques\":[\"T1204\"],\"script\":\"proc.name = "
	    "\\\"x\\\"\"}]}");
	runtime_decide(j.policy, j.state, &ev, j.text);
	assert_int_equal(ev.action, EVENT_PREVENT);
	assert_int_equal(ev.severity, EVENT_HIGH);
	assert_true(str_eqz(ev.rule_name, "3"));
	assert_true(str_eqz(ev.attack[0], "T1204"));
	if (!str_eqz(ev.msg, "x, x --password=*** y: %nothing"))
		fail_msg("%.*s", STR_ARG(ev.msg));
	judge_close(&j);
}

/* Who is in the way of whom. */
static void
verdicts(void **state)
{
	struct event ev =
	    EXEC("/tmp/xmrig", .args = ARGS("xmrig"), .facts = EXE_MODIFIED);
	struct judge j;

	(void)state;
	judge_open(&j, "{\"name\":\"web\",\"processes\":{\"effect\":\"alert\","
		       "\"checkCryptoMiners\":true},\"detections\":"
		       "{\"crypto-miner\":\"block\"}}");
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_BLOCK);
	assert_true(str_eqz(ev.rule_id, "crypto-miner"));
	assert_true(str_eqz(ev.rule_name, "web"));
	assert_true(
	    str_eqz(ev.msg, "/tmp/xmrig is a crypto miner by its name: xmrig"));
	assert_true(ev.n_attack == 1 && str_eqz(ev.attack[0], "T1496"));
	assert_true(ev.enforced);
	judge_close(&j);
	/* Of two that are equally grave in effect, what says more. */
	judge_open(&j, "{\"processes\":{\"effect\":\"alert\","
		       "\"checkCryptoMiners\":true}}");
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_ALERT);
	assert_true(str_eqz(ev.rule_id, "crypto-miner"));
	judge_close(&j);
	/* Events of the lifecycle, and of nothing, are nobody's business. */
	judge_open(&j, "{}");
	for (unsigned i = 0; i < EVENT_NAMES; i++) {
		struct event other = {.name = (enum event_name)i};

		judge_ask(&j, &other);
		assert_int_equal(other.action, EVENT_ALLOWED);
	}
	judge_close(&j);
}

static void
messages_are_cut(void **state)
{
	static char args[4096];
	struct event ev = EXEC("/bin/nc");
	struct judge j;

	(void)state;
	memset(args, 0xc3, sizeof args);
	ev.by.args = str_make(args, sizeof args);
	judge_open(&j, "{\"processes\":{\"effect\":\"alert\",\"blacklist\":"
		       "[\"nc\"]}}");
	judge_ask(&j, &ev);
	assert_in_range(ev.msg.n, 30, RUNTIME_MSG_MAX);
	ev.by.args = STR("\0\0\0");
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
	    cmocka_unit_test(backdoors),
	    cmocka_unit_test(programs),
	    cmocka_unit_test(traces),
	    cmocka_unit_test(customs),
	    cmocka_unit_test(verdicts),
	    cmocka_unit_test(messages_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
