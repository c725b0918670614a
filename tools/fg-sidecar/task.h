/* SPDX-License-Identifier: Apache-2.0 */
/* task: what fg-sidecar knows of the task that it is a part of. */
#ifndef FG_SIDECAR_TASK_H
#define FG_SIDECAR_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "alerts.h"
#include "containers.h"
#include "event/event.h"
#include "link.h"
#include "outbox.h"
#include "policies.h"
#include "waas.h"

/* Events that anybody can bring about: those of a second are told as one. */
struct task_often {
	int64_t due_ms;
	uint64_t held;
};

struct task {
	struct policies policies;
	struct outbox outbox;
	struct containers containers;
	struct waas waas;
	struct alerts alerts;
	struct link *link;          /* NULL: no Console */
	struct event_source source; /* of our own events */
	char boot[EVENT_BOOT];
	uint64_t seq;  /* of our own events */
	uint64_t lost; /* events, so far */
	struct buf line;
	struct task_often often[EVENT_NAMES];
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

/* The same, that stands for `count` of them. */
void task_tell_many(struct task *t, enum event_name name,
    enum event_severity severity, uint64_t count, const char *detail);

/* The same of a container, at most once a second for each name. */
void task_tell_often(struct task *t, enum event_name name,
    enum event_severity severity, const struct container *c,
    const char *detail);

/* An alert by a rule of the user's, about the event of that id. */
void task_alert(struct task *t, const struct alerts_found *found);

/* Of `lost` events nothing is left but this. */
void task_lost(struct task *t, uint64_t lost, const char *why);

/*
 * Children are dead. As process 1 of a container we are given the orphans of
 * others, too.
 */
void task_reap(struct task *t);

/* May others run: is there a policy, or one that is waited for no longer? */
bool task_healthy(const struct task *t, int64_t now_ms);

/* A policy for fg-waas, a whole record. */
int task_waas_policy(struct task *t, struct str line, struct err *e);

/* The items of "containers" in a status record. */
void task_write_containers(const struct task *t, struct jwrite *w);

#endif
