/* SPDX-License-Identifier: Apache-2.0 */
#include "renamed.h"

#include "names.h"
#include "stamp.h"

/* Was rc's container renamed, or taken out? */
static bool
is_left(const struct taskdef *td, const struct record_container *rc)
{
	for (size_t i = 0; i < td->n; i++)
		if (str_eq(td->containers[i].id, rc->id))
			return false;
	return true;
}

static bool
is_new(const struct record *rec, const struct taskdef_container *c)
{
	return !doc_is(c->name, SIDECAR_NAME) &&
	       record_find(rec, c->id) == NULL;
}

static int
give(struct record *rec, struct record_container *rc,
    const struct taskdef_container *to, struct err *e)
{
	rc->id = arena_str(rec->arena, to->id);
	return rc->id.p == NULL ? err_nomem(e) : 0;
}

/* The entry of the name that the container was told, or NULL. */
static struct record_container *
by_told_name(const struct taskdef *td, const struct record *rec,
    const struct taskdef_container *c)
{
	cleanup_buf struct buf canonical = BUF_MAX(DOC_BYTES_MAX);
	const struct doc_node *told =
	    stamp_variable(td->form, c->node, NAMES_CONTAINER);
	struct record_container *rc;

	if (told == NULL)
		return NULL;
	if (taskdef_function(td->form, told) != NULL)
		cfn_canonical(told, &canonical);
	rc = record_find(
	    rec, canonical.n > 0 ? buf_str(&canonical) : told->text);
	return rc != NULL && rc->injected ? rc : NULL;
}

/* The container is a copy of one that is still there. */
static int
copy(struct record *rec, const struct record_container *rc,
    const struct taskdef_container *to, struct err *e)
{
	struct record_container *twin = record_get(rec, to->id);
	struct record_container *next;
	struct str id;

	if (twin == NULL)
		return err_nomem(e);
	next = twin->next;
	id = twin->id;
	*twin = *rc;
	twin->next = next;
	twin->id = id;
	/* The record itself was in one of them at most. */
	twin->old[RECORD_LABELS] = STR_NONE;
	return 0;
}

/* One of each is left: they belong together. */
static int
adopt_last(const struct taskdef *td, struct record *rec, struct err *e)
{
	const struct taskdef_container *c = NULL;
	struct record_container *left = NULL;
	size_t containers = 0, entries = 0;

	for (size_t i = 0; i < td->n; i++)
		if (is_new(rec, &td->containers[i]) &&
		    stamp_variable(td->form, td->containers[i].node,
			NAMES_APP_ID) != NULL) {
			c = &td->containers[i];
			containers++;
		}
	for (struct record_container *rc = rec->first; rc != NULL;
	     rc = rc->next)
		if (rc->stamped && is_left(td, rc)) {
			left = rc;
			entries++;
		}
	return containers == 1 && entries == 1 ? give(rec, left, c, e) : 0;
}

int
renamed_adopt(const struct taskdef *td, struct record *rec, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < td->n && r == 0; i++) {
		const struct taskdef_container *c = &td->containers[i];
		struct record_container *rc =
		    is_new(rec, c) ? by_told_name(td, rec, c) : NULL;

		if (rc != NULL)
			r = is_left(td, rc) ? give(rec, rc, c, e)
					    : copy(rec, rc, c, e);
	}
	return r == 0 ? adopt_last(td, rec, e) : r;
}
