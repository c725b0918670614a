/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls WHAT TIMES [ARG]
 *
 * Does one thing over and over: read-open (opens ARG for reading), write-open
 * (ARG, made anew at the first), exec (vfork and execve of ARG), connect (to a
 * listener of its own on loopback), signal (to itself, with a handler), thread
 * (create and join), getppid.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *arg = "/dev/null";
static struct sockaddr_in server;
static int listener;

static int
read_open(void)
{
	int fd = open(arg, O_RDONLY);

	return fd < 0 ? fd : close(fd);
}

static int
write_open(void)
{
	int fd = open(arg, O_WRONLY | O_CREAT, 0600);

	return fd < 0 ? fd : close(fd);
}

static int
exec(void)
{
	static char name[] = "true";
	char *argv[] = {name, NULL}, *envp[] = {NULL};
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		(void)execve(arg, argv, envp);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return status;
}

static int
start_server(void)
{
	socklen_t n = sizeof server;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	server.sin_family = AF_INET;
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (void *)&server, sizeof server) < 0 ||
	    getsockname(listener, (void *)&server, &n) < 0)
		return -1;
	return listen(listener, 64);
}

/* Reset at the end, lest ports run out. */
static int
connect_once(void)
{
	struct linger at_once = {.l_onoff = 1};
	int fd = socket(AF_INET, SOCK_STREAM, 0), peer;

	if (connect(fd, (void *)&server, sizeof server) < 0)
		return -1;
	peer = accept(listener, NULL, NULL);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	(void)close(fd);
	return close(peer);
}

static void
ignore(int number)
{
	(void)number;
}

static int
start_signals(void)
{
	struct sigaction sa = {.sa_handler = ignore};

	return sigaction(SIGUSR1, &sa, NULL);
}

static int
signal_once(void)
{
	return raise(SIGUSR1);
}

static void *
nothing(void *unused)
{
	return unused;
}

static int
thread_once(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, nothing, NULL) != 0)
		return -1;
	return pthread_join(thread, NULL);
}

static int
ask(void)
{
	return syscall(SYS_getppid) < 0 ? -1 : 0;
}

static const struct call {
	const char *name;
	int (*start)(void), (*once)(void);
} calls[] = {{"read-open", NULL, read_open}, {"write-open", NULL, write_open},
    {"exec", NULL, exec}, {"connect", start_server, connect_once},
    {"signal", start_signals, signal_once}, {"thread", NULL, thread_once},
    {"getppid", NULL, ask}};

int
main(int argc, char **argv)
{
	const struct call *call = NULL;
	unsigned long n;

	if (argc < 3)
		return 2;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (strcmp(calls[i].name, argv[1]) == 0)
			call = &calls[i];
	if (call == NULL || (call->start != NULL && call->start() < 0))
		return 2;
	if (argc > 3)
		arg = argv[3];
	n = strtoul(argv[2], NULL, 10);
	for (unsigned long i = 0; i < n; i++) {
		if (call->once() != 0) {
			perror(call->name);
			return 1;
		}
	}
	return 0;
}
