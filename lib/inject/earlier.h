/* SPDX-License-Identifier: Apache-2.0 */
/* earlier: a version that was stamped before, and which definition is which. */
#ifndef FG_INJECT_EARLIER_H
#define FG_INJECT_EARLIER_H

#include "report.h"

/*
 * The definition of `from` that td, of f, is the next version of: the only one
 * of each, else that of the same logical ID. NULL: there is none, or from is
 * NULL.
 */
const struct taskdef *earlier_find(const struct taskdef_file *from,
    const struct taskdef_file *f, const struct taskdef *td);

/*
 * Warn of each definition of f that got a new App ID (fresh[i]) while others
 * of `from` are left over, in whose place it may stand.
 */
void earlier_tell(const struct taskdef_file *from, const struct taskdef_file *f,
    const bool *fresh, struct report *report);

#endif
