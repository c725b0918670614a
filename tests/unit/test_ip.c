/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdlib.h>

#include "ip/ip.h"

static void
says(const char *text, const char *want)
{
	char again[IP_TEXT];
	struct ip ip;

	if (!ip_parse(str_of(text), &ip))
		fail_msg("refused: %s", text);
	ip_text(&ip, again);
	assert_string_equal(again, want);
}

/* RFC 5952 sections 1, 2, 4 and RFC 4291 section 2.2. */
static void
writes_rfc5952(void **state)
{
	static const char *const rows[][2] = {
	    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
	    {"2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
	    {"2001:db8::1:0:0:1", "2001:db8::1:0:0:1"},
	    {"2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"},
	    {"2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"},
	    {"2001:db8:0:0:1::1", "2001:db8::1:0:0:1"},
	    {"2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"},
	    {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001",
		"2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"},
	    {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
	    {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
	    {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
	    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
	    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
	    {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:AaAa",
		"2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"},
	    {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789",
		"abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
	    {"FF01:0:0:0:0:0:0:101", "ff01::101"},
	    {"0:0:0:0:0:0:0:1", "::1"},
	    {"0:0:0:0:0:0:0:0", "::"},
	    {"1::", "1::"},
	    {"0:0:0:0:0:0:13.1.68.3", "::d01:4403"},
	    {"::13.1.68.3", "::d01:4403"},
	    {"0:0:0:0:0:FFFF:129.144.52.38", "129.144.52.38"},
	    {"::ffff:c000:280", "192.0.2.128"},
	    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
	    {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
	    {"192.0.2.1", "192.0.2.1"},
	    {"255.255.255.255", "255.255.255.255"},
	    {"0.0.0.0", "0.0.0.0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		says(rows[i][0], rows[i][1]);
}

static void
refuses_the_rest(void **state)
{
	static const char *const bad[] = {"", ".", ":", ":::", "1", "1.2.3",
	    "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.4.",
	    ".1.2.3.4", "1..2.3", "0x1.2.3.4", " 1.2.3.4", "1.2.3.4 ",
	    "1.2.3.-4", "+1.2.3.4", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
	    "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2::3", "1:::2",
	    ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", "12345::", "g::", "fe80::1%1",
	    "::1.2.3", "::1.2.3.4.5", "::1.2.3.4:5",
	    "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "[::1]", "::1/128",
	    "1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:0:1:2:3:4:5"};
	struct ip ip = {9, {42}};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (ip_parse(str_of(bad[i]), &ip))
			fail_msg("taken: \"%s\"", bad[i]);
	}
	assert_false(ip_parse(STR("1.2.3.4\0"), &ip));
	assert_false(ip_parse(STR("\xff\xfe"), &ip));
	assert_int_equal(ip.family, 9);
	assert_int_equal(ip.bytes[0], 42);
}

/* Does libc take text, and what is the address then? */
static bool
libc_parse(const char *text, struct ip *ret)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET6, text, bytes) == 1)
		*ret = ip_make(6, bytes);
	else if (inet_pton(AF_INET, text, bytes) == 1)
		*ret = ip_make(4, bytes);
	else
		return false;
	return true;
}

/* Random texts of the alphabet of addresses, beside inet_pton(3). */
static void
agrees_with_libc(void **state)
{
	static const char letters[] = "::::....0012fF4a9";
	unsigned taken = 0;

	(void)state;
	srandom(1);
	for (int i = 0; i < 400000; i++) {
		size_t n = (size_t)random() % 20;
		struct ip ip = {0}, want = {0};
		char text[21] = "";
		bool took;

		for (size_t j = 0; j < n; j++)
			text[j] =
			    letters[(size_t)random() % (sizeof letters - 1)];
		took = ip_parse(str_of(text), &ip);
		if (took != libc_parse(text, &want) || !ip_eq(&ip, &want))
			fail_msg("%s", text);
		taken += took;
	}
	assert_true(taken > 100);
}

/* Each address of a few zeros and ones is written as inet_ntop(3) does. */
static void
writes_like_libc(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 1U << 8; bits++) {
		char text[IP_TEXT], want[INET6_ADDRSTRLEN];
		uint8_t bytes[16] = {0};
		struct ip ip, again;

		for (unsigned i = 0; i < 8; i++)
			bytes[2 * i + 1] = (uint8_t)(bits >> i & 1);
		bytes[0] = 0x20; /* ::1:2 is written dotted by libc */
		ip = ip_make(6, bytes);
		ip_text(&ip, text);
		assert_non_null(inet_ntop(AF_INET6, bytes, want, sizeof want));
		assert_string_equal(text, want);
		assert_true(ip_parse(str_of(text), &again));
		assert_true(ip_eq(&ip, &again));
	}
}

static bool
in(const char *address, const char *prefix)
{
	struct ip_prefix p;
	struct ip ip;

	if (!ip_parse(str_of(address), &ip) ||
	    !ip_parse_prefix(str_of(prefix), &p))
		fail_msg("refused: %s, %s", address, prefix);
	return ip_in(&ip, &p);
}

static void
prefixes_hold(void **state)
{
	struct ip_prefix p;
	char text[IP_TEXT];

	(void)state;
	assert_true(in("10.255.0.1", "10.0.0.0/8"));
	assert_true(in("10.255.0.1", "10.1.2.3/8"));
	assert_false(in("11.0.0.0", "10.0.0.0/8"));
	assert_true(in("172.31.255.255", "172.16.0.0/12"));
	assert_false(in("172.32.0.0", "172.16.0.0/12"));
	assert_true(in("1.2.3.4", "1.2.3.4"));
	assert_false(in("1.2.3.5", "1.2.3.4"));
	assert_true(in("1.2.3.5", "1.2.3.4/31"));
	assert_true(in("1.2.3.5", "0.0.0.0/0"));
	assert_false(in("::1", "0.0.0.0/0"));
	assert_true(in("::1", "::/0"));
	assert_false(in("1.2.3.4", "::/0"));
	assert_true(in("2001:db8:ffff::1", "2001:db8::/32"));
	assert_false(in("2001:db9::1", "2001:db8::/32"));
	assert_true(in("2001:db8::7fff", "2001:db8::4000/113"));
	assert_false(in("2001:db8::8000", "2001:db8::4000/113"));
	assert_true(in("10.1.2.3", "::ffff:10.0.0.0/104"));
	assert_true(in("::ffff:10.1.2.3", "10.0.0.0/8"));
	assert_true(in("9.9.9.9", "::ffff:0:0/96"));
	assert_false(in("9.9.9.9", "::ffff:9.9.9.9/95"));
	assert_true(ip_parse_prefix(STR("fd00:1:2:3:4:5:6:7/7"), &p));
	ip_text(&p.at, text);
	assert_string_equal(text, "fc00::");
	assert_int_equal(p.bits, 7);
	assert_true(ip_parse_prefix(STR("::ffff:1.2.3.4"), &p));
	assert_int_equal(p.at.family, 4);
	assert_int_equal(p.bits, 32);
}

static void
prefixes_refused(void **state)
{
	static const char *const bad[] = {"", "/", "/8", "10.0.0.0/",
	    "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8",
	    "10.0.0.0/ 8", "10/8", "::/129", "::/", "::1/x",
	    "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999999999999"};
	struct ip_prefix p = {{4, {1}}, 7};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (ip_parse_prefix(str_of(bad[i]), &p))
			fail_msg("taken: \"%s\"", bad[i]);
	}
	assert_int_equal(p.bits, 7);
}

static bool
is(const char *text, bool (*what)(const struct ip *))
{
	struct ip ip;

	assert_true(ip_parse(str_of(text), &ip));
	return what(&ip);
}

static void
kinds(void **state)
{
	static const char *const private[] = {"10.0.0.0", "10.255.255.255",
	    "172.16.0.1", "192.168.255.255", "169.254.169.254", "fd00::1",
	    "fc00::1", "fe80::1", "febf::1", "::ffff:10.0.0.1"};
	static const char *const public[] = {"9.255.255.255", "11.0.0.0",
	    "172.15.0.1", "172.32.0.0", "192.167.0.1", "192.169.0.0",
	    "127.0.0.1", "::1", "fbff::1", "fec0::1", "2001:db8::1", "::"};
	struct ip none = {0};
	char text[IP_TEXT] = "x";

	(void)state;
	for (size_t i = 0; i < sizeof private / sizeof *private; i++)
		assert_true(is(private[i], ip_is_private));
	for (size_t i = 0; i < sizeof public / sizeof *public; i++)
		assert_false(is(public[i], ip_is_private));
	assert_true(is("127.0.0.1", ip_is_loopback));
	assert_true(is("127.255.255.255", ip_is_loopback));
	assert_true(is("::1", ip_is_loopback));
	assert_true(is("::ffff:127.0.0.1", ip_is_loopback));
	assert_false(is("128.0.0.1", ip_is_loopback));
	assert_false(is("::2", ip_is_loopback));
	assert_false(ip_is_private(&none) || ip_is_loopback(&none));
	ip_text(&none, text);
	assert_string_equal(text, "");
	none = ip_make(1, NULL);
	assert_int_equal(none.family, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_rfc5952),
	    cmocka_unit_test(refuses_the_rest),
	    cmocka_unit_test(agrees_with_libc),
	    cmocka_unit_test(writes_like_libc),
	    cmocka_unit_test(prefixes_hold),
	    cmocka_unit_test(prefixes_refused),
	    cmocka_unit_test(kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
