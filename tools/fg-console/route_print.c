/* SPDX-License-Identifier: Apache-2.0 */
#include "route_print.h"

#include "base/fd.h"
#include "jwrite/jwrite.h"
#include "route.h"

static const char *
method_text(enum http1_method m)
{
	switch (m) {
	case HTTP1_METHOD_PUT:
		return "PUT";
	case HTTP1_METHOD_POST:
		return "POST";
	case HTTP1_METHOD_DELETE:
		return "DELETE";
	default:
		return "GET";
	}
}

static const char *
auth_text(enum route_auth a)
{
	switch (a) {
	case ROUTE_TOKEN:
		return "token";
	case ROUTE_LOOPBACK:
		return "token or loopback";
	case ROUTE_SECRET:
		return "enrolment secret";
	case ROUTE_SIDECAR:
		return "certificate";
	default:
		return "none";
	}
}

static void
put_query(struct jwrite *w, const char *known)
{
	struct str rest = str_of(known), word;

	jwrite_key(w, "query");
	jwrite_array(w);
	while (rest.n > 0) {
		(void)str_cut(rest, '|', &word, &rest);
		jwrite_str(w, word);
	}
	jwrite_end(w);
}

int
route_print(struct err *e)
{
	cleanup_buf struct buf out = BUF_MAX(1 << 20);
	struct jwrite w;

	for (const struct route *r = route_table; r->path != NULL; r++) {
		jwrite_init(&w, &out);
		jwrite_record(&w, "route");
		jwrite_kvz(&w, "method", method_text(r->method));
		jwrite_kvz(&w, "path", r->path);
		jwrite_kvz(&w, "auth", auth_text(r->auth));
		if (r->scope != 0)
			jwrite_kvz(&w, "scope", scope_text(r->scope));
		jwrite_kv_int(&w, "body_max", (int64_t)r->body_max);
		put_query(&w, r->query);
		jwrite_end(&w);
		buf_addc(&out, '\n');
	}
	return buf_error(&out) != 0 ? err_nomem(e)
				    : fd_write_stdout(buf_str(&out), e);
}
