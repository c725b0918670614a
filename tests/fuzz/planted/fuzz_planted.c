/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Not a test of fg but of tests/fuzz/run: reads one byte behind the input when
 * it starts with "BUG". Each run of all targets begins with it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size);

	if (copy == NULL || size < 3)
		goto out;
	memcpy(copy, data, size);
	if (memcmp(copy, "BUG", 3) == 0)
		copy[0] = ((volatile uint8_t *)copy)[size];
out:
	free(copy);
	return 0;
}
