/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#define AT(member) .at = offsetof(struct options, member)

static const struct cli_opt opts[] = {
    {CLI_FILE, "data", .arg = "DIR", AT(data), .env = "FG_CONSOLE_DATA",
	.help = "where everything is kept; made when it is not there"},
    {CLI_TEXT, "listen", .arg = "ADDRESS:PORT", AT(listen),
	.not_with = "init-only", .help = "where to listen (127.0.0.1:8084)"},
    {CLI_LIST, "name", .arg = "HOST", AT(names),
	.help = "a name or address that clients know it by, for its "
		"certificate; may be given again"},
    {CLI_FILE, "tls-cert", .arg = "FILE", AT(tls_cert), .only_with = "tls-key",
	.help = "certificate to show instead of one of its own CA"},
    {CLI_FILE, "tls-key", .arg = "FILE", AT(tls_key), .only_with = "tls-cert",
	.help = "key of that certificate"},
    {CLI_TEXT, "url", .arg = "URL", AT(url), .env = "FG_CONSOLE_URL",
	.help = "how sidecars reach it; the embed call writes it down"},
    {CLI_TEXT, "sidecar-image", .arg = "IMAGE", AT(sidecar_image),
	.env = "FG_SIDECAR_IMAGE", .help = "image that the embed call uses"},
    {CLI_FILE, "scan-db", .arg = "FILE", AT(scan_db), .env = "FG_SCAN_DB",
	.help = "what images hold, for the embed call (DIR/scan.db)"},
    {CLI_LIST, "registry", .arg = "HOST", AT(registries),
	.help = "registry that may be asked besides the public ones; "
		"may be given again"},
    {CLI_NUMBER, "workers", .arg = "N", AT(workers), .min = 1, .max = 64,
	.not_with = "init-only",
	.help = "processes that serve HTTP (one per core)"},
    {CLI_NUMBER, "retain-days", .arg = "N", AT(retain_days), .max = 36500,
	.not_with = "init-only",
	.help = "days that audits are kept (30); 0: for ever"},
    {CLI_NUMBER, "retain-bytes", .arg = "N", AT(retain_bytes), .max = INT64_MAX,
	.not_with = "init-only",
	.help = "bytes of audits that are kept (0: no bound)"},
    {CLI_NUMBER, "certificate-hours", .arg = "N", AT(certificate_hours),
	.min = 1, .max = 8760, .not_with = "init-only",
	.help = "life of a sidecar's certificate (24)"},
    {CLI_NUMBER, "certificate-life", .arg = "SECONDS", AT(certificate_life_s),
	.min = 10, .max = 31536000, .not_with = "init-only|certificate-hours",
	.help = "the same in seconds"},
    {CLI_FLAG, "init-only", AT(init_only),
	.help = "make the keys and the first token, and end"},
    {CLI_FLAG, "admin-token", AT(admin_token), .not_with = "init-only",
	.help = "print one more token that may do everything, and end"},
    {CLI_FLAG, "routes", AT(routes), .not_with = "init-only|data",
	.help = "print what the API has, as records, and end"},
    {.type = CLI_END},
};

static const char *const synopsis[] = {
    "--data=DIR [--listen=ADDRESS:PORT] [OPTION ...]",
    "--data=DIR --init-only [--name=HOST ...]",
    "--data=DIR --admin-token",
    "--routes",
    NULL,
};

const struct cli options_cli = {
    .tool = "fg-console",
    .summary = "policies down to sidecars, audits up, the API",
    .synopsis = synopsis,
    .opts = opts,
    .section = 8,
};
