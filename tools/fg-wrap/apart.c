/* SPDX-License-Identifier: Apache-2.0 */
#include "apart.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sig.h"

void
apart_let_go(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 1; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			(void)close(fd);
	if (null > 1)
		(void)close(null);
}

void
apart_be(void)
{
	(void)setsid();
	apart_let_go();
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	for (int sig = 1; sig <= SIG_MAX; sig++)
		sig_ignore(sig);
	sig_default(SIGCHLD);
	sig_unblock_all();
}
