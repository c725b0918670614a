/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "event/event.h"

static void
names(void **state)
{
	unsigned judged = 0;

	(void)state;
	assert_null(event_name_text(EVENT_NONE));
	assert_null(event_name_text(EVENT_LIFECYCLE));
	assert_null(event_name_text(EVENT_NAMES));
	for (unsigned i = 1; i < EVENT_NAMES; i++) {
		const char *text = event_name_text((enum event_name)i);

		if (i == EVENT_LIFECYCLE)
			continue;
		assert_non_null(text);
		assert_int_equal(event_name_of(str_of(text)), i);
		judged +=
		    strcmp(event_kind((enum event_name)i), "runtime") == 0;
	}
	/* And an alert of the user's own, which is about one of them. */
	assert_int_equal(judged, EVENT_LIFECYCLE - 1 + 1);
	assert_string_equal(event_kind(EVENT_CUSTOM_ALERT), "runtime");
	assert_string_equal(event_kind(EVENT_LOST), "lost");
	assert_string_equal(event_kind(EVENT_START), "lifecycle");
	assert_int_equal(event_name_of(STR("file.opens")), EVENT_NONE);
	assert_int_equal(event_name_of(STR("")), EVENT_NONE);
	assert_string_equal(event_action_text(EVENT_INFORM), "none");
	assert_string_equal(event_severity_text(EVENT_CRITICAL), "critical");
	assert_int_equal(event_fact_of(STR("tty")), EXE_TTY);
	assert_int_equal(event_fact_of(STR("memfd")), EXE_MEMFD);
	assert_int_equal(event_fact_of(STR("x")), 0);
	assert_string_equal(event_fact_text(EXE_PACKED), "packed");
	assert_null(event_fact_text(0));
	assert_null(event_fact_text(EXE_TTY << 1));
	assert_null(event_fact_text(EXE_MEMFD | EXE_DELETED));
}

/* Every field set. */
static struct event
full(void)
{
	struct event ev = {
	    .name = EVENT_RENAME,
	    .attempt = true,
	    .ts_ns = 1767323045678901234,
	    .syscall = "renameat2",
	    .by = {.pid = 7,
		.ppid = 1,
		.uid = 10,
		.euid = 11,
		.gid = 12,
		.facts = EXE_SCRIPT | EXE_TTY,
		.exe = STR("/bin/sh"),
		.script = STR("/run.sh"),
		.args = STR("sh\0/run.sh\0\0a b\0"),
		.cwd = STR("/srv"),
		.sha256 = STR("ab"),
		.parent = STR("/sbin/init"),
		.ancestors = {STR("/sbin/init"), STR("/x")},
		.n_ancestors = 2,
		.args_cut = true},
	    .path = STR("/etc/a"),
	    .path2 = STR("/etc/b"),
	    .mode = 04755,
	    .flags = 577,
	    .uid = 1000,
	    .dir = true,
	    .protocol = IPPROTO_TCP,
	    .addr = {6, {0x20, 1, [15] = 9}},
	    .port = 443,
	    .local_port = 50000,
	    .domain = STR("example.com"),
	    .target = 9,
	    .number = -3,
	    .detail = STR("why"),
	    .action = EVENT_PREVENT,
	    .severity = EVENT_HIGH,
	    .rule_id = STR("denied-file"),
	    .rule_name = STR("web"),
	    .msg = STR("renamed"),
	    .attack = {STR("T1059.004"), STR("T1036")},
	    .n_attack = 2,
	    .enforced = true,
	    .count = 3,
	    .seq = 77,
	};

	return ev;
}

static void
same_str(struct str a, struct str b)
{
	assert_int_equal(a.n, b.n);
	if (a.n > 0)
		assert_memory_equal(a.p, b.p, a.n);
}

static void
same_process(const struct event_process *a, const struct event_process *b)
{
	assert_int_equal(a->pid, b->pid);
	assert_int_equal(a->ppid, b->ppid);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->euid, b->euid);
	assert_int_equal(a->gid, b->gid);
	assert_int_equal(a->facts, b->facts);
	same_str(a->exe, b->exe);
	same_str(a->script, b->script);
	same_str(a->args, b->args);
	same_str(a->cwd, b->cwd);
	same_str(a->sha256, b->sha256);
	same_str(a->parent, b->parent);
	assert_int_equal(a->n_ancestors, b->n_ancestors);
	for (unsigned i = 0; i < a->n_ancestors; i++)
		same_str(a->ancestors[i], b->ancestors[i]);
	assert_int_equal(a->args_cut, b->args_cut);
}

static void
same_decision(const struct event *a, const struct event *b)
{
	assert_int_equal(a->action, b->action);
	assert_int_equal(a->severity, b->severity);
	same_str(a->rule_id, b->rule_id);
	same_str(a->rule_name, b->rule_name);
	same_str(a->msg, b->msg);
	assert_int_equal(a->n_attack, b->n_attack);
	for (unsigned i = 0; i < a->n_attack; i++)
		same_str(a->attack[i], b->attack[i]);
	assert_int_equal(a->enforced, b->enforced);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->seq, b->seq);
}

static void
same(const struct event *a, const struct event *b)
{
	assert_int_equal(a->name, b->name);
	assert_int_equal(a->attempt, b->attempt);
	assert_int_equal(a->ts_ns, b->ts_ns);
	same_str(str_of(a->syscall), str_of(b->syscall));
	same_process(&a->by, &b->by);
	same_str(a->path, b->path);
	same_str(a->path2, b->path2);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->uid, b->uid);
	assert_int_equal(a->dir, b->dir);
	assert_int_equal(a->protocol, b->protocol);
	assert_true(ip_eq(&a->addr, &b->addr));
	assert_int_equal(a->port, b->port);
	assert_int_equal(a->local_port, b->local_port);
	same_str(a->domain, b->domain);
	assert_int_equal(a->target, b->target);
	assert_int_equal(a->number, b->number);
	same_str(a->detail, b->detail);
	same_decision(a, b);
}

static void
packs(void **state)
{
	static unsigned char to[EVENT_PACKED_MAX];
	struct event evs[] = {full(), {.name = EVENT_EXEC, .count = 1}};

	(void)state;
	for (size_t i = 0; i < sizeof evs / sizeof *evs; i++) {
		struct event again;
		size_t n = event_pack(&evs[i], to, sizeof to);

		assert_true(n > 0);
		assert_int_equal(event_unpack(to, n, &again), 0);
		same(&evs[i], &again);
		/* It fits exactly, and needs all of it. */
		assert_int_equal(event_pack(&evs[i], to, n), n);
		assert_int_equal(event_pack(&evs[i], to, n - 1), 0);
		assert_int_equal(event_pack(&evs[i], to, 0), 0);
		assert_int_equal(event_pack(&evs[i], to, n), n);
		for (size_t cut = 0; cut < n; cut++)
			assert_int_equal(
			    event_unpack(to, cut, &again), -EPROTO);
	}
	/* An address that was made by hand is held as any other. */
	evs[1].addr = (struct ip){6, {[10] = 0xff, 0xff, 1, 2, 3, 4}};
	assert_int_equal(
	    event_unpack(to, event_pack(&evs[1], to, sizeof to), &evs[1]), 0);
	assert_int_equal(evs[1].addr.family, 4);
	evs[0].name = EVENT_NONE;
	assert_int_equal(event_pack(&evs[0], to, sizeof to), 0);
}

/* Whatever byte changes: an error, or an event that packs to the same. */
static void
unpacks_hostile_bytes(void **state)
{
	static unsigned char to[EVENT_PACKED_MAX], back[EVENT_PACKED_MAX];
	struct event ev = full(), again;
	size_t n = event_pack(&ev, to, sizeof to);
	unsigned refused = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (unsigned value = 0; value < 256; value++) {
			unsigned char was = to[i];

			to[i] = (unsigned char)value;
			if (event_unpack(to, n, &again) != 0) {
				refused++;
			} else {
				assert_int_equal(
				    event_pack(&again, back, n), n);
				assert_memory_equal(to, back, n);
			}
			to[i] = was;
		}
	}
	assert_true(refused > 1000);
}

static void
packs_the_longest(void **state)
{
	static unsigned char to[EVENT_PACKED_MAX];
	static char text[70000];
	struct str s = str_make(text, sizeof text - 1);
	struct event ev = full(), again;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	ev.by.exe = ev.by.script = ev.by.args = ev.by.cwd = ev.by.sha256 = s;
	ev.by.parent = ev.path = ev.path2 = ev.domain = ev.detail = s;
	ev.rule_id = ev.rule_name = ev.msg = s;
	ev.by.args_cut = false;
	for (int i = 0; i < EVENT_ANCESTORS_MAX; i++)
		ev.by.ancestors[i] = s;
	for (int i = 0; i < EVENT_ATTACKS_MAX; i++)
		ev.attack[i] = s;
	ev.by.n_ancestors = EVENT_ANCESTORS_MAX;
	ev.n_attack = EVENT_ATTACKS_MAX;
	assert_int_equal(
	    event_unpack(to, event_pack(&ev, to, sizeof to), &again), 0);
	assert_int_equal(again.path.n, 1024);
	assert_true(str_ends(again.path, "xx\xe2\x80\xa6"));
	assert_true(again.by.args_cut);
	assert_string_equal(again.syscall, "renameat2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(packs),
	    cmocka_unit_test(unpacks_hostile_bytes),
	    cmocka_unit_test(packs_the_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
