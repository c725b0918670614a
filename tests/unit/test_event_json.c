/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "event/event.h"
#include "utf8/utf8.h"

static const struct event_source source = {
    .app_id = STR("web:0b0f0000-0000-4000-8000-000000000000"),
    .container = STR("app"),
    .image = STR("example.com/web:1"),
    .digest = STR("sha256:00"),
    .boot = STR("000102030405060708090a0b0c0d0e0f"),
    .version = STR("7"),
    .agent = "fg-wrap",
};

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(16 * 1024 * 1024);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Its line, checked for form, in the arena. */
static const char *
line_of(const struct event *ev)
{
	cleanup_buf struct buf out = BUF_MAX(1 << 20);
	struct jwrite w;

	jwrite_init(&w, &out);
	event_write(ev, &source, &w);
	assert_int_equal(jwrite_end_text(&w), 0);
	assert_true(out.n <= EVENT_LINE_MAX);
	assert_true(utf8_valid(buf_str(&out), NULL));
	assert_int_equal(str_chr(buf_str(&out), '\n'), out.n);
	return arena_dup(arena, buf_str(&out));
}

static int
read_line(const char *line, struct event *ev, struct err *e)
{
	const struct jtree *t = NULL;
	int r = jtree_parse(arena, str_of(line), "line", &t, e);

	return r != 0 ? r : event_read(arena, t, ev, e);
}

static struct event
back(const char *line)
{
	struct event ev = {0};
	struct err e = {0};

	if (read_line(line, &ev, &e) != 0)
		fail_msg("%s: %s", e.text, line);
	return ev;
}

/* Every field is in the packed form, so comparing that compares them all. */
static bool
same(const struct event *a, const struct event *b)
{
	static unsigned char one[1 << 20], two[1 << 20];
	size_t n = event_pack(a, one, sizeof one);

	assert_true(n > 0);
	return event_pack(b, two, sizeof two) == n && memcmp(one, two, n) == 0;
}

static void
writes_a_record(void **state)
{
	struct event ev = {
	    .name = EVENT_CONNECT,
	    .ts_ns = 1767323045678901234,
	    .syscall = "connect",
	    .by = {.pid = 7,
		.ppid = 1,
		.uid = 33,
		.euid = 33,
		.gid = 33,
		.facts = EXE_MODIFIED | EXE_TTY,
		.exe = STR("/usr/bin/curl"),
		.args = STR("curl\0-u\0me:secret\0\0"),
		.cwd = STR("/"),
		.parent = STR("/bin/sh"),
		.ancestors = {STR("/bin/sh"), STR("/init")},
		.n_ancestors = 2},
	    .protocol = 6,
	    .addr = {4, {192, 0, 2, 1}},
	    .port = 443,
	    .domain = STR("example.com"),
	    .action = EVENT_PREVENT,
	    .severity = EVENT_HIGH,
	    .rule_id = STR("denied-ip"),
	    .rule_name = STR("web"),
	    .msg = STR("a \"b\"\n"),
	    .attack = {STR("T1071")},
	    .n_attack = 1,
	    .enforced = true,
	    .count = 2,
	    .seq = 41,
	};

	(void)state;
	assert_string_equal(line_of(&ev),
	    "{\"type\":\"event\",\"v\":1,"
	    "\"id\":\"000102030405060708090a0b0c0d0e0f-41\","
	    "\"ts\":\"2026-01-02T03:04:05.678901234Z\",\"kind\":\"runtime\","
	    "\"name\":\"net.connect\",\"severity\":\"high\","
	    "\"action\":\"prevent\",\"app\":{"
	    "\"id\":\"web:0b0f0000-0000-4000-8000-000000000000\","
	    "\"name\":\"web\","
	    "\"uuid\":\"0b0f0000-0000-4000-8000-000000000000\"},"
	    "\"container\":{\"name\":\"app\",\"image\":\"example.com/web:1\","
	    "\"digest\":\"sha256:00\"},"
	    "\"rule\":{\"id\":\"denied-ip\",\"name\":\"web\","
	    "\"policy_version\":\"7\"},\"msg\":\"a \\\"b\\\"\\n\","
	    "\"attack\":[\"T1071\"],\"count\":2,\"seq\":41,"
	    "\"boot\":\"000102030405060708090a0b0c0d0e0f\","
	    "\"agent\":\"fg-wrap\","
	    "\"process\":{\"pid\":7,\"ppid\":1,\"exe\":\"/usr/bin/curl\","
	    "\"args\":[\"curl\",\"-u\",\"me:***\",\"\"],\"cwd\":\"/\","
	    "\"uid\":33,\"euid\":33,\"gid\":33,"
	    "\"facts\":[\"modified\",\"tty\"],\"parent\":\"/bin/sh\","
	    "\"ancestors\":[\"/bin/sh\",\"/init\"]},"
	    "\"net\":{\"proto\":\"tcp\",\"dir\":\"out\","
	    "\"addr\":\"192.0.2.1\",\"port\":443,\"domain\":\"example.com\"},"
	    "\"syscall\":{\"name\":\"connect\"},\"confidence\":\"enforced\"}");
}

static void
writes_files(void **state)
{
	struct event ev = {.name = EVENT_CHMOD,
	    .path = STR("/a\xff"),
	    .mode = 04755,
	    .ts_ns = -1,
	    .count = 1,
	    .dir = true};
	const char *line = line_of(&ev);

	(void)state;
	assert_non_null(strstr(line,
	    "\"file\":{\"path\":\"/a\xef\xbf\xbd\",\"path_b64\":\"L2H/\","
	    "\"op\":\"chmod\",\"mode\":\"04755\",\"dir\":true},"
	    "\"confidence\":\"observed\"}"));
	assert_non_null(
	    strstr(line, "\"ts\":\"1969-12-31T23:59:59.999999999Z\""));
	assert_null(strstr(line, "\"process\""));
	assert_null(strstr(line, "\"rule\""));
	ev = back(line);
	assert_true(str_eq(ev.path, STR("/a\xff")));
}

/* ---- read(write(ev)) == ev -------------------------------------------- */

static unsigned
below(unsigned n)
{
	return (unsigned)random() % n;
}

static struct str
some_text(bool bytes)
{
	static const char *const letters[] = {"a", "/", ".", "b", " ", "\"",
	    "\\", "\n", "\x01", "\x7f", "\xc3\xa9", "\xe2\x82\xac",
	    "\xf0\x9f\x98\x80", "\xff", "\xc3"};
	struct buf b = BUF_MAX(400);
	struct str s;

	for (unsigned n = below(4) == 0 ? below(60) : 0; n > 0; n--)
		buf_addz(&b, letters[below(bytes ? 15 : 13)]);
	s = arena_str(arena, buf_str(&b));
	buf_free(&b);
	return s;
}

static struct str
some_args(void)
{
	struct buf b = BUF_MAX(4000);
	struct str s;

	for (unsigned n = below(5); n > 0; n--) {
		buf_adds(&b, some_text(false));
		buf_addc(&b, '\0');
	}
	s = arena_str(arena, buf_str(&b));
	buf_free(&b);
	return s;
}

static uint32_t
some_number(void)
{
	switch (below(4)) {
	case 0:
		return (uint32_t)random() * 2 + below(2);
	case 1:
		return below(100);
	case 2:
		return UINT32_MAX;
	default:
		return 0;
	}
}

static struct event_process
some_process(void)
{
	struct event_process by = {
	    .pid = (int32_t)some_number(),
	    .ppid = (int32_t)some_number(),
	    .uid = some_number(),
	    .euid = some_number(),
	    .gid = some_number(),
	    .facts = some_number() & ((EXE_TTY << 1) - 1),
	    .exe = some_text(true),
	    .script = some_text(true),
	    .args = some_args(),
	    .cwd = some_text(false),
	    .sha256 = some_text(false),
	    .parent = some_text(false),
	    .n_ancestors = (uint8_t)below(EVENT_ANCESTORS_MAX + 1),
	};

	by.args_cut = by.args.n > 0 && below(2) == 0;
	for (unsigned i = 0; i < by.n_ancestors; i++)
		by.ancestors[i] = some_text(false);
	return by;
}

static struct event
some_event(void)
{
	struct event ev = {
	    .name = 1 + below(EVENT_NAMES - 1),
	    .attempt = below(2) == 0,
	    .ts_ns = (int64_t)some_number() << below(32),
	    .syscall = arena_dup(arena, some_text(false)),
	    .path = some_text(true),
	    .path2 = some_text(true),
	    .mode = some_number(),
	    .flags = some_number(),
	    .uid = some_number(),
	    .dir = below(2) == 0,
	    .protocol = (uint8_t)some_number(),
	    .port = (uint16_t)some_number(),
	    .local_port = (uint16_t)some_number(),
	    .domain = some_text(false),
	    .target = (int32_t)some_number(),
	    .number = (int64_t)some_number() << below(22),
	    .detail = some_text(false),
	    .action = below(EVENT_INFORM + 1),
	    .severity = below(EVENT_CRITICAL + 1),
	    .rule_id = some_text(false),
	    .rule_name = some_text(false),
	    .msg = some_text(false),
	    .n_attack = (uint8_t)below(EVENT_ATTACKS_MAX + 1),
	    .count = some_number(),
	    .seq = (uint64_t)some_number() << below(22),
	};

	if (ev.name == EVENT_LIFECYCLE)
		ev.name = EVENT_EXEC;
	if (below(4) > 0)
		ev.by = some_process();
	if (below(2) == 0)
		ev.ts_ns = -ev.ts_ns;
	if (below(2) == 0)
		ev.addr = ip_make(below(2) == 0 ? 4 : 6, " bcdefghijklmnop");
	if (ev.syscall[0] == '\0')
		ev.syscall = NULL;
	for (unsigned i = 0; i < ev.n_attack; i++)
		ev.attack[i] = some_text(false);
	ev.enforced = ev.name < EVENT_LIFECYCLE && below(2) == 0;
	return ev;
}

static void
comes_back(void **state)
{
	(void)state;
	srandom(3);
	for (int i = 0; i < 5000; i++) {
		struct event ev = some_event(), again;
		const char *line = line_of(&ev);

		again = back(line);
		if (!same(&ev, &again) || strcmp(line, line_of(&again)) != 0)
			fail_msg("%s\nis not\n%s", line, line_of(&again));
		arena_free(arena);
		arena = arena_new(16 * 1024 * 1024);
	}
}

static void
times_at_the_ends(void **state)
{
	static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1000000000,
	    -999999999, 0, 1, 999999999, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct event ev = {.name = EVENT_EXEC, .ts_ns = times[i]};

		assert_true(back(line_of(&ev)).ts_ns == times[i]);
	}
}

/* ---- long ones -------------------------------------------------------- */

static void
lines_are_bounded(void **state)
{
	static const char *const fill[] = {
	    "x", "\x01", "\xff", "\xe2\x82\xac", "\"", "\xc3"};
	struct event ev, again;
	char text[8192];

	(void)state;
	for (size_t f = 0; f < sizeof fill / sizeof *fill; f++) {
		struct str s = str_make(text, sizeof text);

		for (size_t i = 0; i < sizeof text; i++)
			text[i] = fill[f][i % strlen(fill[f])];
		ev = (struct event){.name = EVENT_RENAME, .count = 1};
		ev.by = (struct event_process){.pid = 1,
		    .exe = s,
		    .script = s,
		    .args = s,
		    .cwd = s,
		    .sha256 = s,
		    .parent = s,
		    .n_ancestors = EVENT_ANCESTORS_MAX};
		for (int i = 0; i < EVENT_ANCESTORS_MAX; i++)
			ev.by.ancestors[i] = s;
		ev.path = ev.path2 = ev.domain = ev.detail = ev.msg = s;
		ev.rule_id = ev.rule_name = s;
		again = back(line_of(&ev));
		assert_true(str_ends(again.path, "\xe2\x80\xa6"));
		assert_true(str_ends(again.msg, "\xe2\x80\xa6"));
		assert_true(again.by.args_cut);
		assert_string_equal(line_of(&again), line_of(&ev));
	}
}

static void
appends_to_a_text(void **state)
{
	cleanup_buf struct buf out = BUF_MAX(1 << 20);
	struct event ev = {.name = EVENT_EXEC, .count = 1};
	struct jwrite w;

	(void)state;
	jwrite_init(&w, &out);
	jwrite_array(&w);
	event_write(&ev, &source, &w);
	event_write(&ev, &source, &w);
	jwrite_end(&w);
	assert_int_equal(jwrite_end_text(&w), 0);
	assert_non_null(strstr(buf_z(&out), "\"observed\"},{\"type\""));
}

static void
tells_a_full_buffer(void **state)
{
	cleanup_buf struct buf out = BUF_MAX(100);
	struct event ev = {.name = EVENT_EXEC, .count = 1};
	struct jwrite w;

	(void)state;
	jwrite_init(&w, &out);
	event_write(&ev, &source, &w);
	assert_int_equal(jwrite_end_text(&w), -EFBIG);
}

/* ---- reading what others wrote ---------------------------------------- */

#define HEAD "{\"type\":\"event\",\"v\":1,\"name\":\"file.open\""

static void
reads_little(void **state)
{
	struct event ev = back(HEAD "}");

	(void)state;
	assert_int_equal(ev.name, EVENT_OPEN);
	assert_int_equal(ev.count, 1);
	assert_int_equal(ev.action, EVENT_ALLOWED);
	ev = back(HEAD ",\"x\":[{}],\"ts\":\"2026-01-02T04:04:05.5+01:00\","
		       "\"process\":{\"y\":1,\"exe\":null,"
		       "\"facts\":[\"memfd\",\"of-tomorrow\"]},"
		       "\"file\":{\"mode\":\"755\"},\"syscall\":{},"
		       "\"attack\":[\"1\",\"2\",\"3\",\"4\",\"5\"]}");
	assert_true(ev.ts_ns == 1767323045500000000);
	assert_int_equal(ev.by.facts, EXE_MEMFD);
	assert_int_equal(ev.mode, 0755);
	assert_int_equal(ev.n_attack, EVENT_ATTACKS_MAX);
}

static void
refuses(void **state)
{
	static const char *const rows[][2] = {
	    {"[]", "type: not \"event\""},
	    {"{}", "type: not \"event\""},
	    {"{\"type\":\"event\",\"v\":2,\"name\":\"start\"}", "v: not 1"},
	    {"{\"type\":\"event\",\"v\":1,\"name\":\"x\"}",
		"name: not the name of an event"},
	    {HEAD ",\"ts\":1}", "ts: not a string"},
	    {HEAD ",\"ts\":\"now\"}", "ts: not a time of RFC 3339"},
	    {HEAD ",\"ts\":\"9999-01-01T00:00:00Z\"}",
		"ts: outside the years 1678 to 2261"},
	    {HEAD ",\"process\":1}", "process: not an object"},
	    {HEAD ",\"process\":{\"pid\":1.5}}",
		"process.pid: not a whole number, or too large a one"},
	    {HEAD ",\"process\":{\"uid\":-1}}",
		"process.uid: not a whole number, or too large a one"},
	    {HEAD ",\"process\":{\"args\":[1]}}",
		"process.args: not an array of strings"},
	    {HEAD ",\"process\":{\"args\":[\"a\\u0000b\"]}}",
		"process.args: not an array of strings"},
	    {HEAD ",\"process\":{\"exe_b64\":\"?\"}}",
		"process.exe_b64: not base64"},
	    {HEAD ",\"process\":{\"args_cut\":1}}",
		"process.args_cut: neither true nor false"},
	    {HEAD ",\"process\":{\"ancestors\":[{}]}}",
		"process.ancestors: not an array of strings"},
	    {HEAD ",\"file\":{\"mode\":\"8\"}}",
		"file.mode: not an octal number"},
	    {HEAD ",\"file\":{\"mode\":\"777777777777\"}}",
		"file.mode: too large"},
	    {HEAD ",\"net\":{\"addr\":\"x\"}}", "net.addr: not an IP address"},
	    {HEAD ",\"net\":{\"proto\":\"x\"}}", "net.proto: not a protocol"},
	    {HEAD ",\"net\":{\"port\":65536}}",
		"net.port: not a whole number, or too large a one"},
	    {HEAD ",\"syscall\":{\"name\":\"a\\u0000\"}}",
		"syscall.name: a NUL in it"},
	    {HEAD ",\"action\":\"x\"}", "action: not an action"},
	    {HEAD ",\"severity\":\"x\"}", "severity: not a severity"},
	    {HEAD ",\"seq\":-1}",
		"seq: not a whole number, or too large a one"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct event ev = {.seq = 42};
		struct err e = {0};

		assert_int_equal(read_line(rows[i][0], &ev, &e), -EINVAL);
		assert_int_equal(e.kind, ERR_PERM);
		assert_string_equal(e.text, rows[i][1]);
		assert_int_equal(ev.seq, 42);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(writes_a_record),
	    TEST(writes_files),
	    TEST(comes_back),
	    TEST(times_at_the_ends),
	    TEST(lines_are_bounded),
	    TEST(appends_to_a_text),
	    TEST(tells_a_full_buffer),
	    TEST(reads_little),
	    TEST(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
