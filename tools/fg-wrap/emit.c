/* SPDX-License-Identifier: Apache-2.0 */
#include "emit.h"

#include "time/time.h"

void
emit_event(struct emit *x, const struct event *ev)
{
	struct event numbered = *ev;
	struct jwrite w;

	numbered.seq = atomic_fetch_add(&x->shared->seq, 1) + 1;
	buf_reset(&x->line);
	jwrite_init(&w, &x->line);
	event_write(&numbered, &x->source, &w);
	if (jwrite_end_text(&w) != 0)
		return;
	buf_addc(&x->line, '\n');
	if (buf_error(&x->line) != 0)
		return;
	audit_line(&x->audit, buf_str(&x->line), ev->count);
	sidecar_event(&x->sidecar, buf_str(&x->line), numbered.seq, ev->count);
}

void
emit_tell(struct emit *x, enum event_name name, enum event_severity severity,
    const char *detail, int64_t number)
{
	const struct event ev = {
	    .name = name,
	    .ts_ns = time_now_ns(),
	    .detail = str_of(detail),
	    .number = number,
	    .action = EVENT_INFORM,
	    .severity = severity,
	    .enforced = true,
	    .count = 1,
	};

	emit_event(x, &ev);
}

void
emit_lost(struct emit *x, uint64_t n, const char *why)
{
	const struct event ev = {
	    .name = EVENT_LOST,
	    .ts_ns = time_now_ns(),
	    .detail = str_of(why),
	    .action = EVENT_INFORM,
	    .severity = EVENT_MEDIUM,
	    .count = n,
	};

	emit_event(x, &ev);
}

void
emit_free(struct emit *x)
{
	audit_free(&x->audit);
	sidecar_free(&x->sidecar);
	buf_free(&x->line);
}
