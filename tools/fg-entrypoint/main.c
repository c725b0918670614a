/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client.h"
#include "entrypoint/entrypoint.h"
#include "options.h"
#include "run.h"

int
main(int argc, char **argv)
{
	struct options o = {
	    .max_age_s = ENTRYPOINT_MAX_AGE,
	    .platform = "linux/amd64",
	    .parallel = CLIENT_PARALLEL,
	    .timeout_s = CLIENT_TIMEOUT,
	};

	return cli_main(&options_cli, argc, argv, &o, run);
}
