/* SPDX-License-Identifier: Apache-2.0 */
#include "learn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "learn_state.h"
#include "utf8/utf8.h"

#define NETWORK                                                                \
	(EVENT_BIT(EVENT_CONNECT) | EVENT_BIT(EVENT_SEND) |                    \
	    EVENT_BIT(EVENT_BIND) | EVENT_BIT(EVENT_LISTEN) |                  \
	    EVENT_BIT(EVENT_DNS))

event_set
learn_watches(void)
{
	return (EVENT_BIT(EVENT_LIFECYCLE) - 1) & ~EVENT_BIT(EVENT_NONE) &
	       ~EVENT_BIT(EVENT_READ) & ~EVENT_BIT(EVENT_ACCEPT);
}

bool
learn_keep(struct learn *l, struct str *s)
{
	struct str copy = STR_NONE;

	if (s->n > 0) {
		copy = arena_str(l->arena, *s);
		if (copy.p == NULL) {
			l->unlearnt++;
			return false;
		}
	}
	*s = copy;
	return true;
}

bool
learn_list_init(struct learn_list *list, struct arena *a, size_t max)
{
	*list = (struct learn_list){.arena = a, .max = max};
	list->items = arena_alloc(a, max * sizeof *list->items);
	return list->items != NULL;
}

bool
learn_list_add(struct learn_list *list, struct str s)
{
	if (list->n < list->max)
		s = arena_str(list->arena, s);
	if (list->n == list->max || s.p == NULL) {
		list->dropped++;
		return false;
	}
	list->items[list->n++] = s;
	return true;
}

static int
compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void
learn_list_sort(struct learn_list *list)
{
	size_t n = 0;

	if (list->n > 1)
		qsort(list->items, list->n, sizeof *list->items, compare);
	for (size_t i = 0; i < list->n; i++)
		if (n == 0 || !str_eq(list->items[n - 1], list->items[i]))
			list->items[n++] = list->items[i];
	list->n = n;
}

struct str
learn_literal(struct str path, struct learn_room *room)
{
	size_t i = 0, n = 0;
	char *p = room->text;

	path = str_sub(path, 0, sizeof room->text);
	while (i < path.n) {
		size_t step = utf8_decode(str_sub(path, i, path.n), NULL);

		if (step == 0 || path.p[i] == '*' || path.p[i] == '\0') {
			p[n++] = '?';
			i++;
			continue;
		}
		memcpy(p + n, path.p + i, step);
		n += step;
		i += step;
	}
	return str_make(p, n);
}

int
learn_new(struct arena *a, struct learn **ret, struct err *e)
{
	struct learn *l = arena_alloc(a, sizeof *l);
	int r;

	if (l == NULL)
		return err_nomem(e);
	l->arena = a;
	l->programs = arena_alloc(a, LEARN_PROGRAMS_MAX * sizeof *l->programs);
	l->nets = arena_alloc(a, LEARN_NETS_MAX * sizeof *l->nets);
	l->excepts = arena_alloc(a, LEARN_EXCEPTS_MAX * sizeof *l->excepts);
	if (l->programs == NULL || l->nets == NULL || l->excepts == NULL ||
	    !learn_list_init(&l->domains, a, LEARN_DOMAINS_MAX))
		return err_nomem(e);
	r = learn_detect_init(l, e);
	if (r == 0)
		*ret = l;
	return r;
}

bool
learn_add(struct learn *l, const struct event *ev)
{
	event_set bit;

	l->changed = false;
	if (ev->name >= EVENT_LIFECYCLE)
		return false;
	bit = EVENT_BIT(ev->name);
	if ((bit & learn_watches()) == 0 || ev->attempt)
		return false;
	if (ev->name == EVENT_EXEC || ev->name == EVENT_ENTERED)
		learn_program_add(l, ev);
	else if (bit & POLICY_CHANGES)
		learn_file_add(l, ev);
	else if (bit & NETWORK)
		learn_network_add(l, ev);
	learn_detect_add(l, ev);
	return l->changed;
}
