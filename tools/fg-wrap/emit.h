/* SPDX-License-Identifier: Apache-2.0 */
/* emit: an event becomes a numbered line, for whoever wants it. */
#ifndef FG_WRAP_EMIT_H
#define FG_WRAP_EMIT_H

#include <stdint.h>

#include "audit/audit.h"
#include "event/event.h"
#include "shared.h"
#include "sidecar.h"

struct emit {
	struct shared *shared;
	struct event_source source;
	struct audit audit;
	struct sidecar sidecar;
	struct buf line;
	char version[24]; /* that source.version borrows */
};

void emit_event(struct emit *x, const struct event *ev);

/* Something of our own: the time is now, the action "none". */
void emit_tell(struct emit *x, enum event_name name,
    enum event_severity severity, const char *detail, int64_t number);

/* n events are gone, and why. */
void emit_lost(struct emit *x, uint64_t n, const char *why);

void emit_free(struct emit *x);

#endif
