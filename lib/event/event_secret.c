/* SPDX-License-Identifier: Apache-2.0 */
#include "event_secret.h"

#include <string.h>

enum { NAME_MAX_LOOKED_AT = 64, PEM_LINE_MAX = 64 };

/* A part of a name that ends like this is one of a secret. */
static const char *const endings[] = {"password", "passwd", "passphrase",
    "passcode", "secret", "token", "apikey", "accesskey", "secretkey",
    "privatekey", "accountkey", "masterkey", "encryptionkey", "credential",
    "credentials", "authorization", "signature", "requirepass", "masterauth",
    "dbpass", "userpass"};

/* A part that is this. */
static const char *const wholes[] = {
    "pass", "pwd", "pw", "cookie", "bearer", "jwt", "psk", "sig", "pat"};

/* A part that stands before "key". */
static const char *const keys[] = {"api", "access", "private", "account",
    "shared", "encryption", "master", "signing", "app", "auth"};

/* A last part that makes it something about a secret, but none. */
static const char *const about[] = {"file", "path", "dir", "stdin", "name",
    "id", "type", "policy", "length", "url", "uri", "endpoint", "env", "expiry",
    "expires", "ttl", "count", "size", "arn", "prompt", "timeout", "format",
    "version", "mode", "provider", "store", "manager", "mount", "ref", "var",
    "lifetime", "fd", "command", "helper"};

#define COUNT(table) (sizeof(table) / sizeof *(table))

bool
event_secret_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

static bool
is_one(struct str part, const char *const *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(part, table[i]))
			return true;
	}
	return false;
}

static bool
part_is_secret(struct str part, struct str before)
{
	for (size_t i = 0; i < COUNT(endings); i++) {
		if (str_ends(part, endings[i]))
			return true;
	}
	/* MYSQL_PWD and PGPASSWORD are taken; bypass and compass are not. */
	return is_one(part, wholes, COUNT(wholes)) ||
	       (str_eqz(part, "key") && is_one(before, keys, COUNT(keys)));
}

bool
event_secret_name(struct str name)
{
	struct str part = STR_NONE, before, rest;
	char lower[NAME_MAX_LOOKED_AT];
	bool secret = false, more = true;

	if (name.n > sizeof lower)
		name = str_sub(name, name.n - sizeof lower, name.n);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c == '-' || c == '.')
			c = '_';
		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	rest = str_make(lower, name.n);
	while (more) {
		before = part;
		more = str_cut(rest, '_', &part, &rest);
		secret = secret || part_is_secret(part, before);
	}
	return secret && !is_one(part, about, COUNT(about));
}

bool
event_secret_option(struct str word)
{
	return str_starts(word, "-") && str_chr(word, '=') == word.n &&
	       event_secret_name(word);
}

bool
event_secret_rest(struct str name)
{
	return name.n >= 6 &&
	       (str_ends(name, "uthorization") || str_ends(name, "ookie"));
}

/* ---- keys of known forms ---------------------------------------------- */

static const struct {
	const char *start;
	size_t least; /* letters behind it */
} forms[] = {
    {"ghp_", 30}, {"gho_", 30}, {"ghu_", 30}, {"ghs_", 30}, {"ghr_", 30},
    {"github_pat_", 30}, {"glpat-", 16}, {"xoxb-", 16}, {"xoxp-", 16},
    {"xapp-", 16}, {"sk-", 32}, {"sk_live_", 16}, {"rk_live_", 16},
    {"npm_", 30}, {"pypi-", 30}, {"hvs.", 20}, {"AIza", 30}, {"dop_v1_", 30},
    {"SG.", 30}, {"eyJ", 30}, /* JSON Web Token */
};

/* A private key in PEM (RFC 7468): its first line is shown. */
static size_t
pem(struct str s)
{
	size_t line = str_chr(str_sub(s, 0, PEM_LINE_MAX), '\n');

	if (!str_starts(s, "-----BEGIN ") || line + 1 >= s.n ||
	    !str_ends(str_sub(s, 0, line), "PRIVATE KEY-----"))
		return 0;
	return line + 1;
}

size_t
event_secret_key(struct str s, size_t *end)
{
	size_t n;

	*end = s.n;
	n = pem(s);
	if (n > 0)
		return n;
	for (size_t i = 0; i < COUNT(forms); i++) {
		if (!str_starts(s, forms[i].start))
			continue;
		n = strlen(forms[i].start);
		*end = n;
		while (*end < s.n && event_secret_letter(s.p[*end]))
			++*end;
		return *end - n >= forms[i].least ? n : 0;
	}
	return 0;
}
