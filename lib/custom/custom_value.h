/* SPDX-License-Identifier: Apache-2.0 */
/* custom_value: what an event has in a script's fields. */
#ifndef FG_CUSTOM_CUSTOM_VALUE_H
#define FG_CUSTOM_CUSTOM_VALUE_H

#include "custom_field.h"

/* Does the event have it? */
bool custom_value_known(enum custom_id id, const struct event *ev);

/* Of a known CUSTOM_NUMBER or CUSTOM_FLAG. */
int64_t custom_value_number(enum custom_id id, const struct event *ev);

/*
 * The values of a known CUSTOM_TEXT, one after the other; not for
 * CUSTOM_PROC_CMDLINE. Start with everything but the first two members zero.
 */
struct custom_value_texts {
	enum custom_id id;
	const struct event *ev;
	unsigned i;
	size_t at;
};

bool custom_value_next(struct custom_value_texts *t, struct str *ret);

/* CUSTOM_PROC_CMDLINE into `to`. */
struct str custom_value_cmdline(
    const struct event *ev, char to[EVENT_ARGS_MAX]);

/* What is behind the last '/'. */
struct str custom_value_base(struct str path);

#endif
