/* SPDX-License-Identifier: Apache-2.0 */
#include "show.h"

#include <string.h>

#include "time/time.h"
#include "utf8/utf8.h"

struct str
show_member(const struct jtree *t, const char *a, const char *b)
{
	t = jtree_get(t, a);
	if (b != NULL)
		t = jtree_get(t, b);
	if (t == NULL || (t->kind != JSCAN_STRING && t->kind != JSCAN_NUMBER))
		return STR_NONE;
	return t->text;
}

/* ---- what happened ---------------------------------------------------- */

static void
add_args(const struct jtree *args, struct buf *out)
{
	if (args == NULL || args->kind != JSCAN_ARRAY)
		return;
	for (args = args->first; args != NULL; args = args->next) {
		buf_addc(out, ' ');
		utf8_show(jtree_str(args), out);
	}
}

static void
add_part(struct str part, const char *before, struct buf *out)
{
	if (part.n == 0)
		return;
	if (out->n > 0)
		buf_addz(out, before);
	utf8_show(part, out);
}

static void
add_net(const struct jtree *t, struct buf *out)
{
	struct str port = show_member(t, "net", "port");

	add_part(show_member(t, "net", "domain"), " ", out);
	add_part(show_member(t, "net", "addr"), " ", out);
	add_part(port, " port ", out);
}

/* An event without a msg: its parts, in a fixed order. */
static void
add_parts(const struct jtree *t, struct buf *out)
{
	const struct jtree *process = jtree_get(t, "process");

	add_part(show_member(process, "exe", NULL), " ", out);
	if (str_eqz(show_member(t, "name", NULL), "process.exec")) {
		buf_addz(out, ":");
		add_args(jtree_get(process, "args"), out);
	}
	add_part(show_member(t, "file", "path"), " ", out);
	add_part(show_member(t, "file", "path2"), " -> ", out);
	add_net(t, out);
	if (str_starts(show_member(t, "name", NULL), "kernel."))
		add_part(show_member(t, "syscall", "name"), " ", out);
	add_part(show_member(t, "http", "method"), " ", out);
	add_part(show_member(t, "http", "path"), " ", out);
	add_part(show_member(t, "detail", NULL), ": ", out);
	if (str_eqz(show_member(t, "name", NULL), "exit"))
		buf_addf(out, "exit status %.*s",
		    STR_ARG(show_member(t, "number", NULL)));
}

void
show_words(const struct jtree *t, struct buf *out)
{
	struct str msg = show_member(t, "msg", NULL);
	struct str count = show_member(t, "count", NULL);
	bool lost = str_eqz(show_member(t, "kind", NULL), "lost");
	cleanup_buf struct buf parts = BUF_MAX(1024 * 1024);

	if (lost)
		buf_addf(out, "%.*s events lost", STR_ARG(count));
	if (msg.n > 0)
		add_part(msg, lost ? ": " : "", &parts);
	else
		add_parts(t, &parts);
	if (lost && parts.n > 0)
		buf_addz(out, ": ");
	buf_adds(out, buf_str(&parts));
	if (!lost && count.n > 0 && !str_eqz(count, "1"))
		buf_addf(out, " (%.*s times)", STR_ARG(count));
}

/* ---- the line for people ---------------------------------------------- */

#define RESET "\033[m"

static const char *
colour_of(struct str severity)
{
	static const struct {
		const char *severity, *colour;
	} colours[] = {
	    {"critical", "\033[1;31m"},
	    {"high", "\033[31m"},
	    {"medium", "\033[33m"},
	    {"low", "\033[36m"},
	    {"info", "\033[2m"},
	};

	for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
		if (str_eqz(severity, colours[i].severity))
			return colours[i].colour;
	}
	return "";
}

/* A column; "-" stands for what is not known. */
static void
column(struct str s, size_t width, struct buf *out)
{
	size_t from = out->n;

	utf8_show(s.n == 0 ? STR("-") : s, out);
	while (buf_error(out) == 0 && out->n - from < width)
		buf_addc(out, ' ');
	buf_addc(out, ' ');
}

static void
add_time(struct str ts, struct buf *out)
{
	char text[TIME_TEXT];
	int64_t ms;

	if (time_parse_ms(ts, &ms) && time_format_ms(ms, text))
		ts = str_of(text);
	column(ts, TIME_TEXT - 1, out);
}

static void
add_place(const struct jtree *t, struct buf *out)
{
	struct str app = show_member(t, "app", "name");
	struct str container = show_member(t, "container", "name");
	cleanup_buf struct buf place = BUF_MAX(64 * 1024);

	if (app.n == 0)
		app = show_member(t, "app", "id");
	buf_adds(&place, app);
	if (app.n > 0 && container.n > 0)
		buf_addc(&place, '/');
	buf_adds(&place, container);
	column(buf_str(&place), 16, out);
}

void
show_text(const struct jtree *t, bool colour, struct buf *out)
{
	struct str severity = show_member(t, "severity", NULL);
	const char *shade = colour ? colour_of(severity) : "";

	add_time(show_member(t, "ts", NULL), out);
	buf_addz(out, shade);
	column(severity, sizeof "critical" - 1, out);
	column(show_member(t, "action", NULL), sizeof "prevent" - 1, out);
	if (shade[0] != '\0')
		buf_addz(out, RESET);
	add_place(t, out);
	column(show_member(t, "name", NULL), sizeof "policy.rejected", out);
	show_words(t, out);
	while (out->n > 0 && out->p[out->n - 1] == ' ')
		out->n--;
	buf_addc(out, '\n');
}
