/* SPDX-License-Identifier: Apache-2.0 */
/* All that is known, tag by tag. */
#include <errno.h>

#include "scandb_sql.h"

/* The manifests below the tag's digest, through indexes, that are known. */
static int
take_platforms(struct scandb *db, struct arena *a, struct scandb_entry *entry,
    struct err *e)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	struct oci_platform *list =
	    arena_alloc(a, SCANDB_PLATFORMS_MAX * sizeof *list);
	int r = scandb_prepare(db, &s, e,
	    "WITH top(digest, depth) AS (SELECT ?, 0 UNION "
	    "SELECT i.manifest_digest, t.depth + 1 FROM top t "
	    "JOIN index_entry i ON i.index_digest = t.digest "
	    "WHERE t.depth < ?) "
	    "SELECT DISTINCT m.os, m.arch, m.variant FROM top t "
	    "JOIN manifest m ON m.digest = t.digest "
	    "ORDER BY m.os, m.arch, m.variant LIMIT ?",
	    "sii", entry->digest, (int64_t)OCI_DEPTH_MAX,
	    (int64_t)SCANDB_PLATFORMS_MAX);

	if (list == NULL)
		return err_nomem(e);
	entry->platforms = list;
	while (r == 0 && (r = scandb_step(db, s, e)) == 1)
		r = scandb_platform(db, s, 0, &list[entry->n_platforms++], e);
	return r;
}

static int
take_tag(struct scandb *db, sqlite3_stmt *s, struct arena *a,
    struct scandb_entry *entry, struct err *e)
{
	const char *image =
	    arena_printf(a, "%.*s/%.*s:%.*s", STR_ARG(scandb_text(s, 0)),
		STR_ARG(scandb_text(s, 1)), STR_ARG(scandb_text(s, 2)));
	int r;

	*entry = (struct scandb_entry){
	    .image = str_of(image), .checked_at = sqlite3_column_int64(s, 4)};
	if (image == NULL)
		return err_nomem(e);
	r = scandb_digest(db, scandb_text(s, 3), entry->digest, e);
	return r != 0 ? r : take_platforms(db, a, entry, e);
}

int
scandb_list(struct scandb *db, const struct imageref *after, uint32_t limit,
    struct arena *a, struct scandb_entry **ret, size_t *n, struct err *e)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	int r;

	*n = 0;
	if (limit < 1 || limit > SCANDB_LIST_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "a limit of %u, not 1 to %d", limit, SCANDB_LIST_MAX);
	*ret = arena_alloc(a, limit * sizeof **ret);
	if (*ret == NULL)
		return err_nomem(e);
	r = scandb_prepare(db, &s, e,
	    "SELECT host, repo, tag, digest, checked_at FROM tag "
	    "WHERE (host, repo, tag) > (?, ?, ?) "
	    "ORDER BY host, repo, tag LIMIT ?",
	    "sssi", after != NULL ? after->host : "",
	    after != NULL ? after->repo : "", after != NULL ? after->tag : "",
	    (int64_t)limit);
	while (r == 0 && (r = scandb_step(db, s, e)) == 1)
		r = take_tag(db, s, a, &(*ret)[(*n)++], e);
	return r;
}
