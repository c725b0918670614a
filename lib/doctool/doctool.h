/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctool: what the tools that take a document have in common: options, the
 * way in, and the way out, which is all or nothing.
 */
#ifndef FG_DOCTOOL_DOCTOOL_H
#define FG_DOCTOOL_DOCTOOL_H

#include "base/cli.h"
#include "inject/embed.h"

/* Part of each such tool's options struct. */
struct doctool_options {
	struct cli_list params; /* NAME=VALUE */
	const char *param_file;
	const char *region, *account, *partition;
	struct cli_list containers, excludes;
	const char *report;
	bool partial;
	bool dry_run;
};

/*
 * Rows for the option table of a struct `type` that holds it as `member`; more
 * initialisers, such as .only_with = "stamp", go into all of them.
 */
#define DOCTOOL_AT(type, member, field) .at = offsetof(type, member.field)

#define DOCTOOL_SCOPE_OPTIONS(type, m, ...)                                    \
	{CLI_LIST, "param", .arg = "NAME=VALUE", DOCTOOL_AT(type, m, params),  \
	    .help = "value of a template's parameter; may be given again",     \
	    ##__VA_ARGS__},                                                    \
	    {CLI_FILE, "param-file", .arg = "FILE",                            \
		DOCTOOL_AT(type, m, param_file),                               \
		.help = "values of a template's parameters, JSON",             \
		##__VA_ARGS__},                                                \
	    {CLI_TEXT, "region", .arg = "REGION", .env = "FG_REGION",          \
		DOCTOOL_AT(type, m, region), .help = "value of AWS::Region",   \
		##__VA_ARGS__},                                                \
	    {CLI_TEXT, "account", .arg = "ID", .env = "FG_ACCOUNT",            \
		DOCTOOL_AT(type, m, account),                                  \
		.help = "value of AWS::AccountId", ##__VA_ARGS__},             \
	{                                                                      \
		CLI_TEXT, "partition", .arg = "NAME", .env = "FG_PARTITION",   \
				       DOCTOOL_AT(type, m, partition),         \
				       .help = "value of AWS::Partition",      \
				       ##__VA_ARGS__                           \
	}

#define DOCTOOL_CONTAINER_OPTIONS(type, m, ...)                                \
	{CLI_LIST, "container", .arg = "NAME",                                 \
	    DOCTOOL_AT(type, m, containers),                                   \
	    .help = "only this container; may be given again", ##__VA_ARGS__}, \
	{                                                                      \
		CLI_LIST, "exclude", .arg = "NAME",                            \
				     DOCTOOL_AT(type, m, excludes),            \
				     .help = "leave this container alone; "    \
					     "may be given again",             \
				     ##__VA_ARGS__                             \
	}

/* --report, --partial, --dry-run */
#define DOCTOOL_OUTPUT_OPTIONS(type, m, ...)                                   \
	{CLI_FILE, "report", .arg = "FILE", DOCTOOL_AT(type, m, report),       \
	    .help = "write the records of this run to FILE", ##__VA_ARGS__},   \
	    {CLI_FLAG, "partial", DOCTOOL_AT(type, m, partial),                \
		.help = "print the document though a container is "            \
			"unprotected",                                         \
		##__VA_ARGS__},                                                \
	{                                                                      \
		CLI_FLAG, "dry-run", 'n', DOCTOOL_AT(type, m, dry_run),        \
		    .help = "do all but write the document", ##__VA_ARGS__     \
	}

/* A document that was read. */
struct doctool {
	const struct doctool_options *options;
	const char *what;  /* its name in messages; borrowed */
	struct doc *doc;   /* in the register form, or a template */
	struct str before; /* its bytes as they were read, in `text` */
	struct buf text;
	struct embed_input input; /* for the embed_*() functions */
};

/*
 * Read FILE, or standard input when path is NULL or "-", and parse it; what
 * DescribeTaskDefinition printed becomes the register form. Errors: I/O and
 * no document: ERR_PERM.
 */
int doctool_open(struct doctool *t, const struct doctool_options *o,
    const char *path, struct err *e);
/* The same with a text, which is copied; what names it in messages. */
int doctool_take(struct doctool *t, const struct doctool_options *o,
    struct str text, const char *what, struct err *e);
void doctool_close(struct doctool *t);

/* The scope of the options for document d; d of another run will do. */
int doctool_scope(const struct doctool_options *o, const struct doc *d,
    struct cfn_scope **ret, struct err *e);

/* The names of --container and --exclude. */
struct inject_names doctool_names(const struct cli_list *list);

/*
 * The way out: say the problems on standard error, write --report, then the
 * document, unless a container stays unprotected and --partial was not given,
 * or with --dry-run. Returns the exit code, or a negative errno.
 */
int doctool_finish(struct doctool *t, const struct report *report,
    struct str text, struct err *e);

#endif
