/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probes of http1_probes.h over the wire: each is answered with the status
 * of its reason, the connection is closed, and nobody is asked to serve it,
 * nor what stands behind it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http1_probes.h"
#include "httpd_peer.h"

/* What a smuggled request would look like. */
static const struct str behind =
    STR("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

static void
check(struct peer *p, const struct probe *probe, size_t served)
{
	char want[32];

	(void)snprintf(
	    want, sizeof want, "HTTP/1.1 %u ", http1_bad_status(probe->bad));
	if (!str_starts(buf_str(&p->in), want))
		fail_msg(
		    "%s: not %s but %.200s", probe->name, want, buf_z(&p->in));
	if (peer_counts(p, "HTTP/1.1 ") != 1 || world.served != served)
		fail_msg("%s: something was served", probe->name);
	assert_true(peer_has(p, "\r\nConnection: close\r\n"));
	assert_true(peer_has(p, "{\"type\":\"error\",\"v\":1,\"status\":"));
	assert_string_equal(world.last_refused, http1_bad_name(probe->bad));
	assert_int_equal(world.last_status, http1_bad_status(probe->bad));
	/* It has arrived, and the end of it is no reset. */
	assert_int_equal(p->failure, 0);
}

static void
every_probe_is_refused_and_closed(void **state)
{
	world_begin(*state, NULL);
	for (size_t i = 0; i < HTTP1_PROBES; i++) {
		struct peer p = peer_open(*state);

		peer_say(&p, http1_probes[i].bytes);
		peer_say(&p, behind);
		peer_hear(&p, NULL);
		check(&p, &http1_probes[i], 0);
		peer_close(&p);
	}
	world_empty();
	assert_int_equal(httpd_stat(world.httpd)->refused, HTTP1_PROBES);
	assert_int_equal(httpd_stat(world.httpd)->memory, 0);
	world_end();
}

/* On a connection that has served before, byte after byte. */
static void
every_probe_in_pieces(void **state)
{
	world_begin(*state, NULL);
	for (size_t i = 0; i < HTTP1_PROBES; i++) {
		const struct probe *probe = &http1_probes[i];
		struct peer p = peer_open(*state);

		world.served = 0;
		peer_say(&p, STR("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
		peer_hear(&p, "hello\n");
		buf_reset(&p.in);
		for (size_t at = 0; at < probe->bytes.n; at++) {
			peer_say(&p, str_make(probe->bytes.p + at, 1));
			assert_int_equal(loop_turn(world.loop, 0, NULL), 0);
		}
		peer_say(&p, behind);
		peer_hear(&p, NULL);
		check(&p, probe, 1);
		peer_close(&p);
	}
	world_empty();
	world_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PLAIN_AND_TLS(every_probe_is_refused_and_closed),
	    PLAIN_AND_TLS(every_probe_in_pieces),
	};

	return cmocka_run_group_tests(tests, certificates, no_certificates);
}
