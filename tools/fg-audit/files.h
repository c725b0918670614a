/* SPDX-License-Identifier: Apache-2.0 */
/* files: audits out of files, and of standard input. */
#ifndef FG_AUDIT_FILES_H
#define FG_AUDIT_FILES_H

#include "pick.h"

enum { FILES_MAX = 1024 };

/*
 * Pick from the n files, "-" being standard input; from that alone when n is
 * 0. With --follow it ends only when nothing is left that can grow. Negative
 * for what cannot be read.
 */
int files_run(struct pick *p, char **paths, size_t n, struct err *e);

#endif
