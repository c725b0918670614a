/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "call.h"

enum { MINUTE_MS = 60000 };

struct request *
request_new(struct worker *w, struct httpd_request *h)
{
	struct request *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->w = w;
	r->http = h;
	r->arena = arena_new(REQUEST_MEMORY_MAX);
	if (r->arena == NULL) {
		free(r);
		return NULL;
	}
	r->body = h->body;
	r->address = arena_str(r->arena, h->peer_address);
	if (r->address.p == NULL)
		r->address = STR("");
	return r;
}

void
request_free(struct request *r)
{
	if (r == NULL)
		return;
	arena_free(r->arena);
	free(r);
}

/* ---- answers ------------------------------------------------------------ */

void
request_answer(struct request *r, unsigned status, const char *type,
    const struct httpd_field *fields, size_t n, struct str body)
{
	struct httpd_field all[REQUEST_FIELDS_MAX + 3];
	size_t k = 0;

	all[k++] = (struct httpd_field){STR("Cache-Control"), STR("no-store")};
	all[k++] =
	    (struct httpd_field){STR("X-Content-Type-Options"), STR("nosniff")};
	if (type != NULL)
		all[k++] =
		    (struct httpd_field){STR("Content-Type"), str_of(type)};
	for (size_t i = 0; i < n && i < REQUEST_FIELDS_MAX; i++)
		all[k++] = fields[i];
	if (status >= 500)
		board_add(r->w->row, BOARD_ERRORS_5XX, 1);
	else if (status >= 400)
		board_add(r->w->row, BOARD_ERRORS_4XX, 1);
	httpd_answer(r->http, status, all, k, body);
	request_free(r);
}

void
request_json(struct request *r, unsigned status, const struct buf *body)
{
	struct err e = {0};

	if (buf_error(body) == 0) {
		request_answer(
		    r, status, "application/json", NULL, 0, buf_str(body));
		return;
	}
	if (buf_error(body) == -EFBIG)
		(void)err_set(&e, ERR_PERM, EFBIG,
		    "the answer is larger than %zu bytes", body->max);
	else
		(void)err_nomem(&e);
	request_failed(r, &e);
}

void
request_fault(struct request *r, const struct request_fault *f, const char *msg)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);
	struct httpd_field fields[2];
	char seconds[16];
	struct jwrite w;
	size_t n = 0;

	jwrite_init(&w, &b);
	jwrite_record(&w, "error");
	jwrite_kv_int(&w, "status", f->status);
	jwrite_kvz(&w, "msg", msg);
	if (f->reason != NULL && f->reason[0] != '\0')
		jwrite_kvz(&w, "reason", f->reason);
	if (f->pointer.p != NULL)
		jwrite_kv(&w, "pointer", f->pointer);
	if (f->line > 0) {
		jwrite_kv_int(&w, "line", f->line);
		jwrite_kv_int(&w, "column", f->column);
	}
	jwrite_end(&w);
	buf_addc(&b, '\n');
	if (f->retry_after_s > 0) {
		(void)snprintf(seconds, sizeof seconds, "%u", f->retry_after_s);
		fields[n++] =
		    (struct httpd_field){STR("Retry-After"), str_of(seconds)};
	}
	if (f->status == 401)
		fields[n++] = (struct httpd_field){STR("WWW-Authenticate"),
		    STR("Bearer realm=\"fg\", Basic realm=\"fg\"")};
	request_answer(
	    r, f->status, "application/json", fields, n, buf_str(&b));
}

void
request_refuse(struct request *r, unsigned status, const char *fmt, ...)
{
	struct request_fault f = {
	    .status = status, .retry_after_s = status == 503 ? 1 : 0};
	char msg[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	request_fault(r, &f, msg);
}

void
request_failed(struct request *r, const struct err *e)
{
	log_error("%s", e->text);
	request_refuse(r, e->kind == ERR_TEMP ? 503 : 500, MESSAGE_FAILED);
}

void
request_bad(struct request *r, const struct err *e)
{
	request_refuse(r, 400, "%s", e->text);
}

/* ---- help --------------------------------------------------------------- */

struct str
request_field(const struct http1_request *http, const char *name)
{
	uint32_t from = 0;
	const struct http1_field *f = http1_find(&http->h, str_of(name), &from);

	if (f == NULL || http1_find(&http->h, str_of(name), &from) != NULL)
		return STR_NONE;
	return f->value;
}

const struct jtree *
request_body(struct request *r)
{
	struct request_fault f = {.status = 400};
	const struct jtree *t = NULL;
	struct err e = {0};
	struct str text;

	text = arena_str(r->arena, r->body);
	if (text.p == NULL)
		(void)err_nomem(&e);
	else if (jtree_parse(r->arena, text, "body", &t, &e) == 0)
		return t;
	if (e.kind == ERR_TEMP)
		request_failed(r, &e);
	else
		request_fault(r, &f, e.text);
	return NULL;
}

void
request_note_damage(struct request *r, const struct store_page *page)
{
	struct worker *w = r->w;
	int64_t now_ms = loop_now_ms(w->loop);

	if (page->damaged == 0)
		return;
	board_add(w->row, BOARD_DAMAGED_DAYS, page->damaged);
	if (w->damage_told_ms != 0 && now_ms < w->damage_told_ms + MINUTE_MS)
		return;
	w->damage_told_ms = now_ms;
	log_error("%u days of audits cannot be read: %s", page->damaged,
	    page->damage.text);
}

static void
answered(void *arg, const struct reply *reply)
{
	struct request *r = arg;
	struct request_fault f = {.status = reply->status};
	struct parcel payload = reply->payload;
	char msg[ERR_TEXT_MAX], reason[64];

	if (reply->status < 400) {
		r->then(r, &payload);
		return;
	}
	(void)snprintf(msg, sizeof msg, "%.*s", STR_ARG(reply->msg));
	(void)snprintf(reason, sizeof reason, "%.*s", STR_ARG(reply->reason));
	f.reason = reason;
	f.retry_after_s = reply->status == 503 ? 1 : 0;
	request_fault(r, &f, msg);
}

void
request_ask(struct request *r, enum message_op op, const struct buf *body,
    void (*then)(struct request *r, struct parcel *payload))
{
	int error = buf_error(body);

	r->then = then;
	if (error == 0)
		error = call_writer(r->w, op, buf_str(body), answered, r);
	if (error == 0)
		return;
	if (op == MESSAGE_AUDITS)
		board_add(r->w->row, BOARD_BATCHES_BUSY, 1);
	request_refuse(r, 503,
	    error == -EAGAIN ? "behind with storing; try again"
			     : "out of memory");
}
