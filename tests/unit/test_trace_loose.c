/* SPDX-License-Identifier: Apache-2.0 */
/* The first writer to the memory of others waits for what was let go. */
#include "trace_run.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* Bodies of processes that are loose, in a call that takes its time. */
static int pipe_fd[2], sock_fd[2];
static volatile unsigned *ready;

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

/* Removing what is not there stops, and is let go. */
static void
be_loose(void)
{
	(void)unlink("nothing");
	__atomic_add_fetch(ready, 1, __ATOMIC_SEQ_CST);
}

static int
in_read(void)
{
	char c;

	be_loose();
	MUST(read(pipe_fd[0], &c, 1) == 1);
	return 0;
}

static int
in_recv(void)
{
	struct timeval ten = {.tv_sec = 10};
	char c;

	MUST(setsockopt(
		 sock_fd[0], SOL_SOCKET, SO_RCVTIMEO, &ten, sizeof(ten)) == 0);
	be_loose();
	MUST(recv(sock_fd[0], &c, 1, 0) == 1);
	return 0;
}

static int
in_epoll(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int fd = epoll_create1(0);

	MUST(epoll_ctl(fd, EPOLL_CTL_ADD, pipe_fd[0], &ev) == 0);
	be_loose();
	MUST(epoll_wait(fd, &ev, 1, 10000) == 1);
	return 0;
}

static int
in_sleep(void)
{
	struct timespec time = {0, 800000000};
	int64_t from = now_ms();

	be_loose();
	MUST(nanosleep(&time, NULL) == 0);
	MUST(now_ms() - from >= 800);
	return 0;
}

static int
in_semop(void)
{
	struct sembuf down = {.sem_op = -1};
	struct timespec time = {0, 800000000};
	int id = semget(IPC_PRIVATE, 1, 0600);

	MUST(id >= 0);
	be_loose();
	MUST(semtimedop(id, &down, 1, &time) < 0 && errno == EAGAIN);
	MUST(semctl(id, 0, IPC_RMID) == 0);
	return 0;
}

static int
in_sigwait(void)
{
	struct timespec time = {0, 800000000};
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR2);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	be_loose();
	MUST(sigtimedwait(&set, NULL, &time) < 0 && errno == EAGAIN);
	return 0;
}

/* Opened again when it was interrupted, and judged again. */
static int
in_fifo(void)
{
	int fd;

	__atomic_add_fetch(ready, 1, __ATOMIC_SEQ_CST);
	MUST((fd = open("fifo", O_WRONLY)) >= 0);
	MUST(close(fd) == 0);
	return 0;
}

/* A parent that cannot stop, since its child has its memory. */
static int
in_vfork(void)
{
	pid_t pid;
	int status;
	char c;

	be_loose();
	pid = vfork();
	if (pid == 0)
		_exit(read(pipe_fd[0], &c, 1) != 1);
	MUST(waitpid(pid, &status, 0) == pid && status == 0);
	return 0;
}

static int
in_stop(void)
{
	be_loose();
	MUST(raise(SIGSTOP) == 0);
	return 0;
}

static int
in_loop(void)
{
	int64_t until = now_ms() + 800;

	be_loose();
	while (now_ms() < until)
		;
	return 0;
}

static int (*const bodies[])(void) = {in_read, in_recv, in_epoll, in_sleep,
    in_semop, in_sigwait, in_fifo, in_vfork, in_stop, in_loop};

enum { BODIES = sizeof(bodies) / sizeof(bodies[0]) };

static char byte = 'a';

static int
write_to(pid_t pid)
{
	char b = 'b';
	struct iovec from = {&b, 1}, to = {&byte, 1};

	return process_vm_writev(pid, &from, 1, &to, 1, 0) == 1 ? 0 : -errno;
}

static int
prepare(void)
{
	ready = mmap(NULL, sizeof(*ready), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST(ready != MAP_FAILED);
	MUST(pipe(pipe_fd) == 0);
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, sock_fd) == 0);
	MUST(mkfifo("fifo", 0600) == 0);
	return 0;
}

/* Three write at once; the last one is killed in the middle of it. */
static int
write_at_once(pid_t to)
{
	pid_t pids[3];
	int i, status;

	for (i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(-write_to(to));
	}
	MUST(kill(pids[2], SIGKILL) == 0);
	for (i = 0; i < 3; i++) {
		MUST(waitpid(pids[i], &status, 0) == pids[i]);
		MUST(i == 2 || status == 0);
	}
	return 0;
}

static int
interrupts_nobody(void)
{
	pid_t pids[BODIES];
	int i, fd, status;
	int64_t from;

	MUST(prepare() == 0);
	for (i = 0; i < BODIES; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(bodies[i]());
	}
	while (*ready < BODIES)
		(void)usleep(1000);
	(void)usleep(100000);
	from = now_ms();
	MUST(write_at_once(pids[0]) == 0);
	MUST(now_ms() - from < 1500);
	(void)usleep(100000);
	for (i = 0; i < BODIES; i++)
		MUST(waitpid(pids[i], &status, WNOHANG) == 0 ||
		     bodies[i] == in_stop);
	MUST((fd = open("fifo", O_RDONLY)) >= 0);
	MUST(write(pipe_fd[1], "xxxx", 4) == 4 && send(sock_fd[1], "x", 1, 0));
	MUST(kill(pids[8], SIGCONT) == 0);
	for (i = 0; i < BODIES; i++) {
		MUST(waitpid(pids[i], &status, 0) == pids[i]);
		if (status != 0)
			(void)fprintf(stderr, "body %d\n", i);
		MUST(status == 0);
	}
	return 0;
}

static void
waits_unnoticed(void **state)
{
	(void)state;
	run_new(ALL_BUT_READS & ~EVENT_BIT(EVENT_PTRACE));
	run_expect(interrupts_nobody, 0);
	assert_int_equal(run_count(EVENT_UNSEEN), 0);
}

/* The page of another that nobody but us can give it. */
static int
fault_fd(char **page)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	*page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (uintptr_t)*page;
	range.range.len = 4096;
	if (fd < 0 || *page == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) < 0 ||
	    ioctl(fd, UFFDIO_REGISTER, &range) < 0)
		return -1;
	return fd;
}

static int
serves_faults(void)
{
	struct uffdio_zeropage zero = {0};
	pid_t parent = getpid(), pid;
	char *page;
	int fd, status;

	MUST(prepare() == 0);
	if ((fd = fault_fd(&page)) < 0)
		return 77;
	zero.range.start = (uintptr_t)page;
	zero.range.len = 4096;
	pid = fork();
	if (pid == 0) {
		while (*ready < 1)
			;
		(void)usleep(200000);
		/* It is not let go, and the other goes on thereafter. */
		MUST(write_to(parent) == -EPERM);
		_exit(ioctl(fd, UFFDIO_ZEROPAGE, &zero) != 0);
	}
	be_loose();
	/* The kernel takes the fault, in the middle of a call. */
	MUST(write(pipe_fd[1], page, 1) == 1);
	MUST(waitpid(pid, &status, 0) == pid && status == 0);
	MUST(byte == 'a');
	/* Nobody is loose any more. */
	MUST((pid = fork()) >= 0);
	if (pid == 0)
		_exit(write_to(parent) != 0);
	MUST(waitpid(pid, &status, 0) == pid && status == 0);
	MUST(byte == 'b');
	return 0;
}

static void
waits_not_forever(void **state)
{
	int status;

	(void)state;
	run_new(ALL_BUT_READS & ~EVENT_BIT(EVENT_PTRACE));
	status = run_child(serves_faults);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
	assert_int_equal(run_count(EVENT_UNSEEN), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		waits_unnoticed, run_setup, run_teardown),
	    cmocka_unit_test_setup_teardown(
		waits_not_forever, run_setup, run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
