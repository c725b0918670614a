/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cli.h"
#include "base/fd.h"

enum { ARGS_MAX = 16 };

struct options {
	bool dry_run, quick;
	const char *console;
	const char *file;
	const char *mode;
	int64_t count;
	struct cli_list names;
	const char *colour;
	const char *shade;
};

#define AT(member) .at = offsetof(struct options, member)
static const struct cli_opt table[] = {
    {CLI_FLAG, "dry-run", 'n', .help = "change nothing", AT(dry_run)},
    {CLI_FLAG, "quick", 'q', .help = "hurry", AT(quick)},
    {CLI_TEXT, "console", .arg = "URL", .help = "where", AT(console),
	.env = "FG_TEST_CONSOLE"},
    {CLI_FILE, "file", 'f', .arg = "FILE", .help = "what", AT(file)},
    {CLI_CHOICE, "mode", .help = "how", AT(mode), .choices = "open|closed",
	.env = "FG_TEST_MODE"},
    {CLI_NUMBER, "count", 'c', .arg = "N", .help = "how \"often\"", AT(count),
	.min = -1, .max = 20},
    {CLI_LIST, "name", .arg = "NAME", .help = "whose", AT(names)},
    {CLI_OPTIONAL, "colour", .arg = "WHEN",
	.help = "paint what is printed where there are colours to paint with",
	AT(colour)},
    {CLI_TEXT, "shade", .arg = "WHAT", .help = "of it", AT(shade),
	.env = "FG_TEST_SHADE", .only_with = "colour",
	.not_with = "quick|mode"},
    {.type = CLI_END},
};
static const char *const synopsis[] = {"[-n] [FILE]", "--name=NAME", NULL};
static const struct cli tool = {
    .tool = "fg-test",
    .summary = "try the parser",
    .synopsis = synopsis,
    .opts = table,
    .operand = "FILE",
    .max_operands = 3,
};

struct result {
	struct options o;
	struct cli_rest rest;
	enum cli_outcome outcome;
	struct err e;
	char *argv[ARGS_MAX + 1];
	char words[512];
	int r;
};

/* Parse a command line given as one string; words are parted by blanks. */
static void
parse(struct result *t, const char *line)
{
	int argc = 0;
	char *at = t->words;

	*t = (struct result){.o = {.count = 5}, .outcome = CLI_DONE};
	assert_in_range(snprintf(t->words, sizeof t->words, "fg-test %s", line),
	    1, sizeof t->words - 1);
	while (at != NULL && argc < ARGS_MAX)
		t->argv[argc++] = strsep(&at, " ");
	t->r = cli_parse(
	    &tool, argc, t->argv, &t->o, &t->rest, &t->outcome, &t->e);
}

static void
parse_well(struct result *t, const char *line)
{
	parse(t, line);
	if (t->r != 0)
		fail_msg("%s: %s", line, t->e.text);
	assert_int_equal(t->outcome, CLI_RUN);
}

static void
parse_badly(const char *line, const char *message)
{
	struct result t;

	parse(&t, line);
	assert_int_equal(t.r, -EINVAL);
	assert_int_equal(t.e.kind, ERR_USAGE);
	assert_string_equal(t.e.text, message);
	cli_free(&tool, &t.o);
}

static void
every_type(void **state)
{
	struct result t;

	(void)state;
	parse_well(&t, "--dry-run --console=http://x/?a=b --file x --mode=open "
		       "--count=-1 --name=a --name b --colour");
	assert_true(t.o.dry_run);
	assert_false(t.o.quick);
	assert_string_equal(t.o.console, "http://x/?a=b");
	assert_string_equal(t.o.file, "x");
	assert_string_equal(t.o.mode, "open");
	assert_int_equal(t.o.count, -1);
	assert_int_equal(t.o.names.n, 2);
	assert_string_equal(t.o.names.items[0], "a");
	assert_string_equal(t.o.names.items[1], "b");
	assert_string_equal(t.o.colour, "");
	assert_int_equal(t.rest.n, 0);
	cli_free(&tool, &t.o);
	assert_null(t.o.names.items);
	parse_well(&t, "--colour=always --console=");
	assert_string_equal(t.o.colour, "always");
	assert_string_equal(t.o.console, "");
	assert_int_equal(t.o.count, 5);
	assert_null(t.o.file);
}

static void
letters(void **state)
{
	struct result t;

	(void)state;
	parse_well(&t, "-nqc7 -f -");
	assert_true(t.o.dry_run && t.o.quick);
	assert_int_equal(t.o.count, 7);
	assert_string_equal(t.o.file, "-");
	parse_well(&t, "-ffile -c -1");
	assert_string_equal(t.o.file, "file");
	assert_int_equal(t.o.count, -1);
	parse_well(&t, "-vv -v --verbose");
	parse_badly("-nx", "-x: unknown option");
	parse_badly("-n=3", "-=: unknown option");
	parse_badly("-nf", "-f: a value is missing");
}

static void
operands_keep_their_order(void **state)
{
	struct result t;

	(void)state;
	parse_well(&t, "a -n - --file x b");
	assert_int_equal(t.rest.n, 3);
	assert_string_equal(t.rest.argv[0], "a");
	assert_string_equal(t.rest.argv[1], "-");
	assert_string_equal(t.rest.argv[2], "b");
	assert_string_equal(t.o.file, "x");
	parse_well(&t, "-- -n --file");
	assert_false(t.o.dry_run);
	assert_int_equal(t.rest.n, 2);
	assert_string_equal(t.rest.argv[1], "--file");
	parse_well(&t, "a -- --");
	assert_int_equal(t.rest.n, 2);
	parse_badly("a b c d", "one operand too many: \"d\"");
}

static void
missing_operands(void **state)
{
	struct cli strict = tool;
	char name[] = "fg-test", *argv[] = {name, NULL};
	struct options o = {0};
	enum cli_outcome outcome;
	struct cli_rest rest;
	struct err e = {0};

	(void)state;
	strict.min_operands = 1;
	assert_int_equal(
	    cli_parse(&strict, 1, argv, &o, &rest, &outcome, &e), -EINVAL);
	assert_string_equal(e.text, "FILE is missing");
}

static void
repeats_are_refused(void **state)
{
	(void)state;
	parse_badly("-n -n", "-n: given twice");
	parse_badly("--dry-run -n", "-n: given twice");
	parse_badly("--count=1 --count=1", "--count=1: given twice");
	parse_badly("--console a --console b", "--console: given twice");
	parse_badly("--name a -n --name b -n", "-n: given twice");
}

static void
bad_values(void **state)
{
	(void)state;
	parse_badly("--mode=ope", "--mode: not one of open|closed: \"ope\"");
	parse_badly("--mode=", "--mode: not one of open|closed: \"\"");
	parse_badly("--count=21", "--count: not a number from -1 to 20: "
				  "\"21\"");
	parse_badly("--count=1x", "--count: not a number from -1 to 20: "
				  "\"1x\"");
	parse_badly("--dry-run=yes", "--dry-run=yes: takes no value");
	parse_badly("--version=2", "--version=2: takes no value");
	parse_badly("--verbose=2", "--verbose=2: takes no value");
	parse_badly("--console", "--console: a value is missing");
	parse_badly("--help=html", "--help: not one of json, bash, zsh, fish: "
				   "\"html\"");
}

static void
unknown_options_name_the_nearest(void **state)
{
	(void)state;
	parse_badly("--dryrun",
	    "unknown option --dryrun; the nearest one is --dry-run");
	parse_badly("--cnosole=x",
	    "unknown option --cnosole; the nearest one is --console");
	parse_badly(
	    "--dry", "unknown option --dry; the nearest one is --dry-run");
	parse_badly("--versio",
	    "unknown option --versio; the nearest one is --version");
	parse_badly("--abcdefghijabcdefghijabcdefghijabcdefghij",
	    "unknown option --abcdefghijabcdefghijabcdefghijabcdefghij; "
	    "the nearest one is --help");
	parse_badly(
	    "--\n", "unknown option --\\x0a; the nearest one is --file");
}

static void
options_that_do_not_go_together(void **state)
{
	struct result t;

	(void)state;
	parse_well(&t, "--shade=light --colour");
	parse_badly("--shade=light", "--shade: only with --colour");
	parse_badly("--colour --shade=x -q", "--shade: not with --quick");
	parse_badly(
	    "--mode=open --colour --shade x", "--shade: not with --mode");
	/* What stands in the environment is for all runs, with it or not. */
	assert_int_equal(setenv("FG_TEST_SHADE", "dark", 1), 0);
	assert_int_equal(setenv("FG_TEST_MODE", "open", 1), 0);
	parse_well(&t, "-q");
	assert_string_equal(t.o.shade, "dark");
	parse_well(&t, "--colour --shade=light");
	assert_int_equal(unsetenv("FG_TEST_MODE"), 0);
	assert_int_equal(unsetenv("FG_TEST_SHADE"), 0);
}

static void
environment_gives_defaults(void **state)
{
	struct result t;

	(void)state;
	assert_int_equal(setenv("FG_TEST_CONSOLE", "env", 1), 0);
	parse_well(&t, "");
	assert_string_equal(t.o.console, "env");
	parse_well(&t, "--console=line");
	assert_string_equal(t.o.console, "line");
	assert_int_equal(setenv("FG_TEST_CONSOLE", "", 1), 0);
	parse_well(&t, "-n");
	assert_null(t.o.console);
	assert_int_equal(setenv("FG_TEST_MODE", "ajar", 1), 0);
	parse_badly("", "environment FG_TEST_MODE: --mode: not one of "
			"open|closed: \"ajar\"");
	parse_well(&t, "--mode=open");
	assert_int_equal(unsetenv("FG_TEST_MODE"), 0);
	assert_int_equal(unsetenv("FG_TEST_CONSOLE"), 0);
}

/* What a command line prints to standard output. */
static void
printed(const char *line, struct buf *b)
{
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	struct err e = {0};
	struct result t;

	buf_reset(b);
	assert_non_null(file);
	(void)fflush(stdout);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	parse(&t, line);
	(void)fflush(stdout);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	(void)close(saved);
	assert_int_equal(t.r, 0);
	assert_int_equal(t.outcome, CLI_DONE);
	assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
	assert_int_equal(fd_read_all(fileno(file), "output", b, &e), 0);
	(void)fclose(file);
}

static void
help_and_version(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(65536);

	(void)state;
	printed("--version", &b);
	assert_string_equal(buf_z(&b), "fg-test " FG_VERSION "\n");
	printed("--mode=open -h -n", &b);
	assert_true(str_starts(buf_str(&b),
	    "usage: fg-test [-n] [FILE]\n"
	    "       fg-test --name=NAME\n\ntry the parser\n\n"
	    "  -n, --dry-run            change nothing\n"));
	assert_non_null(strstr(buf_z(&b),
	    "\n      --console=URL        where [$FG_TEST_CONSOLE]\n"));
	assert_non_null(strstr(buf_z(&b), "\n      --mode=open|closed   how"));
	assert_non_null(strstr(buf_z(&b),
	    "\n      --colour[=WHEN]      paint what is printed where there "
	    "are colours to\n                           paint with\n"));
	assert_non_null(strstr(buf_z(&b), "\n  -h, --help[=FORMAT]      "));
	assert_true(str_ends(buf_str(&b), "\nsee fg-test(1), fg-intro(7)\n"));
}

static void
help_json(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(65536);

	(void)state;
	printed("--help=json", &b);
	assert_true(str_starts(buf_str(&b),
	    "{\"type\":\"tool\",\"v\":1,\"name\":\"fg-test\",\"version\":"
	    "\"" FG_VERSION
	    "\",\"summary\":\"try the parser\",\"operand\":\"FILE\","
	    "\"synopsis\":[\"[-n] [FILE]\",\"--name=NAME\"],\"options\":["
	    "{\"name\":\"dry-run\",\"letter\":\"n\",\"value\":\"flag\","
	    "\"help\":\"change nothing\"},"));
	assert_non_null(strstr(buf_z(&b),
	    ",{\"name\":\"mode\",\"value\":\"choice\",\"choices\":\"open|"
	    "closed\",\"env\":\"FG_TEST_MODE\",\"help\":\"how\"},"
	    "{\"name\":\"count\",\"letter\":\"c\",\"value\":\"number\","
	    "\"arg\":\"N\",\"min\":-1,\"max\":20,"
	    "\"help\":\"how \\\"often\\\"\"},"));
	assert_true(str_ends(buf_str(&b), "}]}\n"));
}

static void
completions(void **state)
{
	cleanup_buf struct buf b = BUF_MAX(65536);

	(void)state;
	printed("--help=bash", &b);
	assert_non_null(strstr(buf_z(&b), "complete -o filenames -F _fg_test"));
	assert_non_null(strstr(buf_z(&b), "_fg_reply -W 'open closed'"));
	printed("--help=zsh", &b);
	assert_true(str_starts(buf_str(&b), "#compdef fg-test\n"));
	assert_non_null(strstr(buf_z(&b), "'--mode=[how]:mode:(open closed)'"));
	assert_non_null(strstr(buf_z(&b), "'*--name=[whose]:NAME: '"));
	assert_non_null(strstr(buf_z(&b), "::help:(json bash zsh fish)'"));
	printed("--help=fish", &b);
	assert_non_null(
	    strstr(buf_z(&b), "complete -c fg-test -l file -s f -r -d 'what'"));
}

static void
a_loader_leaves_the_rest_alone(void **state)
{
	struct cli loader = tool;
	struct options o = {0};
	char words[] = "fg-test\0-n\0cmd\0--bogus\0-q\0--\0-x";
	char *argv[8] = {NULL};
	struct cli_rest rest;
	enum cli_outcome outcome;
	struct err e = {0};
	int argc = 0;

	(void)state;
	loader.loads = true;
	loader.max_operands = SIZE_MAX;
	for (char *w = words; w < words + sizeof words; w += strlen(w) + 1)
		argv[argc++] = w;
	assert_int_equal(
	    cli_parse(&loader, argc, argv, &o, &rest, &outcome, &e), 0);
	assert_true(o.dry_run);
	assert_false(o.quick);
	assert_int_equal(rest.n, 5);
	assert_string_equal(rest.argv[0], "cmd");
	assert_string_equal(rest.argv[1], "--bogus");
	assert_string_equal(rest.argv[3], "--");
	assert_string_equal(rest.argv[4], "-x");
	assert_null(rest.argv[5]);
	assert_int_equal(cli_finish(&loader, 7, &e), 7);
	(void)err_set(&e, ERR_PERM, EIO, "tried");
	assert_int_equal(cli_finish(&loader, -EIO, &e), CLI_LOADER_FAILED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_type),
	    cmocka_unit_test(letters),
	    cmocka_unit_test(operands_keep_their_order),
	    cmocka_unit_test(missing_operands),
	    cmocka_unit_test(repeats_are_refused),
	    cmocka_unit_test(bad_values),
	    cmocka_unit_test(unknown_options_name_the_nearest),
	    cmocka_unit_test(options_that_do_not_go_together),
	    cmocka_unit_test(environment_gives_defaults),
	    cmocka_unit_test(help_and_version),
	    cmocka_unit_test(help_json),
	    cmocka_unit_test(completions),
	    cmocka_unit_test(a_loader_leaves_the_rest_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
