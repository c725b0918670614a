/* SPDX-License-Identifier: Apache-2.0 */
/* mount: does something of the user's cover our volume? */
#ifndef FG_INJECT_MOUNT_H
#define FG_INJECT_MOUNT_H

#include "taskdef/taskdef.h"

/*
 * The containerPath among the container's mountPoints and
 * linuxParameters.tmpfs that is /opt/fg or below it, once cleaned as Docker
 * does ("." and ".." and doubled slashes): there fg-wrap would not be found,
 * or Docker refuses the mount twice. NULL: there is none that is known.
 */
const struct doc_node *mount_covering(const struct taskdef_file *f,
    const struct taskdef *td, const struct doc_node *container);

#endif
