/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: httpd [CERT KEY]
 *        httpd PORT COUNT [CA]
 * Serves 2 KB at any path, on a port of loopback that it prints, until its
 * standard input ends; with PEM files by TLS. Requests for /wait are answered
 * once there is one for /go.
 * With numbers it is who waits: it opens so many connections, asks for /wait
 * on each, prints a line when all are open, and the milliseconds between /go
 * and the last answer when its standard input ends.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "httpd/httpd.h"
#include "time/time.h"

enum { BODY = 2048, PEM_MAX = 1 << 20, WAITING_MAX = 20000 };

static char body[BODY];
static struct httpd_request *waiting[WAITING_MAX];
static size_t n_waiting;

static void
die(const struct err *e)
{
	(void)fprintf(stderr, "httpd: %s\n", e->text);
	exit(1);
}

static void
serve(struct httpd_request *r, void *arg)
{
	static const struct httpd_field type = {
	    STR("Content-Type"), STR("text/plain")};

	(void)arg;
	if (str_eqz(r->http->target.path, "/wait") && n_waiting < WAITING_MAX) {
		waiting[n_waiting++] = r;
		return;
	}
	if (str_eqz(r->http->target.path, "/go")) {
		while (n_waiting > 0)
			httpd_answer(
			    waiting[--n_waiting], 204, NULL, 0, STR_NONE);
	}
	httpd_answer(r, 200, &type, 1, str_make(body, sizeof body));
}

static void
ended(struct loop_fd *w, uint32_t events)
{
	(void)events;
	loop_stop(w->in);
}

static int
listener(void)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) != 0 ||
	    listen(fd, 1024) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0) {
		perror("httpd");
		exit(1);
	}
	(void)printf("%u\n", ntohs(a.sin_port));
	(void)fflush(stdout);
	return fd;
}

static void
raise_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

static struct tls_context *
context(char **files)
{
	struct buf pem[2] = {BUF_MAX(PEM_MAX), BUF_MAX(PEM_MAX)};
	struct tls_server_config cfg;
	struct tls_context *c = NULL;
	struct err e = {0};
	const char *what;

	for (int i = 0; i < 2; i++) {
		if (fd_read_input(files[i], &pem[i], &what, &e) != 0)
			die(&e);
	}
	cfg = (struct tls_server_config){
	    .cert = buf_str(&pem[0]), .key = buf_str(&pem[1])};
	if (tls_server_new(&cfg, &c, &e) != 0)
		die(&e);
	return c;
}

/* ---- who waits ---------------------------------------------------------- */

struct waiter {
	int fd;
	struct tls *tls;
};

static struct waiter
dial(const char *port, struct tls_context *c)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
	struct waiter w = {
	    .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	const int on = 1;
	struct err e = {0};

	if (w.fd < 0 || connect(w.fd, (struct sockaddr *)&a, sizeof a) != 0) {
		perror("httpd");
		exit(1);
	}
	(void)setsockopt(w.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (c != NULL && tls_connect(c, w.fd, "127.0.0.1", &w.tls, &e) != 0)
		die(&e);
	return w;
}

static void
ask(struct waiter *w, const char *path)
{
	struct buf b = BUF_MAX(1024);
	struct err e = {.text = "it goes away"};

	buf_addf(&b, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
	if ((w->tls != NULL ? tls_write(w->tls, b.p, b.n, &e)
			    : send(w->fd, b.p, b.n, 0)) != (ssize_t)b.n)
		die(&e);
	buf_free(&b);
}

static void
hear(struct waiter *w)
{
	char text[512];
	struct err e = {.text = "it goes away"};

	if ((w->tls != NULL ? tls_read(w->tls, text, sizeof text, &e)
			    : recv(w->fd, text, sizeof text, 0)) <= 0)
		die(&e);
}

static int
wait_for_answers(const char *port, size_t n, const char *ca)
{
	static struct waiter all[WAITING_MAX + 1];
	struct tls_context *c = NULL;
	struct buf pem = BUF_MAX(PEM_MAX);
	struct err e = {0};
	const char *what;
	int64_t from;
	char end;

	if (ca != NULL &&
	    (fd_read_input(ca, &pem, &what, &e) != 0 ||
		tls_client_new(&(struct tls_client_config){.ca = buf_str(&pem)},
		    &c, &e) != 0))
		die(&e);
	for (size_t i = 0; i <= n; i++) {
		all[i] = dial(port, c);
		if (i < n)
			ask(&all[i], "/wait");
	}
	(void)puts("open");
	(void)fflush(stdout);
	while (read(0, &end, 1) > 0)
		;
	from = time_monotonic_ms();
	ask(&all[n], "/go");
	for (size_t i = 0; i <= n; i++)
		hear(&all[i]);
	(void)printf("%ld\n", (long)(time_monotonic_ms() - from));
	return 0;
}

int
main(int argc, char **argv)
{
	cleanup_loop struct loop *loop = NULL;
	cleanup_httpd struct httpd *h = NULL;
	struct loop_fd in = {.fd = 0, .events = EPOLLIN, .ready = ended};
	struct httpd_config cfg = {.serve = serve};
	struct err e = {0};

	raise_limit();
	if (argc >= 3 && strtoul(argv[1], NULL, 10) > 0) {
		unsigned long n = strtoul(argv[2], NULL, 10);

		return wait_for_answers(argv[1],
		    n < WAITING_MAX ? n : WAITING_MAX,
		    argc > 3 ? argv[3] : NULL);
	}
	memset(body, 'x', sizeof body);
	if (argc == 3)
		cfg.tls = context(argv + 1);
	if (loop_new(&loop, &e) != 0)
		die(&e);
	cfg.loop = loop;
	if (httpd_new(&cfg, listener(), &h, &e) != 0 ||
	    loop_add(loop, &in, &e) != 0 || loop_run(loop, &e) != 0)
		die(&e);
	return 0;
}
