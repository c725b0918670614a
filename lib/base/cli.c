/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_help.h"
#include "cli_nearest.h"
#include "fd.h"
#include "log.h"
#include "num.h"

/* The options that every tool has. */
struct common {
	const char *help; /* NULL: not asked */
	bool version;
	int64_t verbosity;
};

struct parse {
	const struct cli *cli;
	void *opts;
	struct common common;
	uint64_t
	    seen; /* bit i: option i of the table was on the command line */
	char **argv;
	int argc, at;
	struct err *e;
};

int
cli_usage(struct err *e, const char *option, const char *text)
{
	return err_set(e, ERR_USAGE, EINVAL, "%s: %s", option, text);
}

static void *
member(const struct parse *p, const struct cli_opt *o)
{
	return (char *)p->opts + o->at;
}

static int
add_to_list(struct parse *p, struct cli_list *list, const char *value)
{
	void *items =
	    reallocarray(list->items, list->n + 1, sizeof *list->items);

	if (items == NULL)
		return err_nomem(p->e);
	list->items = items;
	list->items[list->n++] = value;
	return 0;
}

static bool
is_choice(const char *choices, const char *value)
{
	struct str rest = str_of(choices), word;
	bool more;

	do {
		more = str_cut(rest, '|', &word, &rest);
		if (str_eqz(word, value))
			return true;
	} while (more);
	return false;
}

static int
store(struct parse *p, const struct cli_opt *o, const char *value)
{
	switch (o->type) {
	case CLI_FLAG:
		*(bool *)member(p, o) = true;
		return 0;
	case CLI_LIST:
		return add_to_list(p, member(p, o), value);
	case CLI_NUMBER:
		if (!num_parse(str_of(value), o->min, o->max, member(p, o)))
			return err_set(p->e, ERR_USAGE, EINVAL,
			    "--%s: not a number from %lld to %lld: \"%s\"",
			    o->name, (long long)o->min, (long long)o->max,
			    value);
		return 0;
	case CLI_CHOICE:
		if (!is_choice(o->choices, value))
			return err_set(p->e, ERR_USAGE, EINVAL,
			    "--%s: not one of %s: \"%s\"", o->name, o->choices,
			    value);
		break;
	case CLI_END:
	case CLI_TEXT:
	case CLI_FILE:
	case CLI_OPTIONAL:
		break;
	}
	*(const char **)member(p, o) = value;
	return 0;
}

static bool
takes_value(const struct cli_opt *o)
{
	return o->type != CLI_FLAG && o->type != CLI_OPTIONAL;
}

/* The value may stand in the next word; inline_value is NULL then. */
static int
take(struct parse *p, const struct cli_opt *o, const char *shown,
    const char *inline_value)
{
	uint64_t bit = UINT64_C(1) << (o - p->cli->opts);
	const char *value = inline_value;

	if (o->type != CLI_LIST && (p->seen & bit) != 0)
		return cli_usage(p->e, shown, "given twice");
	p->seen |= bit;
	if (o->type == CLI_FLAG && value != NULL)
		return cli_usage(p->e, shown, "takes no value");
	if (takes_value(o) && value == NULL) {
		if (p->at >= p->argc)
			return cli_usage(p->e, shown, "a value is missing");
		value = p->argv[p->at++];
	}
	return store(p, o, value == NULL ? "" : value);
}

static int
unknown(struct parse *p, struct str name)
{
	return err_set(p->e, ERR_USAGE, EINVAL,
	    "unknown option --%.*s; the nearest one is --%s", STR_ARG(name),
	    cli_nearest(p->cli->opts, name));
}

static int
parse_long(struct parse *p, const char *word)
{
	struct str name, rest;
	bool has_value = str_cut(str_of(word + 2), '=', &name, &rest);
	const char *value = has_value ? word + 2 + name.n + 1 : NULL;

	if (str_eqz(name, "help")) {
		p->common.help = value == NULL ? "" : value;
		return 0;
	}
	if (str_eqz(name, "version") || str_eqz(name, "verbose")) {
		if (value != NULL)
			return cli_usage(p->e, word, "takes no value");
		if (str_eqz(name, "version"))
			p->common.version = true;
		else
			p->common.verbosity++;
		return 0;
	}
	for (const struct cli_opt *o = p->cli->opts; o->type != CLI_END; o++)
		if (str_eqz(name, o->name))
			return take(p, o, word, value);
	return unknown(p, name);
}

static const struct cli_opt *
find_letter(const struct cli *cli, char letter)
{
	for (const struct cli_opt *o = cli->opts; o->type != CLI_END; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/* "-abVALUE": letters of flags, the last one may take a value. */
static int
parse_letters(struct parse *p, const char *word)
{
	for (const char *c = word + 1; *c != '\0'; c++) {
		const struct cli_opt *o = find_letter(p->cli, *c);
		char shown[3] = {'-', *c, '\0'};

		if (*c == 'h') {
			p->common.help = "";
		} else if (*c == 'v') {
			p->common.verbosity++;
		} else if (o == NULL) {
			return cli_usage(p->e, shown, "unknown option");
		} else if (takes_value(o)) {
			return take(p, o, shown, c[1] == '\0' ? NULL : c + 1);
		} else {
			int r = take(p, o, shown, NULL);

			if (r != 0)
				return r;
		}
	}
	return 0;
}

/* Options anywhere before "--"; operands are moved to the front, in order. */
static int
parse_words(struct parse *p, struct cli_rest *rest)
{
	p->at = 1;
	while (p->at < p->argc) {
		char *word = p->argv[p->at++];
		int r = 0;

		if (strcmp(word, "--") == 0)
			break;
		if (word[0] != '-' || word[1] == '\0') {
			rest->argv[rest->n++] = word;
			if (p->cli->loads)
				break;
		} else if (word[1] == '-') {
			r = parse_long(p, word);
		} else {
			r = parse_letters(p, word);
		}
		if (r != 0)
			return r;
	}
	while (p->at < p->argc)
		rest->argv[rest->n++] = p->argv[p->at++];
	if (p->cli->loads)
		rest->argv[rest->n] = NULL;
	return 0;
}

static int
parse_environment(struct parse *p)
{
	const struct cli_opt *o = p->cli->opts;

	for (size_t i = 0; o[i].type != CLI_END; i++) {
		const char *value = o[i].env == NULL ? NULL : getenv(o[i].env);
		int r;

		if ((p->seen >> i & 1) != 0 || value == NULL || *value == '\0')
			continue;
		r = store(p, &o[i], value);
		if (r != 0) {
			err_prefix(p->e, "environment %s", o[i].env);
			return r;
		}
	}
	return 0;
}

/* Is one of the options in the list "a|b" on the command line? */
static const char *
given_of(const struct parse *p, const char *list)
{
	const struct cli_opt *o = p->cli->opts;

	for (size_t i = 0; list != NULL && o[i].type != CLI_END; i++)
		if ((p->seen >> i & 1) != 0 && is_choice(list, o[i].name))
			return o[i].name;
	return NULL;
}

/* Options that mean nothing for what is asked. */
static int
check_together(struct parse *p)
{
	const struct cli_opt *o = p->cli->opts;

	for (size_t i = 0; o[i].type != CLI_END; i++) {
		const char *other = given_of(p, o[i].not_with);

		if ((p->seen >> i & 1) == 0)
			continue;
		if (other != NULL)
			return err_set(p->e, ERR_USAGE, EINVAL,
			    "--%s: not with --%s", o[i].name, other);
		if (o[i].only_with != NULL &&
		    given_of(p, o[i].only_with) == NULL)
			return err_set(p->e, ERR_USAGE, EINVAL,
			    "--%s: only with --%s", o[i].name, o[i].only_with);
	}
	return 0;
}

static int
check_operands(struct parse *p, struct cli_rest rest)
{
	if (rest.n > p->cli->max_operands)
		return err_set(p->e, ERR_USAGE, EINVAL,
		    "one operand too many: \"%s\"",
		    rest.argv[p->cli->max_operands]);
	if (rest.n < p->cli->min_operands)
		return err_set(
		    p->e, ERR_USAGE, EINVAL, "%s is missing", p->cli->operand);
	return 0;
}

static int
show(struct parse *p)
{
	if (p->common.version) {
		(void)printf("%s %s\n", p->cli->tool, FG_VERSION);
		return 0;
	}
	return cli_help(p->cli, p->common.help, p->e);
}

int
cli_parse(const struct cli *cli, int argc, char **argv, void *opts,
    struct cli_rest *rest, enum cli_outcome *outcome, struct err *e)
{
	struct parse p = {
	    .cli = cli, .opts = opts, .argv = argv, .argc = argc, .e = e};
	int r;

	*rest = (struct cli_rest){.argv = argv};
	*outcome = CLI_RUN;
	log_setup(cli->tool, 0);
	r = parse_words(&p, rest);
	if (r != 0)
		return r;
	log_setup(cli->tool, (int)p.common.verbosity);
	if (p.common.help != NULL || p.common.version) {
		*outcome = CLI_DONE;
		return show(&p);
	}
	r = check_together(&p);
	if (r == 0)
		r = parse_environment(&p);
	return r != 0 ? r : check_operands(&p, *rest);
}

int
cli_finish(const struct cli *cli, int r, struct err *e)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		log_error("standard output: %s", strerror(errno));
		return cli->loads ? CLI_LOADER_FAILED : ERR_PERM;
	}
	if (r >= 0)
		return r;
	if (e->kind == ERR_NONE)
		(void)err_set(e, ERR_PERM, -r, "%s", strerror(-r));
	log_error("%s", e->text);
	if (e->kind == ERR_USAGE)
		cli_help_usage(cli, stderr);
	return cli->loads ? CLI_LOADER_FAILED : (int)e->kind;
}

void
cli_free(const struct cli *cli, void *opts)
{
	for (const struct cli_opt *o = cli->opts; o->type != CLI_END; o++) {
		struct cli_list *list = (void *)((char *)opts + o->at);

		if (o->type == CLI_LIST) {
			free(list->items);
			*list = (struct cli_list){0};
		}
	}
}

int
cli_main(const struct cli *cli, int argc, char **argv, void *opts,
    int (*run)(void *opts, struct cli_rest rest, struct err *e))
{
	struct err e = {0};
	struct cli_rest rest;
	enum cli_outcome outcome = CLI_DONE;
	int r = fd_sanitise(&e);

	if (r == 0)
		r = cli_parse(cli, argc, argv, opts, &rest, &outcome, &e);
	if (r == 0 && outcome == CLI_RUN)
		r = run(opts, rest, &e);
	cli_free(cli, opts);
	return cli_finish(cli, r, &e);
}
