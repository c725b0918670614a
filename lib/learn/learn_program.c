/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs by their path. Those that do whatever they are told, shells and
 * the like, by their parents, and by what they were told to run.
 */
#include <stdio.h>
#include <string.h>

#include "learn_expression.h"
#include "learn_state.h"

enum { LITERAL_MAX = 200 };

static struct str
base(struct str path)
{
	size_t slash = str_rchr(path, '/');

	return slash < path.n ? str_sub(path, slash + 1, path.n) : path;
}

/* A name with or without a version: python3.11 is a python. */
static bool
is_kind(struct str name, const char *const *kinds)
{
	for (; *kinds != NULL; kinds++) {
		size_t n = strlen(*kinds);

		if (str_starts(name, *kinds) &&
		    (name.n == n || strchr("-.0123456789", name.p[n]) != NULL))
			return true;
	}
	return false;
}

static bool
is_shell(struct str name)
{
	static const char *const kinds[] = {"ash", "bash", "dash", "fish",
	    "hush", "ksh", "mksh", "rbash", "sh", "yash", "zsh", NULL};

	return is_kind(name, kinds);
}

static bool
is_interpreter(struct str name)
{
	static const char *const kinds[] = {"lua", "node", "nodejs", "perl",
	    "php", "pypy", "python", "ruby", "tclsh", NULL};

	return is_shell(name) || is_kind(name, kinds);
}

/* What carries other programs or data to and fro. */
static bool
is_carrier(struct str name)
{
	static const char *const kinds[] = {"curl", "env", "nc", "nc.openbsd",
	    "nc.traditional", "ncat", "netcat", "nmap", "rsync", "scp", "sftp",
	    "socat", "ssh", "sudo", "su", "telnet", "wget", "xargs", NULL};

	return is_kind(name, kinds);
}

static bool
is_multicall(struct str name)
{
	static const char *const kinds[] = {
	    "busybox", "coreutils", "toybox", NULL};

	return is_kind(name, kinds);
}

static bool
next_word(struct str *args, struct str *word)
{
	if (args->n == 0)
		return false;
	(void)str_cut(*args, '\0', word, args);
	return true;
}

static struct str
name_of(const struct learn *l, struct str path, struct learn_room *room)
{
	struct learn_expression x = {.n = 0};
	size_t stable = learn_file_stable(l, path);
	struct str s = learn_literal(path, room);

	if (stable >= path.n)
		return s;
	learn_expression_path(&x, s, stable, false);
	if (x.full)
		return s;
	memcpy(room->text, x.p, x.n);
	return str_make(room->text, x.n);
}

struct str
learn_program_name(const struct learn *l, const struct event_process *by,
    bool script, struct learn_room *room)
{
	struct str name;

	if (script && str_starts(by->script, "/")) {
		name = name_of(l, by->script, room);
		/* Of scripts an exception takes no globs. */
		if (str_eq(name, by->script) && str_chr(name, '?') == name.n)
			return name;
	}
	return name_of(l, by->exe, room);
}

/* As learn_file_stable(), for a path relative to the working directory. */
static size_t
stable_of(
    const struct learn *l, const struct event_process *by, struct str word)
{
	char path[EVENT_PATH_MAX];
	size_t skip = str_starts(word, "./") ? 2 : 0, stable;
	int n;

	if (str_starts(word, "/"))
		return learn_file_stable(l, word);
	n = snprintf(path, sizeof path, "%.*s/%.*s", STR_ARG(by->cwd),
	    STR_ARG(str_sub(word, skip, word.n)));
	if (n < 0 || (size_t)n >= sizeof path)
		return word.n;
	stable = learn_file_stable(l, str_make(path, (size_t)n));
	n = (int)by->cwd.n + 1 - (int)skip;
	return stable > (size_t)n ? stable - (size_t)n : 0;
}

/* -ec: a hyphen and letters */
static bool
is_letters(struct str word)
{
	for (size_t i = 1; i < word.n; i++)
		if ((word.p[i] | 0x20) < 'a' || (word.p[i] | 0x20) > 'z')
			return false;
	return word.n > 1 && word.p[0] == '-';
}

/* -c, -e, -ec of a shell: the text of the script is an argument. */
static bool
is_inline(struct str word, bool shell)
{
	static const char *const words[] = {
	    "-c", "-e", "-E", "-r", "--eval", "--print", NULL};

	if (shell)
		return is_letters(word) && str_chr(word, 'c') < word.n;
	for (size_t i = 0; words[i] != NULL; i++)
		if (str_eqz(word, words[i]))
			return true;
	return false;
}

/* The options, and the first word that is none, with where it leads. */
static void
add_words(const struct learn *l, struct learn_expression *x,
    const struct event_process *by, struct str args, bool shell)
{
	struct str word;

	learn_expression_text(x, "( -[^ ]*)*");
	while (next_word(&args, &word)) {
		if (is_inline(word, shell)) {
			learn_expression_text(x, shell ? " -[a-zA-Z]*c" : " ");
			for (size_t i = 0; !shell && i < word.n; i++)
				learn_expression_char(x, word.p[i]);
			learn_expression_text(x, "[a-zA-Z]*( |$)");
			return;
		}
		if (str_starts(word, "-") && str_chr(word, ' ') == word.n)
			continue;
		learn_expression_text(x, " ");
		if (word.n > LITERAL_MAX || str_chr(word, '/') == word.n)
			word = str_sub(word, 0, LITERAL_MAX);
		learn_expression_path(x, word, stable_of(l, by, word), true);
		if (word.n < LITERAL_MAX)
			learn_expression_text(x, "( |$)");
		return;
	}
	learn_expression_text(x, "$");
}

/* busybox: which of its programs. */
static struct str
applet_of(struct str *args)
{
	struct str zero = STR_NONE;

	(void)next_word(args, &zero);
	zero = base(zero);
	if (is_multicall(zero))
		(void)next_word(args, &zero);
	return zero;
}

static void
add_applet(struct learn_expression *x, struct str applet)
{
	learn_expression_text(
	    x, "^([^ ]*/)?((busybox|toybox|coreutils)[^ ]* )?");
	for (size_t i = 0; i < applet.n; i++)
		learn_expression_char(x, applet.p[i]);
}

/* What is said about the arguments of by; false: nothing. */
static bool
expression_of(const struct learn *l, const struct event_process *by,
    struct learn_expression *x, bool *strict)
{
	struct str name = base(by->exe), args = by->args, zero = STR_NONE;
	struct str words;

	/* As they are compared: without empty words at the end. */
	while (args.n > 0 && args.p[args.n - 1] == '\0')
		args.n--;
	words = args;
	*strict = is_carrier(name);
	if (is_multicall(name)) {
		zero = applet_of(&words);
		if (zero.n == 0)
			return false;
		*strict = is_interpreter(zero) || is_carrier(zero);
		add_applet(x, zero);
		if (is_interpreter(zero))
			add_words(l, x, by, words, is_shell(zero));
		else
			learn_expression_text(x, "( |$)");
		return !x->full;
	}
	if (!is_interpreter(name) && by->script.n == 0)
		return false;
	*strict = true;
	/* A blank in argv[0] would be taken for the end of it. */
	if (!next_word(&words, &zero) || str_chr(zero, ' ') < zero.n)
		return false;
	learn_expression_text(x, "^[^ ]*");
	add_words(l, x, by, words, is_shell(name));
	return !x->full;
}

static struct learn_program *
new_program(struct learn *l, struct str path, struct str args)
{
	struct learn_program *p = &l->programs[l->n_programs];

	if (l->n_programs >= LEARN_PROGRAMS_MAX || !learn_keep(l, &path) ||
	    !learn_keep(l, &args)) {
		l->unlearnt++;
		return NULL;
	}
	l->n_programs++;
	*p = (struct learn_program){.path = path, .args = args};
	l->changed = true;
	return p;
}

struct learn_program *
learn_program_of(struct learn *l, struct str path, struct str args)
{
	for (size_t i = 0; i < l->n_programs; i++)
		if (str_eq(l->programs[i].path, path) &&
		    str_eq(l->programs[i].args, args))
			return &l->programs[i];
	return new_program(l, path, args);
}

void
learn_program_named(struct learn *l, struct str path)
{
	struct learn_program *p = learn_program_of(l, path, STR_NONE);

	if (p != NULL)
		p->named = true;
}

/* "" is a parent that the tracer does not know: the first program has it. */
void
learn_program_parent(
    struct learn *l, struct learn_program *p, struct str parent)
{
	if (p->any_parent)
		return;
	for (size_t i = 0; i < p->n_parents; i++)
		if (str_eq(p->parents[i], parent))
			return;
	l->changed = true;
	if (parent.n == 0 || p->n_parents == LEARN_PARENTS_MAX ||
	    !learn_keep(l, &parent)) {
		p->any_parent = true;
		return;
	}
	p->parents[p->n_parents++] = parent;
}

/* ld.so PROGRAM: both must be allowed. */
static void
add_loaded(struct learn *l, const struct event_process *by)
{
	struct str args = by->args, word;
	struct learn_room room;

	if (!str_starts(base(by->exe), "ld-"))
		return;
	(void)next_word(&args, &word);
	while (next_word(&args, &word))
		if (!str_starts(word, "-"))
			learn_program_named(l, learn_literal(word, &room));
}

void
learn_program_add(struct learn *l, const struct event *ev)
{
	struct learn_expression x = {.n = 0};
	struct str path, parent = ev->by.parent;
	struct learn_program *p;
	struct learn_room room;
	bool strict, said;

	if (ev->attempt || ev->by.exe.n == 0)
		return;
	said = expression_of(l, &ev->by, &x, &strict);
	path = learn_program_name(l, &ev->by, false, &room);
	if (path.n == 0)
		return;
	p = learn_program_of(l, path, said ? str_make(x.p, x.n) : STR_NONE);
	if (p != NULL && !strict && !said)
		p->named = true;
	if (p != NULL && !p->named) {
		parent = parent.n == 0 || !strict ? STR_NONE
						  : name_of(l, parent, &room);
		learn_program_parent(l, p, parent);
	}
	add_loaded(l, &ev->by);
}
