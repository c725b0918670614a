/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both directions are one walk over the fields, so that they cannot differ.
 * Numbers stand as the machine has them: both ends are the same program.
 */
#include "event.h"

#include <errno.h>
#include <string.h>

struct walk {
	unsigned char *to;         /* packing, or */
	const unsigned char *from; /* unpacking */
	size_t n, at;
	size_t longest; /* string; what is longer is cut when packing */
	bool bad;
};

/* The marks of a string that was cut: U+2026. */
static const char CUT[] = "\xe2\x80\xa6";
enum { CUT_BYTES = sizeof CUT - 1, SHORT = 1024 };

static void
put(struct walk *w, const void *p, size_t n)
{
	if (w->bad || n > w->n - w->at) {
		w->bad = true;
		return;
	}
	if (n > 0)
		memcpy(w->to + w->at, p, n);
	w->at += n;
}

static void
get(struct walk *w, void *p, size_t n)
{
	if (w->bad || n > w->n - w->at) {
		w->bad = true;
		return;
	}
	memcpy(p, w->from + w->at, n);
	w->at += n;
}

static void
bytes(struct walk *w, void *p, size_t n)
{
	if (w->to != NULL)
		put(w, p, n);
	else
		get(w, p, n);
}

#define NUMBER(w, field) bytes(w, &(field), sizeof(field))

static uint8_t
small(struct walk *w, unsigned value, unsigned max)
{
	uint8_t byte = (uint8_t)value;

	bytes(w, &byte, 1);
	if (byte > max)
		w->bad = true;
	return w->bad ? 0 : byte;
}

static void
flag(struct walk *w, bool *b)
{
	*b = small(w, *b, 1) != 0;
}

static void
pack_string(struct walk *w, struct str s)
{
	bool cut = s.n > w->longest;
	uint16_t n = (uint16_t)(cut ? w->longest : s.n);

	NUMBER(w, n);
	put(w, s.p, n);
	if (cut && !w->bad)
		memcpy(w->to + w->at - CUT_BYTES, CUT, CUT_BYTES);
}

static void
string(struct walk *w, struct str *s)
{
	uint16_t n = 0;

	if (w->to != NULL) {
		pack_string(w, *s);
		return;
	}
	NUMBER(w, n);
	if (w->bad || n > w->n - w->at) {
		w->bad = true;
		return;
	}
	*s = str_make((const char *)w->from + w->at, n);
	w->at += n;
}

static void
strings(struct walk *w, struct str *list, uint8_t *n, uint8_t max)
{
	*n = small(w, *n, max);
	for (uint8_t i = 0; i < *n; i++)
		string(w, &list[i]);
}

/* A C string travels with its NUL; NULL and "" are empty. */
static void
static_text(struct walk *w, const char **z)
{
	struct str s = STR_NONE;

	if (w->to != NULL && *z != NULL && **z != '\0')
		s = str_make(*z, strlen(*z) + 1);
	string(w, &s);
	if (w->to != NULL || w->bad)
		return;
	if (s.n == 1 || (s.n > 0 && str_chr(s, '\0') != s.n - 1))
		w->bad = true;
	*z = s.n > 0 && !w->bad ? s.p : NULL;
}

/* Held as ip.h says, whoever made it. */
static void
address(struct walk *w, struct ip *ip)
{
	struct ip held;

	if (w->to != NULL)
		*ip = ip_make(ip->family, ip->bytes);
	NUMBER(w, ip->family);
	bytes(w, ip->bytes, sizeof ip->bytes);
	held = ip_make(ip->family, ip->bytes);
	if (!ip_eq(ip, &held))
		w->bad = true;
}

static void
walk_process(struct walk *w, struct event_process *by)
{
	NUMBER(w, by->pid);
	NUMBER(w, by->ppid);
	NUMBER(w, by->uid);
	NUMBER(w, by->euid);
	NUMBER(w, by->gid);
	NUMBER(w, by->facts);
	string(w, &by->exe);
	string(w, &by->script);
	if (w->to != NULL && by->args.n > w->longest)
		by->args_cut = true;
	string(w, &by->args);
	flag(w, &by->args_cut);
	string(w, &by->cwd);
	string(w, &by->sha256);
	string(w, &by->parent);
	strings(w, by->ancestors, &by->n_ancestors, EVENT_ANCESTORS_MAX);
}

static void
walk_object(struct walk *w, struct event *ev)
{
	string(w, &ev->path);
	string(w, &ev->path2);
	NUMBER(w, ev->mode);
	NUMBER(w, ev->flags);
	NUMBER(w, ev->uid);
	flag(w, &ev->dir);
	NUMBER(w, ev->protocol);
	address(w, &ev->addr);
	NUMBER(w, ev->port);
	NUMBER(w, ev->local_port);
	string(w, &ev->domain);
	NUMBER(w, ev->target);
	NUMBER(w, ev->number);
	string(w, &ev->detail);
}

static void
walk_event(struct walk *w, struct event *ev)
{
	ev->name = small(w, ev->name, EVENT_NAMES - 1);
	if (event_name_text(ev->name) == NULL)
		w->bad = true;
	flag(w, &ev->attempt);
	NUMBER(w, ev->ts_ns);
	static_text(w, &ev->syscall);
	walk_process(w, &ev->by);
	walk_object(w, ev);
	ev->action = small(w, ev->action, EVENT_INFORM);
	ev->severity = small(w, ev->severity, EVENT_CRITICAL);
	string(w, &ev->rule_id);
	string(w, &ev->rule_name);
	string(w, &ev->msg);
	strings(w, ev->attack, &ev->n_attack, EVENT_ATTACKS_MAX);
	flag(w, &ev->enforced);
	NUMBER(w, ev->count);
	NUMBER(w, ev->seq);
}

static size_t
pack(const struct event *ev, void *to, size_t n, size_t longest)
{
	struct walk w = {.to = to, .n = n, .longest = longest};
	struct event copy = *ev;

	walk_event(&w, &copy);
	return w.bad ? 0 : w.at;
}

size_t
event_pack(const struct event *ev, void *to, size_t n)
{
	size_t used = n == 0 ? 0 : pack(ev, to, n, UINT16_MAX);

	return used != 0 || n == 0 ? used : pack(ev, to, n, SHORT);
}

int
event_unpack(const void *from, size_t n, struct event *ret)
{
	struct walk w = {.from = from, .n = n};
	struct event ev = {0};

	walk_event(&w, &ev);
	if (w.bad || w.at != n)
		return -EPROTO;
	*ret = ev;
	return 0;
}
