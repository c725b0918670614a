/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"

#include <errno.h>
#include <sys/random.h>

int
event_boot(char boot[EVENT_BOOT])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char random[EVENT_BOOT / 2];

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return -errno;
	for (size_t i = 0; i < sizeof random; i++) {
		boot[2 * i] = digits[random[i] >> 4];
		boot[2 * i + 1] = digits[random[i] & 15];
	}
	boot[EVENT_BOOT - 1] = '\0';
	return 0;
}
