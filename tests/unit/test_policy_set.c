/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/policy_set.h"

enum { LIST_MAX = 16 };

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* Blank-separated words. */
static size_t
words(const char *text, struct str *to)
{
	struct str rest = str_of(text), word;
	size_t n = 0;

	while (rest.n > 0) {
		(void)str_cut(rest, ' ', &word, &rest);
		to[n++] = word;
	}
	return n;
}

static void
names(void **state)
{
	static const struct {
		const char *list, *path;
		bool has;
	} rows[] = {
	    {"", "/bin/sh", false},
	    {"sh", "/bin/sh", true},
	    {"sh", "sh", true},
	    {"sh", "/bin/bash", false},
	    {"sh", "", false},
	    {"sh nc", "/usr/bin/nc", true},
	    {"/bin/sh", "/bin/sh", true},
	    {"/bin/sh", "/usr/bin/sh", false},
	    {"/bin/sh", "sh", false},
	    {"/usr/bin/*", "/usr/bin/x", true},
	    {"/usr/bin/*", "/bin/x", false},
	    {"python*", "/usr/bin/python3.11", true},
	    {"python?", "/usr/bin/python", false},
	    {"a b /c/d e* f", "/c/d", true},
	    {"a b /c/d e* f", "/x/f", true},
	    {"a b /c/d e* f", "/x/ef", true},
	    {"a b /c/d e* f", "/x/d", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str list[LIST_MAX];
		struct policy_names s;
		size_t n = words(rows[i].list, list);

		assert_int_equal(policy_names_make(arena, list, n, &s), 0);
		if (policy_names_has(&s, str_of(rows[i].path)) != rows[i].has)
			fail_msg("%s: %s", rows[i].list, rows[i].path);
	}
}

static void
paths(void **state)
{
	static const struct {
		const char *list, *path;
		bool has;
	} rows[] = {
	    {"", "/etc/passwd", false},
	    {"/etc", "/etc", true},
	    {"/etc", "/etc/passwd", true},
	    {"/etc/", "/etc/a/b/c", true},
	    {"/etc", "/etcetera", false},
	    {"/etc/passwd", "/etc/passwd-", false},
	    {"/etc/passwd", "/etc", false},
	    {"/", "/anything", true},
	    {"/etc", "", false},
	    {"/a /b /c/d", "/c/d/e", true},
	    {"/a /b /c/d", "/c/e", false},
	    {"*.pem", "/x/y.pem", true},
	    {"/x/*.pem", "/x/y/z.pem", true},
	    {"/x/*.pem", "/y/z.pem", false},
	    {"key?", "/a/key1", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str list[LIST_MAX];
		struct policy_paths s;
		size_t n = words(rows[i].list, list);

		assert_int_equal(policy_paths_make(arena, list, n, &s), 0);
		if (policy_paths_has(&s, str_of(rows[i].path)) != rows[i].has)
			fail_msg("%s: %s", rows[i].list, rows[i].path);
	}
}

static void
domains(void **state)
{
	static const struct {
		const char *list, *domain;
		bool has;
	} rows[] = {
	    {"", "example.com", false},
	    {"example.com", "example.com", true},
	    {"example.com", "a.example.com", false},
	    {"*.example.com", "a.example.com", true},
	    {"*.example.com", "a.b.example.com", true},
	    {"*.example.com", "example.com", false},
	    {"*.example.com", "badexample.com", false},
	    {"a.*.example.com", "x.example.com", true},
	    {"*ample.com", "example.com", true},
	    {"*ample.com", "ample.org", false},
	    {"*", "x", true},
	    {"*", "", false},
	    {"a.com *.b.com *c.com * d.com", "d.org", true},
	    {"a.com *.b.com *c.com d.com", "d.com", true},
	    {"a.com *.b.com *c.com d.com", "x.b.com", true},
	    {"a.com *.b.com *c.com d.com", "xc.com", true},
	    {"a.com *.b.com *c.com d.com", "b.com", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str list[LIST_MAX];
		struct policy_domains s;
		size_t n = words(rows[i].list, list);

		assert_int_equal(policy_domains_make(arena, list, n, &s), 0);
		if (policy_domains_has(&s, str_of(rows[i].domain)) !=
		    rows[i].has)
			fail_msg("%s: %s", rows[i].list, rows[i].domain);
	}
}

static void
nets(void **state)
{
	static const struct {
		const char *list, *ip;
		bool has;
	} rows[] = {
	    {"", "10.0.0.1", false},
	    {"10.0.0.0/8", "10.255.255.255", true},
	    {"10.0.0.0/8", "11.0.0.0", false},
	    {"10.0.0.1", "10.0.0.1", true},
	    {"10.0.0.1", "10.0.0.2", false},
	    {"10.0.0.0/8", "::1", false},
	    {"0.0.0.0/0", "255.255.255.255", true},
	    {"0.0.0.0/0", "::1", false},
	    {"::/0", "fe80::1", true},
	    {"::/0", "1.2.3.4", false},
	    {"10.0.0.0/9 10.128.0.0/9 10.1.0.0/16", "10.200.0.1", true},
	    {"192.168.1.0/24 172.16.0.0/12 10.0.0.0/8", "172.31.0.1", true},
	    {"192.168.1.0/24 172.16.0.0/12 10.0.0.0/8", "172.32.0.1", false},
	    {"192.168.1.0/24 192.168.1.128/25", "192.168.1.1", true},
	    {"2001:db8::/32 fd00::/8", "2001:db8:1::5", true},
	    {"2001:db8::/32 fd00::/8", "2001:db9::5", false},
	    {"2001:db8::/33", "2001:db8:8000::", false},
	    {"fd00::/8 fd00:1::/32", "fdff::1", true},
	    {"::ffff:10.0.0.1", "10.0.0.1", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ip_prefix list[LIST_MAX];
		struct str text[LIST_MAX];
		struct policy_nets s;
		struct ip ip;
		size_t n = words(rows[i].list, text);

		for (size_t j = 0; j < n; j++)
			assert_true(ip_parse_prefix(text[j], &list[j]));
		assert_true(ip_parse(str_of(rows[i].ip), &ip));
		assert_int_equal(policy_nets_make(arena, list, n, &s), 0);
		if (policy_nets_has(&s, &ip) != rows[i].has)
			fail_msg("%s: %s", rows[i].list, rows[i].ip);
	}
	assert_false(policy_nets_has(
	    &(struct policy_nets){0}, &(struct ip){.family = 0}));
}

static void
ports(void **state)
{
	const struct policy_port_range list[] = {{8000, 8010}, {443, 443},
	    {80, 80}, {8005, 8020}, {81, 82}, {65535, 65535}, {0, 0}};
	struct policy_ports s;

	(void)state;
	assert_int_equal(policy_ports_make(arena, list, 7, &s), 0);
	assert_int_equal(s.n, 5); /* 80-82 and 8000-8020 are one each */
	for (unsigned p = 0; p <= 65535; p++)
		assert_int_equal(policy_ports_has(&s, (uint16_t)p),
		    p == 0 || (p >= 80 && p <= 82) || p == 443 ||
			(p >= 8000 && p <= 8020) || p == 65535);
	assert_false(policy_ports_has(&(struct policy_ports){0}, 80));
}

static void
large_lists(void **state)
{
	enum { N = 10000 };
	static char text[N][32];
	static struct str list[N];
	struct policy_names s;
	struct policy_paths p;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		(void)snprintf(text[i], sizeof text[i], "%stool-%zu",
		    i % 2 ? "/opt/" : "", i);
		list[i] = str_of(text[i]);
	}
	assert_int_equal(policy_names_make(arena, list, N, &s), 0);
	for (size_t i = 0; i < N; i++)
		assert_true(policy_names_has(&s, str_of(text[i])));
	assert_false(policy_names_has(&s, STR("/opt/tool-10000")));
	for (size_t i = 0; i < N; i++)
		list[i] = str_of(text[i]);
	assert_int_equal(policy_paths_make(arena, list, N, &p), 0);
	assert_true(policy_paths_has(&p, STR("/opt/tool-9999/below")));
	assert_false(policy_paths_has(&p, STR("/opt/tool-9998/below")));
}

static void
no_memory(void **state)
{
	struct str list[] = {STR("a"), STR("/b"), STR("c*"), STR("*.d")};

	(void)state;
	for (size_t max = 0; max < 400; max += 16) {
		struct arena *small = arena_new(max);
		struct policy_names names_;
		struct policy_paths paths_;
		struct policy_domains domains_;

		/* Whatever fails, what it leaves can be asked. */
		if (policy_names_make(small, list, 4, &names_) == 0)
			assert_true(policy_names_has(&names_, STR("/x/a")));
		if (policy_paths_make(small, list, 4, &paths_) == 0)
			assert_true(policy_paths_has(&paths_, STR("a")));
		(void)policy_domains_make(small, list, 4, &domains_);
		arena_free(small);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(names),
	    TEST(paths),
	    TEST(domains),
	    TEST(nets),
	    TEST(ports),
	    TEST(large_lists),
	    TEST(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
