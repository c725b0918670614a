/* SPDX-License-Identifier: Apache-2.0 */
/* scope: what the holder of an API token may do. */
#ifndef FG_CONSOLE_SCOPE_H
#define FG_CONSOLE_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum scope {
	SCOPE_AUDIT_READ = 1 << 0,
	SCOPE_POLICY_READ = 1 << 1,
	SCOPE_POLICY_WRITE = 1 << 2,
	SCOPE_EMBED_RUN = 1 << 3,
	SCOPE_SCAN_READ = 1 << 4,
	SCOPE_SCAN_WRITE = 1 << 5,
	SCOPE_ENROL_WRITE = 1 << 6,
	SCOPE_METRICS_READ = 1 << 7,
	SCOPE_ADMIN = 1 << 8, /* all of them, and tokens */
};

/* "audit:read"; of one scope. */
const char *scope_text(enum scope s);

/* Of "audit:read policy:read", blanks between them: -EINVAL, ERR_PERM. */
int scope_parse(struct str text, uint32_t *ret, struct err *e);

/* May who has these do what needs that one? */
bool scope_allows(uint32_t scopes, enum scope needed);

#endif
