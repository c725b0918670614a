/* SPDX-License-Identifier: Apache-2.0 */
#include "backoff.h"

#include <string.h>
#include <time.h>

#include "base/num.h"

enum { DATE_MAX = 64, DOUBLINGS_MAX = 10 };

bool
registry_worth_retrying(long status)
{
	switch (status) {
	case 408:
	case 429:
	case 500:
	case 502:
	case 503:
	case 504:
		return true;
	default:
		return false;
	}
}

unsigned
registry_backoff_ms(unsigned tries, uint32_t random)
{
	unsigned doublings = tries == 0 ? 0 : tries - 1;
	unsigned most =
	    (unsigned)REGISTRY_BACKOFF_MS
	    << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);

	return random % (most + 1);
}

/* RFC 9110 section 5.6.7. The tools stay in the C locale. */
static bool
http_date(const char *text, struct tm *tm)
{
	static const char *const forms[] = {
	    "%a, %d %b %Y %H:%M:%S GMT", /* the one to send */
	    "%A, %d-%b-%y %H:%M:%S GMT", /* RFC 850's */
	    "%a %b %e %H:%M:%S %Y",      /* that of C */
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const char *end;

		*tm = (struct tm){0};
		end = strptime(text, forms[i], tm);
		if (end != NULL && *end == '\0')
			return true;
	}
	return false;
}

bool
registry_retry_after(struct str value, int64_t now, int64_t *ms)
{
	char text[DATE_MAX];
	struct tm tm;
	int64_t wait;

	if (num_parse(value, 0, INT32_MAX, &wait)) {
		*ms = wait > INT32_MAX / 1000 ? INT32_MAX : wait * 1000;
		return true;
	}
	if (value.n >= sizeof text)
		return false;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	if (!http_date(text, &tm))
		return false;
	wait = (int64_t)timegm(&tm) - now;
	wait = wait < 0 ? 0 : wait;
	*ms = wait > INT32_MAX / 1000 ? INT32_MAX : wait * 1000;
	return true;
}
