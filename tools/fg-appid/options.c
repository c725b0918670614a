/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#define AT(member) .at = offsetof(struct options, member)

static const struct cli_opt opts[] = {
    {CLI_TEXT, "uuid", .arg = "UUID", AT(uuid),
	.help = "take this UUID, not a new one", .not_with = "parse|stamp"},
    {CLI_TEXT, "parse", .arg = "APPID", AT(parse),
	.help = "check an App ID and print its parts", .not_with = "stamp"},
    {CLI_TEXT, "match", .arg = "PATTERN", AT(match),
	.help = "exit 1, silently, unless it fits PATTERN",
	.only_with = "parse"},
    {CLI_FLAG, "stamp", AT(stamp),
	.help = "give each task definition of a document its App ID"},
    {CLI_FLAG, "renew", AT(renew),
	.help = "stamp new App IDs where there are some already",
	.only_with = "stamp"},
    {CLI_FILE, "from", .arg = "FILE", AT(from),
	.help = "take the App IDs of this earlier, protected version",
	.only_with = "stamp"},
    {CLI_FLAG, "tag", AT(tag), .help = "write the tag fg:app-id, too",
	.only_with = "stamp"},
    {CLI_TEXT, "family", .arg = "NAME", AT(family),
	.help = "the name where the document has no family",
	.only_with = "stamp"},
    DOCTOOL_CONTAINER_OPTIONS(struct options, doc, .only_with = "stamp"),
    DOCTOOL_SCOPE_OPTIONS(struct options, doc, .only_with = "stamp"),
    DOCTOOL_OUTPUT_OPTIONS(struct options, doc, .only_with = "stamp"),
    {CLI_TEXT, "jq", .arg = "PROGRAM", AT(jq),
	.help = "send each record through a jq program", .not_with = "stamp"},
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "[--uuid=UUID] [--jq=PROGRAM] NAME",
    "--parse=APPID [--match=PATTERN] [--jq=PROGRAM]",
    "--stamp [OPTION ...] [FILE]",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-appid",
    .summary = "make and check App IDs, and stamp documents with them",
    .synopsis = synopsis,
    .opts = opts,
    .operand = "NAME",
    .max_operands = 1,
};
