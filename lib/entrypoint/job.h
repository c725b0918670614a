/* SPDX-License-Identifier: Apache-2.0 */
/* job: one image to find, for all queries that want it. Internal. */
#ifndef FG_ENTRYPOINT_JOB_H
#define FG_ENTRYPOINT_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entrypoint.h"
#include "imageref/imageref.h"
#include "registry/registry.h"
#include "scandb/scandb.h"

struct entrypoint_run;

struct entrypoint_job {
	struct entrypoint_run *run;
	struct str reference; /* as first asked for */
	struct str name;      /* in full */
	struct imageref ref;
	struct oci_platform platform;

	/* what the scan DB says */
	char known[IMAGEREF_DIGEST_MAX + 1]; /* "": nothing */
	int64_t checked_at;
	bool fresh;
	struct oci_image cached; /* .digest empty: not there */

	struct registry_pull pull;

	bool ended;
	struct oci_image *image;
	struct err err;
};

struct entrypoint_run {
	const struct entrypoint_config *cfg;
	int64_t now; /* s since 1970 */
	struct scandb *db;
	struct entrypoint_job *jobs;
	size_t n, done;
	size_t *job_of; /* for each query */
	int write_r;    /* the first failure to write to the DB */
	struct err write_err;
};

/* Make the jobs of q[0..n): one for each image and platform. */
int entrypoint_jobs(struct entrypoint_run *run,
    const struct entrypoint_query *q, size_t n, struct err *e);

/* j is over: with j->image, or (r negative) with j->err. */
void entrypoint_job_end(
    struct entrypoint_run *run, struct entrypoint_job *j, int r);

/* Set j->err, ERR_NO. */
void entrypoint_job_fail(struct entrypoint_job *j, int code, const char *why);

/* j's answer in the words of q; NULL: no memory. */
struct oci_image *entrypoint_job_image(struct entrypoint_run *run,
    const struct entrypoint_job *j, const struct entrypoint_query *q);

/* Ask the registries for all jobs that have not ended. */
int entrypoint_ask(struct entrypoint_run *run, struct err *e);

#endif
