/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "event/event_names.h"
#include "jtree/jtree.h"
#include "time/time.h"
#include "who.h"

/* A tree is some times as large as its text. */
enum { TREE = 64, TREE_LEAST = 64 * 1024 };

static void
copy(char to[PEER_NAME_MAX], const struct jtree *t, const char *key)
{
	struct str s = jtree_str(jtree_get(t, key));

	(void)snprintf(to, PEER_NAME_MAX, "%.*s",
	    STR_ARG(str_sub(s, 0, PEER_NAME_MAX - 1)));
}

/* A connection is of one container, whatever it says later. */
static void
hello(struct task *t, struct peer *p, const struct jtree *line, int64_t now_ms)
{
	if (p->hello)
		return;
	p->hello = true;
	copy(p->container, line, "container");
	copy(p->image, line, "image");
	copy(p->digest, line, "digest");
	copy(p->app_id, line, "app");
	copy(p->boot, line, "boot");
	log_note(1, "hello of \"%s\", image \"%s\"", p->container, p->image);
	who_begin(t, p, now_ms);
	talk_give(t, p, now_ms);
}

static void
give_policy(struct task *t, struct peer *p)
{
	const struct collections_who who = {.image = str_of(p->image),
	    .container = str_of(p->container),
	    .app_id =
		t->source.app_id.n > 0 ? t->source.app_id : str_of(p->app_id)};
	struct err e = {0};

	if (p->policy == t->policies.changes)
		return;
	p->policy = t->policies.changes;
	if (policies_line(&t->policies, &who, &p->out, &e) == 0)
		return;
	log_error("%s: %s", p->container, e.text);
	task_tell(t, EVENT_POLICY_REJECTED, EVENT_HIGH, e.text);
}

/* ---- events ------------------------------------------------------------- */

/* Whole records only, each a line: what follows reads them as such. */
static void
event(struct task *t, struct peer *p, const struct jtree *line, struct str text,
    int64_t now_ms)
{
	enum event_severity severity = EVENT_INFO;
	double seq, count = 1;

	if ((p->kind == PEER_SOCKET && !p->hello) ||
	    !jtree_number(jtree_get(line, "seq"), &seq) || seq < 0 ||
	    seq > 9e15)
		return;
	(void)jtree_number(jtree_get(line, "count"), &count);
	(void)event_names_severity_of(
	    jtree_str(jtree_get(line, "severity")), &severity);
	buf_reset(&t->line);
	buf_adds(&t->line, text);
	buf_addc(&t->line, '\n');
	if (buf_error(&t->line) != 0)
		return;
	alerts_feed(&t->alerts, buf_str(&t->line));
	outbox_put(&t->outbox, buf_str(&t->line),
	    count >= 1 && count < 1e15 ? (uint64_t)count : 1, severity, now_ms);
	p->next_at = t->outbox.added;
	p->next_seq = (uint64_t)seq;
}

static void
alert(struct task *t, struct str text)
{
	cleanup_arena struct arena *a = arena_new(TREE * text.n + TREE_LEAST);
	struct alerts_found found;
	char why[512];

	if (a == NULL || !alerts_read(a, text, &found))
		return;
	if (!found.failed) {
		task_alert(t, &found);
		return;
	}
	alerts_leave_out(&t->alerts, found.rule);
	(void)snprintf(why, sizeof why, "rule %.*s is left out: %.*s",
	    STR_ARG(found.rule), STR_ARG(str_sub(found.msg, 0, 400)));
	log_error("%s", why);
	task_tell(t, EVENT_ALERT_FAILED, EVENT_MEDIUM, why);
}

/* ---- the rest ----------------------------------------------------------- */

static void
health(const struct task *t, struct peer *p, int64_t now_ms)
{
	int64_t age = t->link == NULL ? -1 : link_policy_age(t->link, now_ms);
	struct jwrite w;

	jwrite_init(&w, &p->out);
	jwrite_record(&w, "health");
	jwrite_kv_bool(&w, "healthy", task_healthy(t, now_ms));
	jwrite_kv_bool(&w, "policy", policies_any(&t->policies));
	if (t->link != NULL)
		jwrite_kv_bool(
		    &w, "console", t->link->was_up && !t->link->told_lost);
	if (age >= 0)
		jwrite_kv_int(&w, "policy_age_s", age);
	jwrite_end(&w);
	buf_addc(&p->out, '\n');
}

void
talk_line(struct task *t, struct peer *p, struct str text, int64_t now_ms)
{
	cleanup_arena struct arena *a = NULL;
	const struct jtree *line;
	struct str type;

	if (p->kind == PEER_ALERTS) {
		alert(t, text);
		return;
	}
	a = arena_new(TREE * text.n + TREE_LEAST);
	if (a == NULL || jtree_parse(a, text, "socket", &line, NULL) != 0)
		return;
	type = jtree_str(jtree_get(line, "type"));
	if (str_eqz(type, "event"))
		event(t, p, line, text, now_ms);
	else if (p->kind != PEER_SOCKET)
		return;
	else if (str_eqz(type, "hello"))
		hello(t, p, line, now_ms);
	else if (str_eqz(type, "health"))
		health(t, p, now_ms);
	else if (str_eqz(type, "bye"))
		p->bye = true;
	else if (str_eqz(type, "stopping") && p->hello) {
		p->stopping = true;
		waas_stop(&t->waas, now_ms);
	}
}

static void
give_acks(struct task *t, struct peer *p)
{
	/* In a steady stream the last event is never out: hence two marks. */
	for (;;) {
		if (p->out_at == 0) {
			p->out_at = p->next_at;
			p->out_seq = p->next_seq;
			p->next_at = 0;
		}
		if (p->out_at == 0 || t->outbox.safe < p->out_at)
			return;
		buf_addf(&p->out, "{\"type\":\"ack\",\"v\":1,\"seq\":%llu}\n",
		    (unsigned long long)p->out_seq);
		p->out_at = 0;
	}
}

void
talk_give(struct task *t, struct peer *p, int64_t now_ms)
{
	if (p->kind == PEER_WAAS && p->policy != t->waas.changes) {
		p->policy = t->waas.changes;
		buf_adds(&p->out, buf_str(&t->waas.policy));
	}
	if (p->kind != PEER_SOCKET)
		return;
	if (p->hello && who_is(t, p, now_ms))
		give_policy(t, p);
	give_acks(t, p);
	if (p->stopping && waas_over(&t->waas)) {
		p->stopping = false;
		buf_addz(&p->out, "{\"type\":\"stopping\",\"v\":1}\n");
	}
}

int64_t
talk_next(const struct peer *p, const struct containers *c)
{
	if (!p->hello || p->known)
		return INT64_MAX;
	return httpc_idle(c->http) && c->again_ms < p->wait_ms ? c->again_ms
							       : p->wait_ms;
}

void
talk_gone(struct peer *p)
{
	if (p->who != NULL)
		p->who->live--;
	p->who = NULL;
}
