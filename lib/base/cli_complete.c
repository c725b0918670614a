/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_complete.h"

#include <stdio.h>

/* Calls emit for the tool's own options, then for the common ones. */
static void
each(const struct cli *cli,
    void (*emit)(const struct cli *cli, const struct cli_opt *o))
{
	for (const struct cli_opt *o = cli->opts; o->type != CLI_END; o++)
		emit(cli, o);
	for (const struct cli_opt *o = cli_common; o->type != CLI_END; o++)
		emit(cli, o);
}

/* "fg-inject" as a shell function name: fg_inject. */
static void
put_identifier(const char *tool)
{
	for (; *tool != '\0'; tool++)
		(void)putchar(*tool == '-' ? '_' : *tool);
}

static void
put_words(const char *choices)
{
	for (; *choices != '\0'; choices++)
		(void)putchar(*choices == '|' ? ' ' : *choices);
}

/* Inside single quotes, and inside [] or between colons of a zsh spec. */
static void
put_zsh_text(const char *z)
{
	for (; *z != '\0'; z++) {
		if (*z == '\'') {
			(void)printf("'\\''");
			continue;
		}
		if (*z == ':' || *z == '[' || *z == ']')
			(void)putchar('\\');
		(void)putchar(*z);
	}
}

/* Inside single quotes of fish, which knows \' there. */
static void
put_fish_text(const char *z)
{
	for (; *z != '\0'; z++) {
		if (*z == '\'' || *z == '\\')
			(void)putchar('\\');
		(void)putchar(*z);
	}
}

static void
bash_name(const struct cli *cli, const struct cli_opt *o)
{
	(void)cli;
	(void)printf(" --%s", o->name);
}

static void
bash_values(const struct cli *cli, const struct cli_opt *o)
{
	(void)cli;
	if (o->choices != NULL) {
		(void)printf("\t--%s)", o->name);
		/* What may be left out stands behind "=" or nowhere. */
		if (o->type == CLI_OPTIONAL)
			(void)printf(" [[ -z $equals ]] ||");
		(void)printf(" { _fg_reply -W '");
		put_words(o->choices);
		(void)printf("' -- \"$cur\"; return; };;\n");
	} else if (o->type == CLI_TEXT || o->type == CLI_NUMBER ||
		   o->type == CLI_LIST) {
		(void)printf("\t--%s) return;;\n", o->name);
	}
}

void
cli_complete_bash(const struct cli *cli)
{
	/* Words may hold blanks: one a line. */
	(void)printf("# bash completion for %s\n"
		     "_fg_reply()\n{\n"
		     "\tmapfile -t COMPREPLY < <(compgen \"$@\")\n}\n_",
	    cli->tool);
	put_identifier(cli->tool);
	(void)printf("()\n{\n"
		     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} equals=\n"
		     "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		     "\tif [[ $cur == = ]]; then\n\t\tcur= equals=1\n"
		     "\telif [[ $prev == = ]]; then\n"
		     "\t\tprev=${COMP_WORDS[COMP_CWORD-2]} equals=1\n\tfi\n"
		     "\tCOMPREPLY=()\n"
		     "\tcase $prev in\n");
	each(cli, bash_values);
	(void)printf("\tesac\n\tif [[ $cur == -* ]]; then\n"
		     "\t\t_fg_reply -W '");
	each(cli, bash_name);
	(void)printf("' -- \"$cur\"\n\telse\n"
		     "\t\t_fg_reply -f -- \"$cur\"\n\tfi\n}\n"
		     "complete -o filenames -F _");
	put_identifier(cli->tool);
	(void)printf(" %s\n", cli->tool);
}

static void
zsh_option(const struct cli *cli, const struct cli_opt *o)
{
	(void)cli;
	(void)printf(" \\\n\t'%s--%s%s[", o->type == CLI_LIST ? "*" : "",
	    o->name,
	    o->type == CLI_FLAG       ? ""
	    : o->type == CLI_OPTIONAL ? "=-"
				      : "=");
	put_zsh_text(o->help);
	(void)printf("]");
	if (o->type == CLI_FILE) {
		(void)printf(":%s:_files", o->arg);
	} else if (o->choices != NULL) {
		(void)printf(
		    "%s:%s:(", o->type == CLI_OPTIONAL ? ":" : "", o->name);
		put_words(o->choices);
		(void)printf(")");
	} else if (o->type != CLI_FLAG) {
		(void)printf(
		    "%s:%s: ", o->type == CLI_OPTIONAL ? ":" : "", o->arg);
	}
	(void)printf("'");
}

void
cli_complete_zsh(const struct cli *cli)
{
	(void)printf("#compdef %s\n_arguments", cli->tool);
	each(cli, zsh_option);
	(void)printf(
	    " \\\n\t'*:%s:_files'\n", cli->operand == NULL ? "" : cli->operand);
}

static void
fish_option(const struct cli *cli, const struct cli_opt *o)
{
	(void)printf("complete -c %s -l %s", cli->tool, o->name);
	if (o->letter != '\0')
		(void)printf(" -s %c", o->letter);
	if (o->choices != NULL) {
		(void)printf(
		    "%s -a '", o->type == CLI_OPTIONAL ? " -f" : " -x");
		put_words(o->choices);
		(void)printf("'");
	} else if (o->type == CLI_FILE) {
		(void)printf(" -r");
	} else if (o->type != CLI_FLAG && o->type != CLI_OPTIONAL) {
		(void)printf(" -x");
	}
	(void)printf(" -d '");
	put_fish_text(o->help);
	(void)printf("'\n");
}

void
cli_complete_fish(const struct cli *cli)
{
	(void)printf("# fish completion for %s\n", cli->tool);
	each(cli, fish_option);
}
