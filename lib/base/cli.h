/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli: one option table per tool. The parser, --help, --help=json, the shell
 * completions and the tests that read the man pages all derive from it.
 */
#ifndef FG_BASE_CLI_H
#define FG_BASE_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum cli_type {
	CLI_END = 0,  /* closes the table */
	CLI_FLAG,     /* bool: --name */
	CLI_TEXT,     /* const char *: --name=VALUE; from argv, not copied */
	CLI_FILE,     /* as CLI_TEXT; completions offer files */
	CLI_CHOICE,   /* as CLI_TEXT, one word of `choices` */
	CLI_NUMBER,   /* int64_t: decimal, min..max */
	CLI_LIST,     /* struct cli_list: may be given again */
	CLI_OPTIONAL, /* const char *: --name or --name=VALUE; "" alone */
};

struct cli_list {
	const char **items; /* owned by the list, the strings by argv */
	size_t n;
};

struct cli_opt {
	enum cli_type type;
	const char *name;    /* long name, without the dashes */
	char letter;         /* short form, or 0 */
	const char *arg;     /* name of the value in help: "FILE" */
	const char *help;    /* one line, lower case, no full stop */
	size_t at;           /* offsetof(options struct, member) */
	const char *env;     /* variable that gives the default, or NULL */
	const char *choices; /* CLI_CHOICE: "open|closed"; instead of arg; for
			      * completions, of CLI_OPTIONAL, too */
	int64_t min, max;    /* CLI_NUMBER */
	/*
	 * On the command line it goes only beside that option, or beside none
	 * of those, "a|b"; NULL: as you like. Defaults of the environment are
	 * let be.
	 */
	const char *only_with, *not_with;
};

/*
 * Every tool also has -h/--help[=json|bash|zsh|fish], --version and
 * -v/--verbose; they are not in its table.
 */
struct cli {
	const char *tool;    /* "fg-inject" */
	const char *summary; /* one line, as in the man page's NAME */
	const char *const
	    *synopsis; /* lines without the tool's name; NULL ends */
	const struct cli_opt *opts;        /* 64 at most */
	const char *operand;               /* "FILE", "NAME"; NULL: none */
	size_t min_operands, max_operands; /* max SIZE_MAX: any number */
	/*
	 * A chain loader: options end at the first operand, since what follows
	 * is the next program's, and its own failures are CLI_LOADER_FAILED,
	 * whatever their kind, since all else may be the exit code of that.
	 */
	bool loads;
	int section; /* of its manual page; 0 is 1 */
};

enum { CLI_LOADER_FAILED = 125 }; /* as env(1) and timeout(1) have it */

/* What is left of argv after the options. */
struct cli_rest {
	char **argv; /* borrowed */
	size_t n;
};

enum cli_outcome { CLI_RUN, CLI_DONE };

/*
 * Fill *opts (the tool's options struct, holding the defaults) from argv and
 * the environment. Grammar: --name=VALUE, --name VALUE, -x VALUE, -xVALUE,
 * joined letters of flags, "--" ends options, options may stand after
 * operands (unless it loads); no abbreviations; an option given twice is an
 * error unless it is a CLI_LIST. An empty environment variable counts as unset.
 *
 * *outcome CLI_DONE: help or version was printed, the tool exits with what
 * cli_finish() says. Errors are ERR_USAGE and name the nearest option.
 */
int cli_parse(const struct cli *cli, int argc, char **argv, void *opts,
    struct cli_rest *rest, enum cli_outcome *outcome, struct err *e);

/*
 * The end of every main(): flush standard output, print e when r < 0 (a usage
 * error with the SYNOPSIS) and return the exit code. r is what the tool's
 * work returned: 0, a positive exit code, or a negative errno with e set.
 */
int cli_finish(const struct cli *cli, int r, struct err *e);

/* A usage error that names the option: "--app-id: text". -EINVAL, ERR_USAGE. */
int cli_usage(struct err *e, const char *option, const char *text);

/* Free what the lists of opts own. */
void cli_free(const struct cli *cli, void *opts);

/*
 * parse, run, finish: the whole of a tool's main(). opts holds the defaults;
 * run gets it back filled. The rest of one that loads ends with NULL.
 */
int cli_main(const struct cli *cli, int argc, char **argv, void *opts,
    int (*run)(void *opts, struct cli_rest rest, struct err *e));

#endif
