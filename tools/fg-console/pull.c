/* SPDX-License-Identifier: Apache-2.0 */
#include "pull.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "data.h"
#include "glob/glob.h"
#include "imageref/imageref.h"

enum { PATH_BYTES = 4096, MAX_AGE_S = 300, TIMEOUT_S = 15 };

/* Those of everybody, whose names nobody else can take. */
static const char *const everybodys[] = {"docker.io", "public.ecr.aws",
    "ghcr.io", "quay.io", "gcr.io", "*.gcr.io", "*.pkg.dev", "registry.k8s.io",
    "mcr.microsoft.com", "*.dkr.ecr.*.amazonaws.com",
    "*.dkr.ecr.*.amazonaws.com.cn", "registry.gitlab.com"};

bool
pull_allowed(const struct options *o, struct str reference)
{
	struct imageref ref;
	struct str host;

	if (imageref_parse(reference, &ref, NULL) != 0)
		return false;
	host = str_of(ref.host);
	for (size_t i = 0; i < sizeof everybodys / sizeof *everybodys; i++)
		if (glob_match(str_of(everybodys[i]), host, true))
			return true;
	for (size_t i = 0; i < o->registries.n; i++)
		if (strcasecmp(o->registries.items[i], ref.host) == 0)
			return true;
	return false;
}

const char *
pull_db(const struct options *o, char path[PATH_BYTES])
{
	if (o->scan_db != NULL)
		return o->scan_db;
	if (snprintf(path, PATH_BYTES, "%s/" DATA_SCANS, o->data) >= PATH_BYTES)
		return NULL;
	return path;
}

static int
resolve(const struct pull *p, bool ask, struct entrypoint_query *q, size_t n,
    struct err *e)
{
	char path[PATH_BYTES];
	const char *db = pull_db(p->o, path);
	const bool keep = p->remember && ask;
	const struct entrypoint_config cfg = {.arena = p->arena,
	    /* Only who keeps something makes one that is not there. */
	    .db = db != NULL && (keep || access(db, R_OK) == 0) ? db : NULL,
	    .remember = keep,
	    .max_age = MAX_AGE_S,
	    .offline = !ask,
	    .no_registry = !ask,
	    .stale_ok = true,
	    .linux_only = true,
	    .registry = {.timeout = TIMEOUT_S}};

	return n == 0 ? 0 : entrypoint_resolve(&cfg, q, n, e);
}

static void
say_why(struct entrypoint_query *q)
{
	if (q->image == NULL)
		err_prefix(&q->err,
		    "its registry is none that this Console may ask "
		    "(--registry)");
}

int
pull_resolve(void *arg, struct entrypoint_query *q, size_t n, struct err *e)
{
	const struct pull *p = arg;
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		bool ask = !p->offline && pull_allowed(p->o, q[i].reference);
		size_t from = i;

		/* Neighbours of the same kind go together. */
		while (i + 1 < n &&
		       ask == (!p->offline &&
				  pull_allowed(p->o, q[i + 1].reference)))
			i++;
		r = resolve(p, ask, q + from, i + 1 - from, e);
		for (size_t k = from; k <= i && !ask && !p->offline; k++)
			say_why(&q[k]);
	}
	return r;
}
