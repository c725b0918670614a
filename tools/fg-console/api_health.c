/* SPDX-License-Identifier: Apache-2.0 */
#include "api_health.h"

#include "request.h"
#include "store/store_apps.h"
#include "time/time.h"

enum { SEEN_MS = 3600 * 1000 };

void
api_health_ask(struct request *r)
{
	if (r->w->draining)
		request_refuse(r, 503, "about to end");
	else
		request_answer(r, 200, "application/json", NULL, 0,
		    STR("{\"type\":\"health\",\"v\":1,\"status\":\"ok\"}\n"));
}

void
api_health_metrics(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(256 * 1024);
	struct store_stat s = {0};
	uint64_t apps = 0;
	struct err e = {0};

	if (store_stat(r->w->store, &s, &e) != 0 ||
	    store_app_count(r->w->store, time_now_ms() - SEEN_MS, &apps, &e) !=
		0) {
		request_failed(r, &e);
		return;
	}
	board_write(r->w->board, &b);
	board_gauge(&b, "fg_console_audit_bytes",
	    "Bytes of audits on the disk.", s.bytes);
	board_gauge(&b, "fg_console_log_bytes",
	    "Bytes of logs that are not written back.", s.log_bytes);
	board_gauge(&b, "fg_console_policy_bytes",
	    "Bytes of all else that is kept.", s.policy_bytes);
	board_gauge(
	    &b, "fg_console_audit_days", "Days that have audits.", s.days);
	board_gauge(
	    &b, "fg_console_tasks", "Tasks seen in the last hour.", apps);
	request_answer(
	    r, 200, "text/plain; version=0.0.4", NULL, 0, buf_str(&b));
}
