/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime: given this policy and this event, what is the verdict? No I/O, no
 * clock, no memory taken: fg-wrap asks it live, fg-policy --replay asks the
 * same.
 */
#ifndef FG_RUNTIME_RUNTIME_H
#define FG_RUNTIME_RUNTIME_H

#include <stddef.h>

#include "event/event.h"
#include "policy/policy.h"

/* What must be remembered between events (port scans, first sights). */
struct runtime_state; /* RUNTIME_STATE_SIZE bytes, zeroed at the start */
enum { RUNTIME_STATE_SIZE = 16384 };

/*
 * Fill the decision of ev: action, severity, rule_id, rule_name, msg, attack,
 * enforced. EVENT_ALLOWED means: go on, and there is nothing to report.
 * Strings are the policy's or static, except msg, which lies in `text` (of at
 * least RUNTIME_MSG_MAX bytes). Custom rules first, then the sections, the
 * most severe effect of the detections that apply wins.
 */
enum { RUNTIME_MSG_MAX = 1024 };
void runtime_decide(const struct policy *p, struct runtime_state *st,
    struct event *ev, char text[RUNTIME_MSG_MAX]);

#endif
