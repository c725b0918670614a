/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest: the sha256 of programs by their paths, as sha256sum(1) prints
 * them, so that `find / -xdev -type f -perm /111 -exec sha256sum {} +` makes
 * one (fg-wrap(1), MANIFEST).
 */
#ifndef FG_MANIFEST_MANIFEST_H
#define FG_MANIFEST_MANIFEST_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
	MANIFEST_TEXT_MAX = 16 << 20, /* bytes */
	MANIFEST_LINES_MAX = 1 << 17,
	MANIFEST_MEMORY_MAX = 24 << 20, /* of the arena; none needs more */
};

struct manifest; /* immutable */

/*
 * Read lines of 64 hexadecimal digits, a blank, a blank or '*', and a path,
 * which begins with '/' or "./" (of the image's root); a '\' in front of the
 * line says that "\\", "\n" and "\r" in the path are escapes. Empty lines, and
 * those that begin with '#', are passed over. *ret is in a, and borrows text.
 * ERR_PERM, "what:line: why": EINVAL for what is no such line, and for none at
 * all; E2BIG for too many.
 */
int manifest_read(struct arena *a, struct str text, const char *what,
    const struct manifest **ret, struct err *e);

/* Does it say something of this path? Takes no memory, as the next one. */
bool manifest_names(const struct manifest *m, struct str path);

/* Is that one of the sums that it has for the path? In either case. */
bool manifest_has(const struct manifest *m, struct str path, struct str sha256);

#endif
