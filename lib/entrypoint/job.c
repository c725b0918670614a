/* SPDX-License-Identifier: Apache-2.0 */
#include "job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { NAME_MAX_BYTES = 1024 };

static struct str
full_name(struct arena *a, const struct imageref *ref)
{
	struct buf name = BUF_MAX(NAME_MAX_BYTES);
	struct str s = STR_NONE;

	imageref_canonical(ref, &name);
	if (buf_error(&name) == 0)
		s = arena_str(a, buf_str(&name));
	buf_free(&name);
	return s;
}

void
entrypoint_job_end(struct entrypoint_run *run, struct entrypoint_job *j, int r)
{
	const struct oci_config *config;

	j->ended = true;
	run->done++;
	if (r != 0)
		j->image = NULL;
	if (j->image != NULL && run->cfg->linux_only) {
		config = &j->image->config;
		if (strcmp(config->platform.os, "windows") == 0) {
			j->image = NULL;
			entrypoint_job_fail(
			    j, ENOTSUP, "a Windows image: not supported");
		}
	}
	/* A reference that is none names itself. */
	if (j->image == NULL && j->name.n > 0)
		err_prefix(&j->err, "%.*s", STR_ARG(j->reference));
	if (run->cfg->progress != NULL)
		run->cfg->progress(
		    run->cfg->progress_arg, run->done, run->n, j->reference.p);
}

void
entrypoint_job_fail(struct entrypoint_job *j, int code, const char *why)
{
	(void)err_set(&j->err, ERR_NO, code, "%s", why);
}

/* ---- one job for all that ask for the same ------------------------------ */

static int
parse(struct entrypoint_run *run, const struct entrypoint_query *q,
    struct entrypoint_job *j)
{
	struct arena *a = run->cfg->arena;

	*j = (struct entrypoint_job){.run = run, .platform = q->platform};
	j->reference = arena_str(a, q->reference);
	if (j->reference.p == NULL)
		return -ENOMEM;
	if (imageref_parse(q->reference, &j->ref, &j->err) != 0)
		return 0;
	j->name = full_name(a, &j->ref);
	return j->name.p == NULL ? -ENOMEM : 0;
}

static int
compare(const void *a, const void *b)
{
	const struct entrypoint_job *const *x = a, *const *y = b;
	int c = str_cmp((*x)->name, (*y)->name);

	if (c == 0)
		c = strcmp((*x)->platform.os, (*y)->platform.os);
	if (c == 0)
		c = strcmp((*x)->platform.arch, (*y)->platform.arch);
	if (c == 0)
		c = strcmp((*x)->platform.variant, (*y)->platform.variant);
	return c != 0 ? c : (*x < *y ? -1 : *x > *y);
}

/* Is b the same question as a? Broken names are each their own. */
static bool
same(const struct entrypoint_job *a, const struct entrypoint_job *b)
{
	return a->name.n > 0 && str_eq(a->name, b->name) &&
	       oci_platform_eq(&a->platform, &b->platform);
}

/* Let each query's job be the first of its kind. */
static int
merge(struct entrypoint_run *run)
{
	struct entrypoint_job **order = malloc(run->n * sizeof(void *));
	struct entrypoint_job *first = NULL;

	if (order == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < run->n; i++)
		order[i] = &run->jobs[i];
	qsort(order, run->n, sizeof(void *), compare);
	for (size_t i = 0; i < run->n; i++) {
		if (first == NULL || !same(first, order[i]))
			first = order[i];
		run->job_of[order[i] - run->jobs] = (size_t)(first - run->jobs);
	}
	free(order);
	return 0;
}

/* Throw the doubles out; job_of follows. */
static void
compact(struct entrypoint_run *run)
{
	size_t n = 0;

	for (size_t i = 0; i < run->n; i++) {
		if (run->job_of[i] == i) {
			if (n != i)
				run->jobs[n] = run->jobs[i];
			run->job_of[i] = n++;
		} else { /* its first stands before it, and has moved */
			run->job_of[i] = run->job_of[run->job_of[i]];
		}
	}
	run->n = n;
}

int
entrypoint_jobs(struct entrypoint_run *run, const struct entrypoint_query *q,
    size_t n, struct err *e)
{
	struct arena *a = run->cfg->arena;

	run->jobs = arena_alloc(a, n * sizeof *run->jobs);
	run->job_of = arena_alloc(a, n * sizeof *run->job_of);
	if (run->jobs == NULL || run->job_of == NULL)
		return err_nomem(e);
	for (; run->n < n; run->n++) {
		if (parse(run, &q[run->n], &run->jobs[run->n]) != 0)
			return err_nomem(e);
	}
	if (n > 0 && merge(run) != 0)
		return err_nomem(e);
	compact(run);
	for (size_t i = 0; i < run->n; i++) {
		if (run->jobs[i].name.n == 0)
			entrypoint_job_end(run, &run->jobs[i], -EINVAL);
	}
	return 0;
}

struct oci_image *
entrypoint_job_image(struct entrypoint_run *run, const struct entrypoint_job *j,
    const struct entrypoint_query *q)
{
	struct oci_image *image = arena_alloc(run->cfg->arena, sizeof *image);

	if (image == NULL)
		return NULL;
	*image = *j->image;
	image->name = j->name;
	image->reference = arena_str(run->cfg->arena, q->reference);
	return image->reference.p == NULL ? NULL : image;
}
