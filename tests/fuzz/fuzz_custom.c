/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line is an event, the rest a script. When it is true for the event
 * under any name, custom_events() has that name, and its opposite is not true.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "custom/custom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static const struct custom *
compile(struct arena *a, struct str script)
{
	const struct custom *c = NULL;
	struct err e = {0};
	int r = custom_compile(a, script, &c, &e);

	must(r == 0 || r == -EINVAL || r == -E2BIG);
	must((r == 0) == (c != NULL));
	must(r == 0 || (e.kind == ERR_PERM && e.text[0] != '\0'));
	return c;
}

/* NULL when that is too deep. */
static const struct custom *
opposite(struct arena *a, struct str script)
{
	struct buf b = BUF_MAX(CUSTOM_TEXT_MAX);
	const struct custom *c = NULL;

	buf_addz(&b, "not (");
	buf_adds(&b, script);
	buf_addz(&b, "\n)");
	if (buf_error(&b) == 0)
		c = compile(a, buf_str(&b));
	buf_free(&b);
	return c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(16 * 1024 * 1024);
	const struct custom *c, *not = NULL;
	const struct jtree *t = NULL;
	struct event ev = {.name = EVENT_EXEC};
	struct str line, script;

	(void)str_cut(str_make((const char *)data, n), '\n', &line, &script);
	if (jtree_parse(a, line, "event", &t, NULL) == 0)
		(void)event_read(a, t, &ev, NULL);
	c = compile(a, script);
	if (c != NULL)
		not = opposite(a, script);
	for (unsigned i = 1; c != NULL && i < EVENT_NAMES; i++) {
		bool is = custom_match(c, &ev);

		must(!is || (custom_events(c) & EVENT_BIT(ev.name)) != 0);
		must(not == NULL || !is || !custom_match(not, &ev));
		ev.name = (enum event_name)i;
	}
	arena_free(a);
	return 0;
}
