/* SPDX-License-Identifier: Apache-2.0 */
/* The jobs that the scan DB left open, asked of the registries. */
#include <errno.h>
#include <string.h>

#include "job.h"

static void
keep_error(struct entrypoint_run *run, int r, const struct err *e)
{
	if (r != 0 && run->write_r == 0) {
		run->write_r = r;
		run->write_err = *e;
	}
}

/* The tag leads where it did: the DB's answer is good again. */
static void
same(struct entrypoint_run *run, struct entrypoint_job *j)
{
	struct err e = {0};

	j->image = &j->cached;
	j->image->time = run->now;
	j->image->source = "scan-db";
	if (run->cfg->remember)
		keep_error(
		    run, scandb_touch(run->db, &j->ref, run->now, &e), &e);
}

static int
found(struct entrypoint_run *run, struct entrypoint_job *j)
{
	struct arena *a = run->cfg->arena;
	const struct oci_found *f = &j->pull.found;
	const struct oci_part *manifest = &f->chain[f->n_chain - 1];
	struct err e = {0};

	j->image = arena_alloc(a, sizeof *j->image);
	if (j->image == NULL)
		return err_nomem(&j->err);
	j->image->digest = manifest->digest;
	j->image->index_digest = f->n_chain > 1 ? f->chain[0].digest : STR("");
	j->image->config_digest = manifest->parsed.config.digest;
	j->image->platform = j->platform;
	j->image->config = j->pull.config;
	j->image->source = "registry";
	j->image->time = run->now;
	if (j->ref.digest[0] == '\0' && j->known[0] != '\0' &&
	    !str_eqz(f->chain[0].digest, j->known))
		j->image->moved_from = str_of(j->known);
	if (run->cfg->remember && run->db != NULL)
		keep_error(run,
		    scandb_put(
			run->db, &j->ref, f, &j->pull.config, run->now, &e),
		    &e);
	return 0;
}

/* The network failed, and the user takes what there is. */
static bool
take_stale(const struct entrypoint_run *run, struct entrypoint_job *j)
{
	if (!run->cfg->stale_ok || j->pull.err.kind != ERR_TEMP ||
	    j->cached.digest.n == 0)
		return false;
	j->image = &j->cached;
	j->image->stale = true;
	j->image->time = j->checked_at;
	j->image->source = "scan-db";
	return true;
}

static void
on_done(struct registry_pull *p)
{
	struct entrypoint_job *j = p->arg;
	int r = p->r;

	if (r == 0 && p->same) {
		same(j->run, j);
	} else if (r == 0) {
		r = found(j->run, j);
	} else if (take_stale(j->run, j)) {
		r = 0;
	} else {
		j->err = p->err;
	}
	entrypoint_job_end(j->run, j, r);
}

/* Before the first answer, which may be long in coming. */
static void
say_begin(const struct entrypoint_run *run)
{
	size_t i = 0;

	while (i < run->n && run->jobs[i].ended)
		i++;
	if (run->cfg->progress != NULL && i < run->n)
		run->cfg->progress(run->cfg->progress_arg, run->done, run->n,
		    run->jobs[i].reference.p);
}

int
entrypoint_ask(struct entrypoint_run *run, struct err *e)
{
	cleanup_registry struct registry *registry = NULL;
	int r = registry_new(&run->cfg->registry, &registry, e);

	if (r != 0)
		return r;
	say_begin(run);
	for (size_t i = 0; i < run->n; i++) {
		struct entrypoint_job *j = &run->jobs[i];

		if (j->ended)
			continue;
		j->pull.ref = j->ref;
		j->pull.platform = j->platform;
		/* Without a config to go with it, a digest saves nothing. */
		j->pull.known = j->cached.digest.n > 0 ? j->known : NULL;
		j->pull.arena = run->cfg->arena;
		j->pull.done = on_done;
		j->pull.arg = j;
		registry_add(registry, &j->pull);
	}
	return registry_run(registry, e);
}
