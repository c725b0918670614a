/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "api_events.h"
#include "auth.h"
#include "base/fd.h"
#include "base/log.h"
#include "call.h"
#include "child.h"
#include "data.h"
#include "pki/pki.h"
#include "request.h"
#include "wire_policy.h"

enum {
	COUNT_MS = 1000,
	BODY_MAX = 16 << 20,   /* of any route */
	MEMORY_MAX = 32 << 20, /* of all buffers; more: 503 */
	STRANGER_MAX = 4096,   /* bytes of a body of who may not send one */
	QUERY_TEXT_MAX = 8192
};

/* ---- requests ----------------------------------------------------------- */

static void
refuse_method(struct request *r, struct str path)
{
	static const struct {
		enum http1_method id;
		const char *name;
	} methods[] = {{HTTP1_METHOD_GET, "GET, HEAD"},
	    {HTTP1_METHOD_POST, "POST"}, {HTTP1_METHOD_PUT, "PUT"},
	    {HTTP1_METHOD_DELETE, "DELETE"}};
	cleanup_buf struct buf allow = BUF_MAX(256);
	struct str args[ROUTE_ARGS_MAX];
	struct httpd_field f;
	bool others;

	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (route_find(methods[i].id, path, args, &others) != NULL)
			buf_addf(&allow, "%s%s", allow.n > 0 ? ", " : "",
			    methods[i].name);
	f = (struct httpd_field){STR("Allow"), buf_str(&allow)};
	request_answer(r, 405, "application/json", &f, 1,
	    STR("{\"type\":\"error\",\"v\":1,\"status\":405,\"msg\":\"not a "
		"method of this path\"}\n"));
}

static bool
admit(struct request *r, const struct http1_request *http,
    const struct tls_peer *peer)
{
	switch (auth_request(r, http, peer)) {
	case AUTH_YES:
		return true;
	case AUTH_WHO:
		board_add(r->w->row, BOARD_BAD_TOKENS, 1);
		request_refuse(r, 401, "%s",
		    r->route->auth == ROUTE_SIDECAR
			? "no valid certificate of a sidecar"
		    : r->route->auth == ROUTE_SECRET
			? "no such enrolment secret"
			: "no valid token");
		return false;
	case AUTH_FORBIDDEN:
		board_add(r->w->row, BOARD_FORBIDDEN, 1);
		request_refuse(r, 403, "this needs the scope %s",
		    scope_text(r->route->scope));
		return false;
	}
	return false;
}

/*
 * If-None-Match of a question, If-Match of a change. One that is there twice
 * is no condition, and a change without one would write over anything.
 */
static int
keep_etag(struct request *r, const struct http1_request *http, struct err *e)
{
	bool asks = r->route->method == HTTP1_METHOD_GET;
	const char *name = asks ? "If-None-Match" : "If-Match";
	struct str etag = request_field(http, name);
	uint32_t from = 0;

	if (!asks && http1_find(&http->h, STR("If-None-Match"), &from) != NULL)
		return err_set(e, ERR_PERM, EINVAL,
		    "If-None-Match: only with GET; for changes there is "
		    "If-Match");
	from = 0;
	if (etag.p == NULL && http1_find(&http->h, str_of(name), &from) != NULL)
		return err_set(e, ERR_PERM, EINVAL, "%s: given twice", name);
	r->etag = arena_str(r->arena, etag.p == NULL ? STR("") : etag);
	return 0;
}

/* What outlives the head. */
static int
keep(struct request *r, const struct http1_request *http, struct err *e)
{
	struct str query = http->target.query;
	int error = keep_etag(r, http, e);

	if (error != 0)
		return error;
	for (size_t i = 0; i < ROUTE_ARGS_MAX; i++)
		r->args[i] = r->args[i].p == NULL
				 ? STR("")
				 : arena_str(r->arena, r->args[i]);
	if (query.n > QUERY_TEXT_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "more than %d bytes of query parameters", QUERY_TEXT_MAX);
	return query_parse(
	    r->arena, query, r->route->query, r->route->many, &r->query, e);
}

static void
serve(struct httpd_request *h, void *arg)
{
	struct worker *w = arg;
	struct request *r = request_new(w, h);
	const struct http1_request *http = h->http;
	struct err e = {0};
	bool others;

	board_add(w->row, BOARD_REQUESTS, 1);
	if (r == NULL) {
		httpd_error(h, 503, "out of memory");
		return;
	}
	r->route = route_find(http->id, http->target.path, r->args, &others);
	if (r->route == NULL && others)
		refuse_method(r, http->target.path);
	else if (r->route == NULL)
		request_refuse(r, 404, "there is nothing of that name");
	else if (admit(r, http, h->tls)) {
		if (keep(r, http, &e) != 0)
			request_bad(r, &e);
		else
			r->route->serve(r);
	}
}

static size_t
body_limit(
    const struct http1_request *http, const struct tls_peer *peer, void *arg)
{
	struct worker *w = arg;
	struct str args[ROUTE_ARGS_MAX];
	const struct route *route;
	bool others;

	route = route_find(http->id, http->target.path, args, &others);
	if (route == NULL)
		return STRANGER_MAX;
	if (route->body_max > STRANGER_MAX && !auth_may(w, route, http, peer))
		return STRANGER_MAX;
	return route->body_max == 0 ? 1 : route->body_max;
}

static void
refused(const struct httpd_refusal *why, void *arg)
{
	struct worker *w = arg;

	board_add(w->row, BOARD_REFUSED, 1);
	log_note(2, "%.*s: refused: %s: %s", STR_ARG(why->peer_address),
	    why->name, why->text);
}

static void
drained(void *arg)
{
	struct worker *w = arg;

	loop_stop(w->loop);
}

/* ---- the writer --------------------------------------------------------- */

static void
take(struct channel *c, const struct message *m)
{
	struct worker *w = c->arg;

	if (m->op == MESSAGE_REPLY)
		call_reply(w, m);
	else if (m->op == MESSAGE_DOCUMENTS)
		wire_policy_changed(w);
	else if (m->op == MESSAGE_STORED)
		api_events_stored(w);
}

static void
gone(struct channel *c)
{
	struct worker *w = c->arg;

	loop_stop(w->loop);
}

/* ---- by the clock, by signal -------------------------------------------- */

static void
on_count(struct loop_timer *t)
{
	struct worker *w = LOOP_OF(t, struct worker, count);
	const struct httpd_stat *s = httpd_stat(w->httpd);

	board_set(w->row, BOARD_CONNECTIONS, s->connections);
	board_set(w->row, BOARD_HANDSHAKES_FAILED, s->handshakes_failed);
	loop_at(w->loop, t, loop_now_ms(w->loop) + COUNT_MS);
}

/* ---- certificates and signals ------------------------------------------- */

static int
read_file(const char *path, struct buf *b, struct err *e)
{
	cleanup_fd int fd = fd_open(path, e);

	return fd < 0 ? fd : fd_read_all(fd, path, b, e);
}

static int
open_tls(const struct options *o, struct tls_context **ret, struct err *e)
{
	cleanup_buf struct buf ca = BUF_MAX(PKI_PEM_MAX);
	cleanup_buf struct buf cert = BUF_MAX(PKI_PEM_MAX);
	struct buf key = BUF_MAX(PKI_PEM_MAX);
	struct tls_server_config cfg;
	int r = data_read(o->data, DATA_CA, &ca, e);

	if (r == 0)
		r = o->tls_cert != NULL
			? read_file(o->tls_cert, &cert, e)
			: data_read(o->data, DATA_SERVER, &cert, e);
	if (r == 0)
		r = o->tls_key != NULL
			? read_file(o->tls_key, &key, e)
			: data_read(o->data, DATA_SERVER_KEY, &key, e);
	cfg = (struct tls_server_config){.cert = buf_str(&cert),
	    .key = buf_str(&key),
	    .client_ca = buf_str(&ca)};
	if (r == 0)
		r = tls_server_new(&cfg, ret, e);
	pki_wipe(&key);
	return r;
}

/* What connections that come from now on are shown. */
static void
renew(struct worker *w)
{
	struct tls_context *tls = NULL;
	struct err e = {0};

	if (open_tls(w->o, &tls, &e) != 0) {
		log_error("%s; what there was stays", e.text);
		return;
	}
	httpd_tls(w->httpd, tls);
	tls_context_free(w->tls);
	w->tls = tls;
}

static void
drain(struct worker *w)
{
	if (w->draining)
		return;
	w->draining = true;
	httpd_drain(w->httpd);
	wire_policy_drain(w);
	api_events_drain(w);
}

static void
on_signal(struct loop_fd *f, uint32_t events)
{
	struct worker *w = LOOP_OF(f, struct worker, signals);
	struct signalfd_siginfo info;

	(void)events;
	while (read(f->fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP)
			renew(w);
		else
			drain(w);
	}
}

/* ---- start -------------------------------------------------------------- */

static int
open_httpd(struct worker *w, int listener, struct err *e)
{
	const struct httpd_config cfg = {.loop = w->loop,
	    .tls = w->tls,
	    .serve = serve,
	    .body_limit = body_limit,
	    .refused = refused,
	    .drained = drained,
	    .arg = w,
	    .body_max = BODY_MAX,
	    .memory_max = MEMORY_MAX};

	return httpd_new(&cfg, listener, &w->httpd, e);
}

static int
watch(struct worker *w, int writer, struct err *e)
{
	sigset_t set;
	int fd, r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return err_set(
		    e, ERR_TEMP, errno, "signalfd: %s", strerror(errno));
	w->signals =
	    (struct loop_fd){.fd = fd, .events = EPOLLIN, .ready = on_signal};
	r = loop_add(w->loop, &w->signals, e);
	w->writer.take = take;
	w->writer.gone = gone;
	w->writer.arg = w;
	if (r == 0)
		r = channel_open(&w->writer, w->loop, writer, e);
	w->count.due = on_count;
	loop_at(w->loop, &w->count, loop_now_ms(w->loop) + COUNT_MS);
	return r;
}

int
worker_run(const struct options *o, struct board *board, unsigned number,
    int listener, int writer, struct err *e)
{
	static struct worker w;
	int r;

	w = (struct worker){
	    .o = o, .board = board, .row = &board->rows[number]};
	board_set(w.row, BOARD_WAITING, 0);
	r = open_tls(o, &w.tls, e);
	if (r == 0)
		r = store_open(o->data, STORE_READ, &w.store, e);
	if (r == 0)
		r = loop_new(&w.loop, e);
	if (r == 0)
		r = watch(&w, writer, e);
	if (r == 0)
		r = open_httpd(&w, listener, e);
	if (r == 0)
		r = loop_run(w.loop, e);
	child_free(&w);
	httpd_free(w.httpd);
	wire_policy_free(&w);
	call_free(&w);
	keyring_free(&w.keyring);
	documents_free(&w.documents);
	store_free(w.store);
	tls_context_free(w.tls);
	return r;
}
