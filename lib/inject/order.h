/* SPDX-License-Identifier: Apache-2.0 */
/* order: will the containers of a task ever start? */
#ifndef FG_INJECT_ORDER_H
#define FG_INJECT_ORDER_H

#include "taskdef/taskdef.h"

/*
 * Look for a cycle among the containers of td. Edges are those that the
 * definition states (dependsOn, volumesFrom, links) and the one that ECS adds
 * by itself: a container whose log driver is awsfirelens waits for the one
 * with a firelensConfiguration (Amazon ECS Developer Guide, "Example Amazon
 * ECS task definition: Route logs to FireLens"). Our own sidecar waits for
 * nobody, so that injecting closes no cycle.
 *
 * 0, or -ELOOP, ERR_NO, with the cycle spelt out. Names that are functions
 * count by their expression.
 */
int order_check(
    const struct taskdef_file *f, const struct taskdef *td, struct err *e);

/* The log driver of a container, evaluated; STR_NONE: none or not known. */
struct str order_log_driver(const struct taskdef_file *f,
    const struct taskdef *td, const struct doc_node *container);

#endif
