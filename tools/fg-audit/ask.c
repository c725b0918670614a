/* SPDX-License-Identifier: Apache-2.0 */
#include "ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/num.h"
#include "jtree/jtree.h"
#include "time/time.h"
#include "url/url.h"

enum {
	CA_MAX = 1024 * 1024,
	TOKEN_MAX = 4096,
	QUERY_MAX = 256 * 1024,
	PAGE_MAX = 128 * 1024 * 1024, /* 1000 lines of 64 KiB, and room */
	TREE_MAX = 1024 * 1024,       /* of an error */
	RETRY_MAX_S = 600,
};

static const char path[] = "/api/v1/audits/events";

/* ---- what the command line and the environment say -------------------- */

static int
read_ca(struct ask *a, const struct options *o, struct err *e)
{
	const char *text = getenv("FG_CONSOLE_CA"), *what;
	int r = 0;

	if (o->console_ca != NULL)
		r = fd_read_input(o->console_ca, &a->ca, &what, e);
	else if (text != NULL)
		buf_addz(&a->ca, text);
	if (r != 0) {
		err_prefix(e, "--console-ca");
		return r;
	}
	a->config.ca_pem = buf_str(&a->ca);
	return buf_error(&a->ca) == 0 ? 0 : err_nomem(e);
}

static int
read_token(struct ask *a, const struct options *o, struct err *e)
{
	cleanup_buf struct buf file = BUF_MAX(TOKEN_MAX);
	const char *usual = getenv("FG_TOKEN"), *what;
	struct str token = str_trim(str_of(usual));
	int r;

	if (o->token_file != NULL) {
		r = fd_read_input(o->token_file, &file, &what, e);
		if (r != 0) {
			err_prefix(e, "--token-file");
			return r;
		}
		token = str_trim(buf_str(&file));
	}
	if (token.n == 0)
		return err_set(e, ERR_USAGE, EINVAL,
		    "no token for the Console: --token-file or FG_TOKEN");
	buf_addz(&a->authorization, "Bearer ");
	buf_adds(&a->authorization, token);
	return buf_error(&a->authorization) == 0
		   ? 0
		   : err_set(e, ERR_PERM, EFBIG, "the token is too long");
}

static void
add_parameter(struct buf *url, const char *name, struct str value)
{
	bool first = memchr(url->p, '?', url->n) == NULL;

	buf_addf(url, "%c%s=", first ? '?' : '&', name);
	url_encode(value, url);
}

/* Times as they were at the start: what comes late is not left out. */
static void
add_time(struct buf *url, const char *name, int64_t ms)
{
	char text[TIME_TEXT];

	(void)time_format_ms(ms, text);
	add_parameter(url, name, str_of(text));
}

/* The options, by their own names. */
static void
add_query(struct buf *url, const struct options *o, const struct auditquery *q)
{
	const struct {
		const char *name;
		const struct cli_list *list;
	} lists[] = {{"app", &o->app}, {"container", &o->container},
	    {"image", &o->image}, {"rule", &o->rule}, {"name", &o->name},
	    {"kind", &o->kind}, {"action", &o->action}};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (size_t k = 0; k < lists[i].list->n; k++)
			add_parameter(url, lists[i].name,
			    str_of(lists[i].list->items[k]));
	if (o->severity != NULL)
		add_parameter(url, "severity", str_of(o->severity));
	if (q->has_from)
		add_time(url, "from", q->from_ms);
	if (q->has_to)
		add_time(url, "to", q->to_ms);
	if (q->has_search)
		add_parameter(url, "search", q->search);
}

static int
make_url(struct ask *a, const struct options *o, struct err *e)
{
	struct str base = str_of(o->console);
	struct url parsed;
	int r = url_parse(base, &parsed, e);

	if (r != 0 || !parsed.tls) {
		if (r == 0)
			r = err_set(e, ERR_USAGE, EINVAL, "not https: \"%.*s\"",
			    STR_ARG(base));
		e->kind = ERR_USAGE;
		err_prefix(e, "--console");
		return r;
	}
	while (str_ends(base, "/"))
		base.n--;
	buf_adds(&a->url, base);
	buf_addz(&a->url, path);
	a->url_base = a->url.n;
	return buf_error(&a->url) == 0 ? 0 : err_nomem(e);
}

int
ask_open(struct ask *a, const struct options *o, const struct auditquery *q,
    struct err *e)
{
	int r;

	*a = (struct ask){.options = o,
	    .query = q,
	    .config = {.parallel = 1},
	    .ca = BUF_MAX(CA_MAX),
	    .authorization = BUF_MAX(TOKEN_MAX),
	    .url = BUF_MAX(QUERY_MAX)};
	r = make_url(a, o, e);
	if (r == 0)
		r = read_ca(a, o, e);
	if (r == 0)
		r = read_token(a, o, e);
	if (r == 0)
		r = client_new(&a->config, &a->client, e);
	return r;
}

void
ask_close(struct ask *a)
{
	client_call_reset(&a->call);
	client_free(a->client);
	buf_free(&a->ca);
	buf_free(&a->authorization);
	buf_free(&a->url);
}

/* ---- one page --------------------------------------------------------- */

static void
page_url(struct ask *a, const struct ask_page *page)
{
	char number[24];

	a->url.n = a->url_base;
	if (page->filtered)
		add_query(&a->url, a->options, a->query);
	if (page->after.n > 0)
		add_parameter(&a->url, "after", page->after);
	if (page->newest_first)
		add_parameter(&a->url, "order", STR("desc"));
	(void)snprintf(number, sizeof number, "%u", page->limit);
	add_parameter(&a->url, "limit", str_of(number));
	if (page->wait_s == 0)
		return;
	(void)snprintf(number, sizeof number, "%u", page->wait_s);
	add_parameter(&a->url, "wait", str_of(number));
}

static unsigned
retry_after(const struct client_call *call)
{
	struct str value;
	int64_t s;

	if (!client_header(call, "Retry-After", 0, &value) ||
	    !num_parse(value, 0, INT32_MAX, &s))
		return 0;
	return s < RETRY_MAX_S ? (unsigned)s : RETRY_MAX_S;
}

/* What the Console says of it, in its own words if there are some. */
static int
refused(const struct ask *a, struct err *e)
{
	const struct client_call *call = &a->call;
	cleanup_arena struct arena *arena = arena_new(TREE_MAX);
	bool again = call->status == 429 || call->status >= 500;
	const struct jtree *t = NULL;
	struct str msg = STR_NONE;

	if (arena != NULL &&
	    jtree_parse(arena, buf_str(&call->body), "", &t, NULL) == 0)
		msg = jtree_str(jtree_get(t, "msg"));
	if (msg.n == 0 && call->status == 404)
		msg = STR("there is no Console of this version");
	return err_set(e, again ? ERR_TEMP : ERR_PERM, EREMOTEIO,
	    "the Console answers %ld: %.*s", call->status,
	    STR_ARG(str_sub(msg, 0, 300)));
}

static void
on_done(struct client_call *call)
{
	(void)call; /* client_run() returns then */
}

int
ask_page(struct ask *a, const struct ask_page *page, unsigned *retry_s,
    struct err *e)
{
	struct client_call *call = &a->call;
	int r;

	*retry_s = 0;
	page_url(a, page);
	if (buf_error(&a->url) != 0)
		return err_nomem(e);
	client_call_reset(call);
	*call = (struct client_call){.method = CLIENT_GET,
	    .url = buf_z(&a->url),
	    .accept = "application/x-ndjson",
	    .authorization = buf_z(&a->authorization),
	    .max = PAGE_MAX,
	    .done = on_done,
	    .hold_s = page->wait_s};
	client_start(a->client, call);
	r = client_run(a->client, e);
	if (r != 0)
		return r;
	if (call->r != 0) {
		*e = call->err;
		return call->r;
	}
	if (call->status == 200)
		return 0;
	*retry_s = retry_after(call);
	return refused(a, e);
}
