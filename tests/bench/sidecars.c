/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sidecars URL CA NUMBER POLICY: so many sidecars in one process, each with a
 * key, a certificate and a connection of its own, enrol at a Console, take
 * their policy and wait for the next. Then the policy in the file POLICY is
 * put, and it is seen when each has it; then audits are sent, in batches that
 * were made before. Prints what that took as one JSON object. FG_ENROL_SECRET
 * and FG_TOKEN are in the environment.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <zlib.h>

#include "base/arena.h"
#include "httpc/httpc.h"
#include "jtree/jtree.h"
#include "pki/pki.h"
#include "time/time.h"

enum {
	SIDECARS_MAX = 10000,
	ENROLLING = 64, /* at a time, as a scale-out spreads them */
	SENDERS = 8,    /* of audits, at a time */
	BATCHES = 300,
	BATCH_EVENTS = 1000, /* of some 500 bytes */
	SETTLE_MS = 1000,
	GIVE_UP_MS = 300000,
};

enum state { NEW, BUSY, ENROLLED, WAITING, CHANGED };

struct sidecar {
	struct httpc *h;
	struct tls_context *tls; /* with its certificate */
	struct httpc_call call;
	enum state state;
	char app[64], boot[33], etag[160], fields[512];
	struct buf key, body;
	int64_t told_ms; /* when it had the new policy */
};

struct batch {
	struct buf gz;
	struct sidecar *from;
};

static struct {
	const char *url;
	struct sidecar all[SIDECARS_MAX];
	struct tls_context *nobody; /* without a certificate */
	struct str ca;
	size_t n, enrolling, waiting, changed;
	int64_t enrolled_ms, put_ms;
	size_t sent, accepted;
	struct batch batches[BATCHES];
} fleet;

static _Noreturn void
die(const char *what, const char *why)
{
	(void)fprintf(stderr, "sidecars: %s: %s\n", what, why);
	exit(1);
}

/* The string member of a small JSON text, copied; dies without it. */
static char *
member(const struct buf *text, const char *name)
{
	cleanup_arena struct arena *a = arena_new(1 << 20);
	const struct jtree *t;
	struct err e;
	struct str s;

	if (a == NULL || jtree_parse(a, buf_str(text), "answer", &t, &e) != 0)
		die("answer", e.text);
	s = jtree_str(jtree_get(t, name));
	if (s.n == 0)
		die("answer without", name);
	return strndup(s.p, s.n);
}

static void
ask(struct sidecar *s, const char *method, const char *path, struct str body,
    void (*done)(struct httpc_call *))
{
	httpc_call_reset(&s->call);
	s->call.method = method;
	s->call.path = path;
	s->call.fields = str_of(s->fields);
	s->call.body = body;
	s->call.max = 1 << 20;
	s->call.timeout_ms = 120000;
	s->call.done = done;
	s->call.arg = s;
	httpc_start(s->h, &s->call, time_monotonic_ms());
}

static void
connect_as(struct sidecar *s, struct tls_context *tls)
{
	struct httpc_config cfg = {.url = fleet.url, .tls = tls};
	struct err e;

	httpc_free(s->h);
	if (httpc_new(&cfg, &s->h, &e) != 0)
		die("connection", e.text);
}

static void
want(const struct httpc_call *c, unsigned status, const char *what)
{
	if (c->r != 0)
		die(what, c->err.text);
	if (c->status != status) {
		(void)fprintf(stderr, "%.*s\n", (int)c->body_in.n,
		    c->body_in.p != NULL ? c->body_in.p : "");
		die(what, "another status than expected");
	}
}

/* ---- enrolling ------------------------------------------------------------
 */

static void
enrolled(struct httpc_call *c)
{
	struct sidecar *s = c->arg;
	struct tls_client_config cfg = {.ca = fleet.ca};
	struct err e;
	char *cert;

	want(c, 200, "enrol");
	cert = member(&c->body_in, "certificate");
	cfg.cert = str_of(cert);
	cfg.key = buf_str(&s->key);
	if (tls_client_new(&cfg, &s->tls, &e) != 0)
		die("certificate", e.text);
	free(cert);
	s->state = ENROLLED;
	fleet.enrolling--;
}

static void
random_hex(char *to, size_t bytes)
{
	unsigned char raw[16];

	if (getrandom(raw, bytes, 0) != (ssize_t)bytes)
		die("random", strerror(errno));
	for (size_t i = 0; i < bytes; i++)
		(void)snprintf(to + 2 * i, 3, "%02x", raw[i]);
}

static void
enrol(struct sidecar *s, const char *secret)
{
	cleanup_buf struct buf csr = BUF_MAX(1 << 16);
	struct jwrite w;
	struct err e;
	char u[33];

	s->key = s->body = BUF_MAX(1 << 16);
	random_hex(s->boot, 16);
	random_hex(u, 16);
	u[12] = '4';
	u[16] = 'a';
	(void)snprintf(s->app, sizeof s->app, "bench:%.8s-%.4s-%.4s-%.4s-%s", u,
	    u + 8, u + 12, u + 16, u + 20);
	if (pki_key_new(&s->key, &e) != 0 ||
	    pki_csr_new(buf_str(&s->key), &csr, &e) != 0)
		die("key", e.text);
	jwrite_init(&w, &s->body);
	jwrite_record(&w, "enrol");
	jwrite_kvz(&w, "app_id", s->app);
	jwrite_kvz(&w, "boot", s->boot);
	jwrite_kvz(&w, "version", "bench");
	jwrite_kv(&w, "csr", buf_str(&csr));
	jwrite_end(&w);
	(void)snprintf(s->fields, sizeof s->fields,
	    "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
	    secret);
	connect_as(s, fleet.nobody);
	s->state = BUSY;
	fleet.enrolling++;
	ask(s, "POST", "/api/v1/sidecar/enrol", buf_str(&s->body), enrolled);
}

/* ---- the policy -----------------------------------------------------------
 */

static void
poll_policy(struct sidecar *s, void (*done)(struct httpc_call *))
{
	if (s->etag[0] == '\0')
		s->fields[0] = '\0';
	else
		(void)snprintf(s->fields, sizeof s->fields,
		    "If-None-Match: %s\r\n", s->etag);
	ask(s, "GET",
	    s->etag[0] == '\0' ? "/api/v1/sidecar/policy?wait=0"
			       : "/api/v1/sidecar/policy?wait=55",
	    (struct str){0}, done);
}

static void
new_policy(struct httpc_call *c)
{
	struct sidecar *s = c->arg;

	if (c->r == 0 && c->status == 304) {
		poll_policy(s, new_policy);
		return;
	}
	want(c, 200, "policy");
	s->told_ms = time_monotonic_ms();
	s->state = CHANGED;
	fleet.changed++;
}

static void
first_policy(struct httpc_call *c)
{
	struct sidecar *s = c->arg;
	struct str etag;

	want(c, 200, "first policy");
	if (!httpc_field(c, "ETag", &etag) || etag.n >= sizeof s->etag)
		die("policy", "no ETag");
	memcpy(s->etag, etag.p, etag.n);
	s->etag[etag.n] = '\0';
	s->state = WAITING;
	fleet.waiting++;
	poll_policy(s, new_policy);
}

/* ---- one round of poll(2) over all ----------------------------------------
 */

static void
turn(struct sidecar *s, size_t n, int wait_ms)
{
	static struct pollfd p[SIDECARS_MAX];
	int64_t now;

	for (size_t i = 0; i < n; i++) {
		p[i] = (struct pollfd){.fd = -1};
		if (s[i].h != NULL && !httpc_idle(s[i].h))
			httpc_ask(s[i].h, &p[i]);
	}
	if (poll(p, n, wait_ms) < 0)
		die("poll", strerror(errno));
	now = time_monotonic_ms();
	for (size_t i = 0; i < n; i++)
		if (s[i].h != NULL && !httpc_idle(s[i].h) &&
		    (p[i].revents != 0 || httpc_next(s[i].h) <= now))
			httpc_work(s[i].h, p[i].revents, now);
}

static void
all_enrol(const char *secret)
{
	int64_t start = time_monotonic_ms();
	size_t next = 0, through = 0;

	while (through < fleet.n) {
		while (next < fleet.n && fleet.enrolling < ENROLLING)
			enrol(&fleet.all[next++], secret);
		turn(fleet.all, next, 100);
		through = 0;
		for (size_t i = 0; i < next; i++)
			through += fleet.all[i].state == ENROLLED;
		if (time_monotonic_ms() - start > GIVE_UP_MS)
			die("enrolling", "too slow");
	}
	fleet.enrolled_ms = time_monotonic_ms() - start;
}

static void
all_wait(void)
{
	int64_t start = time_monotonic_ms();

	for (size_t i = 0; i < fleet.n; i++) {
		connect_as(&fleet.all[i], fleet.all[i].tls);
		poll_policy(&fleet.all[i], first_policy);
		if (i % 16 == 0)
			turn(fleet.all, i + 1, 0);
	}
	while (fleet.waiting < fleet.n) {
		turn(fleet.all, fleet.n, 100);
		if (time_monotonic_ms() - start > GIVE_UP_MS)
			die("the first policy", "too slow");
	}
	start = time_monotonic_ms();
	while (time_monotonic_ms() - start < SETTLE_MS)
		turn(fleet.all, fleet.n, 50);
	if (fleet.changed != 0)
		die("policy", "changed before it was");
}

static void
was_put(struct httpc_call *c)
{
	if (c->r != 0 || c->status / 100 != 2)
		want(c, 200, "PUT of the policy");
}

/* The time from before the PUT until the last one has the new policy. */
static void
put(struct str policy, const char *token)
{
	static struct sidecar admin;
	struct sidecar *s = &admin;

	connect_as(s, fleet.nobody);
	(void)snprintf(s->fields, sizeof s->fields,
	    "Authorization: Bearer %s\r\nContent-Type: application/json\r\n",
	    token);
	fleet.put_ms = time_monotonic_ms();
	ask(s, "PUT", "/api/v1/policies/runtime/app-embedded", policy, was_put);
	while (fleet.changed < fleet.n || !httpc_idle(s->h)) {
		turn(s, 1, 0);
		turn(fleet.all, fleet.n, 10);
		if (time_monotonic_ms() - fleet.put_ms > GIVE_UP_MS)
			die("the new policy", "not everywhere");
	}
	httpc_free(s->h);
}

/* ---- audits ---------------------------------------------------------------
 */

static void
compress_into(struct buf *to, const struct buf *text)
{
	z_stream z = {0};
	char *room = buf_reserve(to, compressBound(text->n) + 64);

	if (room == NULL || deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8,
				Z_DEFAULT_STRATEGY) != Z_OK)
		die("gzip", "no memory");
	z.next_in = (unsigned char *)text->p;
	z.avail_in = (unsigned)text->n;
	z.next_out = (unsigned char *)room;
	z.avail_out = (unsigned)(compressBound(text->n) + 64);
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		die("gzip", "no room");
	to->n += z.total_out;
	(void)deflateEnd(&z);
}

static void
make_batch(struct batch *b, size_t number)
{
	cleanup_buf struct buf text = BUF_MAX(8 << 20);
	size_t from = number % (fleet.n < SENDERS * 4 ? fleet.n : SENDERS * 4);
	char ts[TIME_TEXT];

	b->from = &fleet.all[from];
	b->gz = BUF_MAX(1 << 20);
	(void)time_format_ms(time_now_ms(), ts);
	for (size_t i = 0; i < BATCH_EVENTS; i++) {
		size_t seq = number * BATCH_EVENTS + i + 1;

		buf_addf(&text,
		    "{\"type\":\"event\",\"v\":1,\"id\":\"%s-%zu\","
		    "\"ts\":\"%s\",\"kind\":\"runtime\","
		    "\"name\":\"process.exec\",\"severity\":\"high\","
		    "\"action\":\"alert\",\"app\":{\"id\":\"%s\"},"
		    "\"container\":{\"name\":\"web\","
		    "\"image\":\"registry.example.com/shop/web:1.4.2\"},"
		    "\"rule\":{\"id\":\"denied-process\",\"name\":\"web\"},"
		    "\"msg\":\"denied process: /usr/bin/nc\",\"count\":1,"
		    "\"seq\":%zu,\"boot\":\"%s\",\"process\":{\"pid\":%zu,"
		    "\"ppid\":7,\"exe\":\"/usr/bin/nc\","
		    "\"args\":[\"nc\",\"-l\",\"%zu\"],\"uid\":1000}}\n",
		    b->from->boot, seq, ts, b->from->app, seq, b->from->boot,
		    i + 100, i * 7919 % 65536);
	}
	if (buf_error(&text) != 0)
		die("batch", "too long");
	compress_into(&b->gz, &text);
}

static void
stored(struct httpc_call *c)
{
	want(c, 200, "audits");
	fleet.accepted += BATCH_EVENTS;
}

static int64_t
send_audits(void)
{
	static struct sidecar senders[SENDERS];
	int64_t start;

	for (size_t i = 0; i < BATCHES; i++)
		make_batch(&fleet.batches[i], i);
	start = time_monotonic_ms();
	while (fleet.accepted < (size_t)BATCHES * BATCH_EVENTS) {
		for (size_t i = 0; i < SENDERS && fleet.sent < BATCHES; i++) {
			struct sidecar *s = &senders[i];
			struct batch *b = &fleet.batches[fleet.sent];

			if (s->h != NULL && !httpc_idle(s->h))
				continue;
			if (s->h == NULL || s->tls != b->from->tls)
				connect_as(s, b->from->tls);
			s->tls = b->from->tls;
			(void)snprintf(s->fields, sizeof s->fields,
			    "Content-Type: application/x-ndjson\r\n"
			    "Content-Encoding: gzip\r\n");
			ask(s, "POST", "/api/v1/sidecar/audits",
			    buf_str(&b->gz), stored);
			fleet.sent++;
		}
		turn(senders, SENDERS, 100);
		if (time_monotonic_ms() - start > GIVE_UP_MS)
			die("audits", "too slow");
	}
	return time_monotonic_ms() - start;
}

/* ---- */

static struct buf
file(const char *path)
{
	struct buf text = BUF_MAX(1 << 20);
	FILE *f = fopen(path, "re");
	char piece[4096];
	size_t n;

	if (f == NULL)
		die(path, strerror(errno));
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(&text, piece, n);
	(void)fclose(f);
	return text;
}

static int
order(const void *a, const void *b)
{
	const struct sidecar *x = a, *y = b;

	return x->told_ms < y->told_ms ? -1 : x->told_ms > y->told_ms;
}

int
main(int argc, char **argv)
{
	const char *secret = getenv("FG_ENROL_SECRET");
	const char *token = getenv("FG_TOKEN");
	struct tls_client_config cfg = {0};
	struct buf ca, policy;
	int64_t audits_ms;
	struct err e;

	if (argc != 5 || secret == NULL || token == NULL)
		return 2;
	fleet.url = argv[1];
	fleet.n = strtoul(argv[3], NULL, 10);
	if (fleet.n < 1 || fleet.n > SIDECARS_MAX)
		return 2;
	ca = file(argv[2]);
	policy = file(argv[4]);
	cfg.ca = fleet.ca = buf_str(&ca);
	if (tls_client_new(&cfg, &fleet.nobody, &e) != 0)
		die(argv[2], e.text);
	all_enrol(secret);
	all_wait();
	put(buf_str(&policy), token);
	audits_ms = send_audits();
	qsort(fleet.all, fleet.n, sizeof *fleet.all, order);
	(void)printf("{\"sidecars\":%zu,\"enrol_ms\":%lld,\"first_ms\":%lld,"
		     "\"median_ms\":%lld,\"last_ms\":%lld,\"audits\":%zu,"
		     "\"audits_ms\":%lld}\n",
	    fleet.n, (long long)fleet.enrolled_ms,
	    (long long)(fleet.all[0].told_ms - fleet.put_ms),
	    (long long)(fleet.all[fleet.n / 2].told_ms - fleet.put_ms),
	    (long long)(fleet.all[fleet.n - 1].told_ms - fleet.put_ms),
	    fleet.accepted, (long long)audits_ms);
	return 0;
}
