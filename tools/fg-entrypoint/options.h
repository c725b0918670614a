/* SPDX-License-Identifier: Apache-2.0 */
/* options: the command line of fg-entrypoint. */
#ifndef FG_ENTRYPOINT_OPTIONS_H
#define FG_ENTRYPOINT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"
#include "doctool/doctool.h"

struct options {
	const char *platform;
	const char *jq;

	/* sources */
	const char *db;
	int64_t max_age_s;
	bool remember, offline, stale_ok, no_db, no_registry;

	/* registries */
	struct cli_list mirrors, plain_http, trust_realm;
	const char *ca;
	const char *docker_config;
	int64_t parallel, timeout_s;

	/* with --fill */
	bool fill, no_document;
	struct doctool_options doc;
};

extern const struct cli options_cli;

#endif
