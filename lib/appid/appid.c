/* SPDX-License-Identifier: Apache-2.0 */
#include "appid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "glob/glob.h"
#include "uuid4/uuid4.h"

_Static_assert(sizeof(((struct appid *)0)->uuid) == UUID4_TEXT, "uuid's room");

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Much of a hostile text is of no use in a message. */
static struct str
shown(struct str s)
{
	return str_sub(s, 0, 80);
}

int
appid_check_name(struct str name, struct err *e)
{
	if (name.n == 0)
		return err_set(e, ERR_PERM, EINVAL, "the task name is empty");
	if (name.n > APPID_NAME_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "a task name of %zu characters; %d is the most", name.n,
		    APPID_NAME_MAX);
	for (size_t i = 0; i < name.n; i++)
		if (!is_name_char(name.p[i]))
			return err_set(e, ERR_PERM, EINVAL,
			    "not a task name: \"%.*s\" (letters, digits, - "
			    "and _ only)",
			    STR_ARG(shown(name)));
	return 0;
}

int
appid_make(struct str name, struct str uuid, struct appid *ret, struct err *e)
{
	struct appid id = {0};
	int r = appid_check_name(name, e);

	if (r != 0)
		return r;
	if (!uuid4_parse(uuid, id.uuid))
		return err_set(e, ERR_PERM, EINVAL,
		    "not a UUID: \"%.*s\" (8-4-4-4-12 or 32 hexadecimal "
		    "digits)",
		    STR_ARG(shown(uuid)));
	memcpy(id.name, name.p, name.n);
	*ret = id;
	return 0;
}

int
appid_parse(struct str text, struct appid *ret, struct err *e)
{
	struct str name, uuid;

	if (!str_cut(text, ':', &name, &uuid))
		return err_set(e, ERR_PERM, EINVAL,
		    "not an App ID: \"%.*s\" (<task-name>:<UUID>)",
		    STR_ARG(shown(text)));
	return appid_make(name, uuid, ret, e);
}

void
appid_text(const struct appid *id, char to[APPID_TEXT])
{
	(void)snprintf(to, APPID_TEXT, "%s:%s", id->name, id->uuid);
}

int
appid_check_pattern(struct str pattern, struct err *e)
{
	struct str rest = pattern, inner;

	if (str_starts(rest, "-"))
		rest = str_sub(rest, 1, rest.n);
	if (rest.n == 0)
		return err_set(e, ERR_PERM, EINVAL, "an empty pattern");
	inner = str_sub(rest, 1, rest.n - 1);
	if (str_chr(inner, '*') < inner.n)
		return err_set(e, ERR_PERM, EINVAL,
		    "a '*' inside a pattern: \"%.*s\" (at its ends only)",
		    STR_ARG(shown(pattern)));
	return 0;
}

/* '?' means itself here, so that no App ID can match it. */
static bool
match_text(struct str pattern, struct str text)
{
	return str_chr(pattern, '?') == pattern.n &&
	       glob_match(pattern, text, true);
}

/* "name:" and the UUID's 32 digits. */
static void
text_without_dashes(const struct appid *id, char to[APPID_TEXT])
{
	size_t n = strlen(id->name);

	memcpy(to, id->name, n);
	to[n++] = ':';
	for (const char *c = id->uuid; *c != '\0'; c++)
		if (*c != '-')
			to[n++] = *c;
	to[n] = '\0';
}

bool
appid_match(struct str pattern, const struct appid *id)
{
	char dashed[APPID_TEXT], plain[APPID_TEXT];
	bool not = str_starts(pattern, "-");
	bool found;

	if (appid_check_pattern(pattern, NULL) != 0)
		return false;
	pattern = str_sub(pattern, not, pattern.n);
	appid_text(id, dashed);
	text_without_dashes(id, plain);
	found = match_text(pattern, str_of(dashed)) ||
		match_text(pattern, str_of(plain));
	return found != not ;
}
