/* SPDX-License-Identifier: Apache-2.0 */
#include "shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

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
	if (event_boot(s->boot) != 0) {
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
