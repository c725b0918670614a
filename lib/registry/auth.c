/* SPDX-License-Identifier: Apache-2.0 */
#include "auth.h"

static const struct registry_auth *const kinds[] = {
    &registry_auth_docker, /* the last: takes any host */
};

const struct registry_auth *
registry_auth_for(const struct registry_host *host)
{
	size_t i = 0;

	while (
	    i + 1 < sizeof kinds / sizeof kinds[0] && !kinds[i]->serves(host))
		i++;
	return kinds[i];
}
