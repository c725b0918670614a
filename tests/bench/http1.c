/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading the head of a small request costs, and writing it anew, beside
 * http-parser with callbacks that keep the same spans: bench records, in
 * nanoseconds of CPU time.
 */
#include <http_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "http1/http1.h"
#include "http1/http1_write.h"

enum { ROUNDS = 25, RUNS = 20000, FIELDS = 10 };

static const char head[] =
    "GET /assets/app-3f2a.js?v=17 HTTP/1.1\r\n"
    "Host: shop.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
    "Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    "\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Connection: keep-alive\r\n"
    "Referer: https://shop.example.com/cart\r\n"
    "Cookie: session=9f8e7d6c5b4a39281706; theme=dark\r\n"
    "X-Forwarded-For: 203.0.113.7\r\n"
    "X-Request-Id: 3b241101-e2bb-4255-8caf-4136c566a962\r\n"
    "\r\n";

/* What the peer keeps: the spans, and how many. */
struct kept {
	struct str target, names[FIELDS + 1], values[FIELDS + 1];
	unsigned n;
	bool done;
};

static double
cpu_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
on_url(http_parser *p, const char *at, size_t n)
{
	struct kept *k = p->data;

	k->target = str_make(at, n);
	return 0;
}

static int
on_name(http_parser *p, const char *at, size_t n)
{
	struct kept *k = p->data;

	if (k->n > FIELDS)
		return 1;
	k->names[k->n] = str_make(at, n);
	return 0;
}

static int
on_value(http_parser *p, const char *at, size_t n)
{
	struct kept *k = p->data;

	k->values[k->n++] = str_make(at, n);
	return 0;
}

static int
on_complete(http_parser *p)
{
	struct kept *k = p->data;

	k->done = true;
	return 0;
}

static bool
peer(void)
{
	http_parser_settings settings;
	struct kept k = {.n = 0};
	http_parser p;

	http_parser_settings_init(&settings);
	settings.on_url = on_url;
	settings.on_header_field = on_name;
	settings.on_header_value = on_value;
	settings.on_headers_complete = on_complete;
	http_parser_init(&p, HTTP_REQUEST);
	p.data = &k;
	return http_parser_execute(&p, &settings, head, sizeof head - 1) ==
		   sizeof head - 1 &&
	       k.done && k.n == FIELDS;
}

/* A connection has them for as long as it lives. */
static struct http1_field read_fields[HTTP1_FIELDS_MAX];
static struct http1_request read_request;

static bool
ours(void)
{
	http1_request_begin(&read_request, read_fields, HTTP1_FIELDS_MAX);
	return http1_request_read(&read_request,
		   str_make(head, sizeof head - 1), &HTTP1_LIMITS, NULL) == 0 &&
	       read_request.h.n == FIELDS;
}

static bool
ours_written(void)
{
	char space[sizeof head + 100];
	struct http1_out out = {.p = space, .max = sizeof space};
	const struct http1_hop hop = {0};

	return http1_write_request(&read_request, &hop, &out, NULL) == 0;
}

static int
order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The median of rounds of one call, in nanoseconds; below 0: it failed. */
static void
measure(bool (*const calls[])(void), double medians[], size_t count)
{
	static double took[3][ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		for (size_t j = 0; j < count; j++) {
			bool ok = true;
			double start = cpu_ns();

			for (int k = 0; k < RUNS; k++)
				ok = calls[j]() && ok;
			took[j][i] = ok ? (cpu_ns() - start) / RUNS : -1;
		}
	}
	for (size_t j = 0; j < count; j++) {
		qsort(took[j], ROUNDS, sizeof **took, order);
		medians[j] = took[j][0] < 0 ? -1 : took[j][ROUNDS / 2];
	}
}

static void
record(const char *name, double mine, double other)
{
	(void)printf("{\"type\":\"bench\",\"v\":1,\"name\":\"%s\","
		     "\"ours\":%.1f,\"peer\":%.1f,"
		     "\"peer_name\":\"http-parser, reading\",\"ratio\":%.3f,"
		     "\"unit\":\"ns\",\"runs\":%d,\"limit\":300}\n",
	    name, mine, other, mine / other, ROUNDS * RUNS);
}

int
main(void)
{
	bool (*const calls[])(void) = {ours, ours_written, peer};
	double medians[3];

	measure(calls, medians, 3);
	if (medians[0] < 0 || medians[1] < 0 || medians[2] < 0)
		return 1;
	record("a request head of ten fields: read", medians[0], medians[2]);
	record("a request head of ten fields: written anew", medians[1],
	    medians[2]);
	return 0;
}
