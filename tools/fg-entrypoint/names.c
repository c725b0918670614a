/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ndjson/ndjson.h"
#include "json/json.h"

enum { FIRST_CAP = 16 };

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
	cleanup_jv jv object = jv_invalid();
	cleanup_jv jv image = jv_invalid();
	cleanup_jv jv wanted = jv_invalid();
	struct str name;
	int r = json_parse(line, "JSON", &object, e);

	if (r != 0)
		return r;
	image = jv_object_get(jv_copy(object), jv_string("image"));
	wanted = jv_object_get(jv_copy(object), jv_string("platform"));
	if (jv_get_kind(image) != JV_KIND_STRING)
		return err_set(e, ERR_PERM, EINVAL, "no string \"image\"");
	if (jv_get_kind(wanted) == JV_KIND_STRING) {
		r = oci_platform_parse(json_str(wanted), &platform, e);
		if (r != 0 && e != NULL)
			e->kind = ERR_PERM;
	} else if (jv_is_valid(wanted) && jv_get_kind(wanted) != JV_KIND_NULL) {
		r = err_set(
		    e, ERR_PERM, EINVAL, "\"platform\" should be a string");
	}
	if (r != 0)
		return r;
	name = arena_str(a, json_str(image));
	return name.p == NULL ? err_nomem(e) : add(names, name, &platform, e);
}

static int
add_line(struct names *names, struct str line,
    const struct oci_platform *platform, struct arena *a, struct err *e)
{
	struct str name;

	line = str_trim(line);
	if (str_starts(line, "{"))
		return add_object(names, line, *platform, a, e);
	name = arena_str(a, line);
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
			err_prefix(e, "%s:%lu", in.what, in.line);
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
