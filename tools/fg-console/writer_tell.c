/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "jwrite/jwrite.h"
#include "time/time.h"
#include "writer.h"

#define SELF STR("fg-console")

static void
put_config(struct jwrite *w, const struct writer_event *ev)
{
	if (ev->actor.n == 0)
		return;
	jwrite_key(w, "config");
	jwrite_object(w);
	jwrite_kv(w, "actor", ev->actor);
	if (ev->what.n > 0)
		jwrite_kv(w, "what", ev->what);
	if (ev->after > 0) {
		jwrite_kv_int(w, "version_before", ev->before);
		jwrite_kv_int(w, "version_after", ev->after);
	}
	if (ev->sha256.n > 0)
		jwrite_kv(w, "sha256", ev->sha256);
	jwrite_end(w);
}

static void
put_app(struct jwrite *w, struct str app)
{
	struct str name, uuid;

	jwrite_key(w, "app");
	jwrite_object(w);
	jwrite_kv(w, "id", app);
	if (str_cut(app, ':', &name, &uuid)) {
		jwrite_kv(w, "name", name);
		jwrite_kv(w, "uuid", uuid);
	}
	jwrite_end(w);
}

static void
write_event(struct writer *w, const struct writer_event *ev, struct str app,
    int64_t now_ms, struct buf *out)
{
	char id[64], ts[TIME_TEXT];
	struct jwrite j;

	(void)snprintf(id, sizeof id, "%s-%" PRIu64, w->boot, w->seq);
	(void)time_format_ms(now_ms, ts);
	jwrite_init(&j, out);
	jwrite_record(&j, "event");
	jwrite_kvz(&j, "id", id);
	jwrite_kvz(&j, "ts", ts);
	jwrite_kvz(&j, "kind", "lifecycle");
	jwrite_kvz(&j, "name", ev->name);
	jwrite_kvz(&j, "severity", ev->severity);
	jwrite_kvz(&j, "action", "none");
	put_app(&j, app);
	jwrite_kvz(&j, "msg", ev->msg);
	jwrite_kv_int(&j, "count", 1);
	jwrite_kv_int(&j, "seq", (int64_t)w->seq);
	jwrite_kvz(&j, "boot", w->boot);
	jwrite_kvz(&j, "agent", "fg-console");
	put_config(&j, ev);
	jwrite_end(&j);
	if (jwrite_end_text(&j) != 0)
		buf_reset(out);
}

void
writer_tell(struct writer *w, const struct writer_event *ev)
{
	cleanup_buf struct buf text = BUF_MAX(STORE_EVENT_MAX);
	struct str app = ev->app.n > 0 ? ev->app : SELF, body;
	int64_t now_ms = time_now_ms();

	w->seq++;
	write_event(w, ev, app, now_ms, &text);
	body = w->told_arena == NULL ? STR_NONE
				     : arena_str(w->told_arena, buf_str(&text));
	app = w->told_arena == NULL ? STR_NONE : arena_str(w->told_arena, app);
	if (w->n_told == WRITER_TOLD_MAX || body.n == 0 || app.p == NULL) {
		log_error("an event could not be kept: %s", ev->msg);
		return;
	}
	w->told[w->n_told++] = (struct store_event){.app = app,
	    .boot = str_of(w->boot),
	    .seq = w->seq,
	    .ts_ms = now_ms,
	    .kind = STORE_LIFECYCLE,
	    .severity =
		(enum store_severity)store_severity_of(str_of(ev->severity)),
	    .action = STORE_NONE,
	    .name = str_of(ev->name),
	    .container = STR(""),
	    .image = STR(""),
	    .rule = STR(""),
	    .type = STR(""),
	    .body = body};
	loop_at(w->loop, &w->commit, loop_now_ms(w->loop));
}

void
writer_told(
    struct writer *w, struct str actor, const char *what, struct str about)
{
	char msg[512];

	(void)snprintf(msg, sizeof msg, "%.64s: %.*s", what,
	    (int)(about.n < 400 ? about.n : 400), about.p);
	writer_tell(w, &(struct writer_event){.name = "config.write",
			   .severity = "info",
			   .actor = actor,
			   .what = str_of(what),
			   .msg = msg});
}
