/* SPDX-License-Identifier: Apache-2.0 */
#include "entrypoint.h"

#include <errno.h>
#include <string.h>

#include "job.h"
#include "time/time.h"

/* ---- the scan DB, before the network ------------------------------------ */

static bool
in_time(const struct entrypoint_run *run, int64_t checked_at)
{
	/* A time to come is a clock that went wrong: ask. */
	return checked_at <= run->now &&
	       run->now - checked_at < run->cfg->max_age;
}

/* A tag's answer is good without asking, or none can be asked. */
static bool
take_as_is(const struct entrypoint_run *run, const struct entrypoint_job *j)
{
	return j->ref.digest[0] != '\0' || j->fresh || run->cfg->offline ||
	       (run->cfg->no_registry && run->cfg->stale_ok);
}

/* 1: j->cached holds the DB's answer; 0: the DB does not know. */
static int
look_up(struct entrypoint_run *run, struct entrypoint_job *j, struct err *e)
{
	struct err none = {0};
	int r;

	if (j->ref.digest[0] != '\0') {
		memcpy(j->known, j->ref.digest, sizeof j->known);
		j->checked_at = run->now;
	} else {
		struct scandb_tag tag;

		r = scandb_tag(run->db, &j->ref, &tag, e);
		if (r != 1)
			return r;
		memcpy(j->known, tag.digest, sizeof j->known);
		j->checked_at = tag.checked_at;
		j->fresh = in_time(run, tag.checked_at);
	}
	r = scandb_image(run->db, &j->ref, j->known, &j->platform,
	    run->cfg->arena, &j->cached, &none);
	/* An old tag may lead to an index that has the platform by now. */
	if (r == -ENOENT && !take_as_is(run, j))
		return 0;
	if (r < 0 && e != NULL)
		*e = none;
	return r;
}

static void
missing(const struct entrypoint_run *run, struct entrypoint_job *j)
{
	if (run->cfg->offline)
		entrypoint_job_fail(j, ENOENT,
		    "not in the scan DB, and --offline forbids to ask");
	else if (j->cached.digest.n > 0)
		entrypoint_job_fail(j, ESTALE,
		    "the scan DB's answer is too old; --stale-ok takes it");
	else
		entrypoint_job_fail(j, ENOENT,
		    run->db == NULL ? "no source to ask: neither a scan DB "
				      "nor the registry"
				    : "not in the scan DB");
}

/* Answer j without the network, or leave it open. */
static int
try_db(struct entrypoint_run *run, struct entrypoint_job *j, struct err *e)
{
	bool asks = !run->cfg->offline && !run->cfg->no_registry;
	int r = run->db == NULL ? 0 : look_up(run, j, &j->err);

	if (r == -ENOENT) { /* of the image, not of the file */
		entrypoint_job_end(run, j, r);
		return 0;
	}
	if (r < 0) {
		if (e != NULL)
			*e = j->err;
		return r;
	}
	if (r == 1 && take_as_is(run, j)) {
		j->image = &j->cached;
		j->image->stale = j->ref.digest[0] == '\0' && !j->fresh;
		j->image->time = j->checked_at;
		j->image->source = "scan-db";
		entrypoint_job_end(run, j, 0);
	} else if (!asks) {
		missing(run, j);
		entrypoint_job_end(run, j, -ENOENT);
	}
	return 0;
}

/* ---- all of it
 * --------------------------------------------------------------- */

static int
open_db(struct entrypoint_run *run, struct err *e)
{
	const struct entrypoint_config *cfg = run->cfg;

	if (cfg->db == NULL)
		return 0;
	return scandb_open(
	    cfg->db, cfg->remember ? SCANDB_WRITE : SCANDB_READ, &run->db, e);
}

static int
answer(struct entrypoint_run *run, struct err *e)
{
	int r = open_db(run, e);

	if (r != 0)
		return r;
	for (size_t i = 0; i < run->n; i++) {
		struct entrypoint_job *j = &run->jobs[i];

		if (!j->ended)
			r = try_db(run, j, e);
		if (r != 0)
			return r;
	}
	r = run->done < run->n ? entrypoint_ask(run, e) : 0;
	if (r == 0 && run->write_r != 0) {
		r = run->write_r;
		if (e != NULL)
			*e = run->write_err;
	}
	return r;
}

/* The answers of the jobs, to those who asked. */
static void
hand_out(struct entrypoint_run *run, struct entrypoint_query *q, size_t n,
    int r, const struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct entrypoint_job *j = &run->jobs[run->job_of[i]];

		q[i].image = NULL;
		q[i].err = (struct err){0};
		if (j->image != NULL)
			q[i].image = entrypoint_job_image(run, j, &q[i]);
		else if (j->ended)
			q[i].err = j->err;
		else if (r != 0 && e != NULL)
			q[i].err = *e;
		if (q[i].image == NULL && q[i].err.kind == ERR_NONE)
			(void)err_nomem(&q[i].err);
	}
}

int
entrypoint_resolve(const struct entrypoint_config *cfg,
    struct entrypoint_query *q, size_t n, struct err *e)
{
	struct entrypoint_run run = {.cfg = cfg};
	struct err own = {0};
	int r;

	run.now = time_now_ms() / 1000;
	r = entrypoint_jobs(&run, q, n, &own);
	if (r == 0) {
		r = answer(&run, &own);
		hand_out(&run, q, n, r, &own);
	} else {
		for (size_t i = 0; i < n; i++) {
			q[i].image = NULL;
			q[i].err = own;
		}
	}
	scandb_free(run.db);
	if (r != 0 && e != NULL)
		*e = own;
	return r;
}
