/* SPDX-License-Identifier: Apache-2.0 */
/* console: audits that the Console keeps (fg-api(7), audits/events). */
#ifndef FG_AUDIT_CONSOLE_H
#define FG_AUDIT_CONSOLE_H

#include "pick.h"

/*
 * Ask the Console for what p's query says. With --follow: until the end of
 * days; what is temporary is tried again. ERR_TEMP, ERR_PERM.
 */
int console_run(struct pick *p, struct err *e);

#endif
