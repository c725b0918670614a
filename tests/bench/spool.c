/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool DIR: what an event of 500 bytes costs on its way into the spool, made
 * durable in groups, beside the same bytes written to one file with as many
 * calls of fdatasync(2); and how many of them a second that is, processor time
 * and waiting for the disk. The spool is full: old segments go all the time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "spool/spool.h"

enum {
	EVENTS = 200000,
	EVENT_BYTES = 500,
	GROUP = 1000, /* 20 ms of them at 50,000 a second */
	ROUNDS = 5,
	MIB = 1024 * 1024
};

static char event[EVENT_BYTES];

struct took {
	double cpu, wall; /* us for one event */
};

static double
now_us(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
begin(struct took *t)
{
	t->cpu = -now_us(CLOCK_PROCESS_CPUTIME_ID);
	t->wall = -now_us(CLOCK_MONOTONIC);
}

static void
end(struct took *t)
{
	t->cpu = (t->cpu + now_us(CLOCK_PROCESS_CPUTIME_ID)) / EVENTS;
	t->wall = (t->wall + now_us(CLOCK_MONOTONIC)) / EVENTS;
}

static int
spooled(struct spool *s, struct took *t)
{
	begin(t);
	for (int i = 0; i < EVENTS; i++) {
		struct spool_record r = {.count = 1,
		    .priority = (uint8_t)(i % SPOOL_PRIORITIES),
		    .data = {event, sizeof event}};

		if (spool_append(s, &r, 0, NULL) != 0 ||
		    (i % GROUP == GROUP - 1 && spool_sync(s, 0, NULL) != 0))
			return -1;
	}
	end(t);
	return 0;
}

static int
plain(int fd, struct took *t)
{
	static char group[GROUP * EVENT_BYTES];

	begin(t);
	for (int i = 0; i < EVENTS; i++) {
		memcpy(group + (size_t)(i % GROUP) * EVENT_BYTES, event,
		    sizeof event);
		if (i % GROUP == GROUP - 1 &&
		    (write(fd, group, sizeof group) != (ssize_t)sizeof group ||
			fdatasync(fd) < 0))
			return -1;
	}
	end(t);
	return ftruncate(fd, 0);
}

static int
order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double
median(const struct took *t, size_t at)
{
	double v[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		memcpy(&v[i], (const char *)&t[i] + at, sizeof v[i]);
	qsort(v, ROUNDS, sizeof *v, order);
	return v[ROUNDS / 2];
}

static void
record(const char *name, double ours, double peer, const char *unit,
    const char *limit)
{
	(void)printf("{\"type\":\"bench\",\"v\":1,\"name\":\"%s\","
		     "\"ours\":%.3f,\"peer\":%.3f,"
		     "\"peer_name\":\"write and fdatasync\",\"ratio\":%.3f,"
		     "\"unit\":\"%s\"%s}\n",
	    name, ours, peer, ours / peer, unit, limit);
}

int
main(int argc, char **argv)
{
	static const struct spool_limits limits = {
	    .disk_bytes = 64 * MIB,
	    .segments = 64,
	    .memory_bytes = 4 * MIB,
	    .retry_ms = 1000,
	};
	struct took ours[ROUNDS], peer[ROUNDS];
	cleanup_spool struct spool *s = NULL;
	char path[4096];
	int fd;

	if (argc != 2)
		return 2;
	(void)snprintf(path, sizeof path, "%s/plain", argv[1]);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	(void)snprintf(path, sizeof path, "%s/spool", argv[1]);
	memset(event, 'e', sizeof event);
	if (fd < 0 || spool_open(path, &limits, &spool_io_files, &s, NULL) != 0)
		return 1;
	for (int i = 0; i < ROUNDS; i++)
		if (spooled(s, &ours[i]) != 0 || plain(fd, &peer[i]) != 0)
			return 1;
	(void)close(fd);
	record("an event of 500 B into the spool: processor time",
	    median(ours, offsetof(struct took, cpu)),
	    median(peer, offsetof(struct took, cpu)), "us", ",\"limit\":20");
	record("an event of 500 B into the spool: until durable",
	    median(ours, offsetof(struct took, wall)),
	    median(peer, offsetof(struct took, wall)), "us", ",\"limit\":20");
	record("events of 500 B into the spool",
	    1e6 / median(ours, offsetof(struct took, wall)),
	    1e6 / median(peer, offsetof(struct took, wall)), "events/s", "");
	return 0;
}
