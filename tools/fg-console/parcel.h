/* SPDX-License-Identifier: Apache-2.0 */
/* parcel: values in a message between two processes of the Console. */
#ifndef FG_CONSOLE_PARCEL_H
#define FG_CONSOLE_PARCEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Append a number, or a string with its length, to a message's body. */
void parcel_put_int(struct buf *b, int64_t i);
void parcel_put(struct buf *b, struct str s);
void parcel_putz(struct buf *b, const char *z); /* NULL: "" */

/* What is not yet taken out; bad: something that is not there was asked for. */
struct parcel {
	struct str rest;
	bool bad;
};

/*
 * Take the next one out, in the order in which they were put in. Strings borrow
 * from the body. Once bad, every call gives 0 or "".
 */
int64_t parcel_int(struct parcel *p);
struct str parcel_str(struct parcel *p);

/* All was there, and nothing is left. */
bool parcel_done(const struct parcel *p);

#endif
