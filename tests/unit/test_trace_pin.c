/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that change between the verdict and the call; pinned arguments. */
#include "trace_run.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>

enum { TRIES = 20000 };

static volatile int stop;

static void
pause_a_little(int n)
{
	volatile int i;

	for (i = 0; i < n; i++)
		;
}

static struct sockaddr_in to = {.sin_family = AF_INET};
static volatile struct sockaddr_in *const target = &to;
static uint16_t good_port, evil_port;

static void *
flip_port(void *arg)
{
	while (!stop) {
		target->sin_port = evil_port;
		pause_a_little(100);
		target->sin_port = good_port;
		pause_a_little(100);
	}
	return arg;
}

static int
listen_somewhere(uint16_t *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t n = sizeof(in);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &n) < 0)
		return -1;
	*port = in.sin_port;
	return fd;
}

static int
race_connects(void)
{
	struct sockaddr_in in;
	socklen_t n;
	pthread_t thread;
	int i, fd, good = 0, denied = 0;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = good_port;
	MUST(pthread_create(&thread, NULL, flip_port, NULL) == 0);
	for (i = 0; i < TRIES; i++) {
		MUST((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
			denied += errno == EPERM;
		} else {
			n = sizeof(in);
			MUST(getpeername(fd, (struct sockaddr *)&in, &n) == 0);
			MUST(in.sin_port == good_port);
			good++;
		}
		(void)close(fd);
	}
	MUST(good > TRIES / 100 && denied > TRIES / 100);
	return 0;
}

static int
deny_port(struct run *r, const struct event *ev)
{
	(void)r;
	return ev->name == EVENT_CONNECT && ev->port == ntohs(evil_port)
		   ? -EPERM
		   : 0;
}

static void
connects_to_what_was_judged(void **state)
{
	(void)state;
	stop = 0;
	assert_true(listen_somewhere(&good_port) >= 0);
	assert_true(listen_somewhere(&evil_port) >= 0);
	run_new(ALL_BUT_READS);
	run.judge = deny_port;
	run_expect(race_connects, 0);
	/* With nothing else watched, memory is guarded all the same. */
	run_new(EVENT_BIT(EVENT_CONNECT));
	run.config.watches = EVENT_BIT(EVENT_CONNECT);
	run.judge = deny_port;
	run_expect(race_connects, 0);
}

static void *
wait_here(void *arg)
{
	(void)pause();
	return arg;
}

static int
registers_are_kept(void)
{
#ifdef __x86_64__
	pthread_t thread;
	const char *path = "/dev/null", *path_after;
	long result, flags_after;

	MUST(pthread_create(&thread, NULL, wait_here, NULL) == 0);
	__asm__ volatile(
	    "syscall"
	    : "=a"(result), "=D"(path_after), "=S"(flags_after)
	    : "a"(SYS_open), "D"(path), "S"((long)O_WRONLY), "d"(0L)
	    : "rcx", "r11", "memory");
	MUST(result >= 0);
	MUST(path_after == path && flags_after == O_WRONLY);
#endif
	return 0;
}

static void
puts_registers_back(void **state)
{
	(void)state;
	run_new(ALL_BUT_READS);
	run_expect(registers_are_kept, 0);
}

/* Address and shmid of the pins, from the list of its own mappings. */
static bool
find_pins(uint64_t *at, uint64_t *end, int *id)
{
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long inode;
	bool found = false;

	while (
	    !found && maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		if (strstr(line, "/SYSV") == NULL)
			continue;
		found = sscanf(line, "%lx-%lx %*s %*s %*s %lu", at, end,
			    &inode) == 3;
		*id = (int)inode;
	}
	if (maps != NULL)
		(void)fclose(maps);
	return found;
}

static int
attacks_pins(void)
{
	pthread_t thread;
	uint64_t at, end;
	char name[96];
	char *p;
	int id;

	MUST(pthread_create(&thread, NULL, wait_here, NULL) == 0);
	MUST(open("x", O_WRONLY | O_CREAT, 0600) >= 0);
	MUST(find_pins(&at, &end, &id));
	p = (char *)(uintptr_t)at;
	MUST(mprotect(p, 4096, PROT_READ | PROT_WRITE) < 0 && errno == EACCES);
	MUST(munmap(p, 4096) < 0 && errno == EPERM);
	MUST(munmap(p - (1UL << 30), 1UL << 31) < 0 && errno == EPERM);
	MUST(
	    mmap(p, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED &&
	    errno == EPERM);
	MUST(mremap(p, 4096, 8192, MREMAP_MAYMOVE) == MAP_FAILED &&
	     errno == EPERM);
	MUST(
	    mremap(p, 0, 4096, MREMAP_MAYMOVE) == MAP_FAILED && errno == EPERM);
	MUST(shmdt(p) < 0 && errno == EPERM);
	MUST(shmat(id, NULL, 0) == (void *)-1 && errno == EPERM);
	MUST(shmctl(id, IPC_RMID, NULL) < 0 && errno == EPERM);
	MUST(open("/proc/self/mem", O_RDWR) < 0 && errno == EACCES);
	(void)snprintf(name, sizeof(name), "/proc/self/map_files/%lx-%lx",
	    (unsigned long)at, (unsigned long)end);
	MUST(open(name, O_RDWR) < 0);
	/* Others go on as ever. */
	MUST((id = shmget(IPC_PRIVATE, 4096, 0600)) >= 0);
	MUST((p = shmat(id, NULL, 0)) != (void *)-1);
	MUST(shmctl(id, IPC_RMID, NULL) == 0 && shmdt(p) == 0);
	MUST(open("y", O_WRONLY | O_CREAT, 0600) >= 0);
	return 0;
}

static void
keeps_pins(void **state)
{
	(void)state;
	run_new(ALL_BUT_READS);
	run_expect(attacks_pins, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		connects_to_what_was_judged, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		puts_registers_back, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		keeps_pins, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
