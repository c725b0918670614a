/* SPDX-License-Identifier: Apache-2.0 */
/* health: --health, the other end of the question. */
#ifndef FG_SIDECAR_HEALTH_H
#define FG_SIDECAR_HEALTH_H

#include "base/err.h"

/*
 * Ask the sidecar on the socket: 0 healthy, 1 it is not (e says why as well).
 * ERR_TEMP: nobody answers within two seconds.
 */
int health_ask(const char *path, struct err *e);

#endif
