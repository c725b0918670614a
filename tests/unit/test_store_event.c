/* SPDX-License-Identifier: Apache-2.0 */
/* From a line of fg-event(5) to what the store looks at. */
#include "store_box.h"

#define BOOT "24edfabfc76140ae97485844b0d7579c"
#define HEAD                                                                   \
	"{\"type\":\"event\",\"v\":1,\"ts\":\"2026-11-24T15:04:05.678901Z\","  \
	"\"seq\":41,\"boot\":\"" BOOT "\",\"kind\":\"runtime\","               \
	"\"severity\":\"high\",\"action\":\"prevent\",\"count\":1,"

static int
read_event(const char *line, struct store_event *ev)
{
	return store_event_read(box.a, str_of(line), STR("web:1"), ev, &box.e);
}

static void
whole(void **state)
{
	static const char line[] = HEAD
	    "\"name\":\"net.connect\",\"app\":{\"id\":\"other:9\"},"
	    "\"container\":{\"name\":\"app\",\"image\":\"r.example/web:1\"},"
	    "\"rule\":{\"id\":\"denied-ip\",\"name\":\"d\\u00e9fault\"}}";
	struct store_event ev;

	(void)state;
	ok(read_event(line, &ev));
	assert_true(str_eqz(ev.app, "web:1")); /* never what the event says */
	assert_true(str_eqz(ev.boot, BOOT));
	assert_int_equal(ev.seq, 41);
	assert_int_equal(ev.ts_ms, INT64_C(1795532645678));
	assert_int_equal(ev.kind, STORE_RUNTIME);
	assert_int_equal(ev.severity, STORE_HIGH);
	assert_int_equal(ev.action, STORE_PREVENT);
	assert_true(str_eqz(ev.name, "net.connect"));
	assert_true(str_eqz(ev.container, "app"));
	assert_true(str_eqz(ev.image, "r.example/web:1"));
	assert_true(str_eqz(ev.rule, "d\xc3\xa9"
				     "fault"));
	assert_true(str_eqz(ev.type, "denied-ip"));
	assert_true(str_eqz(ev.body, line));
	box_put(ev, BOX_NOW, STORE_NEW);
}

static void
parts(void **state)
{
	struct store_event ev;

	(void)state;
	ok(read_event(HEAD "\"name\":\"start\",\"rule\":null}", &ev));
	assert_true(ev.container.n == 0 && ev.rule.n == 0 && ev.type.n == 0);
	ok(read_event(HEAD "\"name\":\"waas.attack\",\"rule\":{\"id\":\"9\"},"
			   "\"match\":{\"class\":\"sqli\"}}",
	    &ev));
	assert_true(str_eqz(ev.type, "sqli"));
}

static void
wrong(void **state)
{
	static const struct {
		const char *line, *member;
	} rows[] = {
	    {"", "event"},
	    {"[]", "type"},
	    {"{", "event:1:"},
	    {"{\"type\":\"hello\"}", "type"},
	    {HEAD "\"name\":7}", "name"},
	    {HEAD "\"x\":1}", "event"}, /* no name */
	    {HEAD "\"name\":\"a\",\"boot\":\"abc\"}", "boot"},
	    {HEAD "\"name\":\"a\",\"boot\":\"24EDFABFC76140ae97485844b0d7579c"
		  "\"}",
		"boot"},
	    {HEAD "\"name\":\"a\",\"seq\":-1}", "seq"},
	    {HEAD "\"name\":\"a\",\"seq\":1.5}", "seq"},
	    {HEAD "\"name\":\"a\",\"seq\":\"1\"}", "seq"},
	    {HEAD "\"name\":\"a\",\"seq\":9223372036854775808}", "seq"},
	    {HEAD "\"name\":\"a\",\"ts\":\"yesterday\"}", "ts"},
	    {HEAD "\"name\":\"a\",\"kind\":\"rumour\"}", "kind"},
	    {HEAD "\"name\":\"a\",\"severity\":null}", "severity"},
	    {HEAD "\"name\":\"a\",\"action\":\"\"}", "action"},
	    {HEAD "\"name\":\"a\",\"container\":\"app\"}", "container"},
	    {HEAD "\"name\":\"a\",\"rule\":[]}", "rule"},
	    {HEAD "\"name\":\"a\",\"rule\":{\"name\":1}}", "name"},
	};
	struct store_event ev;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		box.e.text[0] = '\0';
		if (read_event(rows[i].line, &ev) >= 0 ||
		    box.e.kind != ERR_PERM ||
		    strncmp(box.e.text, rows[i].member,
			strlen(rows[i].member)) != 0)
			fail_msg("%s: %s", rows[i].line, box.e.text);
	}
}

static void
names(void **state)
{
	(void)state;
	for (int i = 0; i < STORE_KINDS; i++)
		assert_int_equal(
		    store_kind_of(str_of(store_kind_text((enum store_kind)i))),
		    i);
	for (int i = 0; i < STORE_SEVERITIES; i++)
		assert_int_equal(store_severity_of(str_of(store_severity_text(
				     (enum store_severity)i))),
		    i);
	for (int i = 0; i < STORE_ACTIONS; i++)
		assert_int_equal(store_action_of(str_of(
				     store_action_text((enum store_action)i))),
		    i);
	assert_int_equal(store_kind_of(STR("")), -1);
	assert_int_equal(store_severity_of(STR("High")), -1);
	assert_int_equal(store_action_of(STR("allowed")), -1);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, box_set_up, box_tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(whole),
	    TEST(parts),
	    TEST(wrong),
	    TEST(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
