/* SPDX-License-Identifier: Apache-2.0 */
/* protect: what is written into one container of the user's. */
#ifndef FG_INJECT_PROTECT_H
#define FG_INJECT_PROTECT_H

#include "grow.h"
#include "inject.h"

/*
 * Wrap c's entry point, mount the volume, wait for the sidecar, add
 * SYS_PTRACE and the variables. check_container() must have found nothing.
 * app_id is the node that holds the App ID.
 */
int protect_container(const struct grow *g, const struct inject_config *cfg,
    const struct doc_node *app_id, const struct taskdef_container *c,
    struct record_container *rc);

#endif
