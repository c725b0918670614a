/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#define AT(member) .at = offsetof(struct options, member)

static const struct cli_opt opts[] = {
    {CLI_FILE, "check", .arg = "POLICY", AT(check),
	.help = "say what is wrong with a policy"},
    {CLI_FILE, "replay", .arg = "POLICY", AT(replay),
	.help = "decide about events by a policy"},
    {CLI_FLAG, "learn", AT(learn),
	.help = "print the policy that allows what events tell"},
    {CLI_TEXT, "container", .arg = "NAME", AT(container),
	.help = "take the rule for the container of this name"},
    {CLI_TEXT, "image", .arg = "IMAGE", AT(image),
	.help = "take the rule for this image"},
    {CLI_TEXT, "app-id", .arg = "APPID", AT(app_id),
	.help = "take the rule for this App ID"},
    {CLI_TEXT, "jq", .arg = "PROGRAM", AT(jq),
	.help = "send each record through a jq program"},
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "--check=POLICY [OPTION ...]",
    "--replay=POLICY [OPTION ...] [FILE]",
    "--learn [OPTION ...] [FILE]",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-policy",
    .summary = "check a runtime policy, replay events through it, or learn one",
    .synopsis = synopsis,
    .opts = opts,
    .operand = "FILE",
    .max_operands = 1,
};
