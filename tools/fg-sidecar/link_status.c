/* SPDX-License-Identifier: Apache-2.0 */
/* What the Console shows of a task that runs. */
#include "jwrite/jwrite.h"
#include "link.h"
#include "task.h"

enum { TIMEOUT_MS = 30000 };

static void
write_policies(struct link *l, struct jwrite *w, int64_t now_ms)
{
	int64_t age = link_policy_age(l, now_ms);

	jwrite_key(w, "policy");
	jwrite_object(w);
	if (l->version_runtime >= 0)
		jwrite_kv_int(w, "runtime", l->version_runtime);
	if (l->version_waas >= 0)
		jwrite_kv_int(w, "waas", l->version_waas);
	jwrite_end(w);
	if (age >= 0)
		jwrite_kv_int(w, "policy_age_s", age);
}

void
link_status_send(struct link *l, int64_t now_ms)
{
	struct task *t = l->task;
	struct jwrite w;

	buf_reset(&l->call_fields);
	buf_addz(&l->call_fields, "Content-Type: application/json\r\n");
	buf_reset(&l->call_body);
	jwrite_init(&w, &l->call_body);
	jwrite_record(&w, "status");
	jwrite_kv(&w, "boot", t->source.boot);
	jwrite_kvz(&w, "version", FG_VERSION);
	write_policies(l, &w, now_ms);
	jwrite_kv_int(&w, "lost", (int64_t)t->lost);
	jwrite_kv_int(&w, "spooled", (int64_t)t->outbox.bytes);
	jwrite_key(&w, "containers");
	jwrite_array(&w);
	task_write_containers(t, &w);
	jwrite_end(&w);
	jwrite_end(&w);
	l->status_ms = now_ms + LINK_STATUS_MS;
	l->status_due = false;
	if (jwrite_end_text(&w) != 0)
		return;
	link_post(l, LINK_STATUS, "/api/v1/sidecar/status", TIMEOUT_MS, now_ms);
}
