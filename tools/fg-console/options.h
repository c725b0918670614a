/* SPDX-License-Identifier: Apache-2.0 */
/* options: what the command line of fg-console(8) says. */
#ifndef FG_CONSOLE_OPTIONS_H
#define FG_CONSOLE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"

struct options {
	const char *data;   /* the directory; required */
	const char *listen; /* ADDRESS:PORT */
	struct cli_list names;
	const char *tls_cert, *tls_key;
	const char *url;
	const char *sidecar_image;
	const char *scan_db;
	struct cli_list registries;
	int64_t workers;                   /* 0: one per core */
	int64_t retain_days, retain_bytes; /* 0: no bound */
	int64_t certificate_hours;
	int64_t certificate_life_s; /* 0: certificate_hours */
	bool init_only;
	bool admin_token;
	bool routes;
};

#define OPTIONS_DEFAULTS                                                       \
	{                                                                      \
		.listen = "127.0.0.1:8084", .certificate_hours = 24,           \
		.retain_days = 30                                              \
	}

extern const struct cli options_cli;

#endif
