/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#define AT(member) .at = offsetof(struct options, member)

static const struct cli_opt opts[] = {
    {CLI_FILE, "policy", .arg = "FILE", AT(policy),
	.help = "the runtime policy; it is watched, and a change applied"},
    {CLI_FILE, "learn", .arg = "FILE", AT(learn),
	.help = "write the policy that allows what the command does; an "
		"existing one is extended"},
    {CLI_FILE, "manifest", .arg = "FILE", AT(manifest), .env = "FG_MANIFEST",
	.help = "the sha256 of the image's programs, by sha256sum(1)"},
    {CLI_FILE, "audit", .arg = "FILE", AT(audit),
	.help = "append events to FILE, - (standard output) or fd:N"},
    {CLI_FILE, "socket", .arg = "PATH", AT(socket),
	.help = "where the sidecar listens; its default is " OPTIONS_SOCKET
		" where that exists"},
    {CLI_CHOICE, "tier", .choices = "full|exec|none|auto", AT(tier),
	.env = "FG_TIER", .help = "how much is watched"},
    {CLI_CHOICE, "pid1", .choices = "wrap|app", AT(pid1), .env = "FG_PID1",
	.help = "who keeps this process ID"},
    {CLI_CHOICE, "on-no-policy", .choices = "open|closed", AT(on_no_policy),
	.env = "FG_ON_NO_POLICY",
	.help = "run the command, or not, while there is no policy"},
    {CLI_NUMBER, "policy-wait", .arg = "MS", AT(policy_wait_ms), .max = 120000,
	.help = "how long to wait for a first policy (2000)"},
    {CLI_NUMBER, "stop-grace", .arg = "SECONDS", AT(stop_grace_s), .max = 120,
	.env = "FG_STOP_GRACE_S",
	.help = "how long the sidecar may drain before the command gets "
		"SIGTERM (5)"},
    {CLI_NUMBER, "rest-grace", .arg = "SECONDS", AT(rest_grace_s), .max = 120,
	.help = "how long the rest may take after the command has ended (5)"},
    {CLI_FLAG, "keep-ptrace", AT(keep_ptrace),
	.help = "leave CAP_SYS_PTRACE to the command"},
    {CLI_TEXT, "container", .arg = "NAME", AT(container), .env = "FG_CONTAINER",
	.help = "name of the container"},
    {CLI_TEXT, "image", .arg = "IMAGE", AT(image), .env = "FG_IMAGE",
	.help = "image that it was made of"},
    {CLI_TEXT, "image-digest", .arg = "DIGEST", AT(image_digest),
	.env = "FG_IMAGE_DIGEST", .help = "digest of that"},
    {CLI_TEXT, "app-id", .arg = "ID", AT(app_id), .env = "FG_APP_ID",
	.help = "App ID of the task"},
    {CLI_FLAG, "probe", AT(probe),
	.help = "print what this machine is able to do, and exit"},
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "[OPTION ...] [--] COMMAND [ARGUMENT ...]",
    "--probe",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-wrap",
    .summary = "run a command under a runtime policy",
    .synopsis = synopsis,
    .opts = opts,
    .operand = "COMMAND",
    .max_operands = SIZE_MAX,
    .loads = true,
};
