/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "scandb_sql.h"

int
scandb_tag(struct scandb *db, const struct imageref *ref,
    struct scandb_tag *ret, struct err *e)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = scandb_prepare(db, &s, e,
	    "SELECT digest, checked_at FROM tag "
	    "WHERE host = ? AND repo = ? AND tag = ?",
	    "sss", ref->host, ref->repo, ref->tag);

	if (r == 0)
		r = scandb_step(db, s, e);
	if (r != 1)
		return r;
	ret->checked_at = sqlite3_column_int64(s, 1);
	r = scandb_digest(db, scandb_text(s, 0), ret->digest, e);
	return r != 0 ? r : 1;
}

/* Is digest known to be of ref's repository? */
static int
in_repo(struct scandb *db, const struct imageref *ref, const char *digest,
    struct err *e)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = scandb_prepare(db, &s, e,
	    "SELECT 1 FROM repo_digest "
	    "WHERE host = ? AND repo = ? AND digest = ?",
	    "sss", ref->host, ref->repo, digest);

	return r != 0 ? r : scandb_step(db, s, e);
}

/* ---- from index to manifest --------------------------------------------- */

static int
take_entry(struct scandb *db, sqlite3_stmt *s, struct arena *a,
    struct oci_entry *entry, struct err *e)
{
	int r = scandb_platform(db, s, 1, &entry->platform, e);

	if (r != 0)
		return r;
	entry->descriptor.digest = arena_str(a, scandb_text(s, 0));
	entry->attestation = sqlite3_column_int(s, 4) != 0;
	return entry->descriptor.digest.p == NULL ? err_nomem(e) : 0;
}

/* 1: index holds its entries; 0: digest is no index that is known. */
static int
read_index(struct scandb *db, const char *digest, struct arena *a,
    struct oci_document *index, struct err *e)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = scandb_prepare(db, &s, e,
	    "SELECT manifest_digest, os, arch, variant, attestation "
	    "FROM index_entry WHERE index_digest = ? ORDER BY pos LIMIT ?",
	    "si", digest, (int64_t)OCI_ENTRIES_MAX);

	*index = (struct oci_document){.kind = OCI_INDEX};
	while (r == 0 && (r = scandb_step(db, s, e)) == 1) {
		if (index->entries == NULL)
			index->entries = arena_alloc(
			    a, OCI_ENTRIES_MAX * sizeof *index->entries);
		if (index->entries == NULL)
			return err_nomem(e);
		r = take_entry(
		    db, s, a, &index->entries[index->n_entries++], e);
	}
	return r != 0 ? r : index->n_entries > 0;
}

/*
 * Follow indexes from digest to the one manifest for platform. 1: digest now
 * is what no index has further; 0: unknown.
 */
static int
descend(struct scandb *db, char digest[IMAGEREF_DIGEST_MAX + 1],
    const struct oci_platform *platform, bool *by_index, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(4 * 1024 * 1024);
	const struct oci_entry *entry;
	struct oci_document index;

	if (a == NULL)
		return err_nomem(e);
	for (int depth = 0; depth <= OCI_DEPTH_MAX; depth++) {
		int r = read_index(db, digest, a, &index, e);

		if (r != 1)
			return r < 0 ? r : 1;
		r = oci_index_select(&index, platform, &entry, e);
		if (r == 0)
			r = scandb_digest(
			    db, entry->descriptor.digest, digest, e);
		if (r != 0)
			return r;
		if (entry->platform.os[0] != '\0')
			*by_index = true;
	}
	return 0;
}

/* ---- manifest and config ------------------------------------------------ */

static int
take_image(struct scandb *db, sqlite3_stmt *s, struct arena *a,
    struct oci_image *out, struct err *e)
{
	int r;

	out->digest = arena_str(a, scandb_text(s, 0));
	out->config_digest = arena_str(a, scandb_text(s, 1));
	if (out->digest.p == NULL || out->config_digest.p == NULL)
		return err_nomem(e);
	r = oci_config_parse(a, scandb_text(s, 5), &out->config, e);
	if (r != 0)
		err_prefix(e, "%s", db->path);
	return r;
}

static int
read_manifest(struct scandb *db, const char *digest, bool by_index,
    const struct oci_platform *platform, struct arena *a, struct oci_image *out,
    struct err *e)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	struct oci_platform have = {0};
	int r = scandb_prepare(db, &s, e,
	    "SELECT m.digest, m.config_digest, m.os, m.arch, m.variant, b.json "
	    "FROM manifest m JOIN blob b ON b.digest = m.config_digest "
	    "WHERE m.digest = ?",
	    "s", digest);

	if (r == 0)
		r = scandb_step(db, s, e);
	if (r != 1)
		return r;
	r = scandb_platform(db, s, 2, &have, e);
	if (r == 0 && !by_index && oci_platform_rank(platform, &have) == 0)
		r = oci_platform_refuse(platform, &have, e);
	if (r == 0)
		r = take_image(db, s, a, out, e);
	return r != 0 ? r : 1;
}

int
scandb_image(struct scandb *db, const struct imageref *ref, const char *digest,
    const struct oci_platform *platform, struct arena *a, struct oci_image *out,
    struct err *e)
{
	char at[IMAGEREF_DIGEST_MAX + 1];
	bool by_index = false;
	int r = in_repo(db, ref, digest, e);

	if (r != 1)
		return r;
	(void)memccpy(at, digest, '\0', sizeof at - 1);
	at[sizeof at - 1] = '\0';
	r = descend(db, at, platform, &by_index, e);
	if (r == 1)
		r = read_manifest(db, at, by_index, platform, a, out, e);
	if (r != 1)
		return r;
	out->platform = *platform;
	out->index_digest = STR("");
	if (strcmp(at, digest) != 0)
		out->index_digest = arena_str(a, str_of(digest));
	return out->index_digest.p == NULL ? err_nomem(e) : 1;
}
