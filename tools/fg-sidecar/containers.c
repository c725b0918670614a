/* SPDX-License-Identifier: Apache-2.0 */
#include "containers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "jtree/jtree.h"
#include "time/time.h"
#include "url/url.h"

enum {
	ANSWER_MAX = 1 << 20,
	TIMEOUT_MS = 1500,
	PAUSE_MS = 300,
	TREE = 64,
};

static void done(struct httpc_call *call);

static void
copy(char to[CONTAINERS_TEXT], struct str s)
{
	(void)snprintf(to, CONTAINERS_TEXT, "%.*s",
	    STR_ARG(str_sub(s, 0, CONTAINERS_TEXT - 1)));
}

int
containers_open(struct containers *c, const char *uri, struct err *e)
{
	const struct httpc_config cfg = {.url = uri, .connect_ms = TIMEOUT_MS};
	int r;

	*c = (struct containers){0};
	if (uri == NULL || uri[0] == '\0')
		return 0;
	r = httpc_new(&cfg, &c->http, e);
	if (r != 0)
		err_prefix(e, "ECS_CONTAINER_METADATA_URI_V4");
	return r;
}

void
containers_free(struct containers *c)
{
	httpc_free(c->http);
	httpc_call_reset(&c->call);
	*c = (struct containers){0};
}

struct container *
containers_find(struct containers *c, struct str name)
{
	for (size_t i = 0; i < c->n; i++)
		if (str_eqz(name, c->list[i].name))
			return &c->list[i];
	return NULL;
}

struct container *
containers_add(
    struct containers *c, struct str name, struct str image, struct str digest)
{
	struct container *x = containers_find(c, name);

	if (x == NULL && c->n < CONTAINERS_MAX)
		x = &c->list[c->n++];
	if (x == NULL)
		return NULL;
	copy(x->name, name);
	copy(x->image, image);
	copy(x->digest, digest);
	return x;
}

uint64_t
containers_asked(const struct containers *c)
{
	return c->answers + c->failures +
	       (c->http != NULL && !httpc_idle(c->http));
}

void
containers_ask(struct containers *c, int64_t now_ms)
{
	if (c->http == NULL || !httpc_idle(c->http) || now_ms < c->again_ms)
		return;
	c->call = (struct httpc_call){.method = "GET",
	    .path = "/task",
	    .max = ANSWER_MAX,
	    .timeout_ms = TIMEOUT_MS,
	    .done = done,
	    .arg = c};
	httpc_start(c->http, &c->call, now_ms);
}

/* The digest stands alone or behind the image's name. */
static struct str
digest_of(struct str id)
{
	size_t at = str_rchr(id, '@');

	return at < id.n ? str_sub(id, at + 1, id.n) : id;
}

static int
understand(struct containers *c, struct str text, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE * (text.n + 1024));
	const struct jtree *t, *x;
	int r = a == NULL ? err_nomem(e)
			  : jtree_parse(a, text, "task metadata", &t, e);

	if (r != 0)
		return r;
	t = jtree_get(t, "Containers");
	if (t == NULL || t->kind != JSCAN_ARRAY)
		return err_set(e, ERR_TEMP, EBADMSG,
		    "task metadata: it tells of no containers");
	for (x = t->first; x != NULL; x = x->next) {
		struct str name = jtree_str(jtree_get(x, "Name"));

		if (name.n > 0)
			(void)containers_add(c, name,
			    jtree_str(jtree_get(x, "Image")),
			    digest_of(jtree_str(jtree_get(x, "ImageID"))));
	}
	return 0;
}

static void
done(struct httpc_call *call)
{
	struct containers *c = call->arg;
	struct err e = {0};
	int r = call->r;

	if (r != 0)
		e = call->err;
	else if (call->status != 200)
		r = err_set(&e, ERR_TEMP, EIO, "task metadata: it answers %u",
		    call->status);
	else
		r = understand(c, str_trim(buf_str(&call->body_in)), &e);
	if (r == 0)
		c->answers++;
	else
		c->failures++;
	if (r != 0 && c->failures == 1)
		log_warn("%s; containers are who they say", e.text);
	c->again_ms = time_monotonic_ms() + PAUSE_MS;
	httpc_call_reset(call);
}
