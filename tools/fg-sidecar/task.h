/* SPDX-License-Identifier: Apache-2.0 */
/* task: what fg-sidecar knows of the task that it is a part of. */
#ifndef FG_SIDECAR_TASK_H
#define FG_SIDECAR_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/audit.h"
#include "event/event.h"
#include "policies.h"

struct task {
	struct policies policies;
	struct audit audit;
	struct event_source source; /* of our own events */
	char boot[EVENT_BOOT];
	uint64_t seq; /* of our own events */
	struct buf line;
	int64_t until_ms; /* the first policy is waited for; CLOCK_MONOTONIC */
	bool open;        /* --on-no-policy */
	bool missing;     /* said that there is none */
};

/* A new boot id, no policy. ERR_TEMP, ERR_PERM. */
int task_init(struct task *t, const char *app_id, struct err *e);
void task_free(struct task *t);

/* An event of our own: the time is now, the action "none". */
void task_tell(struct task *t, enum event_name name,
    enum event_severity severity, const char *detail);

/* Of `lost` events nothing is left but this. */
void task_lost(struct task *t, uint64_t lost);

/* Write what can be written without waiting; a failure is said. */
void task_flush(struct task *t, int64_t now_ms);

/* May others run: is there a policy, or one that is waited for no longer? */
bool task_healthy(const struct task *t, int64_t now_ms);

#endif
