/* SPDX-License-Identifier: Apache-2.0 */
#include "parcel.h"

#include <string.h>

void
parcel_put_int(struct buf *b, int64_t i)
{
	buf_add(b, &i, sizeof i);
}

void
parcel_put(struct buf *b, struct str s)
{
	parcel_put_int(b, (int64_t)s.n);
	buf_adds(b, s);
}

void
parcel_putz(struct buf *b, const char *z)
{
	parcel_put(b, str_of(z));
}

int64_t
parcel_int(struct parcel *p)
{
	int64_t i;

	if (p->bad || p->rest.n < sizeof i) {
		p->bad = true;
		return 0;
	}
	memcpy(&i, p->rest.p, sizeof i);
	p->rest = str_sub(p->rest, sizeof i, p->rest.n);
	return i;
}

struct str
parcel_str(struct parcel *p)
{
	int64_t n = parcel_int(p);
	struct str s;

	if (p->bad || n < 0 || (uint64_t)n > p->rest.n) {
		p->bad = true;
		return STR("");
	}
	s = str_sub(p->rest, 0, (size_t)n);
	p->rest = str_sub(p->rest, (size_t)n, p->rest.n);
	return s;
}

bool
parcel_done(const struct parcel *p)
{
	return !p->bad && p->rest.n == 0;
}
