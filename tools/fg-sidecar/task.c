/* SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

#include <string.h>

#include "base/log.h"
#include "time/time.h"

enum { LINE_MAX_BYTES = 128 * 1024 };

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
	audit_free(&t->audit);
	buf_free(&t->line);
}

static void
put(struct task *t, struct event *ev)
{
	struct jwrite w;

	ev->ts_ns = time_now_ns();
	ev->action = EVENT_INFORM;
	ev->enforced = true;
	ev->seq = ++t->seq;
	buf_reset(&t->line);
	jwrite_init(&w, &t->line);
	event_write(ev, &t->source, &w);
	buf_addc(&t->line, '\n');
	if (jwrite_end_text(&w) == 0 && buf_error(&t->line) == 0)
		audit_line(&t->audit, buf_str(&t->line), ev->count);
}

void
task_tell(struct task *t, enum event_name name, enum event_severity severity,
    const char *detail)
{
	struct event ev = {.name = name,
	    .detail = str_of(detail),
	    .severity = severity,
	    .count = 1};

	put(t, &ev);
}

void
task_lost(struct task *t, uint64_t lost)
{
	struct event ev = {.name = EVENT_LOST,
	    .detail = STR("the audit took no more"),
	    .severity = EVENT_MEDIUM,
	    .count = lost};

	put(t, &ev);
}

void
task_flush(struct task *t, int64_t now_ms)
{
	struct err e;

	if (audit_flush(&t->audit, now_ms, &e) != 0)
		log_error("%s", e.text);
}

bool
task_healthy(const struct task *t, int64_t now_ms)
{
	return policies_any(&t->policies) || (t->open && now_ms >= t->until_ms);
}
