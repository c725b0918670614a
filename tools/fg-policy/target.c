/* SPDX-License-Identifier: Apache-2.0 */
#include "target.h"

#include <stdlib.h>
#include <string.h>

static void
target_free(struct target *t)
{
	if (t == NULL)
		return;
	arena_free(t->arena);
	free(t->state);
	free(t);
}

void
target_free_all(struct targets *t)
{
	for (size_t i = 0; i < t->n; i++)
		target_free(t->list[i]);
	t->n = 0;
}

static int
target_fill(struct target *t, const struct targets *all,
    const struct collections_who *who, struct str boot, struct err *e)
{
	t->arena = arena_new(2 * POLICY_MEMORY_MAX);
	t->state = calloc(1, RUNTIME_STATE_SIZE);
	if (t->arena == NULL || t->state == NULL)
		return err_nomem(e);
	t->who.image = arena_str(t->arena, who->image);
	t->who.container = arena_str(t->arena, who->container);
	t->who.app_id = arena_str(t->arena, who->app_id);
	t->boot = arena_str(t->arena, boot);
	if (t->who.image.p == NULL || t->who.container.p == NULL ||
	    t->who.app_id.p == NULL || t->boot.p == NULL)
		return err_nomem(e);
	return policy_read(
	    t->arena, all->text, all->what, who, &t->policy, NULL, e);
}

static bool
is_target(
    const struct target *t, const struct collections_who *who, struct str boot)
{
	return str_eq(t->boot, boot) && str_eq(t->who.image, who->image) &&
	       str_eq(t->who.container, who->container) &&
	       str_eq(t->who.app_id, who->app_id);
}

int
target_get(struct targets *all, const struct collections_who *who,
    struct str boot, struct target **ret, struct err *e)
{
	struct target *t;
	int r;

	for (size_t i = all->n; i > 0; i--)
		if (is_target(all->list[i - 1], who, boot)) {
			*ret = all->list[i - 1];
			return 0;
		}
	t = calloc(1, sizeof *t);
	if (t == NULL)
		return err_nomem(e);
	r = target_fill(t, all, who, boot, e);
	if (r != 0) {
		target_free(t);
		return r;
	}
	if (all->n == TARGETS_MAX) {
		target_free(all->list[0]);
		memmove(all->list, all->list + 1,
		    (TARGETS_MAX - 1) * sizeof *all->list);
		all->n--;
	}
	all->list[all->n++] = t;
	*ret = t;
	return 0;
}
