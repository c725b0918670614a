/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "jtree/jtree.h"
#include "time/time.h"

/* A tree is some times as large as its text. */
enum { TREE = 64, TREE_LEAST = 64 * 1024 };

static void
copy(char to[PEER_NAME_MAX], const struct jtree *t, const char *key)
{
	struct str s = jtree_str(jtree_get(t, key));

	(void)snprintf(to, PEER_NAME_MAX, "%.*s", STR_ARG(s));
}

/* A connection is of one container, whatever it says later. */
static void
hello(struct task *t, struct peer *p, const struct jtree *line)
{
	if (p->hello)
		return;
	p->hello = true;
	copy(p->container, line, "container");
	copy(p->image, line, "image");
	copy(p->app_id, line, "app");
	log_note(1, "hello of \"%s\", image \"%s\"", p->container, p->image);
	talk_policy(t, p);
}

void
talk_policy(struct task *t, struct peer *p)
{
	const struct collections_who who = {.image = str_of(p->image),
	    .container = str_of(p->container),
	    .app_id =
		t->source.app_id.n > 0 ? t->source.app_id : str_of(p->app_id)};
	struct err e = {0};

	if (!p->hello || p->policy == t->policies.changes)
		return;
	p->policy = t->policies.changes;
	if (policies_line(&t->policies, &who, &p->out, &e) == 0)
		return;
	log_error("%s: %s", p->container, e.text);
	task_tell(t, EVENT_POLICY_REJECTED, EVENT_HIGH, e.text);
}

/* Whole records only, each a line: what follows reads them as such. */
static void
event(struct task *t, struct peer *p, const struct jtree *line, struct str text)
{
	double seq, count = 1;

	if (!p->hello || !jtree_number(jtree_get(line, "seq"), &seq) ||
	    seq < 0 || seq > 9e15)
		return;
	(void)jtree_number(jtree_get(line, "count"), &count);
	buf_reset(&t->line);
	buf_adds(&t->line, text);
	buf_addc(&t->line, '\n');
	if (buf_error(&t->line) != 0)
		return;
	audit_line(&t->audit, buf_str(&t->line),
	    count >= 1 && count < 1e15 ? (uint64_t)count : 1);
	p->next_at = t->audit.added;
	p->next_seq = (uint64_t)seq;
}

static void
health(const struct task *t, struct peer *p)
{
	struct jwrite w;

	jwrite_init(&w, &p->out);
	jwrite_record(&w, "health");
	jwrite_kv_bool(&w, "healthy", task_healthy(t, time_monotonic_ms()));
	jwrite_kv_bool(&w, "policy", policies_any(&t->policies));
	jwrite_end(&w);
	buf_addc(&p->out, '\n');
}

void
talk_line(struct task *t, struct peer *p, struct str text)
{
	cleanup_arena struct arena *a = arena_new(TREE * text.n + TREE_LEAST);
	const struct jtree *line;
	struct str type;

	if (a == NULL || jtree_parse(a, text, "socket", &line, NULL) != 0)
		return;
	type = jtree_str(jtree_get(line, "type"));
	if (str_eqz(type, "event"))
		event(t, p, line, text);
	else if (str_eqz(type, "hello"))
		hello(t, p, line);
	else if (str_eqz(type, "health"))
		health(t, p);
	else if (str_eqz(type, "stopping"))
		buf_addz(&p->out, "{\"type\":\"stopping\",\"v\":1}\n");
	else if (str_eqz(type, "bye"))
		p->bye = true;
}

void
talk_acks(struct task *t, struct peer *p)
{
	/* In a steady stream the last event is never out: hence two marks. */
	for (;;) {
		if (p->out_at == 0) {
			p->out_at = p->next_at;
			p->out_seq = p->next_seq;
			p->next_at = 0;
		}
		if (p->out_at == 0 || t->audit.written < p->out_at)
			return;
		buf_addf(&p->out, "{\"type\":\"ack\",\"v\":1,\"seq\":%llu}\n",
		    (unsigned long long)p->out_seq);
		p->out_at = 0;
	}
}
