/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appid: App IDs, <task-name>:<UUID>: which application a task belongs to.
 * They name, they never authenticate.
 */
#ifndef FG_APPID_APPID_H
#define FG_APPID_APPID_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum {
	APPID_NAME_MAX = 255, /* characters, the bound of ECS on a family */
	APPID_TEXT = APPID_NAME_MAX + 1 + 36 + 1, /* the NUL included */
};

struct appid {
	char name[APPID_NAME_MAX + 1];
	char uuid[37]; /* dashed, lower case */
};

/*
 * Is name what ECS takes as a family (RegisterTaskDefinition, "family"): 1 to
 * 255 ASCII letters, digits, '-' and '_'? 0, or -EINVAL, ERR_PERM.
 */
int appid_check_name(struct str name, struct err *e);

/* From its parts; uuid in either form of uuid4_parse(). -EINVAL, ERR_PERM. */
int appid_make(
    struct str name, struct str uuid, struct appid *ret, struct err *e);

/*
 * From text, with the UUID dashed or in the vendor's form of 32 digits, in
 * either case. 0 with *ret filled, or -EINVAL, ERR_PERM.
 */
int appid_parse(struct str text, struct appid *ret, struct err *e);

/* The canonical text: dashed, the UUID in lower case. */
void appid_text(const struct appid *id, char to[APPID_TEXT]);

/*
 * Patterns of the vendor's collections ("appIDs"): '*' at the start, the end
 * or both stands for anything, letters match in either case, and '-' in
 * front means NOT: the pattern matches what the rest does not. The UUID
 * matches in its dashed form and in that of 32 digits.
 */

/* -EINVAL, ERR_PERM, for an empty pattern or a '*' inside it. */
int appid_check_pattern(struct str pattern, struct err *e);

/* A pattern that appid_check_pattern() refuses matches nothing. */
bool appid_match(struct str pattern, const struct appid *id);

#endif
