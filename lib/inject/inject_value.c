/* SPDX-License-Identifier: Apache-2.0 */
#include "inject_value.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "imageref/imageref.h"

int
inject_value_image(const char *name, const char *value, struct err *e)
{
	struct imageref ref;

	if (value == NULL)
		return 0;
	if (imageref_parse(str_of(value), &ref, e) != 0) {
		err_prefix(e, "%s", name);
		e->kind = ERR_USAGE;
		return -EINVAL;
	}
	return 0;
}

/*
 * A user or a password would be readable by all who can describe the task.
 */
int
inject_value_url(
    const char *name, const char *value, const char *scheme, struct err *e)
{
	struct str all = str_of(value), authority, path;

	if (value == NULL)
		return 0;
	if (!str_starts(all, scheme))
		return err_set(
		    e, ERR_USAGE, EINVAL, "%s: not a %s URL", name, scheme);
	(void)str_cut(
	    str_sub(all, strlen(scheme), all.n), '/', &authority, &path);
	if (authority.n == 0)
		return err_set(
		    e, ERR_USAGE, EINVAL, "%s: no host in the URL", name);
	if (str_chr(authority, '@') < authority.n)
		return err_set(e, ERR_USAGE, EINVAL,
		    "%s: no user or password here: the task definition shows "
		    "it",
		    name);
	return 0;
}

int
inject_value_arn(const char *name, const char *value, struct err *e)
{
	if (value == NULL || strncmp(value, "arn:", 4) == 0)
		return 0;
	return err_set(e, ERR_USAGE, EINVAL, "%s: not an ARN (arn:...)", name);
}
