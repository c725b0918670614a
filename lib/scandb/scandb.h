/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scandb: the scan DB, an SQLite file of what images hold; fg-scandb(5) has
 * its tables. Facts belong to digests, a tag is a pointer with a date, and
 * what one repository gave is never answered for another.
 */
#ifndef FG_SCANDB_SCANDB_H
#define FG_SCANDB_SCANDB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "imageref/imageref.h"
#include "oci/oci.h"

enum { SCANDB_VERSION = 1 }; /* PRAGMA user_version */

struct scandb; /* opaque */

#define cleanup_scandb __attribute__((cleanup(scandb_freep)))

enum scandb_mode {
	SCANDB_READ,  /* the file must be there */
	SCANDB_WRITE, /* it is made when it is not */
};

/*
 * Open the file path. ERR_PERM: not there, not a scan DB, of a newer version,
 * damaged; ERR_TEMP: another process kept it locked for 5 s. These go for all
 * calls below too.
 */
int scandb_open(const char *path, enum scandb_mode mode, struct scandb **ret,
    struct err *e);
void scandb_free(struct scandb *db);
void scandb_freep(struct scandb **db);

/* Where a tag led to, and when (s since 1970) that was last checked. */
struct scandb_tag {
	char digest[IMAGEREF_DIGEST_MAX + 1];
	int64_t checked_at;
};

/* 1: the tag of ref is known, *ret filled; 0: it is not. */
int scandb_tag(struct scandb *db, const struct imageref *ref,
    struct scandb_tag *ret, struct err *e);

/*
 * Look up what digest, an index's or a manifest's of ref's repository, holds
 * for the platform. 1: the digests, platform and config of *out are set, with
 * strings in a; 0: not known. -ENOENT, ERR_NO: known, but it has nothing for
 * that platform.
 */
int scandb_image(struct scandb *db, const struct imageref *ref,
    const char *digest, const struct oci_platform *platform, struct arena *a,
    struct oci_image *out, struct err *e);

enum {
	SCANDB_LIST_MAX = 1000,   /* tags of one list */
	SCANDB_PLATFORMS_MAX = 64 /* of a tag; more are left out */
};

/* A tag that is known, and the platforms for which it is. */
struct scandb_entry {
	struct str image; /* in full: "docker.io/library/nginx:1" */
	char digest[IMAGEREF_DIGEST_MAX + 1];
	int64_t checked_at; /* s since 1970 */
	const struct oci_platform *platforms;
	size_t n_platforms;
};

/*
 * Up to limit (1 to SCANDB_LIST_MAX) tags, in the order of host, repository
 * and tag, behind that of `after` (NULL: from the first). Strings are in a.
 */
int scandb_list(struct scandb *db, const struct imageref *after, uint32_t limit,
    struct arena *a, struct scandb_entry **ret, size_t *n, struct err *e);

/* Keep what was found for ref, and its tag's time; one transaction. */
int scandb_put(struct scandb *db, const struct imageref *ref,
    const struct oci_found *found, const struct oci_config *config, int64_t now,
    struct err *e);

/* The tag of ref was seen to lead to the same digest again. */
int scandb_touch(
    struct scandb *db, const struct imageref *ref, int64_t now, struct err *e);

#endif
