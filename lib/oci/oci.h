/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oci: documents of the OCI image specification 1.1 and of Docker's schema 2:
 * image indexes, manifests, configurations. All come from strangers.
 */
#ifndef FG_OCI_OCI_H
#define FG_OCI_OCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "imageref/imageref.h"
#include "oci/platform.h"

enum {
	OCI_MANIFEST_MAX = 4 * 1024 * 1024, /* bytes */
	OCI_CONFIG_MAX = 4 * 1024 * 1024,
	OCI_ENTRIES_MAX = 1000, /* of an index */
	OCI_DEPTH_MAX = 3,      /* indexes within indexes */
};

/* All that a registry may be asked for, for an Accept header. */
#define OCI_MEDIA_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_MEDIA_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_MEDIA_CONFIG "application/vnd.oci.image.config.v1+json"
#define DOCKER_MEDIA_LIST                                                      \
	"application/vnd.docker.distribution.manifest.list.v2+json"
#define DOCKER_MEDIA_MANIFEST                                                  \
	"application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_MEDIA_CONFIG "application/vnd.docker.container.image.v1+json"

/* ---- indexes and manifests ---------------------------------------------- */

struct oci_descriptor {
	struct str media_type;
	struct str digest; /* checked: imageref_digest_ok() */
	int64_t size;      /* bytes; -1: not said */
};

struct oci_entry {
	struct oci_descriptor descriptor;
	struct oci_platform platform; /* all empty: not said */
	struct str os_version;        /* Windows */
	bool attestation;             /* says something about another entry */
};

enum oci_kind { OCI_INDEX, OCI_MANIFEST };

struct oci_document {
	enum oci_kind kind;
	struct str media_type;
	struct oci_entry *entries; /* OCI_INDEX */
	size_t n_entries;
	struct oci_descriptor config; /* OCI_MANIFEST */
};

/*
 * Parse an index or a manifest of either family. content_type is the HTTP
 * header, or STR_NONE when there is none; its parameters are ignored. All
 * strings of *out are in a, ending in NUL.
 *
 * ERR_PERM: no JSON or too large; neither form or both (CVE-2021-41190);
 * mediaType and Content-Type differ or are of another family; malformed
 * descriptors; too many entries. ERR_NO: an old schema 1 manifest, or one
 * whose config is no image's (a Helm chart, an artifact).
 */
int oci_document_parse(struct arena *a, struct str text,
    struct str content_type, struct oci_document *out, struct err *e);

/*
 * The entry of an index that fits `want` best, the first among equals.
 * Attestations and unknown/unknown are passed over; a nested index without a
 * platform may hold it. -ENOENT, ERR_NO: none; the error names the platforms
 * on offer.
 */
int oci_index_select(const struct oci_document *index,
    const struct oci_platform *want, const struct oci_entry **ret,
    struct err *e);

/* ---- the configuration of an image -------------------------------------- */

/* Absent (or null) is not the same as an empty list. */
struct oci_list {
	bool given;
	struct str *items; /* each ends in NUL and holds none */
	size_t n;
};

/* What a container of this image runs, unless its task says otherwise. */
struct oci_config {
	struct oci_platform platform;
	struct oci_list entrypoint, cmd; /* a string counts as a list of one */
	struct str user;                 /* empty: root */
	struct str working_dir;          /* empty: / */
	struct oci_list env_names;     /* without the values: some are secret */
	struct str stop_signal;        /* "SIGTERM", "15"; empty: SIGTERM */
	struct oci_list volumes;       /* paths */
	struct oci_list exposed_ports; /* "8080/tcp" */
	struct oci_list label_keys, label_values; /* of the same length */
	struct str healthcheck; /* the JSON object, compact; empty: none */
};

/*
 * Parse an image's configuration. Strings of *out are in a. ERR_PERM: no JSON,
 * too large, fields of a wrong type, NUL in a string.
 */
int oci_config_parse(
    struct arena *a, struct str text, struct oci_config *out, struct err *e);

/* ---- the way there ------------------------------------------------------ */

/* An index or manifest with its digest, against which text was checked. */
struct oci_part {
	struct str digest;
	struct str text;
	struct oci_document parsed;
};

/* What lies between a reference and a configuration. */
struct oci_found {
	struct oci_part chain[OCI_DEPTH_MAX + 1]; /* the last: the manifest */
	size_t n_chain;
	struct str config_text;
};

/* ---- the answer --------------------------------------------------------- */

/* An image found: one `image.config` record. */
struct oci_image {
	struct str reference; /* as it was asked for */
	struct str name;      /* in full: "docker.io/library/nginx:1" */
	struct str digest;    /* of the manifest for the platform */
	struct str
	    index_digest; /* of the index it was found in; may be empty */
	struct str config_digest;
	struct oci_platform platform; /* as wanted */
	struct oci_config config;     /* .platform: as the image says */
	const char *source;           /* "scan-db", "registry" */
	int64_t time; /* s since 1970: when the name led to the digest */
	bool stale;   /* older than allowed, yet taken as asked */
	struct str moved_from; /* digest the name led to before; may be empty */
};

/* Append img as one `image.config` record without line end. */
void oci_image_record(const struct oci_image *img, struct buf *out);

#endif
