/* SPDX-License-Identifier: Apache-2.0 */
/* Messages, with macros as the vendor's custom rules have them. */
#include <stdio.h>
#include <string.h>

#include "runtime_look.h"

/* A text that is cut at its end. */
struct out {
	char *p;
	size_t n, max;
};

static void
add(struct out *o, struct str s)
{
	size_t n = s.n < o->max - o->n ? s.n : o->max - o->n;

	if (n > 0)
		memcpy(o->p + o->n, s.p, n);
	o->n += n;
}

static void
add_number(struct out *o, long long i)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%lld", i);
	add(o, str_of(text));
}

/* argv with blanks between the words, "***" for what is secret. */
static void
add_args(struct out *o, struct str args)
{
	struct event_mask mask;
	size_t from = 0, to = 0, at = 0;
	bool more;

	while (args.n > 0 && args.p[args.n - 1] == '\0')
		args.n--;
	event_mask_init(&mask, args);
	more = event_mask_next(&mask, &from, &to);
	while (at < args.n && o->n < o->max) {
		if (more && at == from) {
			add(o, STR("***"));
			at = to;
			more = event_mask_next(&mask, &from, &to);
		} else {
			add(o, args.p[at] == '\0' ? STR(" ")
						  : str_sub(args, at, at + 1));
			at++;
		}
	}
}

static void
add_peer(struct out *o, const struct event *ev)
{
	char text[IP_TEXT];
	bool v6 = ev->addr.family == 6;

	ip_text(&ev->addr, text);
	add(o, v6 ? STR("[") : STR_NONE);
	add(o, str_of(text));
	add(o, v6 ? STR("]:") : STR(":"));
	add_number(o, ev->port);
}

static struct str
file_of(const struct event *ev)
{
	bool second = ev->name == EVENT_RENAME || ev->name == EVENT_LINK ||
		      ev->name == EVENT_SYMLINK;

	return second ? ev->path2 : ev->path;
}

/* What a macro of event's strings stands for; false for others. */
static bool
add_text(struct out *o, struct str macro, const struct runtime_look *l)
{
	const struct event *ev = l->ev;
	const struct {
		const char *name;
		struct str text;
	} texts[] = {
	    {"proc.path", ev->by.script.n > 0 ? ev->by.script : ev->by.exe},
	    {"proc.exe", ev->by.exe},
	    {"proc.name", runtime_program_name(ev->by.exe)},
	    {"proc.pname", runtime_program_name(ev->by.parent)},
	    {"proc.ppath", ev->by.parent},
	    {"file.path", file_of(ev)},
	    {"net.domain", ev->domain},
	    {"rule", l->title},
	    {"syscall", str_of(ev->syscall)},
	    {"what", l->what},
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (str_eqz(macro, texts[i].name)) {
			add(o, texts[i].text);
			return true;
		}
	return false;
}

/* The others. */
static bool
add_value(struct out *o, struct str macro, const struct runtime_look *l)
{
	const struct event *ev = l->ev;
	char ip[IP_TEXT];

	if (str_eqz(macro, "proc.cmdline")) {
		add_args(o, ev->by.args);
	} else if (str_eqz(macro, "net.peer")) {
		add_peer(o, ev);
	} else if (str_eqz(macro, "net.outgoing_ip") ||
		   str_eqz(macro, "net.ip")) {
		ip_text(&ev->addr, ip);
		add(o, str_of(ip));
	} else if (str_eqz(macro, "net.outgoing_port") ||
		   str_eqz(macro, "net.port")) {
		add_number(o, ev->port);
	} else if (str_eqz(macro, "net.local_port")) {
		add_number(o, ev->local_port);
	} else if (str_eqz(macro, "proc.user")) {
		add_number(o, ev->by.uid);
	} else if (str_eqz(macro, "proc.pid")) {
		add_number(o, ev->by.pid);
	} else if (str_eqz(macro, "target")) {
		add_number(o, ev->target);
	} else {
		return false;
	}
	return true;
}

static bool
is_macro_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '.';
}

struct str
runtime_message(
    const struct runtime_look *l, struct str form, char to[RUNTIME_MSG_MAX])
{
	struct out o = {.p = to, .max = RUNTIME_MSG_MAX};
	size_t at = 0;

	while (at < form.n) {
		size_t end = at + 1;
		struct str macro;

		while (form.p[at] == '%' && end < form.n &&
		       is_macro_char(form.p[end]))
			end++;
		while (end > at + 1 && form.p[end - 1] == '.')
			end--; /* of the sentence */
		macro = str_sub(form, at + 1, end);
		if (macro.n == 0 ||
		    !(add_text(&o, macro, l) || add_value(&o, macro, l)))
			add(&o, str_sub(form, at, end));
		at = end;
	}
	/* Never half a character. */
	while (o.n == o.max && o.n > 0 && (to[o.n - 1] & 0x80) != 0)
		o.max = --o.n;
	return str_make(to, o.n);
}
