/* SPDX-License-Identifier: Apache-2.0 */
#include "initial.h"

#include <errno.h>

#include "jtree/jtree.h"
#include "policypack/policypack.h"

enum { TREE = 64 };

static bool
is_policy(struct str line, const char *kind)
{
	cleanup_arena struct arena *a = arena_new(TREE * (line.n + 1024));
	const struct jtree *t;

	if (a == NULL || jtree_parse(a, line, "", &t, NULL) != 0)
		return false;
	return str_eqz(jtree_str(jtree_get(t, "type")), "policy") &&
	       str_eqz(jtree_str(jtree_get(t, "kind")), kind);
}

int
initial_policy(
    const char *packed, const char *kind, struct buf *out, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(POLICYPACK_TEXT_MAX);
	struct str line, rest, found = STR_NONE;
	int r = policypack_unpack(str_of(packed), &text, e);

	if (r != 0) {
		err_prefix(e, "FG_INITIAL_POLICY");
		return r;
	}
	for (rest = buf_str(&text); rest.n > 0;) {
		(void)str_cut(rest, '\n', &line, &rest);
		if (is_policy(line, kind))
			found = line;
	}
	if (found.n == 0)
		return err_set(e, ERR_PERM, ENOENT,
		    "FG_INITIAL_POLICY: no %s policy in it", kind);
	buf_adds(out, found);
	return buf_error(out) != 0 ? err_nomem(e) : 0;
}
