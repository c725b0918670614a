/* SPDX-License-Identifier: Apache-2.0 */
/* adopt: what the supervisor does about processes from outside. */
#ifndef FG_WRAP_ADOPT_H
#define FG_WRAP_ADOPT_H

#include "supervise.h"

/*
 * Those that the reporter has found: seized, and filtered in tier full, where
 * that is possible; judged (EVENT_ENTERED) in any case.
 */
void adopt_entered(struct supervisor *s);

#endif
