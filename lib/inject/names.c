/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

bool
names_is_ours(struct str name)
{
	static const char *const ours[] = {NAMES_CONTAINER, NAMES_IMAGE,
	    NAMES_IMAGE_DIGEST, NAMES_ON_NO_POLICY, NAMES_PID1,
	    NAMES_STOP_GRACE, NULL};

	for (const char *const *z = ours; *z != NULL; z++)
		if (str_eqz(name, *z))
			return true;
	return false;
}
