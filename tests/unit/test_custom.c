/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <time.h>

#include "base/buf.h"
#include "custom/custom.h"

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(1 << 24);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct custom *
compile(const char *script)
{
	const struct custom *c = NULL;
	struct err e = {0};

	if (custom_compile(arena, str_of(script), &c, &e) != 0)
		fail_msg("%s: %s", script, e.text);
	return c;
}

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct event exec = {
    .name = EVENT_EXEC,
    .by = {.pid = 7,
	.ppid = 1,
	.uid = 1000,
	.euid = 0,
	.gid = 5,
	.facts = EXE_MODIFIED | EXE_SCRIPT | EXE_TTY,
	.exe = STR("/bin/bash"),
	.script = STR("/srv/run.sh"),
	.args = STR("bash\0-x\0/srv/run.sh\0"),
	.cwd = STR("/srv"),
	.sha256 = STR(SHA),
	.parent = STR("/usr/bin/make"),
	.ancestors = {STR("/usr/bin/make"), STR("/sbin/init")},
	.n_ancestors = 2},
};

static const struct event attempt = {
    .name = EVENT_EXEC,
    .attempt = true,
    .by = {.exe = STR("/usr/bin/wget"),
	.args = STR("wget\0http://h/\0"),
	.parent = STR("/bin/sh")},
};

static const struct event applet = {
    .name = EVENT_EXEC,
    .by = {.exe = STR("/bin/busybox"),
	.args = STR("/usr/bin/nc\0-l\0"),
	.parent = STR("/bin/sh")},
};

static const struct event create = {
    .name = EVENT_CREATE,
    .by = {.exe = STR("/bin/cp"), .args = STR("cp\0"), .uid = 33, .euid = 33},
    .path = STR("/etc/ssl/a.key"),
    .mode = 04755,
};

static const struct event moved = {
    .name = EVENT_RENAME,
    .by = {.exe = STR("/bin/mv")},
    .path = STR("/tmp/x"),
    .path2 = STR("/etc/passwd"),
};

static const struct event folder = {
    .name = EVENT_UNLINK,
    .by = {.exe = STR("/bin/rmdir")},
    .path = STR("/x"),
    .dir = true,
};

static const struct event out = {
    .name = EVENT_CONNECT,
    .by = {.exe = STR("/usr/bin/curl")},
    .addr = {4, {10, 1, 2, 3}},
    .port = 443,
    .protocol = 6,
    .domain = STR("api.example.com"),
};

static const struct event out6 = {
    .name = EVENT_SEND,
    .by = {.exe = STR("/usr/bin/dig")},
    .addr = {6, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}},
    .port = 53,
    .protocol = 17,
};

static const struct event local = {
    .name = EVENT_CONNECT, /* to a Unix socket */
    .by = {.exe = STR("/usr/bin/curl")},
    .path = STR("/run/x.sock"),
};

static const struct event bound = {
    .name = EVENT_BIND,
    .by = {.exe = STR("/usr/bin/nc")},
    .addr = {4, {0}},
    .port = 8080,
    .protocol = 6,
};

static const struct event taken = {
    .name = EVENT_ACCEPT,
    .by = {.exe = STR("/usr/bin/nginx")},
    .addr = {4, {192, 0, 2, 1}},
    .local_port = 80,
};

static const struct {
	const struct event *ev;
	const char *script;
	bool want;
} scripts[] = {
    /* the vendor's own */
    {&exec, "proc.name = \"bash\"", true},
    {&exec, "proc.name = \"sh\"", false},
    {&exec, "proc.name != \"sh\"", true},
    {&exec, "proc.name = \"run.sh\"", true},
    {&exec, "proc.name != \"run.sh\"", false},
    {&exec,
	"proc.pname in (\"mysql\", \"make\") and "
	"proc.pname != proc.name",
	true},
    {&exec, "proc.pname = proc.name", false},
    {&exec, "proc.path = \"/bin/bash\"", true},
    {&exec, "proc.path startswith \"/bin/\"", true},
    {&exec, "proc.path startswith \"/bin/bash/\"", false},
    {&exec, "proc.user = \"root\"", true},
    {&exec, "proc.user = 0", true},
    {&create, "proc.user = nobody", false},
    {&create, "proc.user in (\"33\", root)", true},
    {&exec, "proc.interactive", true},
    {&exec, "proc.interactive = true", true},
    {&exec, "proc.interactive = false", false},
    {&exec, "proc.interactive != false", true},
    {&exec, "not proc.interactive", false},
    {&exec, "proc.cmdline contains \"bash -x /srv\"", true},
    {&exec, "proc.cmdline = \"bash -x /srv/run.sh\"", true},
    {&exec, "proc.cmdline contains \"bash  -x\"", false},
    {&create, "file.path = \"/etc/ssl/a.key\"", true},
    {&create, "file.path startswith \"/etc\"", true},
    {&create, "file.dir = \"/etc/ssl\"", true},
    {&create, "file.dir = \"/etc/ssl/\"", false},
    {&folder, "file.dir = \"/\"", true},
    {&create, "file.type = regular", true},
    {&create, "file.type = \"secret\"", true},
    {&create, "file.type in (elf, folder)", false},
    {&create, "file.type = folder", false},
    {&folder, "file.type = folder", true},
    {&folder, "file.type != regular", true},
    {&out, "net.outgoing_port = 443", true},
    {&out, "net.outgoing_port in (80, 443)", true},
    {&out, "net.outgoing_port not in (80, 443)", false},
    {&out, "net.outgoing_port > 442", true},
    {&out, "net.outgoing_port > 443", false},
    {&out, "net.outgoing_port >= 443", true},
    {&out, "net.outgoing_port < 443", false},
    {&out, "net.outgoing_port <= 443", true},
    {&out, "net.outgoing_port <= 442", false},
    {&out, "net.outgoing_port >= 444", false},
    {&out, "net.outgoing_ip = \"10.1.2.3\"", true},
    {&out, "net.outgoing_ip = 10.1.2.4", false},
    {&out, "net.outgoing_ip in (192.168.0.0/16, 10.0.0.0/8)", true},
    {&out, "net.outgoing_ip = \"10.0.0.0/8\"", true},
    {&out, "net.outgoing_ip != 10.0.0.0/8", false},
    {&out6, "net.outgoing_ip = 2001:db8::/32", true},
    {&out6, "net.outgoing_ip = ::1", false},
    {&out, "net.private_subnet", true},
    {&out6, "not net.private_subnet", true},
    {&out6, "net.private_subnet = false", true},
    /* never known */
    {&exec, "proc.service = \"x\"", false},
    {&exec, "not proc.service = \"x\"", false},
    {&create, "file.md5 != \"x\"", false},
    {&create, "file.type = elf", false},
    {&create, "file.type != elf", false},
    {&create, "not file.type in (elf, folder)", false},
    {&create, "file.type in (elf, regular)", true},
    /* ours */
    {&exec, "proc.uid = 1000 and proc.euid = 0 and proc.gid = 5", true},
    {&exec, "proc.uid != proc.euid", true},
    {&create, "proc.uid = proc.euid", true},
    {&exec, "proc.cwd = \"/srv\"", true},
    {&exec, "proc.args = \"-x\"", true},
    {&exec, "proc.args = \"x\"", false},
    {&exec, "proc.args != \"-x\"", false},
    {&exec, "proc.args matches \"^-[a-z]$\"", true},
    {&exec, "proc.args endswith \".sh\"", true},
    {&exec, "proc.args = proc.script", true},
    {&exec, "proc.script = \"/srv/run.sh\"", true},
    {&applet, "proc.script = \"/srv/run.sh\"", false},
    {&applet, "proc.script != \"/srv/run.sh\"", true},
    {&applet, "proc.name = \"nc\"", true},
    {&applet, "proc.name = \"busybox\"", true},
    {&attempt, "proc.name = \"wget\"", true},
    {&exec, "proc.sha256 = \"" SHA "\"", true},
    {&exec, "proc.ancestors = \"init\"", true},
    {&exec, "proc.ancestors = \"/sbin/init\"", true},
    {&exec, "proc.ancestors = \"bin/init\"", false},
    {&exec, "proc.ancestors not in (\"init\", \"make\")", false},
    {&exec, "proc.ancestors startswith \"/sbin/\"", true},
    {&applet, "proc.ancestors != \"init\"", true},
    {&exec, "proc.facts = modified", true},
    {&exec, "proc.facts in (memfd, script)", true},
    {&exec, "proc.facts = memfd", false},
    {&exec, "event.name = process.exec", true},
    {&exec, "event.name startswith \"file.\"", false},
    {&create, "event.name startswith \"file.\"", true},
    {&create, "file.op = create", true},
    {&create, "file.op in (open, unlink)", false},
    {&create, "file.mode = 04755", true},
    {&create, "file.mode contains 04000", true},
    {&create, "file.mode contains 06000", false},
    {&create, "file.mode contains (06000, 0100)", true},
    {&moved, "file.path = \"/etc/passwd\"", true},
    {&moved, "file.path = \"/tmp/x\"", true},
    {&moved, "file.path != \"/etc/passwd\"", false},
    {&bound, "net.listening_port = 8080", true},
    {&bound, "net.outgoing_port = 8080", false},
    {&taken, "net.incoming_ip = 192.0.2.0/24", true},
    {&out, "net.domain = \"API.example.com\"", true},
    {&out, "net.domain endswith (\".example.com\", \".x\")", true},
    {&out, "net.domain matches \"^API\\.\"", true},
    {&out, "net.protocol = tcp", true},
    {&out, "net.protocol = 17", false},
    {&out6, "net.protocol in (\"tcp\", udp)", true},
    {&exec, "proc.path matches \"^/(usr/)?bin/(ba|da)?sh$\"", true},
    {&exec, "proc.path matches \"\\\\.sh\"", false},
    {&exec, "proc.path contains (\"x\", \"bash\")", true},
    {&exec, "proc.name = \"x\" OR proc.name = \"bash\"", true},
};

static void
matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		const struct custom *c = compile(scripts[i].script);

		if (custom_match(c, scripts[i].ev) != scripts[i].want)
			fail_msg("%s", scripts[i].script);
		if (scripts[i].want &&
		    !(custom_events(c) & EVENT_BIT(scripts[i].ev->name)))
			fail_msg("events of %s", scripts[i].script);
	}
}

static void
precedence(void **state)
{
#define T "proc.name = \"bash\""
#define F "proc.name = \"x\""
#define U "file.path = \"x\""
	static const struct {
		const char *script;
		bool want;
	} rows[] = {
	    {T " or " T " and " F, true},
	    {"(" T " or " T ") and " F, false},
	    {F " and " F " or " T, true},
	    {"not " F " and " F, false},
	    {"not (" F " and " F ")", true},
	    {"not not " T, true},
	    {"not " T " or " T, true},
	    {T " and " T " and " F, false},
	    {F " or " F " or " T, true},
	    {"((" T "))", true},
	    {"\n" T "\n\tand\r\n" T "\n", true},
	    {T " AND NOT " F, true},
	    /* what is unknown */
	    {U, false},
	    {"not " U, false},
	    {U " or " T, true},
	    {T " or " U, true},
	    {U " or " F, false},
	    {"not (" U " or " F ")", false},
	    {"not (" U " and " F ")", true},
	    {"not (" F " and " U ")", true},
	    {"not (" U " or " T ")", false},
	    {U " and " T, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (custom_match(compile(rows[i].script), &exec) !=
		    rows[i].want)
			fail_msg("%s", rows[i].script);
	}
}

static void
unknown_fields(void **state)
{
	(void)state;
	/* Before the program is loaded nothing of it is known. */
	assert_false(custom_match(compile("proc.interactive"), &attempt));
	assert_false(custom_match(compile("not proc.interactive"), &attempt));
	assert_false(custom_match(compile("proc.facts != memfd"), &attempt));
	assert_false(custom_match(compile("proc.script != \"x\""), &attempt));
	assert_false(
	    custom_match(compile("proc.sha256 != \"" SHA "\""), &attempt));
	/* A Unix socket has no address. */
	assert_false(custom_match(compile("net.outgoing_port != 443"), &local));
	assert_false(custom_match(compile("not net.private_subnet"), &local));
}

static event_set
events(const char *script)
{
	return custom_events(compile(script));
}

#define BIT(name) EVENT_BIT(EVENT_##name)

static void
knows_its_events(void **state)
{
	event_set judged = EVENT_BIT(EVENT_LIFECYCLE) - 2;
	event_set outgoing = BIT(CONNECT) | BIT(SEND) | BIT(DNS);

	(void)state;
	assert_true(events("proc.name = \"x\"") == judged);
	assert_true(events("net.outgoing_port = 1") == outgoing);
	assert_true(events("not net.outgoing_port = 1") == outgoing);
	assert_true(
	    events("proc.name = \"x\" and net.outgoing_port = 1") == outgoing);
	assert_true(events("net.listening_port = 1 or net.outgoing_port = 1") ==
		    (outgoing | BIT(BIND) | BIT(LISTEN)));
	assert_true(
	    events("not (proc.name = \"x\" and net.domain = \"y\")") == judged);
	assert_true(events("net.incoming_ip = ::/0 and file.op = open") == 0);
	assert_true(
	    events("file.op in (open, create)") == (BIT(OPEN) | BIT(CREATE)));
	assert_true(events("event.name startswith \"net.\" and "
			   "event.name != net.dns and proc.uid = 0") ==
		    (BIT(SOCKET) | BIT(CONNECT) | BIT(BIND) | BIT(LISTEN) |
			BIT(ACCEPT) | BIT(SEND) | BIT(STDIO)));
	assert_true(events("file.md5 = \"x\"") == 0);
	assert_true(events("not file.md5 = \"x\"") == 0);
	assert_true(events("file.md5 = \"x\" or file.mode = 07777") ==
		    (BIT(CREATE) | BIT(MKDIR) | BIT(MKNOD) | BIT(CHMOD)));
	assert_true(custom_wants_hash(
	    compile("proc.uid = 1 or proc.sha256 = \"" SHA "\"")));
	assert_true(custom_wants_hash(compile("proc.name = proc.sha256")));
	assert_false(custom_wants_hash(compile("proc.uid = 1")));
}

static const char *const refused[][2] = {
    {"", "1:1: a field must stand here"},
    {"  \n ", "2:2: a field must stand here"},
    {"x", "1:1: not a field: \"x\""},
    {"proc.nam = \"x\"", "1:1: not a field: \"proc.nam\""},
    {"\"x\" = proc.name", "1:1: not a field: \"x\""},
    {"proc.name", "1:10: an operator must follow proc.name"},
    {"proc.name \"x\"", "1:11: an operator must follow proc.name"},
    {"proc.name =", "1:12: a value must stand here"},
    {"proc.name = )", "1:13: a value must stand here"},
    {"proc.name = x", "1:13: text needs quotes: \"x\""},
    {"proc.name = \"x", "1:13: the string has no end on its line"},
    {"proc.name = \"x\\\"", "1:13: the string has no end on its line"},
    {"proc.name = \"x\n\"", "1:13: the string has no end on its line"},
    {"proc.name = \"x\" and", "1:20: a field must stand here"},
    {"proc.name = \"x\" proc.uid = 1",
	"1:17: \"and\" or \"or\" must stand here"},
    {"(proc.uid = 1", "1:14: \"and\", \"or\" or ')' must stand here"},
    {"proc.uid = 1)", "1:13: \"and\" or \"or\" must stand here"},
    {"proc.uid == 1", "1:11: a value must stand here"},
    {"proc.uid ! 1", "1:10: \"!\" without \"=\""},
    {"proc.uid = 1 & proc.uid = 1",
	"1:14: a character that means nothing here: \"&\""},
    {"proc.uid = -1", "1:12: not a number: \"-1\""},
    {"proc.uid = 01", "1:12: not a number: \"01\""},
    {"proc.uid = 99999999999999999999",
	"1:12: not a number: \"99999999999999999999\""},
    {"proc.uid in 1", "1:13: \"in\" needs a list: (…, …)"},
    {"proc.uid in (1", "1:15: ',' or ')' must stand here"},
    {"proc.uid in ()", "1:14: a value must stand here"},
    {"proc.uid in (1,)", "1:16: a value must stand here"},
    {"proc.uid = (1, 2)", "1:13: \"=\" takes no list; use \"in\""},
    {"proc.uid contains 1", "1:10: \"contains\" does not go with proc.uid"},
    {"proc.uid startswith \"1\"",
	"1:10: \"startswith\" does not go with proc.uid"},
    {"proc.name < \"x\"", "1:11: \"<\" does not go with proc.name"},
    {"proc.interactive in (true)",
	"1:18: \"in\" does not go with proc.interactive"},
    {"proc.interactive = yes", "1:20: not true or false: \"yes\""},
    {"proc.name not = \"x\"", "1:15: an operator must follow proc.name"},
    {"net.outgoing_ip = 10.0.0.0/33",
	"1:19: not an IP address or prefix: \"10.0.0.0/33\""},
    {"net.outgoing_ip > 10.0.0.0",
	"1:17: \">\" does not go with net.outgoing_ip"},
    {"file.mode = 755", "1:13: not a mode in octal, as in 04755: \"755\""},
    {"file.mode = 0789", "1:13: not a mode in octal, as in 04755: \"0789\""},
    {"file.type = socket",
	"1:13: not one of elf, secret, regular, folder: \"socket\""},
    {"file.op = eat", "1:11: not what can be done to a file: \"eat\""},
    {"event.name = start", "1:14: not the name of an event that is "
			   "judged: \"start\""},
    {"proc.facts = big", "1:14: not a fact of fg-event(5): \"big\""},
    {"proc.sha256 = \"12\"", "1:15: not 64 hexadecimal digits: \"12\""},
    {"proc.user = \"www-data\"",
	"1:13: not root, nobody or the number of a user, whose names "
	"only the container knows: \"www-data\""},
    {"proc.name = proc.uid",
	"1:13: proc.name cannot be compared with proc.uid"},
    {"net.outgoing_ip = net.incoming_ip",
	"1:19: net.outgoing_ip cannot be compared with "
	"net.incoming_ip"},
    {"proc.name = proc.args", "1:13: a line of arguments cannot be "
			      "compared with a field"},
    {"proc.name in (proc.pname)", "1:15: text needs quotes: \"proc.pname\""},
    {"proc.name matches \"a(\"", "1:19: offset 1: '(' without ')'"},
    {"proc.name =\n\"x\" or\n  y", "3:3: not a field: \"y\""},
};

static void
refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const struct custom *c = NULL;
		struct err e = {0};
		int r = custom_compile(arena, str_of(refused[i][0]), &c, &e);

		if (r != -EINVAL || strcmp(e.text, refused[i][1]) != 0)
			fail_msg("%s: %d %s", refused[i][0], r, e.text);
		assert_int_equal(e.kind, ERR_PERM);
		assert_null(c);
	}
}

static int
compile_times(const char *before, const char *again, int n, const char *behind)
{
	struct buf b = BUF_MAX(1 << 20);
	const struct custom *c = NULL;
	int r;

	buf_addz(&b, before);
	for (int i = 0; i < n; i++)
		buf_addz(&b, again);
	buf_addz(&b, behind);
	for (int i = 0; i < n && strcmp(again, "(") == 0; i++)
		buf_addz(&b, ")");
	r = custom_compile(arena, buf_str(&b), &c, NULL);
	buf_free(&b);
	return r;
}

static void
bounds(void **state)
{
	struct arena *small = arena_new(100);
	const struct custom *c = NULL;

	(void)state;
	assert_int_equal(compile_times("", "(", 63, "proc.uid=1"), 0);
	assert_int_equal(compile_times("", "(", 64, "proc.uid=1"), -E2BIG);
	assert_int_equal(compile_times("", "not ", 63, "proc.uid=1"), 0);
	assert_int_equal(compile_times("", "not ", 64, "proc.uid=1"), -E2BIG);
	assert_int_equal(
	    compile_times("", "proc.uid=1 or ", 511, "proc.uid=1"), 0);
	assert_int_equal(
	    compile_times("", "proc.uid=1 or ", 512, "proc.uid=1"), -E2BIG);
	assert_int_equal(compile_times("proc.uid=1", " ", 16384, ""), -E2BIG);
	assert_int_equal(compile_times("proc.uid in (1", ",1", 8000, ")"), 0);
	assert_int_equal(
	    custom_compile(
		small, STR("proc.name = \"x\" and proc.uid = 1"), &c, NULL),
	    -ENOMEM);
	arena_free(small);
}

/* A rule of all terms, of an event of all bytes, takes a bounded time. */
static void
takes_a_bounded_time(void **state)
{
	static char args[EVENT_ARGS_MAX];
	struct event ev = exec;
	struct buf b = BUF_MAX(CUSTOM_TEXT_MAX);
	const struct custom *c = NULL;
	clock_t start;

	(void)state;
	memset(args, 0, sizeof args);
	ev.by.args = str_make(args, sizeof args);
	buf_addz(&b, "proc.args=proc.name");
	for (int i = 0; i < 400; i++)
		buf_addz(&b, " or proc.args matches \"(a|a)*b\"");
	assert_int_equal(custom_compile(arena, buf_str(&b), &c, NULL), 0);
	start = clock();
	assert_false(custom_match(c, &ev));
	assert_true(clock() - start < 3 * CLOCKS_PER_SEC);
	buf_free(&b);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(matches),
	    TEST(precedence),
	    TEST(unknown_fields),
	    TEST(knows_its_events),
	    TEST(refuses),
	    TEST(bounds),
	    TEST(takes_a_bounded_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
