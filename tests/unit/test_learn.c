/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "learn/learn.h"
#include "policy/policy.h"
#include "runtime/runtime.h"

enum { TEXT_MAX = 4 << 20, SMALL = 256, EVENTS_MAX = 16384 };

static struct arena *arena;
static struct learn *learn;
static struct buf text = BUF_MAX(TEXT_MAX);
static struct event events[EVENTS_MAX]; /* that were learnt */
static size_t n_events;

static int
set_up(void **state)
{
	struct err e = {0};

	n_events = 0;
	(void)state;
	arena = arena_new(LEARN_MEMORY_MAX);
	if (arena == NULL || learn_new(arena, &learn, &e) != 0)
		return 1;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	buf_free(&text);
	return 0;
}

static void
keep(struct str *s)
{
	if (s->n > 0)
		*s = arena_str(arena, *s);
}

static void
add(const struct event *ev)
{
	struct event *to = &events[n_events];

	(void)learn_add(learn, ev);
	if (n_events == EVENTS_MAX)
		return;
	n_events++;
	*to = *ev;
	keep(&to->path);
	keep(&to->path2);
	keep(&to->domain);
	keep(&to->by.exe);
	keep(&to->by.parent);
	keep(&to->by.args);
}

/* The policy, with blanks between the items of a list as they are. */
static const char *
written(void)
{
	const struct learn_about about = {.agent = "test", .at_s = 0};
	struct err e = {0};

	buf_reset(&text);
	if (learn_write(learn, &about, &text, &e) != 0)
		fail_msg("%s", e.text);
	return buf_z(&text);
}

/* The law: under the policy none of it is an event. */
static void
law(void)
{
	cleanup_arena struct arena *a = arena_new(POLICY_MEMORY_MAX);
	const struct collections_who who = {.image = STR_NONE};
	static _Alignas(16) unsigned char state[RUNTIME_STATE_SIZE];
	const struct policy *p;
	char msg[RUNTIME_MSG_MAX];
	struct err e = {0};

	assert_non_null(a);
	memset(state, 0, sizeof state);
	if (policy_read(a, str_of(written()), "p", &who, &p, NULL, &e) != 0)
		fail_msg("%s in %s", e.text, buf_z(&text));
	for (size_t i = 0; i < n_events; i++) {
		runtime_decide(p, (void *)state, &events[i], msg);
		if (events[i].action != EVENT_ALLOWED)
			fail_msg("%.*s: %.*s in %s", STR_ARG(events[i].rule_id),
			    STR_ARG(events[i].msg), buf_z(&text));
	}
}

static void
has(const char *item, bool yes)
{
	if ((strstr(written(), item) != NULL) != yes)
		fail_msg(
		    "%s %s in %s", item, yes ? "is not" : "is", buf_z(&text));
}

static void
file(enum event_name name, const char *path, const char *path2)
{
	const struct event ev = {.name = name,
	    .path = str_of(path),
	    .path2 = str_of(path2),
	    .by.exe = STR("/usr/bin/app")};

	add(&ev);
}

static void
make(const char *path)
{
	file(EVENT_CREATE, path, NULL);
}

static void
exec(const char *exe, const char *parent, const char *args, size_t n)
{
	const struct event ev = {.name = EVENT_EXEC,
	    .by.exe = str_of(exe),
	    .by.cwd = STR("/work"),
	    .by.parent = str_of(parent),
	    .by.args = str_make(args, n)};

	add(&ev);
}

#define EXEC(exe, parent, args) exec(exe, parent, args, sizeof(args))

static void
net(enum event_name name, const char *addr, uint16_t port, uint8_t protocol)
{
	struct event ev = {.name = name, .port = port, .protocol = protocol};

	assert_true(ip_parse(str_of(addr), &ev.addr));
	ev.by.exe = STR("/usr/bin/app");
	add(&ev);
}

static void
dns(const char *domain)
{
	const struct event ev = {.name = EVENT_DNS,
	    .domain = str_of(domain),
	    .by.exe = STR("/usr/bin/app")};

	add(&ev);
}

/* It is not learnt, so that the law does not hold for it. */
static void
learn_odd(const char *domain)
{
	dns(domain);
	n_events--;
}

static void
files(void **state)
{
	(void)state;
	file(EVENT_OPEN, "/var/lib/app/db", NULL);
	make("/var/lib/app/other");
	make("/srv/log.1");
	file(EVENT_OPEN, "/data/15/main", NULL); /* was there before */
	file(EVENT_OPEN, "/dev/null", NULL);
	file(EVENT_OPEN, "/proc/1234/oom_score_adj", NULL);
	file(EVENT_OPEN, "pipe:[17]", NULL);
	file(EVENT_RENAME, "/data/a", "/data/b");
	file(EVENT_SYMLINK, "text", "/data/link");
	has("\"/var/lib/app/db\"", true);
	has("\"/var/lib/app/other\"", true);
	has("\"/data/15/main\"", true);
	has("\"/data/a\"", true);
	has("\"/data/b\"", true);
	has("\"/data/link\"", true);
	has("text", false);
	has("/proc", false);
	has("pipe", false);
	has("\"/srv\"", false); /* a whole one of the system */
	has("\"/srv/log.*\"", true);
	law();
}

static void
numbered(void **state)
{
	static const char *const names[] = {"/app/out/x.1234",
	    "/app/out/worker12", "/app/out/3f9a8b77c0de",
	    "/app/out/part-0007.log", "/app/out/tmpZk3kQp",
	    "/app/out/f47ac10b-58cc-4372-a567-0e02b2c3d479"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		(void)tear_down(NULL);
		assert_int_equal(set_up(NULL), 0);
		make(names[i]);
		has("\"/app/out\"", true);
		has(names[i], false);
	}
	(void)tear_down(NULL);
	assert_int_equal(set_up(NULL), 0);
	make("/app/out/listing");
	has("\"/app/out/listing\"", true);
	has("\"/app/out\"", false);
}

static void
temporary(void **state)
{
	(void)state;
	make("/tmp/x");
	make("/tmp/tmp.abcdefghij"); /* random, if not by its looks */
	file(EVENT_OPEN, "/tmp/before-AbC123/file", NULL);
	has("\"/tmp/x\"", true);
	has("\"/tmp/tmp.*\"", true);
	has("abcdefghij", false);
	has("\"/tmp/before-AbC123/file\"", true);
	has("\"/tmp\"", false);
	make("/tmp/ccAbCdEf.s");
	has("\"/tmp\"", true);
	has("\"/tmp/x\"", false);
	law();
}

/* Random names that do not look it are known by their going away. */
static void
thrown(void **state)
{
	(void)state;
	make("/app/a/ccabcdef.s");
	has("\"/app/a/ccabcdef.s\"", true);
	file(EVENT_UNLINK, "/app/a/ccabcdef.s", NULL);
	has("\"/app/a\"", true);
	make("/app/b/db-journal");
	file(EVENT_UNLINK, "/app/b/db-journal", NULL);
	has("\"/app/b/db-*\"", true);
	make("/app/c/state.abcdef");
	file(EVENT_RENAME, "/app/c/state.abcdef", "/app/c/state");
	has("\"/app/c/state.*\"", true);
	has("\"/app/c/state\"", true);
	make("/app/d/lock");
	file(EVENT_UNLINK, "/app/d/lock", NULL);
	has("\"/app/d/lock\"", true);
	file(EVENT_UNLINK, "/app/e/before", NULL);
	has("\"/app/e/before\"", true);
	law();
}

static void
many(void **state)
{
	char path[SMALL];

	(void)state;
	for (char c = 'a'; c < 'h'; c++) {
		(void)snprintf(path, sizeof path, "/app/%c", c);
		make(path);
	}
	has("\"/app\"", false);
	make("/app/h");
	has("\"/app\"", true);
	has("\"/app/a\"", false);
	law();
}

/* Whatever is done in them, no directory of the system is allowed. */
static void
system_directories(void **state)
{
	static const char *const dirs[] = {"", "/bin", "/sbin", "/lib",
	    "/lib64", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local",
	    "/usr/local/bin", "/usr/lib/x86_64-linux-gnu", "/usr/share", "/etc",
	    "/etc/cron.d", "/etc/ssh", "/root", "/root/.ssh", "/home",
	    "/home/me", "/home/me/.ssh", "/var", "/var/lib", "/var/log",
	    "/var/spool/cron", "/run", "/opt", "/boot", "/sys/fs/cgroup"};
	char path[SMALL], item[SMALL];

	(void)state;
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
		const char *dir = dirs[i];

		for (int k = 0; k < 40; k++) {
			(void)snprintf(path, sizeof path, "%s/%c%cname", dir,
			    'a' + k % 26, 'a' + k / 26);
			make(path);
			(void)snprintf(path, sizeof path, "%s/%d", dir, k);
			make(path);
			(void)snprintf(path, sizeof path, "%s/name.%d", dir, k);
			make(path);
			file(EVENT_UNLINK, path, NULL);
		}
		if (dir[0] != '\0') {
			file(EVENT_CHMOD, dir, NULL);
			file(EVENT_RENAME, dir, dir);
		}
	}
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
		(void)snprintf(item, sizeof item, "\"%s\"", dirs[i]);
		if (dirs[i][0] != '\0' && strstr(dirs[i], "/etc/") == NULL &&
		    strstr(dirs[i], "/.ssh") == NULL &&
		    strstr(dirs[i], "gnu") == NULL &&
		    strstr(dirs[i], "/cgroup") == NULL &&
		    strstr(dirs[i], "/cron") == NULL)
			has(item, false);
		(void)snprintf(item, sizeof item, "\"%s/*\"", dirs[i]);
		has(item, false);
	}
	has("\"/\"", false);
	has("\"\"", false);
	has("\"/etc/name.*\"", true);
	has("\"/etc/aaname\"", true);
	has("\"/et?\"", true);
	law();
}

/* Who changes a directory's mode has not written below it. */
static void
attributes(void **state)
{
	(void)state;
	file(EVENT_CHOWN, "/data/dir", NULL);
	file(EVENT_CHMOD, "/etc", NULL);
	file(EVENT_CHMOD, "/data/both", NULL);
	file(EVENT_OPEN, "/data/both", NULL);
	has("{\"path\": \"/data/dir\", \"ops\": [\"chmod\", \"chown\", "
	    "\"setxattr\"], \"effect\": \"allow\"}",
	    true);
	has("{\"path\": \"/et?\", \"ops\"", true);
	has("{\"path\": \"/data/both\"", false);
	has("\"/data/both\"", true);
	law();
}

static void
hostile_names(void **state)
{
	(void)state;
	make("/app/*");
	make("/app/\xff\xfe");
	make("/app//empty");
	has("\"/app//empty\"", true);
	has("\"/app/?\"", true);
	has("\"/app/??\"", true);
	has("*", false);
	law();
}

static void
programs(void **state)
{
	(void)state;
	EXEC("/usr/bin/cat", "/usr/bin/dash", "cat\0x");
	EXEC("/usr/bin/dash", "", "sh\0-e\0/app/run.sh\0one");
	EXEC("/usr/bin/dash", "/usr/bin/make", "/bin/sh\0-c\0echo 1");
	EXEC("/usr/bin/dash", "/usr/sbin/cron", "/bin/sh\0-ec\0echo 2");
	EXEC(
	    "/usr/bin/python3.11", "/usr/bin/dash", "python3\0-m\0http.server");
	EXEC("/usr/bin/python3.11", "/usr/bin/dash", "python3");
	EXEC("/bin/busybox", "/bin/busybox", "ls\0-l");
	EXEC("/bin/busybox", "/bin/busybox", "busybox\0sh\0x.sh");
	EXEC("/usr/bin/curl", "/usr/bin/dash", "curl\0http://x");
	/* Words as they are not to be expected. */
	EXEC("/usr/bin/dash", "", "sh\0-/c/x\0y");
	EXEC("/usr/bin/dash", "", "sh\0-x y\0z");
	EXEC("/usr/bin/dash", "", "sh\0");
	EXEC("/usr/bin/dash", "", "sh\0\0x");
	EXEC("/usr/bin/dash", "", "\0x y\0z");
	EXEC("/usr/bin/dash", "", "a b\0x");
	EXEC("/bin/busybox", "", "busybox\0/x/ls");
	EXEC("/bin/toybox-0.8", "", "/bin/toybox-0.8\0ls");
	EXEC("/usr/bin/shred", "/usr/bin/dash", "shred\0x"); /* no shell */
	has("\"/usr/bin/cat\"", true);
	has("\"/usr/bin/shred\"", true);
	has("{\"path\": \"/usr/bin/dash\", \"args\": \"^[^ ]*( -[^ ]*)* "
	    "/app/run\\\\.sh( |$)\", \"effect\": \"allow\"}",
	    true);
	has("\"^[^ ]*( -[^ ]*)* -[a-zA-Z]*c[a-zA-Z]*( |$)\", \"parent\": "
	    "[\"/usr/bin/make\", \"/usr/sbin/cron\"]",
	    true);
	has("\"^[^ ]*( -[^ ]*)* http\\\\.server( |$)\"", true);
	has("\"^[^ ]*( -[^ ]*)*$\"", true);
	has("ls( |$)", true);
	has("sh( -[^ ]*)* x\\\\.sh( |$)", true);
	has("{\"path\": \"/usr/bin/curl\", \"parent\": [\"/usr/bin/dash\"]",
	    true);
	has("\"/bin/busybox\",", true);
	law();
}

/* A health check, of which nobody saw the start. */
static void
entered(void **state)
{
	const struct event check = {.name = EVENT_ENTERED,
			       .by.exe = STR("/usr/bin/pg_isready"),
			       .by.cwd = STR("/"),
			       .by.args = STR("pg_isready\0-q\0")},
			   shell = {.name = EVENT_ENTERED,
			       .by.exe = STR("/usr/bin/dash"),
			       .by.cwd = STR("/"),
			       .by.args = STR("sh\0-c\0pg_isready\0")};

	(void)state;
	add(&check);
	add(&shell);
	has("\"/usr/bin/pg_isready\"", true);
	has("{\"path\": \"/usr/bin/dash\", \"args\": \"^[^ ]*( -[^ ]*)* "
	    "-[a-zA-Z]*c[a-zA-Z]*( |$)\", \"effect\": \"allow\"}",
	    true);
	law();
}

/* What was made here may be called otherwise next time; no more than that. */
static void
new_programs(void **state)
{
	(void)state;
	file(EVENT_MKDIR, "/build/tmp.Zk3kQp12", NULL);
	make("/build/tmp.Zk3kQp12/conftest");
	EXEC("/build/tmp.Zk3kQp12/conftest", "/usr/bin/dash", "./conftest");
	EXEC("/opt/app-1.25/bin/app", "/usr/bin/dash", "app");
	has("\"/build/tmp.*/conftest\"", true);
	has("\"/opt/app-1.25/bin/app\"", true);
	has("\"/build/*", false);
	law();
}

static void
network(void **state)
{
	(void)state;
	net(EVENT_CONNECT, "127.0.0.1", 6379, IPPROTO_TCP);
	net(EVENT_CONNECT, "192.0.2.7", 443, IPPROTO_TCP);
	net(EVENT_SEND, "192.0.2.53", 53, IPPROTO_UDP);
	net(EVENT_CONNECT, "2001:db8::7", 8443, IPPROTO_TCP);
	net(EVENT_BIND, "0.0.0.0", 8080, IPPROTO_TCP);
	net(EVENT_LISTEN, "0.0.0.0", 8080, IPPROTO_TCP);
	net(EVENT_BIND, "0.0.0.0", 40000, IPPROTO_TCP);
	net(EVENT_LISTEN, "0.0.0.0", 40000, IPPROTO_TCP);
	net(EVENT_BIND, "0.0.0.0", 514, IPPROTO_UDP);
	has("\"192.0.2.7\"", true);
	has("\"2001:db8::7\"", true);
	has("6379", false);
	has("{\"start\": 443, \"end\": 443, \"deny\": false}", true);
	has("{\"start\": 53, \"end\": 53, \"deny\": false}", true);
	has("{\"start\": 8080, \"end\": 8080, \"deny\": false}", true);
	has("{\"start\": 40000, \"end\": 40000, \"deny\": false}", true);
	has("{\"start\": 514, \"end\": 514, \"deny\": false}", true);
	has("60999", false);
	net(EVENT_LISTEN, "0.0.0.0", 45678, IPPROTO_TCP); /* picked */
	has("{\"start\": 32768, \"end\": 60999, \"deny\": false}", true);
	law();
}

static void
near_addresses(void **state)
{
	char addr[SMALL];

	(void)state;
	for (int i = 1; i <= 4; i++) {
		has("\"192.0.2.0/24\"", false);
		(void)snprintf(addr, sizeof addr, "192.0.2.%d", i * 50);
		net(EVENT_CONNECT, addr, 443, IPPROTO_TCP);
		(void)snprintf(addr, sizeof addr, "2001:db8::%d", i);
		net(EVENT_CONNECT, addr, 443, IPPROTO_TCP);
		(void)snprintf(addr, sizeof addr, "198.51.%d.9", i);
		net(EVENT_CONNECT, addr, 443, IPPROTO_TCP);
	}
	has("\"192.0.2.0/24\"", true);
	has("\"192.0.2.50\"", false);
	has("\"2001:db8::/64\"", true);
	has("\"198.51.3.9\"", true);
	law();
}

static void
domains(void **state)
{
	char name[SMALL];

	(void)state;
	dns("db.example.com");
	dns("ip-10-0-1-23.eu-west-1.compute.internal");
	dns("7.2.0.192.in-addr.arpa");
	dns("s3.amazonaws.com");
	has("\"db.example.com\"", true);
	has("\"*.eu-west-1.compute.internal\"", true);
	has("\"*.in-addr.arpa\"", true);
	has("\"s3.amazonaws.com\"", true);
	has("\"*.com\"", false);
	learn_odd("*");
	learn_odd("*.example.net");
	learn_odd("a\xff.example.net");
	has("example.net", false);
	has("\"*\"", false);
	for (int i = 0; i < 40; i++) {
		(void)snprintf(name, sizeof name, "%cx%c.example.com",
		    'a' + i % 26, 'a' + i / 26);
		dns(name);
		(void)snprintf(name, sizeof name, "%cx%c.b.example.com",
		    'a' + i % 26, 'a' + i / 26);
		dns(name);
	}
	has("\"*.example.com\"", false);
	has("\"*.b.example.com\"", true);
	has("\"axa.b.example.com\"", false);
	law();
}

static void
detections(void **state)
{
	struct event ev = {.name = EVENT_CHMOD,
	    .path = STR("/data/tool"),
	    .mode = 04755,
	    .by.exe = STR("/usr/bin/chmod")};

	(void)state;
	has("\"setuid-file\"", false);
	assert_true(learn_add(learn, &ev));
	add(&ev);
	assert_false(learn_add(learn, &ev));
	has("\"setuid-file\": {\"except\": [\"/usr/bin/chmod\"]}", true);
	ev = (struct event){
	    .name = EVENT_SIGNAL, .by.exe = STR("/usr/bin/kill")};
	law();
	(void)learn_add(learn, &ev); /* never */
	has("/usr/bin/kill", false);
}

/* What a person made of it stays. */
static void
extended(void **state)
{
	static const char given[] =
	    "{\"rules\":[{\"name\":\"mine\",\"notes\":\"by "
	    "hand\",\"processes\":{"
	    "\"effect\":\"prevent\",\"whitelist\":[\"nginx\",\"/usr/bin/"
	    "dash\"],"
	    "\"rules\":[{\"name\":\"nc\",\"effect\":\"block\"},{\"path\":"
	    "\"/usr/bin/curl\",\"parent\":[\"/bin/a\"],\"effect\":\"allow\"}]},"
	    "\"network\":{\"effect\":\"disable\",\"whitelistOutboundPorts\":["
	    "\"80-81\",{\"start\":82,\"end\":82}]},"
	    "\"filesystem\":{\"effect\":\"alert\",\"whitelist\":[\"/srv/x\","
	    "\"/data/*.log\"]},\"detections\":{\"ptrace\":\"disable\"}},"
	    "{\"name\":\"second\",\"disabled\":true}]}";
	struct err e = {0};

	(void)state;
	assert_int_equal(learn_read(learn, STR(given), "p", &e), 0);
	EXEC("/usr/bin/dash", "/bin/b", "sh\0y.sh");
	EXEC("/usr/bin/curl", "/bin/b", "curl\0x");
	net(EVENT_CONNECT, "192.0.2.7", 443, IPPROTO_TCP);
	dns("example.com");
	make("/srv/x/new");
	make("/data/a.log");
	make("/data/b");
	has("\"by hand\"", true);
	has("\"effect\": \"prevent\"", true);
	has("\"nginx\"", true);
	has("\"/usr/bin/dash\"", true);
	has("y\\\\.sh", false);
	has("{\"name\": \"nc\", \"effect\": \"block\"}", true);
	has("\"parent\": [\"/bin/a\", \"/bin/b\"]", true);
	has("192.0.2.7", false); /* it has no such list */
	has("{\"start\": 80, \"end\": 82, \"deny\": false}", true);
	has("{\"start\": 443, \"end\": 443, \"deny\": false}", true);
	has("\"dns\"", false);
	has("/srv/x/new", false);
	has("/data/a.log", false);
	has("\"/data/*.log\"", true);
	has("\"/data/b\"", true);
	has("\"ptrace\": \"disable\"", true);
	has("\"second\"", true);
}

static void
refused(void **state)
{
	static const char *const bad[] = {"[]", "{", "{\"rules\":[]}",
	    "{\"rules\":{}}", "{\"rules\":[1]}", "{\"name\":\"x\"}",
	    "{\"type\":\"policy\",\"v\":1,\"policy\":{\"rules\":[{}]}}"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};

		if (learn_read(learn, str_of(bad[i]), "p", &e) == 0)
			fail_msg("%s", bad[i]);
		assert_int_equal(e.kind, ERR_PERM);
		assert_non_null(strstr(e.text, "p:"));
		(void)tear_down(NULL);
		assert_int_equal(set_up(NULL), 0);
	}
}

/* Written, read and written again it is the same. */
static void
stable(void **state)
{
	char *once;
	struct err e = {0};

	(void)state;
	EXEC("/usr/bin/dash", "/usr/bin/make", "sh\0a.sh");
	EXEC("/usr/bin/cat", "/usr/bin/make", "cat");
	make("/app/x.12");
	file(EVENT_CHOWN, "/data/dir", NULL);
	net(EVENT_CONNECT, "192.0.2.7", 443, IPPROTO_TCP);
	net(EVENT_LISTEN, "0.0.0.0", 8080, IPPROTO_TCP);
	dns("b.example.com");
	dns("a.example.com");
	once = strdup(written());
	assert_non_null(once);
	assert_string_equal(written(), once);
	(void)tear_down(NULL);
	assert_int_equal(set_up(NULL), 0);
	assert_int_equal(learn_read(learn, str_of(once), "p", &e), 0);
	assert_string_equal(written(), once);
	(void)tear_down(NULL);
	/* In another order */
	assert_int_equal(set_up(NULL), 0);
	dns("a.example.com");
	dns("b.example.com");
	net(EVENT_LISTEN, "0.0.0.0", 8080, IPPROTO_TCP);
	net(EVENT_CONNECT, "192.0.2.7", 443, IPPROTO_TCP);
	file(EVENT_CHOWN, "/data/dir", NULL);
	make("/app/x.77");
	EXEC("/usr/bin/cat", "/usr/bin/make", "cat");
	EXEC("/usr/bin/dash", "/usr/bin/make", "sh\0a.sh");
	assert_string_equal(written(), once);
	free(once);
}

/* Nothing that a run does makes it grow without end. */
static void
bounded(void **state)
{
	char path[SMALL];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		(void)snprintf(path, sizeof path, "/etc/a%db/c%d", i, i);
		make(path);
		(void)snprintf(path, sizeof path, "x%dy.example%d.com", i, i);
		dns(path);
		(void)snprintf(
		    path, sizeof path, "10.%d.%d.7", i % 251, i / 251);
		net(EVENT_CONNECT, path, (uint16_t)i, IPPROTO_TCP);
		if (i < 3000) {
			(void)snprintf(path, sizeof path, "/opt/a%d/bin", i);
			EXEC(path, "/usr/bin/dash", "x");
		}
	}
	has("It is not whole", true);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(files),
	    TEST(numbered),
	    TEST(temporary),
	    TEST(thrown),
	    TEST(many),
	    TEST(system_directories),
	    TEST(attributes),
	    TEST(hostile_names),
	    TEST(programs),
	    TEST(entered),
	    TEST(new_programs),
	    TEST(network),
	    TEST(near_addresses),
	    TEST(domains),
	    TEST(detections),
	    TEST(extended),
	    TEST(refused),
	    TEST(stable),
	    TEST(bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
