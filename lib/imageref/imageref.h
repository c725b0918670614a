/* SPDX-License-Identifier: Apache-2.0 */
/* imageref: names of container images, as people write them and in full. */
#ifndef FG_IMAGEREF_IMAGEREF_H
#define FG_IMAGEREF_IMAGEREF_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	IMAGEREF_NAME_MAX =
	    255, /* bytes of HOST/REPO; ECS has no more either */
	IMAGEREF_TAG_MAX = 128,
	IMAGEREF_DIGEST_MAX = 7 + 128, /* "sha512:" and 128 digits */
};

/* All strings end in NUL. */
struct imageref {
	char host[IMAGEREF_NAME_MAX + 1]; /* "docker.io", "h:5000", "[::1]:5" */
	char repo[IMAGEREF_NAME_MAX + 1]; /* "library/nginx" */
	char tag[IMAGEREF_TAG_MAX + 1];   /* "": none was written */
	char digest[IMAGEREF_DIGEST_MAX + 1]; /* "": none was written */
};

/*
 * Parse text, the grammar of github.com/distribution/reference: the first
 * part is a host if it has a '.', a ':' or an upper-case letter or is
 * "localhost"; else the host is docker.io, where a name of one part stands
 * below library/. index.docker.io is docker.io. Host names keep their case.
 * With neither tag nor digest the tag is "latest"; with both, the digest says
 * which image it is. Refused: a bare 64-digit hexadecimal name (it would be
 * an image ID), zones in IPv6 hosts, names above IMAGEREF_NAME_MAX.
 *
 * 0, or -EINVAL with ERR_NO: `not an image reference: "…": why`.
 */
int imageref_parse(struct str text, struct imageref *out, struct err *e);

/*
 * Is s ALGORITHM:HEX, sha256 with 64 or sha512 with 128 lower-case digits?
 * (Other algorithms of the OCI image spec are not used by any registry.)
 */
bool imageref_digest_ok(struct str s);

/* The host to speak HTTP with: registry-1.docker.io for docker.io. */
const char *imageref_http_host(const struct imageref *ref);

/* The digest, or else the tag: what a request asks for. */
const char *imageref_version(const struct imageref *ref);

/* Append the name in full: "docker.io/library/nginx:1@sha256:…". */
void imageref_canonical(const struct imageref *ref, struct buf *out);

/* Append the short form: "nginx:1@sha256:…". */
void imageref_familiar(const struct imageref *ref, struct buf *out);

#endif
