/* SPDX-License-Identifier: Apache-2.0 */
/* names: what injecting writes; fg-taskdef(5) lists it for operators. */
#ifndef FG_INJECT_NAMES_H
#define FG_INJECT_NAMES_H

#include "base/str.h"

#define NAMES_WRAP "/opt/fg/bin/fg-wrap"
#define NAMES_SIDECAR "/usr/bin/fg-sidecar"
#define NAMES_KEEP_PTRACE "--keep-ptrace"
#define NAMES_CAPABILITY "SYS_PTRACE"
#define NAMES_TAG "fg:app-id"

/* Environment of the containers. */
#define NAMES_APP_ID "FG_APP_ID"
#define NAMES_CONTAINER "FG_CONTAINER"
#define NAMES_IMAGE "FG_IMAGE"
#define NAMES_IMAGE_DIGEST "FG_IMAGE_DIGEST"
#define NAMES_ON_NO_POLICY "FG_ON_NO_POLICY"
#define NAMES_PID1 "FG_PID1"
#define NAMES_STOP_GRACE "FG_STOP_GRACE_S"

/* Is it one of these variables, FG_APP_ID left out? */
bool names_is_ours(struct str name);

#endif
