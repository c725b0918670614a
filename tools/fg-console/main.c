/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"
#include "run.h"

int
main(int argc, char **argv)
{
	struct options o = OPTIONS_DEFAULTS;

	return cli_main(&options_cli, argc, argv, &o, run);
}
