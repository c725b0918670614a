/* SPDX-License-Identifier: Apache-2.0 */
#include "learn.h"

#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "learn/learn.h"
#include "ndjson/ndjson.h"
#include "policy/policy.h"

enum {
	TREE_MAX = 64 * 1024 * 1024, /* of one line */
	PLACE_MAX = 256
};

#define NS_PER_S ((int64_t)1000 * 1000 * 1000)

struct lessons {
	const struct options *o;
	struct learn *learn;
	struct learn_about about;
};

/* Was it let through, and by the container that is asked for? */
static bool
is_wanted(
    const struct lessons *x, const struct jtree *t, const struct event *ev)
{
	const struct jtree *container = jtree_get(t, "container");
	const struct options *o = x->o;

	if (ev->action == EVENT_PREVENT || ev->action == EVENT_BLOCK)
		return false;
	if (o->container != NULL &&
	    !str_eqz(jtree_str(jtree_get(container, "name")), o->container))
		return false;
	if (o->app_id != NULL &&
	    !str_eqz(
		jtree_str(jtree_get(jtree_get(t, "app"), "id")), o->app_id))
		return false;
	return o->image == NULL ||
	       str_eqz(jtree_str(jtree_get(container, "image")), o->image);
}

static int
add(struct lessons *x, struct str line, const char *place, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE_MAX);
	const struct jtree *t;
	struct event ev;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = jtree_parse(a, line, place, &t, e);
	if (r != 0 || !str_eqz(jtree_str(jtree_get(t, "type")), "event"))
		return r;
	r = event_read(a, t, &ev, e);
	if (r != 0) {
		err_prefix(e, "%s", place);
		return r;
	}
	if (!is_wanted(x, t, &ev))
		return 0;
	if (ev.ts_ns / NS_PER_S > x->about.at_s)
		x->about.at_s = ev.ts_ns / NS_PER_S;
	if (ev.name == EVENT_LOST)
		x->about.lost += ev.count;
	(void)learn_add(x->learn, &ev);
	return 0;
}

static int
read_all(struct lessons *x, struct ndjson_in *in, struct err *e)
{
	char place[PLACE_MAX];
	struct str line;
	int r;

	while ((r = ndjson_in_next(in, &line, e)) > 0) {
		(void)snprintf(
		    place, sizeof place, "%s:%lu", in->what, in->line);
		r = add(x, line, place, e);
		if (r != 0)
			return r;
	}
	return r;
}

static int
print(struct lessons *x, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(2 * POLICY_TEXT_MAX);
	int r = learn_write(x->learn, &x->about, &text, e);

	return r == 0 ? fd_write_stdout(buf_str(&text), e) : r;
}

int
learn_run(const struct options *o, const char *path, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(LEARN_MEMORY_MAX);
	struct lessons x = {.o = o,
	    .about = {.agent = "fg-policy --learn",
		.container = str_of(o->container),
		.image = str_of(o->image)}};
	struct ndjson_in in = {.what = "standard input"};
	cleanup_fd int fd = -1;
	int r;

	if (a == NULL)
		return err_nomem(e);
	if (path != NULL && strcmp(path, "-") != 0) {
		fd = fd_open(path, e);
		if (fd < 0)
			return fd;
		in.fd = fd;
		in.what = path;
	}
	r = learn_new(a, &x.learn, e);
	if (r == 0)
		r = read_all(&x, &in, e);
	if (r == 0)
		r = print(&x, e);
	ndjson_in_free(&in);
	return r;
}
