/* SPDX-License-Identifier: Apache-2.0 */
#include "scope.h"

#include <errno.h>

#include "base/cli_nearest.h"

static const struct {
	enum scope scope;
	const char *text;
} scopes[] = {
    {SCOPE_AUDIT_READ, "audit:read"},
    {SCOPE_POLICY_READ, "policy:read"},
    {SCOPE_POLICY_WRITE, "policy:write"},
    {SCOPE_EMBED_RUN, "embed:run"},
    {SCOPE_SCAN_READ, "scan:read"},
    {SCOPE_SCAN_WRITE, "scan:write"},
    {SCOPE_ENROL_WRITE, "enrol:write"},
    {SCOPE_METRICS_READ, "metrics:read"},
    {SCOPE_ADMIN, "admin"},
};

#define WORDS                                                                  \
	"audit:read|policy:read|policy:write|embed:run|scan:read|scan:write|"  \
	"enrol:write|metrics:read|admin"

enum { N = sizeof scopes / sizeof *scopes };

const char *
scope_text(enum scope s)
{
	for (size_t i = 0; i < N; i++)
		if (scopes[i].scope == s)
			return scopes[i].text;
	return "";
}

static int
one(struct str word, uint32_t *ret, struct err *e)
{
	for (size_t i = 0; i < N; i++)
		if (str_eqz(word, scopes[i].text)) {
			*ret |= scopes[i].scope;
			return 0;
		}
	return err_set(e, ERR_PERM, EINVAL,
	    "no scope \"%.*s\"; the nearest is \"%.*s\"", STR_ARG(word),
	    STR_ARG(cli_nearest_word(WORDS, word)));
}

int
scope_parse(struct str text, uint32_t *ret, struct err *e)
{
	struct str word;
	uint32_t all = 0;
	int r = 0;

	while (r == 0 && text.n > 0) {
		(void)str_cut(text, ' ', &word, &text);
		if (word.n > 0)
			r = one(word, &all, e);
	}
	if (r == 0)
		*ret = all;
	return r;
}

bool
scope_allows(uint32_t held, enum scope needed)
{
	return (held & (needed | SCOPE_ADMIN)) != 0;
}
