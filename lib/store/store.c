/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <errno.h>
#include <string.h>

#include "store_ops.h"
#include "store_sqlite.h"

int
store_open(
    const char *dir, enum store_mode mode, struct store **ret, struct err *e)
{
	return store_sqlite_open(dir, mode, ret, e);
}

void
store_free(struct store *s)
{
	if (s != NULL)
		s->ops->free(s);
}

void
store_freep(struct store **s)
{
	store_free(*s);
	*s = NULL;
}

/* ---- what the calls have in common -------------------------------------- */

int
store_writable(const struct store *s, struct err *e)
{
	if (s->mode == STORE_WRITE)
		return 0;
	return err_set(
	    e, ERR_PERM, EROFS, "the store is open for reading only");
}

int
store_text_ok(
    struct str text, const char *what, size_t max, bool needed, struct err *e)
{
	if (needed && text.n == 0)
		return err_set(e, ERR_PERM, EINVAL, "%s: it is empty", what);
	if (text.n > max)
		return err_set(e, ERR_PERM, EINVAL, "%s: longer than %zu bytes",
		    what, max);
	return 0;
}

int
store_list_room(
    uint32_t limit, size_t size, struct arena *a, void *ret, struct err *e)
{
	void *room;

	if (limit < 1 || limit > STORE_LIST_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "a limit of %u, not 1 to %d", limit, STORE_LIST_MAX);
	room = arena_alloc(a, limit * size);
	if (room == NULL)
		return err_nomem(e);
	memcpy(ret, &room, sizeof room);
	return 0;
}

/* ---- transactions, upkeep ----------------------------------------------- */

int
store_begin(struct store *s, struct err *e)
{
	int r = store_writable(s, e);

	if (r == 0 && s->in_transaction)
		r = err_set(e, ERR_PERM, EINVAL, "transactions do not nest");
	if (r == 0)
		r = s->ops->begin(s, e);
	if (r == 0)
		s->in_transaction = true;
	return r;
}

int
store_commit(struct store *s, struct err *e)
{
	if (!s->in_transaction)
		return err_set(e, ERR_PERM, EINVAL, "no transaction is open");
	s->in_transaction = false;
	return s->ops->commit(s, e);
}

void
store_rollback(struct store *s)
{
	if (!s->in_transaction)
		return;
	s->in_transaction = false;
	s->ops->rollback(s);
}

static int
outside(const struct store *s, struct err *e)
{
	if (!s->in_transaction)
		return 0;
	return err_set(e, ERR_PERM, EINVAL, "a transaction is open");
}

int
store_backup(struct store *s, const char *path, struct err *e)
{
	int r = outside(s, e);

	return r != 0 ? r : s->ops->backup(s, path, e);
}

int
store_retain(struct store *s, const struct store_retention *keep,
    int64_t now_ms, struct store_removed *removed, struct err *e)
{
	struct store_removed dropped = {0};
	int r = store_writable(s, e);

	if (r == 0)
		r = outside(s, e);
	if (r == 0)
		r = s->ops->retain(s, keep, now_ms, &dropped, e);
	if (removed != NULL)
		*removed = dropped;
	return r;
}

int
store_tidy(struct store *s, struct err *e)
{
	int r = outside(s, e);

	return r != 0 ? r : s->ops->tidy(s, e);
}

int
store_stat(struct store *s, struct store_stat *ret, struct err *e)
{
	return s->ops->stat(s, ret, e);
}
