/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#define AT(member) .at = offsetof(struct options, member)

enum {
	MAX_AGE_LIMIT = 366 * 24 * 3600,
	PARALLEL_LIMIT = 64,
	TIMEOUT_LIMIT = 3600
};

static const struct cli_opt opts[] = {
    {CLI_FLAG, "fill", AT(fill),
	.help = "fill entryPoint and command into the containers"},
    {CLI_TEXT, "platform", .arg = "OS/ARCH[/VARIANT]", AT(platform),
	.help = "of the images; default linux/amd64, never that of the host",
	.not_with = "fill"},
    {CLI_FILE, "db", .arg = "FILE", .env = "FG_SCAN_DB", AT(db),
	.help = "scan DB to look into first"},
    {CLI_FLAG, "no-db", AT(no_db), .help = "do not look into a scan DB"},
    {CLI_NUMBER, "max-age", .arg = "SECONDS", AT(max_age_s), .min = 0,
	.max = MAX_AGE_LIMIT,
	.help = "trust the word of the DB on a tag so long; default 300"},
    {CLI_FLAG, "remember", AT(remember),
	.help = "write what was learnt into the scan DB"},
    {CLI_FLAG, "offline", AT(offline),
	.help = "no network: the scan DB at any age"},
    {CLI_FLAG, "stale-ok", AT(stale_ok),
	.help = "the scan DB at any age where the network fails"},
    {CLI_FLAG, "no-document", AT(no_document),
	.help = "ask about containers that state an entryPoint, too",
	.only_with = "fill"},
    {CLI_FLAG, "no-registry", AT(no_registry), .help = "do not ask registries"},
    {CLI_LIST, "mirror", .arg = "HOST=URL", AT(mirrors),
	.help = "ask URL first for images of HOST, * for all"},
    {CLI_FILE, "ca", .arg = "FILE", AT(ca),
	.help = "PEM certificates that registries are verified with"},
    {CLI_LIST, "plain-http", .arg = "HOST", AT(plain_http),
	.help = "speak http, not https, with HOST[:PORT]"},
    {CLI_LIST, "trust-realm", .arg = "HOST", AT(trust_realm),
	.help = "token server that registries may send credentials to"},
    {CLI_FILE, "docker-config", .arg = "DIR", AT(docker_config),
	.help = "directory of config.json; default ~/.docker"},
    {CLI_NUMBER, "parallel", .arg = "N", AT(parallel), .min = 1,
	.max = PARALLEL_LIMIT, .help = "requests at a time; default 8"},
    {CLI_NUMBER, "timeout", .arg = "SECONDS", AT(timeout_s), .min = 1,
	.max = TIMEOUT_LIMIT, .help = "of one request; default 30"},
    {CLI_TEXT, "jq", .arg = "PROGRAM", AT(jq),
	.help = "send each record through a jq program", .not_with = "fill"},
    DOCTOOL_CONTAINER_OPTIONS(struct options, doc, .only_with = "fill"),
    DOCTOOL_SCOPE_OPTIONS(struct options, doc, .only_with = "fill"),
    DOCTOOL_OUTPUT_OPTIONS(struct options, doc, .only_with = "fill"),
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "[OPTION ...] [IMAGE ...]",
    "--fill [OPTION ...] [FILE]",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-entrypoint",
    .summary = "find what images run: entrypoint, command, user, digest",
    .synopsis = synopsis,
    .opts = opts,
    .operand = "IMAGE",
    .max_operands = SIZE_MAX,
};
