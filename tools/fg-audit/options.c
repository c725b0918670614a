/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#define AT(member) .at = offsetof(struct options, member)

static const struct cli_opt opts[] = {
    {CLI_LIST, "app", .arg = "APPID", AT(app),
	.help = "of this App ID; * at the ends stands for anything"},
    {CLI_LIST, "container", .arg = "NAME", AT(container),
	.help = "of the container of this name"},
    {CLI_LIST, "image", .arg = "IMAGE", AT(image), .help = "of this image"},
    {CLI_LIST, "rule", .arg = "RULE", AT(rule),
	.help = "by this detection, or this rule of the policy"},
    {CLI_LIST, "name", .arg = "EVENT", AT(name),
	.help = "of this name: net.connect, file.*"},
    {CLI_LIST, "kind", .arg = "KIND", AT(kind),
	.help = "runtime, waas, lifecycle, scan or lost"},
    {CLI_LIST, "action", .arg = "ACTION", AT(action),
	.help = "allow, alert, prevent, block, ban or none"},
    {CLI_CHOICE, "severity", AT(severity),
	.choices = "info|low|medium|high|critical", .help = "at least this"},
    {CLI_TEXT, "from", .arg = "TIME", AT(from),
	.help = "not before: RFC 3339, a date, or 30m, 12h, 7d ago"},
    {CLI_TEXT, "to", .arg = "TIME", AT(to), .help = "before that time",
	.not_with = "follow"},
    {CLI_TEXT, "search", .arg = "TEXT", AT(search),
	.help = "with this text in them, in either case"},
    {CLI_NUMBER, "limit", .letter = 'n', .arg = "N", AT(limit),
	.max = OPTIONS_LIMIT_MAX, .help = "the last N of them"},
    {CLI_FLAG, "reverse", .letter = 'r', AT(reverse),
	.help = "the last one first", .not_with = "follow"},
    {CLI_FLAG, "follow", .letter = 'f', AT(follow),
	.help = "go on with those to come"},
    {CLI_TEXT, "after", .arg = "CURSOR", AT(after), .not_with = "reverse|limit",
	.help = "those behind this one of the Console's"},
    {CLI_CHOICE, "format", AT(format),
	.choices = "ndjson|text|csv|prisma|ocsf|ecs",
	.help = "text on a terminal, else ndjson"},
    {CLI_TEXT, "jq", .arg = "PROGRAM", AT(jq),
	.help = "send each record through a jq program"},
    {CLI_TEXT, "console", .arg = "URL", AT(console), .env = "FG_CONSOLE_URL",
	.help = "ask this Console, unless there is a FILE"},
    {CLI_FILE, "console-ca", .arg = "FILE", AT(console_ca),
	.help = "PEM certificates that the Console is verified with"},
    {CLI_FILE, "token-file", .arg = "FILE", AT(token_file),
	.help = "holds the API token for the Console"},
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "[OPTION ...] [FILE ...]",
    "--console=URL [OPTION ...]",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-audit",
    .summary = "query, follow and convert audits",
    .synopsis = synopsis,
    .opts = opts,
    .operand = "FILE",
    .max_operands = SIZE_MAX,
};
