/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_help.h"

#include <errno.h>
#include <string.h>

#include "cli_complete.h"

/* Every tool has these; they close each list. */
const struct cli_opt cli_common[] = {
    {.type = CLI_OPTIONAL,
	.name = "help",
	.letter = 'h',
	.arg = "FORMAT",
	.choices = "json|bash|zsh|fish",
	.help = "print this help; FORMAT json, bash, zsh or fish"},
    {.type = CLI_FLAG, .name = "version", .help = "print the version"},
    {.type = CLI_FLAG,
	.name = "verbose",
	.letter = 'v',
	.help = "say more on standard error; -v -v still more"},
    {.type = CLI_END},
};

static const char *const type_names[] = {
    [CLI_FLAG] = "flag",
    [CLI_TEXT] = "text",
    [CLI_FILE] = "file",
    [CLI_CHOICE] = "choice",
    [CLI_NUMBER] = "number",
    [CLI_LIST] = "list",
    [CLI_OPTIONAL] = "optional",
};

static void
synopsis(const struct cli *cli, FILE *to)
{
	const char *const *line = cli->synopsis;

	for (; *line != NULL; line++)
		(void)fprintf(to, "%s %s %s\n",
		    line == cli->synopsis ? "usage:" : "      ", cli->tool,
		    *line);
}

static int
section(const struct cli *cli)
{
	return cli->section == 0 ? 1 : cli->section;
}

void
cli_help_usage(const struct cli *cli, FILE *to)
{
	synopsis(cli, to);
	(void)fprintf(to, "see %s(%d)\n", cli->tool, section(cli));
}

/* What stands behind "=": the name of the value, or the choices. */
static const char *
value_name(const struct cli_opt *o)
{
	if (o->arg != NULL)
		return o->arg;
	return o->type == CLI_CHOICE ? o->choices : "";
}

enum { HELP_COLUMN = 27, COLUMNS = 79 };

/* Words from the column that is given on, each with a blank before it. */
static int
put_words(const char *z, int column)
{
	while (*z != '\0') {
		int n = (int)strcspn(z, " ");

		if (column + 1 + n > COLUMNS) {
			column = HELP_COLUMN - 1;
			(void)printf("\n%*s", column, "");
		}
		(void)printf(" %.*s", n, z);
		column += 1 + n;
		z += n;
		z += strspn(z, " ");
	}
	return column;
}

static void
text_option(const struct cli_opt *o)
{
	char letter[4] = "  ", env[64];
	int n;

	if (o->letter != '\0')
		(void)snprintf(letter, sizeof letter, "-%c,", o->letter);
	n = printf("  %-3s --%s%s%s%s", letter, o->name,
	    o->type == CLI_OPTIONAL ? "[="
	    : o->type == CLI_FLAG   ? ""
				    : "=",
	    value_name(o), o->type == CLI_OPTIONAL ? "]" : "");
	if (n >= HELP_COLUMN)
		n = printf("\n") - 1;
	(void)printf("%*s", HELP_COLUMN - 1 - n, "");
	n = put_words(o->help, HELP_COLUMN - 1);
	if (o->env != NULL) {
		(void)snprintf(env, sizeof env, "[$%s]", o->env);
		(void)put_words(env, n);
	}
	(void)printf("\n");
}

static void
text(const struct cli *cli)
{
	synopsis(cli, stdout);
	(void)printf("\n%s\n\n", cli->summary);
	for (const struct cli_opt *o = cli->opts; o->type != CLI_END; o++)
		text_option(o);
	for (const struct cli_opt *o = cli_common; o->type != CLI_END; o++)
		text_option(o);
	(void)printf("\nsee %s(%d), fg-intro(7)\n", cli->tool, section(cli));
}

/* Table strings are ours: only quotes and backslashes need care. */
static void
json_string(const char *z)
{
	(void)putchar('"');
	for (; *z != '\0'; z++) {
		if (*z == '"' || *z == '\\')
			(void)putchar('\\');
		(void)putchar(*z);
	}
	(void)putchar('"');
}

static void
json_member(const char *name, const char *value)
{
	if (value == NULL)
		return;
	(void)printf(",\"%s\":", name);
	json_string(value);
}

static void
json_options(const struct cli_opt *o, bool *first)
{
	for (; o->type != CLI_END; o++) {
		char letter[2] = {o->letter, '\0'};

		(void)printf("%s{\"name\":", *first ? "" : ",");
		json_string(o->name);
		json_member("letter", o->letter == '\0' ? NULL : letter);
		json_member("value", type_names[o->type]);
		json_member("arg", o->arg);
		json_member("choices", o->choices);
		json_member("env", o->env);
		if (o->type == CLI_NUMBER)
			(void)printf(",\"min\":%lld,\"max\":%lld",
			    (long long)o->min, (long long)o->max);
		json_member("help", o->help);
		(void)printf("}");
		*first = false;
	}
}

static void
json(const struct cli *cli)
{
	bool first = true;

	(void)printf("{\"type\":\"tool\",\"v\":1,\"name\":");
	json_string(cli->tool);
	json_member("version", FG_VERSION);
	json_member("summary", cli->summary);
	json_member("operand", cli->operand);
	(void)printf(",\"synopsis\":[");
	for (const char *const *s = cli->synopsis; *s != NULL; s++) {
		if (s != cli->synopsis)
			(void)putchar(',');
		json_string(*s);
	}
	(void)printf("],\"options\":[");
	json_options(cli->opts, &first);
	json_options(cli_common, &first);
	(void)printf("]}\n");
}

int
cli_help(const struct cli *cli, const char *format, struct err *e)
{
	if (format[0] == '\0')
		text(cli);
	else if (strcmp(format, "json") == 0)
		json(cli);
	else if (strcmp(format, "bash") == 0)
		cli_complete_bash(cli);
	else if (strcmp(format, "zsh") == 0)
		cli_complete_zsh(cli);
	else if (strcmp(format, "fish") == 0)
		cli_complete_fish(cli);
	else
		return err_set(e, ERR_USAGE, EINVAL,
		    "--help: not one of json, bash, zsh, fish: \"%s\"", format);
	return 0;
}
