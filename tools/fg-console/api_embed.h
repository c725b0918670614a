/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_embed: POST /api/v1/defenders/fargate.json and .yaml: a document becomes
 * a protected one, as by fg-entrypoint --fill, fg-appid --stamp and fg-inject.
 */
#ifndef FG_CONSOLE_API_EMBED_H
#define FG_CONSOLE_API_EMBED_H

struct request;

#define API_EMBED_QUERY                                                        \
	"consoleaddr|defenderType|interpreter|cloudFormation|"                 \
	"filesystemMonitoring|extractEntrypoint|registryType|"                 \
	"registryCredentialID|defenderImage|defenderImagePullSecret|project|"  \
	"appID|onNoPolicy|executionRole|enrolSecret|partial"

enum { API_EMBED_JSON, API_EMBED_YAML }; /* route->kind */

void api_embed_run(struct request *r);

#endif
