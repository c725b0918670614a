/* SPDX-License-Identifier: Apache-2.0 */
#include "fill.h"

static int
resolve(void *arg, struct entrypoint_query *q, size_t n, struct err *e)
{
	const struct entrypoint_config *cfg = arg;

	return entrypoint_resolve(cfg, q, n, e);
}

static int
fill(struct doctool *t, const struct options *o, struct entrypoint_config *cfg,
    struct err *e)
{
	cleanup_buf struct buf out = BUF_MAX(DOC_BYTES_MAX);
	struct report report = REPORT_INIT;
	const struct fill_config config = {
	    .resolve = resolve,
	    .arg = cfg,
	    .only = doctool_names(&o->doc.containers),
	    .exclude = doctool_names(&o->doc.excludes),
	    .all = o->no_document,
	};
	int r = embed_fill(&t->input, &config, &report, &out, e);

	if (r == 0)
		r = doctool_finish(t, &report, buf_str(&out), e);
	report_free(&report);
	return r;
}

int
fill_run(const struct options *o, struct entrypoint_config *cfg,
    const char *path, struct err *e)
{
	struct doctool t = {0};
	int r = doctool_open(&t, &o->doc, path, e);

	cfg->linux_only = true;
	if (r == 0)
		r = fill(&t, o, cfg, e);
	doctool_close(&t);
	return r;
}
