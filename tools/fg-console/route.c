/* SPDX-License-Identifier: Apache-2.0 */
#include "route.h"

static struct str
segment(struct str *rest)
{
	struct str head;

	(void)str_cut(*rest, '/', &head, rest);
	return head;
}

static bool
fits(const char *pattern, struct str path, struct str args[ROUTE_ARGS_MAX])
{
	struct str rest = str_of(pattern);
	size_t n = 0;

	while (rest.n > 0 && path.n > 0) {
		struct str want = segment(&rest), is = segment(&path);

		if (str_eqz(want, "{}")) {
			if (is.n == 0 || is.n > ROUTE_SEGMENT_MAX ||
			    n == ROUTE_ARGS_MAX)
				return false;
			args[n++] = is;
		} else if (!str_eq(want, is)) {
			return false;
		}
	}
	return rest.n == 0 && path.n == 0;
}

const struct route *
route_find(enum http1_method method, struct str path,
    struct str args[ROUTE_ARGS_MAX], bool *others)
{
	if (method == HTTP1_METHOD_HEAD)
		method = HTTP1_METHOD_GET;
	*others = false;
	/* "/a/" is not "/a". */
	if (str_ends(path, "/"))
		return NULL;
	for (const struct route *r = route_table; r->path != NULL; r++) {
		if (!fits(r->path, path, args))
			continue;
		if (r->method == method)
			return r;
		*others = true;
	}
	return NULL;
}
