/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure [-n ROUNDS] [-k RUNS] [-i FILE] [-j FILE] [-d WORD] [-s] -- OURS...
 * [-- PEER... [-- PEER2... [-- PEER3...]]]
 *
 * Runs the commands in turn, RUNS times each per round, and prints the medians
 * of the rounds as one JSON object: processor time (user and system, of the
 * command and of all that it started), wall clock time until its end, and the
 * largest resident size of any process. -i is the standard input of all, -j
 * that of the peer; standard output goes to /dev/null. -d is what stands
 * between commands instead of "--", for those that have one in their own
 * line. -s: they may fail. One round before the first is not counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 1000, COMMANDS_MAX = 4 };

extern char **environ;

struct command {
	char **argv;
	const char *input;
	double cpu_ms[ROUNDS_MAX], wall_ms[ROUNDS_MAX], rss[ROUNDS_MAX];
};

static const char *const names[COMMANDS_MAX] = {
    "ours", "peer", "peer2", "peer3"};
static int rounds = 5, runs = 20;
static bool may_fail;

static void
die(const char *what, const char *why)
{
	(void)fprintf(stderr, "measure: %s: %s\n", what, why);
	exit(100);
}

static double
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
to_ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

/* The time of all that has been waited for so far, by whomever. */
static double
cpu_so_far(void)
{
	struct rusage all;

	if (getrusage(RUSAGE_CHILDREN, &all) < 0)
		die("getrusage", strerror(errno));
	return to_ms(all.ru_utime) + to_ms(all.ru_stime);
}

static void
run_once(const struct command *c, struct rusage *used)
{
	posix_spawn_file_actions_t files;
	int r, status;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(
	    &files, STDIN_FILENO, c->input, O_RDONLY, 0);
	(void)posix_spawn_file_actions_addopen(
	    &files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	r = posix_spawnp(&pid, c->argv[0], &files, NULL, c->argv, environ);
	(void)posix_spawn_file_actions_destroy(&files);
	if (r != 0)
		die(c->argv[0], strerror(r));
	while (wait4(pid, &status, 0, used) < 0)
		if (errno != EINTR)
			die("wait4", strerror(errno));
	if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && !may_fail))
		die(c->argv[0], "failed");
}

/*
 * One round into slot `at`. Orphans have come to us (we are their subreaper):
 * their time counts, too, but nobody waits for it.
 */
static void
run_round(struct command *c, int at)
{
	double start, wall = 0, cpu = cpu_so_far();
	struct rusage used;
	long rss = 0;

	for (int i = 0; i < runs; i++) {
		start = now_ms();
		run_once(c, &used);
		wall += now_ms() - start;
		rss = used.ru_maxrss > rss ? used.ru_maxrss : rss;
		while (wait(NULL) > 0 || errno == EINTR)
			continue;
	}
	c->wall_ms[at] = wall / runs;
	c->cpu_ms[at] = (cpu_so_far() - cpu) / runs;
	c->rss[at] = (double)rss * 1024;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values)
{
	qsort(values, (size_t)rounds, sizeof *values, by_value);
	return (values[(rounds - 1) / 2] + values[rounds / 2]) / 2;
}

static void
print(const char *who, struct command *c)
{
	printf(",\"%s\":{\"cpu_ms\":%.4f,\"wall_ms\":%.4f,\"rss\":%.0f}", who,
	    median(c->cpu_ms), median(c->wall_ms), median(c->rss));
}

static int
number(const char *text, int max)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n < 1 || n > max)
		die(text, "not a number that will do");
	return (int)n;
}

static void
usage(void)
{
	(void)fprintf(stderr,
	    "usage: measure [-n ROUNDS] [-k RUNS] [-i FILE] [-j FILE] "
	    "[-d WORD] [-s] -- OURS... [-- PEER...]...\n");
	exit(2);
}

/* The commands' number. */
static int
read_options(int argc, char **argv, struct command *commands)
{
	const char *between = "--";
	int c, n = 1;

	commands[0].input = "/dev/null";
	while ((c = getopt(argc, argv, "+n:k:i:j:d:s")) != -1) {
		if (c == 'n')
			rounds = number(optarg, ROUNDS_MAX);
		else if (c == 'k')
			runs = number(optarg, 1000000);
		else if (c == 'i')
			commands[0].input = optarg;
		else if (c == 'j')
			commands[1].input = optarg;
		else if (c == 'd')
			between = optarg;
		else if (c == 's')
			may_fail = true;
		else
			usage();
	}
	if (optind == argc)
		usage();
	commands[0].argv = argv + optind;
	for (int i = optind; i + 1 < argc && n < COMMANDS_MAX; i++) {
		if (strcmp(argv[i], between) == 0) {
			argv[i] = NULL;
			commands[n++].argv = argv + i + 1;
		}
	}
	for (int i = 1; i < n; i++)
		if (commands[i].input == NULL)
			commands[i].input = commands[0].input;
	return n;
}

int
main(int argc, char **argv)
{
	static struct command commands[COMMANDS_MAX];
	int n = read_options(argc, argv, commands);

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		die("prctl", strerror(errno));
	/* Slot 0 is overwritten: the round that fills the caches. */
	for (int i = -1; i < rounds; i++)
		for (int j = 0; j < n; j++)
			run_round(&commands[j], i < 0 ? 0 : i);
	printf("{\"runs\":%d", rounds * runs);
	for (int j = 0; j < n; j++)
		print(names[j], &commands[j]);
	printf("}\n");
	return fflush(stdout) == 0 ? 0 : 100;
}
