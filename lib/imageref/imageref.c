/* SPDX-License-Identifier: Apache-2.0 */
#include "imageref.h"

#include <errno.h>
#include <string.h>

#define HUB "docker.io"
#define HUB_HTTP "registry-1.docker.io"
#define HUB_ALIAS "index.docker.io"
#define OFFICIAL "library/"

enum { IMAGE_ID_DIGITS = 64, PORT_DIGITS_MAX = 5, QUOTED_MAX = 300 };

/* ---- character classes: ASCII only, whatever the locale ----------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool
is_alnum(char c)
{
	return is_digit(c) || is_lower(c) || is_upper(c);
}

static bool
all(struct str s, bool (*is)(char c))
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is(s.p[i]))
			return false;
	}
	return true;
}

/* ---- the parts ---------------------------------------------------------- */

static bool
is_ipv6(char c)
{
	return is_hex(c) || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

static bool
port_ok(struct str s)
{
	return s.n > 0 && s.n <= PORT_DIGITS_MAX && all(s, is_digit);
}

/* One label of a host name: letters, digits, '-' within. */
static bool
label_ok(struct str s)
{
	if (s.n == 0 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	}
	return true;
}

static bool
host_ok(struct str s)
{
	struct str name, port, label;
	bool more;

	if (str_starts(s, "[")) {
		struct str in = str_sub(s, 1, str_chr(s, ']'));

		port = str_sub(s, in.n + 2, s.n);
		if (in.n + 2 > s.n || in.n < 2 || !all(in, is_ipv6) ||
		    str_chr(in, ':') == in.n)
			return false;
		return port.n == 0 ||
		       (port.p[0] == ':' && port_ok(str_sub(port, 1, port.n)));
	}
	if (str_cut(s, ':', &name, &port) && !port_ok(port))
		return false;
	do {
		more = str_cut(name, '.', &label, &name);
		if (!label_ok(label))
			return false;
	} while (more);
	return true;
}

/* Bytes of the separator at the start of s: . _ __ or any number of -. */
static size_t
separator(struct str s)
{
	size_t n = 0;

	if (s.n > 0 && s.p[0] == '.')
		return 1;
	if (str_starts(s, "__"))
		return 2;
	if (s.n > 0 && s.p[0] == '_')
		return 1;
	while (n < s.n && s.p[n] == '-')
		n++;
	return n;
}

/* One part of a path: runs of a-z0-9 with separators between them. */
static bool
part_ok(struct str s)
{
	size_t at = 0;

	for (;;) {
		size_t from = at, step;

		while (at < s.n && (is_lower(s.p[at]) || is_digit(s.p[at])))
			at++;
		if (at == from)
			return false;
		if (at == s.n)
			return true;
		step = separator(str_sub(s, at, s.n));
		if (step == 0)
			return false;
		at += step;
	}
}

static bool
path_ok(struct str s)
{
	struct str part;
	bool more;

	do {
		more = str_cut(s, '/', &part, &s);
		if (!part_ok(part))
			return false;
	} while (more);
	return true;
}

static bool
tag_ok(struct str s)
{
	if (s.n == 0 || s.n > IMAGEREF_TAG_MAX)
		return false;
	if (!is_alnum(s.p[0]) && s.p[0] != '_')
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (!is_alnum(s.p[i]) && strchr("_.-", s.p[i]) == NULL)
			return false;
	}
	return memchr(s.p, '\0', s.n) == NULL;
}

bool
imageref_digest_ok(struct str s)
{
	struct str algorithm, hex;

	if (!str_cut(s, ':', &algorithm, &hex) || !all(hex, is_hex))
		return false;
	return (str_eqz(algorithm, "sha256") && hex.n == 64) ||
	       (str_eqz(algorithm, "sha512") && hex.n == 128);
}

/* ---- the whole ---------------------------------------------------------- */

static int
refuse(struct str text, const char *why, struct err *e)
{
	struct str shown = str_sub(text, 0, QUOTED_MAX);

	return err_set(e, ERR_NO, EINVAL,
	    "not an image reference: \"%.*s%s\": %s", STR_ARG(shown),
	    shown.n < text.n ? "…" : "", why);
}

/* Copy s to dst, which has room for max bytes and a NUL. */
static void
copy(char *dst, size_t max, struct str s)
{
	size_t n = s.n < max ? s.n : max;

	if (n > 0)
		memcpy(dst, s.p, n);
	dst[n] = '\0';
}

/* Does the first part of a name say a host? */
static bool
names_host(struct str first)
{
	if (str_eqz(first, "localhost") || str_starts(first, "["))
		return true;
	for (size_t i = 0; i < first.n; i++) {
		if (strchr(".:", first.p[i]) != NULL || is_upper(first.p[i]))
			return true;
	}
	return false;
}

static const char *
parse_name(struct str name, struct imageref *out)
{
	struct str host = STR_NONE, path = name, first, rest;

	if (str_cut(name, ':', &first, &rest) && str_starts(rest, "//"))
		return "a URL; leave its scheme out";
	if (str_cut(name, '/', &first, &rest) && names_host(first)) {
		host = first;
		path = rest;
		if (!host_ok(host))
			return "the registry's name is malformed";
	}
	if (path.n == 0)
		return "the name is missing";
	if (!path_ok(path)) {
		for (size_t i = 0; i < path.n; i++) {
			if (is_upper(path.p[i]))
				return "upper-case letters in the name";
		}
		return "the name is malformed";
	}
	if (host.n == 0 && path.n == IMAGE_ID_DIGITS && all(path, is_hex))
		return "this is an image ID; give a name";
	if (host.n == 0 || str_eqz(host, HUB_ALIAS))
		host = STR(HUB);
	copy(out->host, IMAGEREF_NAME_MAX, host);
	out->repo[0] = '\0';
	if (str_eqz(host, HUB) && str_chr(path, '/') == path.n)
		copy(out->repo, IMAGEREF_NAME_MAX, STR(OFFICIAL));
	if (host.n + 1 + strlen(out->repo) + path.n > IMAGEREF_NAME_MAX)
		return "the name is longer than 255 bytes";
	copy(out->repo + strlen(out->repo),
	    IMAGEREF_NAME_MAX - strlen(out->repo), path);
	return NULL;
}

int
imageref_parse(struct str text, struct imageref *out, struct err *e)
{
	struct str name, digest, tag = STR_NONE;
	struct imageref ref = {0};
	const char *why;
	size_t colon;

	if (text.n == 0)
		return refuse(text, "it is empty", e);
	if (str_cut(text, '@', &name, &digest)) {
		if (!imageref_digest_ok(digest))
			return refuse(text, "the digest is malformed", e);
		copy(ref.digest, IMAGEREF_DIGEST_MAX, digest);
	}
	colon = str_rchr(name, ':');
	if (colon < name.n &&
	    str_chr(str_sub(name, colon, name.n), '/') == name.n - colon) {
		tag = str_sub(name, colon + 1, name.n);
		if (!tag_ok(tag))
			return refuse(text, "the tag is malformed", e);
		name = str_sub(name, 0, colon);
	} else if (digest.n == 0) {
		tag = STR("latest");
	}
	copy(ref.tag, IMAGEREF_TAG_MAX, tag);
	why = parse_name(name, &ref);
	if (why != NULL)
		return refuse(text, why, e);
	*out = ref;
	return 0;
}

/* ---- and back ----------------------------------------------------------- */

const char *
imageref_http_host(const struct imageref *ref)
{
	return strcmp(ref->host, HUB) == 0 ? HUB_HTTP : ref->host;
}

const char *
imageref_version(const struct imageref *ref)
{
	return ref->digest[0] != '\0' ? ref->digest : ref->tag;
}

static void
add_version(const struct imageref *ref, struct buf *out)
{
	if (ref->tag[0] != '\0')
		buf_addf(out, ":%s", ref->tag);
	if (ref->digest[0] != '\0')
		buf_addf(out, "@%s", ref->digest);
}

void
imageref_canonical(const struct imageref *ref, struct buf *out)
{
	buf_addf(out, "%s/%s", ref->host, ref->repo);
	add_version(ref, out);
}

/* Would repo alone be read as another image, or as an ID? */
static bool
needs_host(struct str repo)
{
	struct str first, rest;

	if (str_cut(repo, '/', &first, &rest))
		return names_host(first);
	return repo.n == IMAGE_ID_DIGITS && all(repo, is_hex);
}

void
imageref_familiar(const struct imageref *ref, struct buf *out)
{
	struct str repo = str_of(ref->repo), name;

	if (strcmp(ref->host, HUB) == 0) {
		name = str_sub(repo, strlen(OFFICIAL), repo.n);
		/* library/a/b cannot do without. */
		if (str_starts(repo, OFFICIAL) && str_chr(name, '/') == name.n)
			repo = name;
	}
	if (strcmp(ref->host, HUB) != 0 || needs_host(repo))
		buf_addf(out, "%s/", ref->host);
	buf_adds(out, repo);
	add_version(ref, out);
}
