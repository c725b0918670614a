/* SPDX-License-Identifier: Apache-2.0 */
/* options: the command line of fg-audit. */
#ifndef FG_AUDIT_OPTIONS_H
#define FG_AUDIT_OPTIONS_H

#include "base/cli.h"

enum {
	OPTIONS_LIMIT_MAX = 1000000,
	OPTIONS_FOLLOW_LIMIT = 10, /* --follow begins with so many */
};

struct options {
	/* which ones: the parameters of auditquery_add() */
	struct cli_list app, container, image, rule, name, kind, action;
	const char *severity, *from, *to, *search;
	int64_t limit; /* -1: not given */
	bool reverse, follow;
	const char *after; /* a cursor of the Console's */
	/* in which form */
	const char *format; /* NULL: text on a terminal, else ndjson */
	const char *jq;
	/* from where */
	const char *console, *console_ca, *token_file;
};

extern const struct cli options_cli;

#endif
