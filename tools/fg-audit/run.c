/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "console.h"
#include "files.h"
#include "pick.h"
#include "time/time.h"

static int
add(struct pick *p, const char *name, const char *value, struct err *e)
{
	int r;

	if (value == NULL)
		return 0;
	r = auditquery_add(
	    &p->query, str_of(name), str_of(value), time_now_ms(), e);
	if (r < 0)
		err_prefix(e, "--%s", name);
	return r < 0 ? r : 0;
}

static int
add_list(struct pick *p, const char *name, const struct cli_list *list,
    struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < list->n && r == 0; i++)
		r = add(p, name, list->items[i], e);
	return r;
}

static int
read_query(struct pick *p, const struct options *o, struct err *e)
{
	const struct {
		const char *name;
		const struct cli_list *list;
	} lists[] = {{"app", &o->app}, {"container", &o->container},
	    {"image", &o->image}, {"rule", &o->rule}, {"name", &o->name},
	    {"kind", &o->kind}, {"action", &o->action}};
	int r = 0;

	auditquery_init(&p->query);
	for (size_t i = 0; i < sizeof lists / sizeof *lists && r == 0; i++)
		r = add_list(p, lists[i].name, lists[i].list, e);
	if (r == 0)
		r = add(p, "severity", o->severity, e);
	if (r == 0)
		r = add(p, "from", o->from, e);
	if (r == 0)
		r = add(p, "to", o->to, e);
	return r == 0 ? add(p, "search", o->search, e) : r;
}

/* The URL in the environment is a default; one that is given is meant. */
static int
check_options(const struct options *o, struct cli_rest rest, struct err *e)
{
	const char *usual = getenv("FG_CONSOLE_URL");
	bool console = o->console != NULL && rest.n == 0;

	if (o->console != NULL && rest.n > 0 &&
	    (usual == NULL || strcmp(o->console, usual) != 0))
		return cli_usage(e, "--console", "not with a FILE");
	if (!console && o->after != NULL)
		return cli_usage(e, "--after", "only with --console");
	if (!console && o->token_file != NULL)
		return cli_usage(e, "--token-file", "only with --console");
	if (!console && o->console_ca != NULL)
		return cli_usage(e, "--console-ca", "only with --console");
	return 0;
}

/* What is kept before anything is printed. */
static void
set_limit(struct pick *p, const struct options *o)
{
	int64_t limit = o->limit;

	if (limit < 0 && o->follow && o->from == NULL && o->after == NULL)
		limit = OPTIONS_FOLLOW_LIMIT;
	p->keep = limit >= 0 || o->reverse;
	p->tail.limit = limit >= 0 ? (size_t)limit : SIZE_MAX;
}

static int
finish(struct pick *p, struct err *e)
{
	int r = out_flush(p->out, e);

	if (r != 0)
		return r;
	log_note(1, "%" PRIu64 " events, %" PRIu64 " records of other types",
	    p->picked, p->other);
	if (p->bad > 0)
		return err_set(e, ERR_NO, EBADMSG,
		    "%" PRIu64 " lines could not be read as events", p->bad);
	return p->picked > 0 ? 0 : ERR_NO;
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	const struct options *o = opts;
	struct pick p = {.o = o};
	int r = check_options(o, rest, e);

	if (r == 0)
		r = read_query(&p, o, e);
	if (r == 0)
		r = out_open(o, &p.out, e);
	if (r != 0)
		return r;
	set_limit(&p, o);
	if (o->console != NULL && rest.n == 0)
		r = console_run(&p, e);
	else
		r = files_run(&p, rest.argv, rest.n, e);
	if (r == 0)
		r = finish(&p, e);
	tail_free(&p.tail);
	out_free(p.out);
	return r;
}
