/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "client_lib.h"
#include "client_work.h"

enum { POLL_MS = 1000, PARALLEL_MAX = 64 };

struct client {
	const struct client_config *cfg;
	struct client_lib lib;
	CURLM *multi;
	size_t parallel, n_active;
	struct client_work *active[PARALLEL_MAX];
	struct client_call *queue; /* in the order of client_start() */
	struct client_call **queue_end;
	struct client_work *spare; /* their handles are used again */
};

int
client_new(const struct client_config *cfg, struct client **ret, struct err *e)
{
	struct client *c;
	int r;

	if (cfg->ca != NULL && access(cfg->ca, R_OK) != 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", cfg->ca, strerror(errno));
	c = calloc(1, sizeof *c);
	if (c == NULL)
		return err_nomem(e);
	c->cfg = cfg;
	c->queue_end = &c->queue;
	c->parallel = cfg->parallel > 0 ? cfg->parallel : CLIENT_PARALLEL;
	if (c->parallel > PARALLEL_MAX)
		c->parallel = PARALLEL_MAX;
	r = client_lib_open(&c->lib, e);
	if (r == 0 && (c->multi = c->lib.multi_init()) == NULL)
		r = err_nomem(e);
	if (r != 0) {
		client_free(c);
		return r;
	}
	*ret = c;
	return 0;
}

static void
free_list(struct client_work *w)
{
	struct client_work *next;

	for (; w != NULL; w = next) {
		next = w->next;
		client_work_free(w);
	}
}

void
client_free(struct client *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_active; i++) {
		(void)c->lib.multi_remove_handle(c->multi, c->active[i]->easy);
		client_work_free(c->active[i]);
	}
	free_list(c->spare);
	if (c->multi != NULL)
		(void)c->lib.multi_cleanup(c->multi);
	client_lib_close(&c->lib);
	free(c);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
client_call_reset(struct client_call *call)
{
	buf_free(&call->headers);
	buf_free(&call->body);
	call->r = 0;
	call->status = 0;
	call->timed_out = false;
	call->digest[0] = '\0';
}

void
client_start(struct client *c, struct client_call *call)
{
	call->next = NULL;
	call->due_ms = call->delay_ms > 0 ? now_ms() + call->delay_ms : 0;
	*c->queue_end = call;
	c->queue_end = &call->next;
}

static struct client_work *
take_work(struct client *c)
{
	struct client_work *w = c->spare;

	if (w == NULL)
		return client_work_new(&c->lib, c->cfg);
	c->spare = w->next;
	return w;
}

/* The call of w is over. done() may start it again: w is spare by then. */
static void
finish(struct client *c, struct client_work *w)
{
	struct client_call *call = w->call;

	w->call = NULL;
	w->next = c->spare;
	c->spare = w;
	call->done(call);
}

/* Take the first call off the queue that is due by now. */
static struct client_call *
take_due(struct client *c, int64_t now)
{
	struct client_call **at = &c->queue, *call;

	while (*at != NULL && (*at)->due_ms > now)
		at = &(*at)->next;
	call = *at;
	if (call == NULL)
		return NULL;
	*at = call->next;
	if (*at == NULL)
		c->queue_end = at;
	return call;
}

static bool
add_handle(struct client *c, struct client_work *w)
{
	if (c->lib.multi_add_handle(c->multi, w->easy) == CURLM_OK)
		return true;
	w->call->r = err_nomem(&w->call->err);
	return false;
}

static void
start(struct client *c, struct client_call *call)
{
	struct client_work *w = take_work(c);

	if (w == NULL) {
		call->r = err_nomem(&call->err);
		call->done(call);
		return;
	}
	w->call = call;
	call->r = client_work_begin(w);
	if (call->r == 0 && add_handle(c, w))
		c->active[c->n_active++] = w;
	else
		finish(c, w);
}

static void
start_due(struct client *c)
{
	struct client_call *call;

	while (
	    c->n_active < c->parallel && (call = take_due(c, now_ms())) != NULL)
		start(c, call);
}

static void
remove_active(struct client *c, const struct client_work *w)
{
	for (size_t i = 0; i < c->n_active; i++) {
		if (c->active[i] == w) {
			c->active[i] = c->active[--c->n_active];
			return;
		}
	}
}

static void
read_ends(struct client *c)
{
	struct client_work *w;
	CURLMsg *m;
	int left;

	while ((m = c->lib.multi_info_read(c->multi, &left)) != NULL) {
		CURLcode code = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		w = NULL;
		(void)c->lib.easy_getinfo(
		    m->easy_handle, CURLINFO_PRIVATE, (char **)&w);
		(void)c->lib.multi_remove_handle(c->multi, w->easy);
		if (client_work_end(w, code) == CLIENT_WORK_AGAIN &&
		    add_handle(c, w))
			continue;
		remove_active(c, w);
		finish(c, w);
	}
}

/* How long poll may sleep: until the next delayed call is due. */
static int
sleep_ms(const struct client *c)
{
	int64_t now = now_ms(), ms = POLL_MS;

	if (c->n_active >= c->parallel)
		return POLL_MS;
	for (const struct client_call *q = c->queue; q != NULL; q = q->next) {
		int64_t wait = q->due_ms > now ? q->due_ms - now : 0;

		ms = wait < ms ? wait : ms;
	}
	return (int)ms;
}

int
client_run(struct client *c, struct err *e)
{
	CURLMcode m = CURLM_OK;
	int running;

	while (c->queue != NULL || c->n_active > 0) {
		size_t before;

		start_due(c);
		m = c->lib.multi_perform(c->multi, &running);
		if (m != CURLM_OK)
			break;
		before = c->n_active;
		read_ends(c);
		/* Work left to start, or just added, must not wait here. */
		if (c->n_active < before || sleep_ms(c) == 0)
			continue;
		m = c->lib.multi_poll(c->multi, NULL, 0, sleep_ms(c), NULL);
		if (m != CURLM_OK)
			break;
	}
	if (m != CURLM_OK)
		return err_set(
		    e, ERR_TEMP, EIO, "libcurl: %s", c->lib.multi_strerror(m));
	return 0;
}

bool
client_header(const struct client_call *call, const char *name, size_t nth,
    struct str *value)
{
	struct str left = buf_str(&call->headers), line, key, rest;

	while (left.n > 0) {
		(void)str_cut(left, '\n', &line, &left);
		if (!str_cut(line, ':', &key, &rest) || key.n != strlen(name) ||
		    strncasecmp(key.p, name, key.n) != 0 || nth-- > 0)
			continue;
		*value = str_trim(rest);
		return true;
	}
	return false;
}
