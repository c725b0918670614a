/* SPDX-License-Identifier: Apache-2.0 */
#include "call.h"

#include <errno.h>
#include <stdlib.h>

struct call {
	void (*done)(void *arg, const struct reply *reply); /* NULL: free */
	void *arg;
	uint32_t use;       /* how often this slot was taken */
	uint32_t next_free; /* + 1; 0: none */
};

static struct call *
take_slot(struct worker *w, uint32_t *slot)
{
	if (w->free_call == 0) {
		uint32_t n = w->n_calls == 0 ? 64 : 2 * w->n_calls;
		struct call *p = reallocarray(w->calls, n, sizeof *p);

		if (p == NULL)
			return NULL;
		for (uint32_t i = w->n_calls; i < n; i++)
			p[i] =
			    (struct call){.next_free = i + 1 < n ? i + 2 : 0};
		w->calls = p;
		w->free_call = w->n_calls + 1;
		w->n_calls = n;
	}
	*slot = w->free_call - 1;
	w->free_call = w->calls[*slot].next_free;
	return &w->calls[*slot];
}

static void
give_back(struct worker *w, uint32_t slot)
{
	w->calls[slot].done = NULL;
	w->calls[slot].next_free = w->free_call;
	w->free_call = slot + 1;
}

int
call_writer(struct worker *w, enum message_op op, struct str body,
    void (*done)(void *arg, const struct reply *reply), void *arg)
{
	struct call *c;
	uint32_t slot;
	int r;

	if (channel_waiting(&w->writer) > CALL_BEHIND)
		return -EAGAIN;
	c = take_slot(w, &slot);
	if (c == NULL)
		return -ENOMEM;
	c->done = done;
	c->arg = arg;
	c->use++;
	r = channel_send(&w->writer, op, (uint64_t)c->use << 32 | slot, body);
	if (r != 0)
		give_back(w, slot);
	return r;
}

void
call_reply(struct worker *w, const struct message *m)
{
	uint32_t slot = (uint32_t)m->id, use = (uint32_t)(m->id >> 32);
	struct reply reply = {.payload = {.rest = m->body}};
	struct call c;

	if (slot >= w->n_calls || w->calls[slot].done == NULL ||
	    w->calls[slot].use != use)
		return;
	c = w->calls[slot];
	give_back(w, slot);
	reply.status = (unsigned)parcel_int(&reply.payload);
	reply.reason = parcel_str(&reply.payload);
	reply.msg = parcel_str(&reply.payload);
	c.done(c.arg, &reply);
}

unsigned
call_open(const struct worker *w)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < w->n_calls; i++)
		n += w->calls[i].done != NULL;
	return n;
}

void
call_free(struct worker *w)
{
	free(w->calls);
	w->calls = NULL;
	w->n_calls = w->free_call = 0;
}
