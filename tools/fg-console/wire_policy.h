/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire_policy: GET /api/v1/sidecar/policy. What each App ID gets is made and
 * signed by the writer when it is first asked for, and kept until a document
 * changes; who has it already waits for that.
 */
#ifndef FG_CONSOLE_WIRE_POLICY_H
#define FG_CONSOLE_WIRE_POLICY_H

#include "worker.h"

struct request;

enum { WIRE_POLICY_WAIT_MAX = 55 }; /* s */

void wire_policy_get(struct request *r);

/* A document has a new version: who waits is asked about anew. */
void wire_policy_changed(struct worker *w);

/* Who waits is answered 304, since the worker ends. */
void wire_policy_drain(struct worker *w);
void wire_policy_free(struct worker *w);

#endif
