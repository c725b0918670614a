/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure [-n ROUNDS] [-k RUNS] [-i FILE] [-j FILE] [-s] -- OURS... [--
 * PEER...]
 *
 * Runs two commands in turn, RUNS times each per round, and prints the medians
 * of the rounds as one JSON object: processor time (user and system, of the
 * command and what it waited for), wall clock time, and the largest resident
 * size of any process. -i is the standard input of both, -j that of the peer;
 * standard output goes to /dev/null. -s: they may fail. One round before the
 * first is not counted.
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
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS_MAX = 1000 };

extern char **environ;

struct command {
	char **argv;
	const char *input;
	double cpu_ms[ROUNDS_MAX], wall_ms[ROUNDS_MAX], rss[ROUNDS_MAX];
};

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

/* One round into slot `at`. */
static void
run_round(struct command *c, int at)
{
	double start = now_ms(), cpu = 0;
	struct rusage used;
	long rss = 0;

	for (int i = 0; i < runs; i++) {
		run_once(c, &used);
		cpu += to_ms(used.ru_utime) + to_ms(used.ru_stime);
		rss = used.ru_maxrss > rss ? used.ru_maxrss : rss;
	}
	c->wall_ms[at] = (now_ms() - start) / runs;
	c->cpu_ms[at] = cpu / runs;
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
	    "usage: measure [-n ROUNDS] [-k RUNS] [-i FILE] [-j FILE] [-s] -- "
	    "OURS... [-- PEER...]\n");
	exit(2);
}

static void
read_options(int argc, char **argv, struct command *ours, struct command *peer)
{
	int c;

	ours->input = "/dev/null";
	while ((c = getopt(argc, argv, "+n:k:i:j:s")) != -1) {
		if (c == 'n')
			rounds = number(optarg, ROUNDS_MAX);
		else if (c == 'k')
			runs = number(optarg, 1000000);
		else if (c == 'i')
			ours->input = optarg;
		else if (c == 'j')
			peer->input = optarg;
		else if (c == 's')
			may_fail = true;
		else
			usage();
	}
	if (optind == argc)
		usage();
	if (peer->input == NULL)
		peer->input = ours->input;
	ours->argv = argv + optind;
	for (int i = optind; i < argc && peer->argv == NULL; i++) {
		if (strcmp(argv[i], "--") == 0 && i + 1 < argc) {
			argv[i] = NULL;
			peer->argv = argv + i + 1;
		}
	}
}

int
main(int argc, char **argv)
{
	static struct command ours, peer;

	read_options(argc, argv, &ours, &peer);
	/* Slot 0 is overwritten: the round that fills the caches. */
	for (int i = -1; i < rounds; i++) {
		run_round(&ours, i < 0 ? 0 : i);
		if (peer.argv != NULL)
			run_round(&peer, i < 0 ? 0 : i);
	}
	printf("{\"runs\":%d", rounds * runs);
	print("ours", &ours);
	if (peer.argv != NULL)
		print("peer", &peer);
	printf("}\n");
	return fflush(stdout) == 0 ? 0 : 100;
}
