/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uuid4: UUIDs (RFC 9562) as text. The module is not called uuid because
 * libuuid's own header is <uuid/uuid.h>.
 */
#ifndef FG_UUID4_UUID4_H
#define FG_UUID4_UUID4_H

#include <stdbool.h>

#include "base/str.h"

enum { UUID4_TEXT = 37 }; /* 36 characters and a NUL */

/* A new random UUID (version 4), lower case, by libuuid. */
void uuid4_make(char to[UUID4_TEXT]);

/*
 * s, any UUID as 8-4-4-4-12 hexadecimal digits or as 32 of them without
 * dashes, in either case, to the dashed lower-case form. False, with `to`
 * untouched, when s is neither. Version and variant are not looked at. Needs
 * libc only.
 */
bool uuid4_parse(struct str s, char to[UUID4_TEXT]);

#endif
