/* SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "time/time.h"

enum { LINE_MAX_BYTES = 128 * 1024, OFTEN_MS = 1000 };

int
task_init(struct task *t, const char *app_id, struct err *e)
{
	int r = event_boot(t->boot);

	if (r != 0)
		return err_set(e, ERR_TEMP, -r, "getrandom: %s", strerror(-r));
	t->line = BUF_MAX(LINE_MAX_BYTES);
	t->source = (struct event_source){.app_id = str_of(app_id),
	    .boot = str_of(t->boot),
	    .agent = "fg-sidecar"};
	return 0;
}

void
task_free(struct task *t)
{
	policies_free(&t->policies);
	outbox_free(&t->outbox);
	containers_free(&t->containers);
	waas_free(&t->waas);
	buf_free(&t->line);
}

static void
put(struct task *t, struct event *ev, const struct event_source *src)
{
	struct jwrite w;

	ev->ts_ns = time_now_ns();
	ev->enforced = ev->name != EVENT_CUSTOM_ALERT;
	ev->seq = ++t->seq;
	buf_reset(&t->line);
	jwrite_init(&w, &t->line);
	event_write(ev, src, &w);
	buf_addc(&t->line, '\n');
	if (jwrite_end_text(&w) == 0 && buf_error(&t->line) == 0)
		outbox_put(&t->outbox, buf_str(&t->line), ev->count,
		    ev->severity, time_monotonic_ms());
}

void
task_tell_many(struct task *t, enum event_name name,
    enum event_severity severity, uint64_t count, const char *detail)
{
	struct event ev = {.name = name,
	    .action = EVENT_INFORM,
	    .detail = str_of(detail),
	    .severity = severity,
	    .count = count};

	put(t, &ev, &t->source);
}

void
task_tell(struct task *t, enum event_name name, enum event_severity severity,
    const char *detail)
{
	task_tell_many(t, name, severity, 1, detail);
}

void
task_tell_often(struct task *t, enum event_name name,
    enum event_severity severity, const struct container *c, const char *detail)
{
	struct task_often *o = &t->often[name];
	struct event ev = {.name = name,
	    .action = EVENT_INFORM,
	    .detail = str_of(detail),
	    .severity = severity};
	struct event_source src = t->source;
	int64_t now_ms = time_monotonic_ms();

	o->held++;
	if (now_ms < o->due_ms)
		return;
	ev.count = o->held;
	src.container = str_of(c->name);
	src.image = str_of(c->image);
	src.digest = str_of(c->digest);
	put(t, &ev, &src);
	*o = (struct task_often){.due_ms = now_ms + OFTEN_MS};
}

void
task_alert(struct task *t, const struct alerts_found *found)
{
	struct event ev = {.name = EVENT_CUSTOM_ALERT,
	    .action = EVENT_ALERT,
	    .severity = found->severity,
	    .rule_id = found->rule,
	    .rule_name = found->rule,
	    .msg = found->msg,
	    .detail = found->event,
	    .count = 1};
	struct event_source src = t->source;

	src.container = found->container;
	put(t, &ev, &src);
}

void
task_lost(struct task *t, uint64_t lost, const char *why)
{
	struct event ev = {.name = EVENT_LOST,
	    .action = EVENT_INFORM,
	    .detail = str_of(why),
	    .severity = EVENT_MEDIUM,
	    .count = lost};

	t->lost += lost;
	put(t, &ev, &t->source);
}

void
task_reap(struct task *t)
{
	siginfo_t info;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		    info.si_pid == 0)
			return;
		waas_look(&t->waas);
		alerts_look(&t->alerts);
		(void)waitpid(info.si_pid, NULL, WNOHANG);
	}
}

bool
task_healthy(const struct task *t, int64_t now_ms)
{
	return policies_any(&t->policies) || (t->open && now_ms >= t->until_ms);
}

int
task_waas_policy(struct task *t, struct str line, struct err *e)
{
	return waas_policy(&t->waas, line, e);
}

void
task_write_containers(const struct task *t, struct jwrite *w)
{
	for (size_t i = 0; i < t->containers.n; i++) {
		const struct container *c = &t->containers.list[i];

		jwrite_object(w);
		jwrite_kvz(w, "name", c->name);
		jwrite_kvz(w, "image", c->image);
		if (c->digest[0] != '\0')
			jwrite_kvz(w, "digest", c->digest);
		jwrite_kvz(w, "mode", c->live > 0 ? "wrapped" : "none");
		jwrite_end(w);
	}
}
