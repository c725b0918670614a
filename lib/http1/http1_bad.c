/* SPDX-License-Identifier: Apache-2.0 */
#include "http1_bad.h"

static const struct {
	const char *name;
	const char *text;
	unsigned status;
} rows[] = {
#define X(id, name, status, text) [HTTP1_BAD_##id] = {name, text, status},
    HTTP1_BAD_EACH(X)
#undef X
};

static int
row(enum http1_bad bad)
{
	return (unsigned)bad < HTTP1_BAD_COUNT ? (int)bad : -1;
}

unsigned
http1_bad_status(enum http1_bad bad)
{
	return row(bad) < 0 ? 500 : rows[row(bad)].status;
}

const char *
http1_bad_name(enum http1_bad bad)
{
	return row(bad) < 0 ? "unknown" : rows[row(bad)].name;
}

const char *
http1_bad_text(enum http1_bad bad)
{
	return row(bad) < 0 ? "an unknown reason" : rows[row(bad)].text;
}
