/* SPDX-License-Identifier: Apache-2.0 */
#include "lint.h"

#include "inject/order.h"
#include "protected.h"

#define ARENA_MAX ((size_t)64 * 1024 * 1024)

static void
check_start(const struct taskdef_file *f, const struct taskdef *td,
    struct report *report)
{
	struct err e = {0};

	if (order_check(f, td, &e) == 0)
		return;
	report_finding(report, f, td->list, "start.cycle", "error", e.text,
	    "take one of these dependencies out");
	report->unresolved++;
}

int
lint_file(const struct taskdef_file *f, const struct lint_config *cfg,
    struct report *report, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	int r = a == NULL ? err_nomem(e) : 0;

	if (r == 0)
		r = select_check(f, &cfg->only, &cfg->exclude, e);
	for (size_t i = 0; i < f->n && r == 0; i++) {
		if ((cfg->families & LINT_START) != 0)
			check_start(f, &f->defs[i], report);
		if ((cfg->families & LINT_PROTECTED) != 0)
			r = protected_check(f, &f->defs[i], cfg, a, report, e);
	}
	return r;
}
