/* SPDX-License-Identifier: Apache-2.0 */
#include "select.h"

#include <errno.h>

static bool
names_container(
    const struct inject_names *names, const struct taskdef_container *c)
{
	for (size_t i = 0; i < names->n; i++)
		if (str_eqz(c->known_name, names->items[i]) ||
		    str_eqz(c->id, names->items[i]))
			return true;
	return false;
}

bool
select_excluded(const struct taskdef_container *c,
    const struct inject_names *only, const struct inject_names *exclude,
    const struct record_container *rc)
{
	if (names_container(exclude, c))
		return true;
	if (only->n > 0)
		return !names_container(only, c);
	return rc->excluded;
}

bool
select_none(const struct taskdef *td, const struct inject_names *only,
    const struct inject_names *exclude, const struct record *rec)
{
	static const struct record_container unknown;

	for (size_t i = 0; i < td->n; i++) {
		const struct taskdef_container *c = &td->containers[i];
		const struct record_container *rc = record_find(rec, c->id);

		if (!doc_is(c->name, SIDECAR_NAME) &&
		    !select_excluded(
			c, only, exclude, rc == NULL ? &unknown : rc))
			return false;
	}
	return true;
}

static int
check_names(const struct taskdef_file *f, const struct inject_names *names,
    struct err *e)
{
	for (size_t i = 0; i < names->n; i++) {
		struct inject_names one = {&names->items[i], 1};
		bool found = false;

		for (size_t d = 0; d < f->n; d++)
			for (size_t c = 0; c < f->defs[d].n; c++)
				found |= names_container(
				    &one, &f->defs[d].containers[c]);
		if (!found)
			return err_set(e, ERR_USAGE, ENOENT,
			    "no container is named \"%s\"", names->items[i]);
	}
	return 0;
}

int
select_check(const struct taskdef_file *f, const struct inject_names *only,
    const struct inject_names *exclude, struct err *e)
{
	int r = check_names(f, only, e);

	return r == 0 ? check_names(f, exclude, e) : r;
}
