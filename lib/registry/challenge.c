/* SPDX-License-Identifier: Apache-2.0 */
#include "challenge.h"

#include <string.h>
#include <strings.h>

enum { VALUE_MAX = 2048 };

struct scanner {
	struct str left;
};

static void
skip(struct scanner *s, const char *blanks)
{
	while (s->left.n > 0 && strchr(blanks, s->left.p[0]) != NULL &&
	       s->left.p[0] != '\0')
		s->left = str_sub(s->left, 1, s->left.n);
}

/* token of RFC 9110 section 5.6.2, and '/' for a token68. */
static struct str
token(struct scanner *s)
{
	struct str t;
	size_t n = 0;

	while (n < s->left.n && s->left.p[n] > ' ' && s->left.p[n] < 0x7f &&
	       strchr("\"(),:;<=>?@[\\]{}", s->left.p[n]) == NULL)
		n++;
	t = str_sub(s->left, 0, n);
	s->left = str_sub(s->left, n, s->left.n);
	return t;
}

/* A quoted string, or a token; false: malformed or too long. */
static bool
value(struct scanner *s, char out[VALUE_MAX])
{
	size_t n = 0, i = 1;
	struct str t;

	if (!str_starts(s->left, "\"")) {
		t = token(s);
		if (t.n == 0 || t.n >= VALUE_MAX)
			return false;
		memcpy(out, t.p, t.n);
		out[t.n] = '\0';
		return true;
	}
	for (; i < s->left.n && s->left.p[i] != '"'; i++) {
		if (s->left.p[i] == '\\' && ++i == s->left.n)
			return false;
		if (s->left.p[i] < ' ' || s->left.p[i] > '~' ||
		    n + 1 == VALUE_MAX)
			return false;
		out[n++] = s->left.p[i];
	}
	if (i >= s->left.n)
		return false;
	out[n] = '\0';
	s->left = str_sub(s->left, i + 1, s->left.n);
	return true;
}

static bool
same(struct str a, const char *b)
{
	return a.n == strlen(b) && strncasecmp(a.p, b, a.n) == 0;
}

/* True unless v is longer than there is room for. */
static bool
keep(char *dst, size_t size, const char *v)
{
	size_t n = strlen(v);

	if (n >= size)
		return false;
	memcpy(dst, v, n + 1);
	return true;
}

static bool
keep_param(struct registry_challenge *c, struct str name, const char *v)
{
	if (same(name, "realm"))
		return keep(c->realm, sizeof c->realm, v);
	if (same(name, "service"))
		return keep(c->service, sizeof c->service, v);
	if (same(name, "scope"))
		return keep(c->scope, sizeof c->scope, v);
	return true;
}

/* The scheme of *c is over; ok: its parameters were all in order. */
static void
end_scheme(struct registry_challenge *c, struct registry_challenge *one,
    struct str scheme, bool ok)
{
	if (same(scheme, "basic"))
		c->basic = true;
	if (same(scheme, "bearer") && ok && one->realm[0] != '\0' &&
	    !c->bearer) {
		one->basic = c->basic;
		one->bearer = true;
		*c = *one;
	}
	*one = (struct registry_challenge){0};
}

/*
 * Challenges and their parameters are both parted by commas: a token that no
 * '=' follows is the next scheme.
 */
void
registry_challenge_add(struct registry_challenge *c, struct str header)
{
	struct registry_challenge one = {0};
	struct scanner s = {header};
	struct str scheme = STR_NONE;
	char v[VALUE_MAX];
	bool ok = true;

	for (;;) {
		struct str t;

		skip(&s, " \t,");
		t = token(&s);
		if (t.n == 0)
			break;
		skip(&s, " \t");
		if (!str_starts(s.left, "=") || scheme.n == 0) {
			end_scheme(c, &one, scheme, ok);
			scheme = t;
			ok = true;
			continue;
		}
		skip(&s, "=");
		skip(&s, " \t");
		/* A token68 ends in '=' and has no value. */
		if (s.left.n == 0 || s.left.p[0] == ',')
			continue;
		if (!value(&s, v)) {
			ok = false;
			break;
		}
		ok = ok && keep_param(&one, t, v);
	}
	end_scheme(c, &one, scheme, ok && s.left.n == 0);
}
