/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, ports and names: each detection, and a twin without harm. */
#include "judge.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#define V4(a, b, c, d)                                                         \
	{                                                                      \
		4,                                                             \
		{                                                              \
			a, b, c, d                                             \
		}                                                              \
	}
#define LOOPBACK6                                                              \
	{                                                                      \
		6,                                                             \
		{                                                              \
			[15] = 1                                               \
		}                                                              \
	}

/* The network without what is on by itself. */
#define PLAIN                                                                  \
	"\"detections\":{\"port-scan\":\"disable\",\"raw-socket\":"            \
	"\"disable\","                                                         \
	"\"kernel-socket\":\"disable\",\"metadata-access\":\"disable\"}"

static void
addresses(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"network\":{\"effect\":\"alert\",\"blacklistIPs\":"
	     "[\"203.0.113.0/24\",\"2001:db8::/32\"]}}",
		DID(CONNECT, .addr = V4(203, 0, 113, 9), .port = 443),
		"denied-ip"},
	    {NULL, DID(SEND, .addr = V4(203, 0, 113, 9), .port = 53),
		"denied-ip"},
	    {NULL, DID(CONNECT, .addr = V4(203, 0, 114, 9), .port = 443), NULL},
	    {NULL, DID(CONNECT, .addr = {6, {0x20, 1, 0xd, 0xb8}}, .port = 443),
		"denied-ip"},
	    {NULL, DID(CONNECT, .addr = LOOPBACK6, .port = 443), NULL},
	    {"{\"network\":{\"effect\":\"alert\",\"whitelistIPs\":"
	     "[\"10.0.0.0/8\"]}}",
		DID(CONNECT, .addr = V4(10, 1, 2, 3), .port = 443), NULL},
	    {NULL, DID(CONNECT, .addr = V4(11, 1, 2, 3), .port = 443),
		"not-allowed-ip"},
	    {NULL, DID(CONNECT, .addr = V4(127, 0, 0, 1), .port = 443), NULL},
	    {NULL, DID(CONNECT, .addr = LOOPBACK6, .port = 443), NULL},
	    {NULL, DID(CONNECT, .path = STR("/run/x.sock")), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
ports(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"network\":{\"effect\":\"alert\",\"blacklistOutboundPorts\":"
	     "[{\"start\":20,\"end\":25,\"deny\":true}],"
	     "\"blacklistListeningPorts\":[{\"start\":1,\"end\":1023}]}}",
		DID(CONNECT, .addr = V4(10, 0, 0, 1), .port = 22),
		"denied-outbound-port"},
	    {NULL, DID(CONNECT, .addr = V4(127, 0, 0, 1), .port = 25),
		"denied-outbound-port"},
	    {NULL, DID(CONNECT, .addr = V4(10, 0, 0, 1), .port = 443), NULL},
	    {NULL, DID(LISTEN, .addr = V4(0, 0, 0, 0), .port = 80),
		"denied-listening-port"},
	    {NULL, DID(LISTEN, .addr = V4(0, 0, 0, 0), .port = 8080), NULL},
	    {NULL,
		DID(BIND, .addr = V4(0, 0, 0, 0), .port = 69,
		    .protocol = IPPROTO_UDP),
		"denied-listening-port"},
	    /* A client that picks its own port; it does not listen yet. */
	    {NULL,
		DID(BIND, .addr = V4(0, 0, 0, 0), .port = 69,
		    .protocol = IPPROTO_TCP),
		NULL},
	    {"{\"network\":{\"effect\":\"alert\",\"whitelistOutboundPorts\":"
	     "[443,53],\"whitelistListeningPorts\":[8080]}}",
		DID(CONNECT, .addr = V4(1, 1, 1, 1), .port = 443), NULL},
	    {NULL, DID(CONNECT, .addr = V4(1, 1, 1, 1), .port = 6667),
		"not-allowed-outbound-port"},
	    {NULL, DID(CONNECT, .addr = V4(127, 0, 0, 1), .port = 6667), NULL},
	    {NULL, DID(LISTEN, .addr = V4(0, 0, 0, 0), .port = 8080), NULL},
	    {NULL, DID(LISTEN, .addr = V4(0, 0, 0, 0), .port = 4444),
		"not-allowed-listening-port"},
	    {NULL, DID(LISTEN, .addr = V4(127, 0, 0, 1), .port = 4444), NULL},
	    {NULL,
		DID(BIND, .addr = V4(0, 0, 0, 0), .port = 0,
		    .protocol = IPPROTO_UDP),
		NULL},
	    {"{\"network\":{\"effect\":\"alert\",\"internalPorts\":[8080]}}",
		DID(ACCEPT, .addr = V4(10, 0, 0, 9), .port = 50000,
		    .local_port = 8080),
		"internal-port"},
	    {NULL,
		DID(ACCEPT, .addr = V4(127, 0, 0, 1), .port = 50000,
		    .local_port = 8080),
		NULL},
	    {NULL,
		DID(ACCEPT, .addr = V4(10, 0, 0, 9), .port = 50000,
		    .local_port = 80),
		NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
rules(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"network\":{\"effect\":\"prevent\",\"whitelistIPs\":"
	     "[\"192.0.2.1\"],\"rules\":["
	     "{\"cidr\":\"10.0.0.0/8\",\"ports\":\"5432\",\"fromSource\":"
	     "\"app\",\"effect\":\"allow\"},"
	     "{\"ports\":[25],\"protocol\":\"tcp\",\"effect\":\"alert\"},"
	     "{\"direction\":\"inbound\",\"ports\":9000,\"cidr\":\"0.0.0.0/"
	     "0\"},"
	     "{\"direction\":\"listen\",\"protocol\":\"udp\"}]}," PLAIN "}",
		DID(CONNECT, .addr = V4(10, 0, 0, 1), .port = 5432), NULL},
	    {NULL, DID(CONNECT, .addr = V4(10, 0, 0, 1), .port = 5433),
		"not-allowed-ip"},
	    {NULL,
		{.name = EVENT_CONNECT,
		    .by.exe = STR("/bin/other"),
		    .addr = V4(10, 0, 0, 1),
		    .port = 5432},
		"not-allowed-ip"},
	    {NULL,
		DID(CONNECT, .addr = V4(192, 0, 2, 1), .port = 25,
		    .protocol = IPPROTO_TCP),
		"network-rule"},
	    {NULL,
		DID(CONNECT, .addr = V4(192, 0, 2, 1), .port = 25,
		    .protocol = IPPROTO_UDP),
		NULL},
	    {NULL,
		DID(ACCEPT, .addr = V4(10, 0, 0, 1), .port = 50000,
		    .local_port = 9000),
		"network-rule"},
	    {NULL,
		DID(ACCEPT, .addr = V4(10, 0, 0, 1), .port = 9000,
		    .local_port = 80),
		NULL},
	    {NULL,
		DID(BIND, .addr = V4(0, 0, 0, 0), .port = 5353,
		    .protocol = IPPROTO_UDP),
		"network-rule"},
	    {NULL,
		DID(BIND, .addr = V4(0, 0, 0, 0), .port = 5353,
		    .protocol = IPPROTO_TCP),
		NULL},
	    {NULL, DID(CONNECT, .path = STR("/run/x.sock")), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
sockets(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"network\":{\"effect\":\"alert\"}}",
		DID(SOCKET, .number = AF_INET, .flags = SOCK_RAW | SOCK_CLOEXEC,
		    .protocol = IPPROTO_ICMP),
		"raw-socket"},
	    {NULL, DID(SOCKET, .number = AF_PACKET, .flags = SOCK_DGRAM),
		"raw-socket"},
	    /* getaddrinfo(3) asks for the machine's addresses. */
	    {NULL, DID(SOCKET, .number = AF_NETLINK, .flags = SOCK_RAW), NULL},
	    {NULL,
		DID(SOCKET, .number = AF_INET, .flags = SOCK_DGRAM,
		    .protocol = IPPROTO_ICMP),
		NULL},
	    {NULL, DID(SOCKET, .number = AF_ALG, .flags = SOCK_SEQPACKET),
		"kernel-socket"},
	    {NULL, DID(SOCKET, .number = AF_UNIX, .flags = SOCK_STREAM), NULL},
	    {"{\"network\":{\"effect\":\"alert\",\"skipRawSockets\":true}}",
		DID(SOCKET, .number = AF_INET, .flags = SOCK_RAW), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
metadata(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"network\":{\"effect\":\"alert\"}}",
		DID(CONNECT, .addr = V4(169, 254, 170, 2), .port = 80),
		"metadata-access"},
	    {NULL, DID(CONNECT, .addr = V4(169, 254, 169, 254), .port = 80),
		"metadata-access"},
	    {NULL,
		DID(CONNECT,
		    .addr = {6, {0xfd, 0, 0x0e, 0xc2, [14] = 2, [15] = 0x54}},
		    .port = 80),
		"metadata-access"},
	    {NULL, DID(CONNECT, .addr = V4(169, 254, 169, 253), .port = 53),
		NULL},
	    {"{\"network\":{\"effect\":\"alert\"},\"detections\":{"
	     "\"metadata-access\":{\"except\":[\"/usr/bin/app\"]}}}",
		DID(CONNECT, .addr = V4(169, 254, 170, 2), .port = 80), NULL},
	    {"{\"network\":{\"effect\":\"alert\"},"
	     "\"cloudMetadataEnforcement\":false}",
		DID(CONNECT, .addr = V4(169, 254, 170, 2), .port = 80), NULL},
	};
	static const struct event once =
	    DID(CONNECT, .addr = V4(169, 254, 170, 2), .port = 80);
	struct event ev = once;
	struct judge j;

	(void)state;
	JUDGE(cases);
	/* Each program is told of once, each address of its own. */
	judge_open(&j, "{\"network\":{\"effect\":\"alert\"}}");
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_ALERT);
	assert_int_equal(ev.severity, EVENT_LOW);
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_ALLOWED);
	ev.addr.bytes[2] = 169;
	ev.addr.bytes[3] = 254;
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_ALERT);
	ev = once;
	ev.by.exe = STR("/usr/bin/curl");
	judge_ask(&j, &ev);
	assert_int_equal(ev.action, EVENT_ALERT);
	judge_close(&j);
	/* What is refused is refused each time. */
	judge_open(&j, "{\"detections\":{\"metadata-access\":\"prevent\"}}");
	for (int i = 0; i < 3; i++) {
		ev = once;
		judge_ask(&j, &ev);
		assert_int_equal(ev.action, EVENT_PREVENT);
	}
	judge_close(&j);
}

static void
names(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"dns\":{\"effect\":\"prevent\",\"blacklist\":"
	     "[\"*.evil.example\",\"Bad.Example.\"]}}",
		DID(DNS, .domain = STR("a.evil.example")), "denied-domain"},
	    {NULL, DID(DNS, .domain = STR("bad.example")), "denied-domain"},
	    {NULL, DID(DNS, .domain = STR("good.example")), NULL},
	    {"{\"dns\":{\"effect\":\"alert\",\"whitelist\":"
	     "[\"*.amazonaws.com\",\"db.local\"]}}",
		DID(DNS, .domain = STR("s3.eu-west-1.amazonaws.com")), NULL},
	    {NULL, DID(DNS, .domain = STR("amazonaws.com.evil.example")),
		"not-allowed-domain"},
	    {NULL, DID(DNS, .domain = STR_NONE), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static void
pools(void **state)
{
	static const struct judge_case cases[] = {
	    {"{\"processes\":{\"effect\":\"alert\",\"checkCryptoMiners\":"
	     "true}}",
		DID(DNS, .domain = STR("pool.supportxmr.com")), "mining-pool"},
	    {NULL, DID(DNS, .domain = STR("notsupportxmr.com")), NULL},
	    {NULL, DID(DNS, .domain = STR("example.com")), NULL},
	    {NULL, DID(CONNECT, .addr = V4(8, 8, 8, 8), .port = 3333),
		"mining-pool"},
	    {NULL, DID(CONNECT, .addr = V4(10, 8, 8, 8), .port = 3333), NULL},
	    {NULL, DID(CONNECT, .addr = V4(8, 8, 8, 8), .port = 443), NULL},
	};

	(void)state;
	JUDGE(cases);
}

static enum event_action
scan(struct judge *j, unsigned host, unsigned port, int64_t ms)
{
	struct event ev = DID(CONNECT, .addr = V4(10, 0, 0, 0));

	ev.addr.bytes[3] = (uint8_t)host;
	ev.addr.bytes[2] = (uint8_t)(host >> 8);
	ev.port = (uint16_t)port;
	ev.ts_ns = ms * 1000000;
	judge_ask(j, &ev);
	return ev.action;
}

static void
scans(void **state)
{
	static const char alert[] =
	    "{\"network\":{\"effect\":\"alert\",\"detectPortScan\":true}}";
	struct judge j;
	int told = 0;

	(void)state;
	/* Many ports of one machine: told once. */
	judge_open(&j, alert);
	for (unsigned i = 1; i <= 200; i++)
		told += scan(&j, 1, i, i * 10) == EVENT_ALERT;
	assert_int_equal(told, 1);
	judge_close(&j);
	/* One port of many machines. */
	judge_open(&j, alert);
	told = 0;
	for (unsigned i = 1; i <= 100; i++)
		told += scan(&j, i, 22, i * 10) == EVENT_ALERT;
	assert_int_equal(told, 1);
	judge_close(&j);
	/* Twins: a pool of connections; a few ports; slowly; own machine. */
	judge_open(&j, alert);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(scan(&j, 1, 5432, i), EVENT_ALLOWED);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(
		    scan(&j, 2, 8000 + i % 15, 2000 + i), EVENT_ALLOWED);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(
		    scan(&j, 3, 1 + i, 20000 + i * 1000), EVENT_ALLOWED);
	for (unsigned i = 0; i < 100; i++) {
		struct event ev = DID(CONNECT, .addr = V4(127, 0, 0, 1));

		ev.port = (uint16_t)(i + 1);
		judge_ask(&j, &ev);
		assert_int_equal(ev.action, EVENT_ALLOWED);
	}
	judge_close(&j);
	/* Machines here and there, each asked for one thing. */
	judge_open(&j, alert);
	for (unsigned i = 0; i < 3000; i++)
		assert_int_equal(scan(&j, i << 8, 443, i), EVENT_ALLOWED);
	judge_close(&j);
}

/* It ends when it has been quiet; what goes on is refused. */
static void
scans_are_refused(void **state)
{
	struct judge j;
	int refused = 0;

	(void)state;
	judge_open(&j,
	    "{\"network\":{\"effect\":\"prevent\",\"detectPortScan\":true}}");
	for (unsigned i = 1; i <= 100; i++)
		refused += scan(&j, 1, i, i * 300) == EVENT_PREVENT;
	assert_in_range(refused, 80, 81);
	assert_int_equal(scan(&j, 1, 22, 30500), EVENT_PREVENT);
	assert_int_equal(scan(&j, 1, 22, 41000), EVENT_ALLOWED);
	judge_close(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(ports),
	    cmocka_unit_test(rules),
	    cmocka_unit_test(sockets),
	    cmocka_unit_test(metadata),
	    cmocka_unit_test(names),
	    cmocka_unit_test(pools),
	    cmocka_unit_test(scans),
	    cmocka_unit_test(scans_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
