/* SPDX-License-Identifier: Apache-2.0 */
#include "mount.h"

/* Its first two parts tell, and how deep it leads. */
static bool
covers(struct str path)
{
	struct str part, first[2] = {STR_NONE, STR_NONE};
	size_t depth = 0;

	while (path.n > 0) {
		(void)str_cut(path, '/', &part, &path);
		if (part.n == 0 || str_eqz(part, "."))
			continue;
		if (str_eqz(part, "..")) {
			depth -= depth > 0;
			continue;
		}
		if (depth < sizeof first / sizeof *first)
			first[depth] = part;
		depth++;
	}
	return depth >= 2 && str_eqz(first[0], "opt") &&
	       str_eqz(first[1], "fg");
}

static const struct doc_node *
find(const struct taskdef_file *f, const struct taskdef *td,
    const struct doc_node *list)
{
	if (list == NULL || list->kind != DOC_SEQ)
		return NULL;
	doc_each(item, list) {
		const struct doc_node *path =
		    taskdef_get(td->form, item, "containerPath");

		if (path != NULL && covers(taskdef_text(f, path)))
			return path;
	}
	return NULL;
}

const struct doc_node *
mount_covering(const struct taskdef_file *f, const struct taskdef *td,
    const struct doc_node *container)
{
	const struct doc_node *path =
	    find(f, td, taskdef_get(td->form, container, "mountPoints"));

	if (path != NULL)
		return path;
	return find(
	    f, td, taskdef_path(td->form, container, "linuxParameters.tmpfs"));
}
