/* SPDX-License-Identifier: Apache-2.0 */
#include "who.h"

#include <stdio.h>
#include <string.h>

void
who_begin(struct task *t, struct peer *p, int64_t now_ms)
{
	p->wait_ms = now_ms + CONTAINERS_WAIT_MS;
	p->answers = containers_asked(&t->containers);
}

/* What the definition was embedded with, beside what runs. */
static void
compare(struct task *t, struct peer *p, const struct container *c)
{
	char text[3 * PEER_NAME_MAX + 2 * CONTAINERS_TEXT];
	bool image = p->image[0] != '\0' && strcmp(p->image, c->image) != 0;
	bool digest = p->digest[0] != '\0' && c->digest[0] != '\0' &&
		      strcmp(p->digest, c->digest) != 0;

	if (!image && !digest)
		return;
	(void)snprintf(text, sizeof text, "%s %s, embedded %s",
	    image ? "image" : "digest", image ? c->image : c->digest,
	    image ? p->image : p->digest);
	task_tell_often(t, EVENT_IMAGE_DIFFERS, EVENT_HIGH, c, text);
}

static void
take(struct task *t, struct peer *p, struct container *c)
{
	/* The same one may connect anew before its old end is seen. */
	if (c->live > 0 && strcmp(c->boot, p->boot) != 0)
		task_tell_often(t, EVENT_HELLO_SECOND, EVENT_HIGH, c,
		    "a connection of this container is there already");
	c->live++;
	(void)snprintf(c->boot, sizeof c->boot, "%s", p->boot);
	p->who = c;
	if (t->link != NULL)
		link_report(t->link);
}

/* The endpoint knows it not: what it says of itself has to do. */
static void
fall_back(struct task *t, struct peer *p)
{
	struct container *c;

	if (t->containers.answers > 0) {
		struct container nobody = {0};

		(void)snprintf(
		    nobody.name, sizeof nobody.name, "%s", p->container);
		task_tell_often(t, EVENT_HELLO_UNKNOWN, EVENT_HIGH, &nobody,
		    "the task has no container of that name");
		return;
	}
	c = containers_add(&t->containers, str_of(p->container),
	    str_of(p->image), str_of(p->digest));
	if (c != NULL)
		take(t, p, c);
}

bool
who_is(struct task *t, struct peer *p, int64_t now_ms)
{
	struct containers *x = &t->containers;
	struct container *c;
	bool asked = x->answers + x->failures > p->answers;

	if (p->known)
		return true;
	c = containers_find(x, str_of(p->container));
	if (x->http != NULL && x->answers == 0)
		c = NULL; /* only said so far */
	if (c == NULL && x->http != NULL && !asked && now_ms < p->wait_ms) {
		containers_ask(x, now_ms);
		return false;
	}
	p->known = true;
	if (c == NULL || x->answers == 0) {
		fall_back(t, p);
		return true;
	}
	compare(t, p, c);
	(void)snprintf(p->image, sizeof p->image, "%.*s",
	    (int)sizeof p->image - 1, c->image);
	take(t, p, c);
	return true;
}
