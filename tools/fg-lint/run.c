/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <string.h>

#include "lint/lint.h"
#include "ndjson/ndjson.h"
#include "options.h"

static unsigned int
families(const char *only)
{
	if (only == NULL)
		return LINT_ALL;
	return strcmp(only, "start") == 0 ? LINT_START : LINT_PROTECTED;
}

static int
print(const struct report *report, const char *program, struct err *e)
{
	cleanup_ndjson_out struct ndjson_out *out = NULL;
	struct str line, rest = buf_str(&report->records);
	int r = ndjson_out_open(NULL, program, &out, e);

	while (r == 0 && str_cut(rest, '\n', &line, &rest))
		r = ndjson_out_put(out, line, e);
	return r != 0 ? r : ndjson_out_close(out, e);
}

static int
lint(struct doctool *t, const struct options *o, struct report *report,
    struct err *e)
{
	cleanup_cfn_scope struct cfn_scope *scope = NULL;
	const struct lint_config cfg = {
	    .families = families(o->only),
	    .only = doctool_names(&o->doc.containers),
	    .exclude = doctool_names(&o->doc.excludes),
	};
	struct taskdef_file f;
	int r = doctool_scope(&o->doc, t->doc, &scope, e);

	if (r == 0)
		r = taskdef_open(&f, t->doc, scope, e);
	if (r != 0)
		return r;
	r = lint_file(&f, &cfg, report, e);
	taskdef_close(&f);
	return r;
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	const struct options *o = opts;
	struct report report = REPORT_INIT;
	struct doctool t = {0};
	int r = doctool_open(&t, &o->doc, rest.n > 0 ? rest.argv[0] : NULL, e);

	if (r == 0)
		r = lint(&t, o, &report, e);
	if (r == 0)
		r = print(&report, o->jq, e);
	if (r == 0 && report.unresolved > 0)
		r = ERR_NO;
	report_free(&report);
	doctool_close(&t);
	return r;
}
