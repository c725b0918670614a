/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scandb_sql.h"

/*
 * Digests are names of contents: what is there already needs no change. Tags
 * do.
 */
static int
put_entry(struct scandb *db, const char *index, size_t pos,
    const struct oci_entry *entry, struct err *e)
{
	const struct oci_platform *p = &entry->platform;

	return scandb_run(db, e,
	    "INSERT OR IGNORE INTO index_entry(index_digest, pos, "
	    "manifest_digest, media_type, os, arch, variant, os_version, "
	    "attestation) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "sittsssti", index, (int64_t)pos, entry->descriptor.digest,
	    entry->descriptor.media_type, p->os, p->arch, p->variant,
	    entry->os_version, (int64_t)entry->attestation);
}

static int
put_index(struct scandb *db, const struct oci_part *part, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < part->parsed.n_entries; i++)
		r = put_entry(
		    db, part->digest.p, i, &part->parsed.entries[i], e);
	return r;
}

static int
put_manifest(struct scandb *db, const struct oci_part *part,
    const struct oci_config *config, struct str config_text, struct err *e)
{
	const struct oci_descriptor *d = &part->parsed.config;
	const struct oci_platform *p = &config->platform;
	int r = scandb_run(db, e,
	    "INSERT OR IGNORE INTO blob(digest, media_type, size, json) "
	    "VALUES(?, ?, ?, ?)",
	    "ttit", d->digest, d->media_type, (int64_t)config_text.n,
	    config_text);

	if (r != 0)
		return r;
	return scandb_run(db, e,
	    "INSERT OR IGNORE INTO manifest(digest, media_type, config_digest, "
	    "os, arch, variant, json) VALUES(?, ?, ?, ?, ?, ?, ?)",
	    "tttssst", part->digest, part->parsed.media_type, d->digest, p->os,
	    p->arch, p->variant, part->text);
}

static int
put_repo_digest(struct scandb *db, const struct imageref *ref,
    struct str digest, int64_t now, struct err *e)
{
	return scandb_run(db, e,
	    "INSERT OR IGNORE INTO repo_digest(host, repo, digest, first_seen) "
	    "VALUES(?, ?, ?, ?)",
	    "ssti", ref->host, ref->repo, digest, now);
}

static int
put_tag(struct scandb *db, const struct imageref *ref, struct str digest,
    int64_t now, struct err *e)
{
	int r = scandb_run(db, e,
	    "INSERT OR IGNORE INTO tag_history(host, repo, tag, seen_at, "
	    "digest) SELECT ?1, ?2, ?3, ?5, ?4 WHERE NOT EXISTS (SELECT 1 "
	    "FROM tag WHERE host = ?1 AND repo = ?2 AND tag = ?3 "
	    "AND digest = ?4)",
	    "sssti", ref->host, ref->repo, ref->tag, digest, now);

	if (r != 0)
		return r;
	return scandb_run(db, e,
	    "INSERT INTO tag(host, repo, tag, digest, first_seen, checked_at) "
	    "VALUES(?1, ?2, ?3, ?4, ?5, ?5) "
	    "ON CONFLICT(host, repo, tag) DO UPDATE SET "
	    "first_seen = iif(digest = excluded.digest, first_seen, ?5), "
	    "digest = excluded.digest, checked_at = ?5",
	    "sssti", ref->host, ref->repo, ref->tag, digest, now);
}

static int
put_all(struct scandb *db, const struct imageref *ref,
    const struct oci_found *found, const struct oci_config *config, int64_t now,
    struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < found->n_chain; i++) {
		const struct oci_part *part = &found->chain[i];

		if (part->parsed.kind == OCI_INDEX)
			r = put_index(db, part, e);
		else
			r = put_manifest(
			    db, part, config, found->config_text, e);
		if (r == 0)
			r = put_repo_digest(db, ref, part->digest, now, e);
	}
	/* NAME:TAG@DIGEST does not say what the tag leads to. */
	if (r == 0 && ref->tag[0] != '\0' && ref->digest[0] == '\0')
		r = put_tag(db, ref, found->chain[0].digest, now, e);
	return r;
}

int
scandb_put(struct scandb *db, const struct imageref *ref,
    const struct oci_found *found, const struct oci_config *config, int64_t now,
    struct err *e)
{
	int r = scandb_exec(db, "BEGIN IMMEDIATE", e);

	if (r != 0)
		return r;
	r = put_all(db, ref, found, config, now, e);
	if (r == 0)
		r = scandb_exec(db, "COMMIT", e);
	if (r != 0)
		(void)scandb_exec(db, "ROLLBACK", NULL);
	return r;
}

int
scandb_touch(
    struct scandb *db, const struct imageref *ref, int64_t now, struct err *e)
{
	return scandb_run(db, e,
	    "UPDATE tag SET checked_at = ?4 "
	    "WHERE host = ?1 AND repo = ?2 AND tag = ?3",
	    "sssi", ref->host, ref->repo, ref->tag, now);
}
