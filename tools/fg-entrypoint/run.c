/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "entrypoint/entrypoint.h"
#include "fill.h"
#include "names.h"
#include "ndjson/ndjson.h"
#include "options.h"

enum { ARENA_MAX = 1024 * 1024 * 1024, RECORD_MAX = 16 * 1024 * 1024 };

/* Options that mean nothing for what is asked. */
static int
check_options(const struct options *o, struct cli_rest rest, struct err *e)
{
	if (o->fill && rest.n > 1)
		return cli_usage(
		    e, rest.argv[1], "one FILE at most with --fill");
	if (o->remember && (o->db == NULL || o->no_db))
		return cli_usage(e, "--remember", "only with --db");
	if (o->remember && (o->offline || o->no_registry))
		return cli_usage(e, "--remember",
		    o->offline ? "not with --offline"
			       : "not with --no-registry");
	return 0;
}

static void
on_progress(void *arg, size_t done, size_t total, const char *what)
{
	(void)arg;
	if (done < total)
		log_progress("%zu of %zu images: %s", done, total, what);
	else
		log_progress("%s", "");
}

static void
on_warning(void *arg, const char *host, const char *text)
{
	(void)arg;
	log_warn("%s: the registry says: %s", host, text);
}

static void
configure(const struct options *o, struct entrypoint_config *cfg)
{
	cfg->db = o->no_db ? NULL : o->db;
	cfg->remember = o->remember;
	cfg->max_age = o->max_age_s;
	cfg->offline = o->offline;
	cfg->stale_ok = o->stale_ok;
	cfg->no_registry = o->no_registry;
	cfg->progress = on_progress;
	cfg->registry = (struct registry_config){
	    .mirrors = o->mirrors.items,
	    .n_mirrors = o->mirrors.n,
	    .plain_http = o->plain_http.items,
	    .n_plain_http = o->plain_http.n,
	    .trust_realm = o->trust_realm.items,
	    .n_trust_realm = o->trust_realm.n,
	    .ca = o->ca,
	    .docker_config = o->docker_config,
	    .parallel = (unsigned)o->parallel,
	    .timeout = (unsigned)o->timeout_s,
	    .warning = on_warning,
	};
}

static int
put(struct ndjson_out *out, const struct oci_image *image, struct err *e)
{
	cleanup_buf struct buf record = BUF_MAX(RECORD_MAX);

	oci_image_record(image, &record);
	if (buf_error(&record) != 0)
		return err_set(e, ERR_PERM, EFBIG,
		    "%.*s: a record above %d bytes", STR_ARG(image->reference),
		    RECORD_MAX);
	return ndjson_out_put(out, buf_str(&record), e);
}

/* Records in the order of the questions; the highest exit code in *code. */
static int
print(const struct names *names, struct ndjson_out *out,
    const struct err *whole, int *code, struct err *e)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct entrypoint_query *q = &names->queries[i];
		int r = q->image != NULL ? put(out, q->image, e) : 0;

		if (r != 0)
			return r;
		if (q->image != NULL || strcmp(q->err.text, whole->text) == 0)
			continue; /* what ended the run is said once */
		log_error("%s", q->err.text);
		if ((int)q->err.kind > *code)
			*code = (int)q->err.kind;
	}
	return ndjson_out_close(out, e);
}

static int
answer(const struct options *o, struct entrypoint_config *cfg,
    struct names *names, struct err *e)
{
	cleanup_ndjson_out struct ndjson_out *out = NULL;
	struct err whole = {0};
	int asked, code = 0;
	/* First of all: a broken program must not cost requests. */
	int r = ndjson_out_open(NULL, o->jq, &out, e);

	if (r != 0)
		return r;
	asked = entrypoint_resolve(cfg, names->queries, names->n, &whole);
	r = print(names, out, &whole, &code, e);
	if (r != 0)
		return r;
	if (asked != 0 && (int)whole.kind >= code) {
		*e = whole;
		return asked;
	}
	if (asked != 0)
		log_error("%s", whole.text);
	return code;
}

static int
find(const struct options *o, struct entrypoint_config *cfg,
    struct cli_rest rest, struct err *e)
{
	struct oci_platform platform;
	struct names names = {0};
	int r = oci_platform_parse(str_of(o->platform), &platform, e);

	if (r != 0) {
		err_prefix(e, "--platform");
		return r;
	}
	r = names_read(&names, rest, &platform, cfg->arena, e);
	if (r == 0)
		r = answer(o, cfg, &names, e);
	names_free(&names);
	return r;
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	cleanup_arena struct arena *arena = arena_new(ARENA_MAX);
	const struct options *o = opts;
	struct entrypoint_config cfg = {.arena = arena};
	int r = check_options(o, rest, e);

	if (r != 0)
		return r;
	if (arena == NULL)
		return err_nomem(e);
	configure(o, &cfg);
	if (o->fill)
		return fill_run(o, &cfg, rest.n > 0 ? rest.argv[0] : NULL, e);
	return find(o, &cfg, rest, e);
}
