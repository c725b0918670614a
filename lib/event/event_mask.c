/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"

#include <string.h>

#include "event_secret.h"

/* ---- options of programs that are too short to go by their names ------ */

enum { NEXT = 1, GLUED = 2, COLON = 4 };

struct program {
	const char *name;   /* of the program, or its start when it ends in * */
	const char *option; /* with its dashes */
	int how;            /* the value is the next word, glued to the option,
			     * or behind the colon in either */
};

static const struct program programs[] = {
    {"mysql*", "-p", GLUED},
    {"mariadb*", "-p", GLUED},
    {"sshpass", "-p", NEXT | GLUED},
    {"redis-cli", "-a", NEXT},
    {"curl", "-u", NEXT | GLUED | COLON},
    {"curl", "--user", NEXT | COLON},
    {"curl", "-U", NEXT | GLUED | COLON},
    {"curl", "--proxy-user", NEXT | COLON},
    {"http", "-a", NEXT | COLON},
    {"https", "-a", NEXT | COLON},
    {"mongo*", "-p", NEXT},
    {"ldap*", "-w", NEXT},
    {"login", "-p", NEXT}, /* docker login, az login, … */
    {"sqlcmd", "-P", NEXT | GLUED},
    {"cqlsh", "-p", NEXT},
    {"mosquitto_*", "-P", NEXT},
    {"rabbitmqadmin", "-p", NEXT},
    {"openssl", "-k", NEXT},
    {"openssl", "-K", NEXT},
    {"zip", "-P", NEXT | GLUED},
    {"unzip", "-P", NEXT | GLUED},
    {"7z*", "-p", GLUED},
};

enum { PROGRAMS = sizeof programs / sizeof *programs };

static bool
is_program(const struct program *p, struct str name)
{
	struct str start = str_of(p->name);

	if (!str_ends(start, "*"))
		return str_eq(start, name);
	start.n--;
	return str_eq(start, str_sub(name, 0, start.n));
}

/* The first row of the program that token runs, or NULL. */
static const struct program *
find_program(struct str token)
{
	size_t slash = str_rchr(token, '/');

	if (slash < token.n)
		token = str_sub(token, slash + 1, token.n);
	for (size_t i = 0; i < PROGRAMS; i++) {
		if (is_program(&programs[i], token))
			return &programs[i];
	}
	return NULL;
}

/*
 * Is token an option of this program with a secret? 0, or NEXT or GLUED,
 * perhaps with COLON; the length of the option in *n.
 */
static int
program_option(const struct program *first, struct str token, size_t *n)
{
	for (const struct program *p = first;
	     p < programs + PROGRAMS && strcmp(p->name, first->name) == 0;
	     p++) {
		*n = strlen(p->option);
		if (!str_starts(token, p->option))
			continue;
		if (token.n == *n && (p->how & NEXT) != 0)
			return NEXT | (p->how & COLON);
		if (token.n > *n && (p->how & GLUED) != 0)
			return GLUED | (p->how & COLON);
	}
	return 0;
}

/* ---- characters ------------------------------------------------------- */

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Between the words of a shell's script. */
static bool
is_break(char c)
{
	return is_one_of(c, " \t\r\n'\"`;|&()<>");
}

static bool
ends_value(char c)
{
	return is_one_of(c, " \t\r\n'\"`;|&)<>},]");
}

static bool
is_quote(char c)
{
	return is_one_of(c, "'\"`");
}

/* Offset of the first byte from `at` that stops says, or end. */
static size_t
run_to(const struct event_mask *m, size_t at, bool (*stops)(char c))
{
	while (at < m->end && !stops(m->args.p[at]))
		at++;
	return at;
}

/* Of the quote that closes the string that starts at `at`, or end. */
static size_t
closing(const struct event_mask *m, size_t at, char quote)
{
	while (at < m->end && m->args.p[at] != quote)
		at += m->args.p[at] == '\\' && at + 1 < m->end ? 2 : 1;
	return at;
}

/* ---- NAME=VALUE, Name: value, "name": "value" ------------------------- */

static size_t
back_over(const struct event_mask *m, size_t at, bool (*is)(char c))
{
	while (at > m->word && is(m->args.p[at - 1]))
		at--;
	return at;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the value that begins at `at` ends, its name being from..to. */
static size_t
value_end(const struct event_mask *m, size_t at, size_t from, struct str name)
{
	char before = from > m->word ? m->args.p[from - 1] : '\0';

	if (m->plain)
		return m->end;
	if (is_quote(before))
		return closing(m, at, before); /* "Name: value" */
	if (event_secret_rest(name))
		return run_to(m, at, is_quote);
	return run_to(m, at, ends_value);
}

/* Is there a secret's name in front of the '=' or ':' at `sep`? */
static bool
assigned(struct event_mask *m, size_t sep, size_t *from, size_t *to)
{
	const char *p = m->args.p;
	size_t name_to = back_over(m, sep, is_blank), name_from, at = sep + 1;
	bool quoted = name_to > m->word && is_quote(p[name_to - 1]);
	struct str name;

	name_to -= quoted; /* a JSON member */
	name_from = back_over(m, name_to, event_secret_letter);
	name = str_make(p + name_from, name_to - name_from);
	if (!event_secret_name(name))
		return false;
	while (at < m->end && is_blank(p[at]))
		at++;
	if (p[sep] == ':' && at < m->end && p[at] == '/')
		return false; /* a URL's scheme, or a path */
	if (at < m->end && is_quote(p[at]) && !m->plain) {
		*from = at + 1;
		*to = closing(m, *from, p[at]);
	} else {
		*from = at;
		*to = value_end(m, at, quoted ? m->word : name_from, name);
	}
	return *from < *to && *to <= m->end;
}

/* ---- scheme://user:password@host -------------------------------------- */

static bool
ends_authority(char c)
{
	return is_break(c) || c == '/' || c == '?' || c == '#';
}

/* `at` is that of "://". */
static bool
in_url(const struct event_mask *m, size_t at, size_t *from, size_t *to)
{
	size_t start = at + 3, end = run_to(m, start, ends_authority), colon;
	struct str scheme, user;
	size_t sign = str_rchr(str_sub(m->args, start, end), '@');

	if (sign == end - start)
		return false;
	user = str_sub(m->args, start, start + sign);
	scheme = str_sub(m->args, m->word, at);
	colon = str_chr(user, ':');
	if (colon == user.n && !str_ends(scheme, "http") &&
	    !str_ends(scheme, "https"))
		return false; /* ssh://git@host; else a token is alone there */
	*from = colon < user.n ? start + colon + 1 : start;
	*to = start + sign;
	return *from < *to;
}

/* ---- words ------------------------------------------------------------ */

/* `at` begins a token: what is it, and what will the next one be? */
static bool
token(struct event_mask *m, size_t at, size_t *from, size_t *to)
{
	bool whole = at == m->word && (m->pending != 0 || m->args.p[at] == '-');
	size_t end = whole ? m->end : run_to(m, at, is_break);
	struct str s = str_sub(m->args, at, end);
	int was = m->pending, how = 0;
	size_t n = 0, colon = str_chr(s, ':');

	m->pending = 0;
	if (s.n == 0) {
		m->pending = at > m->word ? was : 0; /* a quote */
		return false;
	}
	*from = at;
	*to = end;
	if (was != 0 && !str_starts(s, "-")) {
		*from += (was & COLON) != 0 ? colon + 1 : 0;
		return *from < *to;
	}
	if (m->program != NULL)
		how = program_option(m->program, s, &n);
	else
		m->program = find_program(s);
	if ((how & GLUED) != 0) {
		*from += (how & COLON) != 0 ? colon + 1 : n;
		return *from < *to;
	}
	m->pending = how != 0 ? how : event_secret_option(s) ? NEXT : 0;
	return false;
}

static bool
look(struct event_mask *m, size_t at, size_t *from, size_t *to)
{
	const char *p = m->args.p;
	struct str rest = str_sub(m->args, at, m->end);

	if (at == m->word || is_break(p[at - 1])) {
		if (token(m, at, from, to))
			return true;
	}
	if (at == m->word || !event_secret_letter(p[at - 1])) {
		size_t shown = event_secret_key(rest, to);

		*from = at + shown;
		*to += at;
		if (shown > 0)
			return true;
	}
	if (str_starts(rest, "://"))
		return in_url(m, at, from, to);
	if (p[at] == '=' || p[at] == ':')
		return assigned(m, at, from, to);
	return false;
}

static void
start_word(struct event_mask *m, size_t at)
{
	m->word = m->at = at;
	m->end = at + str_chr(str_sub(m->args, at, m->args.n), '\0');
	m->plain = true;
}

void
event_mask_init(struct event_mask *m, struct str args)
{
	*m = (struct event_mask){.args = args};
	start_word(m, 0);
}

bool
event_mask_next(struct event_mask *m, size_t *from, size_t *to)
{
	for (;;) {
		while (m->at < m->end) {
			size_t at = m->at++;
			char c = m->args.p[at];

			if (look(m, at, from, to)) {
				m->at = *to;
				return true;
			}
			if (c != '=' && !event_secret_letter(c))
				m->plain = false;
		}
		if (m->end >= m->args.n)
			return false;
		/* An option inside a script has no value behind it. */
		if (m->pending != 0 && !m->plain)
			m->pending = 0;
		start_word(m, m->end + 1);
		if (m->end == m->word)
			m->pending = 0; /* the value is empty */
	}
}
