/* SPDX-License-Identifier: Apache-2.0 */
/* names: which images are asked for, on the command line or standard input. */
#ifndef FG_ENTRYPOINT_NAMES_H
#define FG_ENTRYPOINT_NAMES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/cli.h"
#include "base/err.h"
#include "entrypoint/entrypoint.h"

enum { NAMES_MAX = 10000, NAMES_LINE_MAX = 1024 * 1024 };

struct names {
	struct entrypoint_query *queries; /* owned */
	size_t n, cap;
};

/*
 * The operands; without any, the lines of standard input: a name each, or an
 * object {"image": NAME, "platform": PLATFORM, …}, of which all but these two
 * members is passed over. platform is for names that say none. Strings are in
 * a or borrowed from the operands. ERR_PERM: a line is malformed.
 */
int names_read(struct names *names, struct cli_rest rest,
    const struct oci_platform *platform, struct arena *a, struct err *e);

void names_free(struct names *names);

#endif
