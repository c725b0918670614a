/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#define AT(member) .at = offsetof(struct options, member)
#define NOT_REMOVING .not_with = "remove"

static const struct cli_opt opts[] = {
    {CLI_TEXT, "sidecar-image", .arg = "IMAGE", .env = "FG_SIDECAR_IMAGE",
	AT(sidecar_image), .help = "image of the sidecar (required)",
	NOT_REMOVING},
    {CLI_LIST, "app-id", .arg = "[LOGICALID=]APPID", AT(app_ids),
	.help = "App ID of a task definition that is not stamped",
	NOT_REMOVING},
    {CLI_TEXT, "console", .arg = "URL", .env = "FG_CONSOLE_URL", AT(console),
	.help = "https URL of the Console; without, the initial policy counts",
	NOT_REMOVING},
    {CLI_FILE, "console-ca", .arg = "FILE", AT(console_ca),
	.help = "PEM certificates that the Console is verified with",
	NOT_REMOVING},
    {CLI_TEXT, "proxy", .arg = "URL", AT(proxy),
	.help = "proxy on the way to the Console, without a password",
	NOT_REMOVING},
    {CLI_TEXT, "enrol-secret", .arg = "ARN", AT(enrol_secret),
	.help = "secret that holds the enrolment secret", NOT_REMOVING},
    {CLI_TEXT, "execution-role", .arg = "ARN", AT(execution_role),
	.help = "executionRoleArn where a task definition has none",
	NOT_REMOVING},
    {CLI_FILE, "initial-policy", .arg = "FILE", AT(initial_policy),
	.help = "policy lines that the task starts with", NOT_REMOVING},
    {CLI_TEXT, "log-group", .arg = "NAME", AT(log_group),
	.help = "CloudWatch log group of the sidecar", NOT_REMOVING},
    {CLI_TEXT, "log-region", .arg = "REGION", AT(log_region),
	.help = "region of that log group, where nothing else tells it",
	NOT_REMOVING},
    {CLI_CHOICE, "essential", .arg = "BOOL", AT(essential),
	.choices = "true|false",
	.help = "does the task stop with the sidecar? (true)", NOT_REMOVING},
    {CLI_CHOICE, "on-no-policy", .arg = "WHAT", AT(on_no_policy),
	.choices = "open|closed",
	.help = "run the application, or not, while there is no policy",
	NOT_REMOVING},
    {CLI_CHOICE, "pid1", .arg = "WHO", AT(pid1), .choices = "wrap|app",
	.help = "which process is number 1 in the containers", NOT_REMOVING},
    {CLI_NUMBER, "stop-grace", .arg = "SECONDS", AT(stop_grace_s), .min = 0,
	.max = INJECT_GRACE_MAX,
	.help = "time to drain before the application is told to stop",
	NOT_REMOVING},
    DOCTOOL_CONTAINER_OPTIONS(struct options, doc, NOT_REMOVING),
    {CLI_FLAG, "remove", AT(remove),
	.help = "undo fg-inject, fg-appid --stamp and fg-entrypoint --fill"},
    {CLI_FLAG, "diff", AT(diff),
	.help = "print what changes as a unified diff"},
    DOCTOOL_SCOPE_OPTIONS(struct options, doc),
    DOCTOOL_OUTPUT_OPTIONS(struct options, doc),
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "[OPTION ...] --sidecar-image=IMAGE [FILE]",
    "--remove [OPTION ...] [FILE]",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-inject",
    .summary = "embed the defender into ECS task definitions",
    .synopsis = synopsis,
    .opts = opts,
    .operand = "FILE",
    .max_operands = 1,
};
