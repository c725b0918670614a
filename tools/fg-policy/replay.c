/* SPDX-License-Identifier: Apache-2.0 */
#include "replay.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "event/event.h"
#include "ndjson/ndjson.h"
#include "target.h"

enum {
	TREE_MAX = 64 * 1024 * 1024, /* of one line */
	PLACE_MAX = 256
};

struct replay {
	const struct options *o;
	struct ndjson_in in;
	struct ndjson_out *out;
	struct targets targets;
	char msg[RUNTIME_MSG_MAX];
};

/* The option, or else what the event says. */
static struct str
either(const char *option, const struct jtree *said)
{
	return option != NULL ? str_of(option) : jtree_str(said);
}

static struct collections_who
who_of(const struct options *o, const struct jtree *t)
{
	const struct jtree *container = jtree_get(t, "container");

	return (struct collections_who){
	    .image = either(o->image, jtree_get(container, "image")),
	    .container = either(o->container, jtree_get(container, "name")),
	    .app_id = either(o->app_id, jtree_get(jtree_get(t, "app"), "id")),
	};
}

static int
put(struct replay *r, struct arena *a, const struct jtree *t,
    const struct event *ev, const struct policy *p, struct err *e)
{
	cleanup_buf struct buf line = BUF_MAX(2 * EVENT_LINE_MAX);
	const struct jtree *container = jtree_get(t, "container");
	struct str version = STR_NONE;
	struct event_source src = {
	    .app_id = jtree_str(jtree_get(jtree_get(t, "app"), "id")),
	    .container = jtree_str(jtree_get(container, "name")),
	    .image = jtree_str(jtree_get(container, "image")),
	    .digest = jtree_str(jtree_get(container, "digest")),
	    .boot = jtree_str(jtree_get(t, "boot")),
	    .agent = arena_dup(a, jtree_str(jtree_get(t, "agent"))),
	};
	struct jwrite w;
	char number[24];

	if (policy_version(p) != 0) {
		(void)snprintf(number, sizeof number, "%lld",
		    (long long)policy_version(p));
		version = str_of(number);
	}
	src.version = version;
	jwrite_init(&w, &line);
	event_write(ev, &src, &w);
	if (jwrite_end_text(&w) != 0)
		return err_nomem(e);
	return ndjson_out_put(r->out, buf_str(&line), e);
}

/* A line of another type, or an event that is not judged, stays as it is. */
static bool
is_judged(const struct jtree *t)
{
	enum event_name name = event_name_of(jtree_str(jtree_get(t, "name")));

	return str_eqz(jtree_str(jtree_get(t, "type")), "event") &&
	       name < EVENT_LIFECYCLE;
}

static int
decide(struct replay *r, struct str line, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE_MAX);
	struct collections_who who;
	const struct jtree *t;
	struct target *target;
	char place[PLACE_MAX];
	struct event ev;
	int error;

	if (a == NULL)
		return err_nomem(e);
	(void)snprintf(place, sizeof place, "%s:%lu", r->in.what, r->in.line);
	error = jtree_parse(a, line, place, &t, e);
	if (error != 0)
		return error;
	if (!is_judged(t))
		return ndjson_out_put(r->out, line, e);
	error = event_read(a, t, &ev, e);
	if (error != 0) {
		err_prefix(e, "%s", place);
		return error;
	}
	who = who_of(r->o, t);
	error = target_get(
	    &r->targets, &who, jtree_str(jtree_get(t, "boot")), &target, e);
	if (error != 0)
		return error;
	runtime_decide(target->policy, target->state, &ev, r->msg);
	return put(r, a, t, &ev, target->policy, e);
}

/* The policy must be good even if there is no event. */
static int
check_policy(struct replay *r, struct err *e)
{
	const struct collections_who who = {
	    str_of(r->o->image), str_of(r->o->container), str_of(r->o->app_id)};
	struct target *t;

	return target_get(&r->targets, &who, STR_NONE, &t, e);
}

static int
replay(struct replay *r, struct err *e)
{
	struct str line;
	int error = check_policy(r, e);

	if (error == 0)
		error = ndjson_out_open(NULL, r->o->jq, &r->out, e);
	while (error == 0) {
		int got = ndjson_in_next(&r->in, &line, e);

		if (got <= 0) {
			error = got;
			break;
		}
		error = decide(r, line, e);
	}
	return error != 0 ? error : ndjson_out_close(r->out, e);
}

int
replay_run(const struct options *o, const char *path, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(POLICY_TEXT_MAX);
	struct replay r = {.o = o, .in = {.what = "standard input"}};
	cleanup_fd int fd = -1;
	int error = fd_read_input(o->replay, &text, &r.targets.what, e);

	if (error != 0)
		return error;
	if (path != NULL && strcmp(path, "-") != 0) {
		fd = fd_open(path, e);
		if (fd < 0)
			return fd;
		r.in.fd = fd;
		r.in.what = path;
	}
	r.targets.text = buf_str(&text);
	error = replay(&r, e);
	ndjson_in_free(&r.in);
	ndjson_out_free(r.out);
	target_free_all(&r.targets);
	return error;
}
