/* SPDX-License-Identifier: Apache-2.0 */
/* protected: is every container really protected? Private to lib/lint. */
#ifndef FG_LINT_PROTECTED_H
#define FG_LINT_PROTECTED_H

#include "lint.h"

/* The LINT_PROTECTED part of lint_file() for one definition. */
int protected_check(const struct taskdef_file *f, const struct taskdef *td,
    const struct lint_config *cfg, struct arena *a, struct report *report,
    struct err *e);

#endif
