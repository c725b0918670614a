/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

static const struct cli_opt opts[] = {
    {CLI_CHOICE, "only", .arg = "FAMILY", .choices = "protected|start",
	.at = offsetof(struct options, only),
	.help = "only this family of rules"},
    DOCTOOL_CONTAINER_OPTIONS(struct options, doc),
    DOCTOOL_SCOPE_OPTIONS(struct options, doc),
    {CLI_TEXT, "jq", .arg = "PROGRAM", .at = offsetof(struct options, jq),
	.help = "send each record through a jq program"},
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "[--only=FAMILY] [OPTION ...] [FILE]",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-lint",
    .summary = "say what is wrong with ECS task definitions",
    .synopsis = synopsis,
    .opts = opts,
    .operand = "FILE",
    .max_operands = 1,
};
