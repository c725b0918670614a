/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>

#include "options.h"
#include "run.h"

/* Before anything opens a descriptor: the command gets what we got. */
static unsigned
closed_descriptors(void)
{
	unsigned closed = 0;

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			closed |= 1U << fd;
	return closed;
}

int
main(int argc, char **argv)
{
	struct options o = OPTIONS_DEFAULTS;

	o.closed = closed_descriptors();
	return cli_main(&options_cli, argc, argv, &o, run);
}
