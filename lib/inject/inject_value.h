/* SPDX-License-Identifier: Apache-2.0 */
/* inject_value: are these values that make sense in an inject_config? */
#ifndef FG_INJECT_INJECT_VALUE_H
#define FG_INJECT_INJECT_VALUE_H

#include "base/err.h"

/*
 * All: 0 when value is NULL or good, else -EINVAL, ERR_USAGE, "name: why".
 * Messages do not repeat what might hold a password.
 */

/* An image's reference. */
int inject_value_image(const char *name, const char *value, struct err *e);

/* A URL that starts with scheme, "https://", without user and password. */
int inject_value_url(
    const char *name, const char *value, const char *scheme, struct err *e);

/* An ARN, by its beginning. */
int inject_value_arn(const char *name, const char *value, struct err *e);

#endif
