/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "jtree/jtree.h"
#include "ndjson/ndjson.h"

enum { FIRST_CAP = 16, TREE_MAX = 128 * NAMES_LINE_MAX };

static int
add(struct names *names, struct str reference,
    const struct oci_platform *platform, struct err *e)
{
	struct entrypoint_query *more;
	size_t cap = names->cap == 0 ? FIRST_CAP : names->cap * 2;

	if (names->n == NAMES_MAX)
		return err_set(e, ERR_PERM, E2BIG,
		    "more than %d images at once", NAMES_MAX);
	if (names->n == names->cap) {
		more = reallocarray(names->queries, cap, sizeof *more);
		if (more == NULL)
			return err_nomem(e);
		names->queries = more;
		names->cap = cap;
	}
	names->queries[names->n++] = (struct entrypoint_query){
	    .reference = reference, .platform = *platform};
	return 0;
}

static int
add_object(struct names *names, struct str line, struct oci_platform platform,
    struct arena *a, struct err *e)
{
	cleanup_arena struct arena *tree = arena_new(TREE_MAX);
	const struct jtree *object, *image, *wanted;
	struct str name;
	int r;

	if (tree == NULL)
		return err_nomem(e);
	r = jtree_parse(tree, line, "", &object, e);
	if (r != 0)
		return r;
	image = jtree_get(object, "image");
	wanted = jtree_get(object, "platform");
	if (image == NULL || image->kind != JSCAN_STRING)
		return err_set(e, ERR_PERM, EINVAL, "no string \"image\"");
	if (!jtree_is_null(wanted) && wanted->kind != JSCAN_STRING)
		return err_set(
		    e, ERR_PERM, EINVAL, "\"platform\" should be a string");
	if (!jtree_is_null(wanted))
		r = oci_platform_parse(jtree_str(wanted), &platform, e);
	if (r != 0) {
		e->kind = ERR_PERM; /* of the input, not the command line */
		return r;
	}
	name = arena_str(a, jtree_str(image));
	return name.p == NULL ? err_nomem(e) : add(names, name, &platform, e);
}

static int
add_line(struct names *names, struct str line,
    const struct oci_platform *platform, struct arena *a, struct err *e)
{
	struct str name = str_trim(line);

	if (str_starts(name, "{"))
		return add_object(names, line, *platform, a, e);
	name = arena_str(a, name);
	return name.p == NULL ? err_nomem(e) : add(names, name, platform, e);
}

static int
read_lines(struct names *names, const struct oci_platform *platform,
    struct arena *a, struct err *e)
{
	struct ndjson_in in = {
	    .fd = STDIN_FILENO,
	    .what = "standard input",
	    .line_max = NAMES_LINE_MAX,
	    .allow_partial = true,
	};
	struct str line;
	int r;

	while ((r = ndjson_in_next(&in, &line, e)) == 1) {
		r = add_line(names, line, platform, a, e);
		if (r != 0) {
			ndjson_in_place(&in, e);
			break;
		}
	}
	ndjson_in_free(&in);
	return r;
}

int
names_read(struct names *names, struct cli_rest rest,
    const struct oci_platform *platform, struct arena *a, struct err *e)
{
	int r = 0;

	if (rest.n == 0)
		return read_lines(names, platform, a, e);
	for (size_t i = 0; r == 0 && i < rest.n; i++)
		r = add(names, str_of(rest.argv[i]), platform, e);
	return r;
}

void
names_free(struct names *names)
{
	free(names->queries);
	*names = (struct names){0};
}
