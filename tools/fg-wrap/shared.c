/* SPDX-License-Identifier: Apache-2.0 */
#include "shared.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

static int
make_boot(char boot[SHARED_BOOT])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char random[SHARED_BOOT / 2];

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return -errno;
	for (size_t i = 0; i < sizeof random; i++) {
		boot[2 * i] = digits[random[i] >> 4];
		boot[2 * i + 1] = digits[random[i] & 15];
	}
	return 0;
}

struct shared *
shared_new(struct err *e)
{
	struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (s == MAP_FAILED) {
		(void)err_set(
		    e, ERR_TEMP, errno, "shared memory: %s", strerror(errno));
		return NULL;
	}
	if (make_boot(s->boot) != 0) {
		(void)err_set(
		    e, ERR_TEMP, errno, "getrandom: %s", strerror(errno));
		(void)munmap(s, sizeof *s);
		return NULL;
	}
	return s;
}

void
shared_release(struct shared *s, uint32_t half)
{
	(void)madvise(s->halves[half], SHARED_HALF, MADV_REMOVE);
}
