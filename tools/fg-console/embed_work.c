/* SPDX-License-Identifier: Apache-2.0 */
#include "embed_work.h"

#include <errno.h>
#include <stdint.h>

#include "data.h"
#include "doctool/doctool.h"
#include "inject/embed.h"
#include "pki/pki.h"
#include "pull.h"
#include "uuid4/uuid4.h"

enum { ARENA_MAX = 1 << 30 };

/* One step of the way: from a text to the next one. */
struct step {
	const struct embed_asked *asked;
	struct embed_done *done;
	struct pull pull;
	struct inject_config inject;
};

static int
fill(struct step *s, struct embed_input *in, struct report *report,
    struct buf *out, struct err *e)
{
	const struct fill_config cfg = {
	    .resolve = pull_resolve, .arg = &s->pull};

	return embed_fill(in, &cfg, report, out, e);
}

static int
stamp(struct step *s, struct embed_input *in, struct report *report,
    struct buf *out, struct err *e)
{
	const struct stamp_config cfg = {.make_uuid = uuid4_make,
	    .given = s->asked->app_id == NULL ? NULL : &s->asked->app_id,
	    .n_given = s->asked->app_id != NULL,
	    .family = "task"};

	return embed_stamp(in, &cfg, report, out, e);
}

static int
inject(struct step *s, struct embed_input *in, struct report *report,
    struct buf *out, struct err *e)
{
	return embed_inject(in, &s->inject, NULL, report, out, e);
}

/* Problems count once: the last step tells those of all containers. */
static int
take(struct step *s,
    int (*fn)(struct step *s, struct embed_input *in, struct report *report,
	struct buf *out, struct err *e),
    struct buf *text, struct err *e)
{
	static const struct doctool_options none;
	cleanup_buf struct buf out = BUF_MAX(4 * DOC_BYTES_MAX);
	struct report report = REPORT_INIT;
	struct doctool t = {0};
	int r = doctool_take(&t, &none, buf_str(text), "body", e);

	if (r == 0)
		r = fn(s, &t.input, &report, &out, e);
	doctool_close(&t);
	if (r == 0) {
		buf_reset(text);
		buf_adds(text, buf_str(&out));
		buf_adds(&s->done->problems, buf_str(&report.problems));
		s->done->unresolved = (int64_t)report.unresolved;
		if (buf_error(text) != 0)
			r = err_set(e, ERR_PERM, EFBIG, "too large");
	}
	report_free(&report);
	return r;
}

static int
check_form(const struct embed_asked *asked, struct str text, struct err *e)
{
	static const struct doctool_options none;
	struct taskdef_file f = {0};
	struct doctool t = {0};
	int r = doctool_take(&t, &none, text, "body", e);

	if (r == 0)
		r = taskdef_open(&f, t.doc, NULL, e);
	if (r == 0 && asked->template && f.form != TASKDEF_TEMPLATE)
		r = err_set(e, ERR_PERM, EINVAL,
		    "body: not a CloudFormation template, as cloudFormation "
		    "says");
	if (f.n > 0)
		taskdef_close(&f);
	doctool_close(&t);
	return r;
}

static int
steps(struct step *s, struct buf *text, struct err *e)
{
	int r = s->asked->fill ? take(s, fill, text, e) : 0;

	if (r == 0)
		r = take(s, stamp, text, e);
	return r == 0 ? take(s, inject, text, e) : r;
}

int
embed_work(const struct embed_asked *asked, struct str document,
    struct embed_done *done, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	cleanup_buf struct buf ca = BUF_MAX(PKI_PEM_MAX);
	struct step s = {.asked = asked,
	    .done = done,
	    .pull = {.o = asked->o, .arena = a},
	    .inject = asked->inject};
	int r = 0;

	if (a == NULL)
		return err_nomem(e);
	/* A certificate of somebody else's CA is verified by the system's. */
	if (asked->o->tls_cert == NULL) {
		r = data_read(asked->o->data, DATA_CA, &ca, e);
		s.inject.console_ca = buf_z(&ca);
	}
	if (r == 0)
		r = check_form(asked, document, e);
	buf_adds(&done->text, document);
	return r == 0 ? steps(&s, &done->text, e) : r;
}
