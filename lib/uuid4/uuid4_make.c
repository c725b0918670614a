/* SPDX-License-Identifier: Apache-2.0 */
#include "uuid4.h"

#include <uuid/uuid.h>

void
uuid4_make(char to[UUID4_TEXT])
{
	uuid_t id;

	uuid_generate_random(id);
	uuid_unparse_lower(id, to);
}
