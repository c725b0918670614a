/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <stdint.h>

#define AT(member) .at = offsetof(struct options, member)

static const struct cli_opt opts[] = {
    {CLI_TEXT, "console", .arg = "URL", AT(console), .env = "FG_CONSOLE_URL",
	.not_with = "health|policy-dir|audit",
	.help = "policies from there, audits to there"},
    {CLI_FILE, "console-ca", .arg = "FILE", AT(console_ca),
	.not_with = "health",
	.help = "PEM of its CA, instead of FG_CONSOLE_CA"},
    {CLI_FILE, "enrol-secret-file", .arg = "FILE", AT(enrol_secret_file),
	.not_with = "health",
	.help = "the secret to enrol with, instead of FG_ENROL_SECRET"},
    {CLI_FILE, "data", .arg = "DIR", AT(data), .not_with = "health",
	.help = "what is kept over a restart (" OPTIONS_DATA ")"},
    {CLI_FLAG, "at-once", AT(at_once), .not_with = "health",
	.help = "enrol now, though many tasks may start with this one"},
    {CLI_FILE, "policy-dir", .arg = "DIR", AT(policy_dir),
	.help = "take policies from DIR/runtime.json, which is watched",
	.not_with = "health"},
    {CLI_FILE, "audit", .arg = "FILE", AT(audit), .not_with = "health",
	.help = "append audits to FILE, - (standard output) or fd:N"},
    {CLI_FILE, "alerts", .arg = "DIR", AT(alerts), .not_with = "health",
	.help = "rules of your own: the jq programs DIR/*.jq"},
    {CLI_FILE, "socket", .arg = "PATH", AT(socket),
	.help = "where fg-wrap finds it (" OPTIONS_SOCKET ")"},
    {CLI_CHOICE, "on-no-policy", .choices = "open|closed", AT(on_no_policy),
	.env = "FG_ON_NO_POLICY", .not_with = "health",
	.help = "be healthy without a policy, or not"},
    {CLI_NUMBER, "policy-wait", .arg = "SECONDS", AT(policy_wait_s), .max = 600,
	.not_with = "health",
	.help = "how long to wait for a first policy (20)"},
    {CLI_NUMBER, "stop-grace", .arg = "SECONDS", AT(stop_grace_s), .max = 120,
	.not_with = "health",
	.help = "how long to stay for the others after SIGTERM (20)"},
    {CLI_TEXT, "app-id", .arg = "ID", AT(app_id), .env = "FG_APP_ID",
	.not_with = "health", .help = "App ID of the task"},
    {CLI_FLAG, "health", AT(health),
	.help = "ask the one that runs whether it is healthy"},
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "[OPTION ...] [-- fg-waas ...]",
    "--health [--socket=PATH]",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-sidecar",
    .summary = "a task's policies down to fg-wrap, its audits up",
    .synopsis = synopsis,
    .opts = opts,
    .operand = "COMMAND",
    .max_operands = SIZE_MAX,
    .section = 8,
};
