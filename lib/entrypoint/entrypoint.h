/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entrypoint: what do these images run? Asks the scan DB, then the registries,
 * as few times as can be.
 */
#ifndef FG_ENTRYPOINT_ENTRYPOINT_H
#define FG_ENTRYPOINT_ENTRYPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "oci/oci.h"
#include "registry/registry.h"

enum { ENTRYPOINT_MAX_AGE = 300 }; /* seconds */

struct entrypoint_config {
	struct arena *arena; /* all answers live in it */
	const char *db;      /* file of the scan DB; NULL: none */
	bool remember;       /* write what was learnt into db */
	int64_t max_age;     /* s: a tag is not asked about again so long */
	bool offline;        /* no network; the DB at any age will do */
	bool stale_ok;       /* the DB at any age if the network fails */
	bool no_registry;    /* do not ask registries */
	bool linux_only;     /* an image for another OS is an error */
	struct registry_config registry;

	/* Called now and then; may be NULL. what borrows until it returns. */
	void (*progress)(
	    void *arg, size_t done, size_t total, const char *what);
	void *progress_arg;
};

struct entrypoint_query {
	struct str reference; /* borrowed; "nginx:1.25" */
	struct oci_platform
	    platform; /* OCI_PLATFORM_DEFAULT, never the host's */

	struct oci_image *image; /* in the arena; NULL: see err */
	struct err err;
};

/*
 * Answer q[0..n), each on its own: image, or err with the kind that is the
 * exit code. The same image is looked up once, many at a time.
 *
 * 0 when all were asked, however many were found. Negative, with e set, when
 * the scan DB cannot be used or written or a registry option is wrong: then
 * every query without an image has an err too.
 *
 * Order: a digest, or a tag checked within max_age, in the DB: no network. An
 * older tag: one HEAD; the same digest: the DB's answer (its time is renewed
 * with remember), another one: fetched, moved_from says which it was. Else
 * the registry: 3 requests through an index, 2 for a single manifest.
 */
int entrypoint_resolve(const struct entrypoint_config *cfg,
    struct entrypoint_query *q, size_t n, struct err *e);

#endif
