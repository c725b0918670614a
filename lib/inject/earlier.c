/* SPDX-License-Identifier: Apache-2.0 */
#include "earlier.h"

enum { NAMED_MAX = 3, NAMES_BYTES_MAX = 1024 };

static const struct taskdef *
find_id(const struct taskdef_file *f, struct str logical_id)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->defs[i].logical_id, logical_id))
			return &f->defs[i];
	return NULL;
}

const struct taskdef *
earlier_find(const struct taskdef_file *from, const struct taskdef_file *f,
    const struct taskdef *td)
{
	if (from == NULL)
		return NULL;
	if (from->n == 1 && f->n == 1)
		return from->defs;
	return find_id(from, td->logical_id);
}

/* "A", "B" and N more: the definitions of from that f has no next version of.
 */
static void
name_left_over(const struct taskdef_file *from, const struct taskdef_file *f,
    struct buf *names)
{
	size_t n = 0;

	if (from->n == 1 && f->n == 1)
		return;
	for (size_t i = 0; i < from->n; i++) {
		const struct taskdef *td = &from->defs[i];

		if (find_id(f, td->logical_id) == NULL && n++ < NAMED_MAX)
			buf_addf(names, "%s\"%.*s\"", n > 1 ? ", " : "",
			    STR_ARG(taskdef_label(from, td)));
	}
	if (n > NAMED_MAX)
		buf_addf(names, " and %zu more", n - NAMED_MAX);
}

void
earlier_tell(const struct taskdef_file *from, const struct taskdef_file *f,
    const bool *fresh, struct report *report)
{
	cleanup_buf struct buf names = BUF_MAX(NAMES_BYTES_MAX);
	cleanup_buf struct buf text = BUF_MAX(2 * NAMES_BYTES_MAX);

	name_left_over(from, f, &names);
	for (size_t i = 0; i < f->n && names.n > 0; i++) {
		if (!fresh[i])
			continue;
		buf_reset(&text);
		buf_addf(&text,
		    "\"%.*s\" got a new App ID; in %s nothing has its name, "
		    "and here nothing that of %s",
		    STR_ARG(taskdef_label(f, &f->defs[i])), doc_name(from->doc),
		    buf_z(&names));
		report_warning(report, f, f->defs[i].node, "stamp.new-app-id",
		    buf_z(&text),
		    "if it was renamed, keep its App ID: fg-inject --app-id "
		    "LOGICALID=APPID");
	}
}
