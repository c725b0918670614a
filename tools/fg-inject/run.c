/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "config.h"
#include "diff/diff.h"
#include "inject/remove.h"

static int
embed(struct doctool *t, const struct options *o, const struct config *c,
    struct report *report, struct buf *out, struct err *e)
{
	if (o->remove)
		return embed_remove(&t->input, report, out, e);
	return embed_inject(&t->input, &c->inject,
	    c->stamp.n_given > 0 ? &c->stamp : NULL, report, out, e);
}

/* Against the bytes that were read: a describe form shows what it loses. */
static int
make_diff(struct doctool *t, struct buf *text, struct err *e)
{
	cleanup_buf struct buf diff = BUF_MAX(4 * DOC_BYTES_MAX);
	int r = diff_unified(t->before, buf_str(text), t->what, t->what,
	    log_colour(STDOUT_FILENO), &diff, e);

	buf_reset(text);
	buf_adds(text, buf_str(&diff));
	return r == 0 && buf_error(text) != 0 ? err_nomem(e) : r;
}

static int
work(struct doctool *t, const struct options *o, const struct config *c,
    struct err *e)
{
	cleanup_buf struct buf out = BUF_MAX(4 * DOC_BYTES_MAX);
	struct report report = REPORT_INIT;
	int r = embed(t, o, c, &report, &out, e);

	if (r == 0 && o->diff)
		r = make_diff(t, &out, e);
	if (r == 0)
		r = doctool_finish(t, &report, buf_str(&out), e);
	report_free(&report);
	return r;
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	struct options *o = opts;
	struct doctool t = {0};
	struct config c;
	int r = config_read(&c, o, e);

	/* Taking out leaves no container behind, only bytes. */
	if (o->remove)
		o->doc.partial = true;
	if (r == 0)
		r = doctool_open(
		    &t, &o->doc, rest.n > 0 ? rest.argv[0] : NULL, e);
	if (r == 0)
		r = work(&t, o, &c, e);
	doctool_close(&t);
	config_free(&c);
	return r;
}
