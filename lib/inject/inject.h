/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inject: embed the defender into a task definition. Pure: no network, no
 * clock, no random. fg-taskdef(5) says what is written where.
 */
#ifndef FG_INJECT_INJECT_H
#define FG_INJECT_INJECT_H

#include "record.h"
#include "report.h"
#include "select.h"

enum {
	INJECT_POLICY_MAX = 16 * 1024, /* bytes of base64 */
	INJECT_CONTAINERS_MAX = 10,    /* ECS quota per task definition */
	INJECT_GRACE_MAX = 120,        /* s, the bound of stopTimeout */
};

/* All strings are borrowed and may be NULL unless said otherwise. */
struct inject_config {
	const char *sidecar_image;  /* never NULL */
	const char *console;        /* URL */
	const char *console_ca;     /* PEM text */
	const char *proxy;          /* URL without user and password */
	const char *enrol_secret;   /* ARN */
	const char *execution_role; /* ARN, for definitions without one */
	const char *initial_policy; /* base64 of gzipped policy lines */
	const char *log_group;
	const char *log_region;
	const char *on_no_policy; /* "open", "closed" */
	const char *pid1;         /* "wrap", "app" */
	int64_t stop_grace_s;     /* -1: not given */
	bool not_essential;
	struct inject_names only;    /* empty: all */
	struct inject_names exclude; /* container names */
};

/*
 * Collect in ed what embeds the defender into td, which holds nothing of an
 * earlier inject (see undo.h) but may be filled and stamped; update rec, which
 * the caller has read, and write it into its place. Containers that cannot be
 * protected are left as they are and reported. Where all are excluded that is
 * written down, and nothing else: there is no sidecar. Errors that concern
 * all of td are ERR_NO (a cycle, too many containers, no execution role for the
 * secret, a foreign container named fg-sidecar) or ERR_USAGE (not stamped).
 */
int inject_definition(const struct taskdef_file *f, const struct taskdef *td,
    const struct inject_config *cfg, struct record *rec, struct edit *ed,
    struct report *report, struct err *e);

#endif
