/* SPDX-License-Identifier: Apache-2.0 */
/* filter_test: the part of a program that looks at a call's arguments. */
#ifndef FG_TRACE_FILTER_TEST_H
#define FG_TRACE_FILTER_TEST_H

#include <stdbool.h>

#include "filter.h"
#include "hook.h"

struct filter_code {
	struct filter *f;
	event_set wanted;
	const struct filter_facts *facts;
	bool full; /* did not fit */
};

/* One more instruction, while there is room. */
void filter_emit(
    struct filter_code *c, uint16_t op, uint32_t k, uint8_t jt, uint8_t jf);

/* What follows when the number is the hook's: it always returns. */
void filter_test(struct filter_code *c, const struct hook *h);

#endif
