/* SPDX-License-Identifier: Apache-2.0 */
/* stamp: fg-appid --stamp. */
#ifndef FG_APPID_STAMP_H
#define FG_APPID_STAMP_H

#include "options.h"

/* The document at path (NULL: standard input), stamped, to standard output. */
int stamp_run(const struct options *o, const char *path, struct err *e);

#endif
