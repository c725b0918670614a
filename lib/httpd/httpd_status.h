/* SPDX-License-Identifier: Apache-2.0 */
/* httpd_status: what statuses are called, and what the time is in heads. */
#ifndef FG_HTTPD_HTTPD_STATUS_H
#define FG_HTTPD_HTTPD_STATUS_H

#include <time.h>

#include "base/str.h"

enum { HTTPD_STATUS_DATE = 30 }; /* "Sun, 06 Nov 1994 08:49:37 GMT", NUL */

/* The reason phrase of RFC 9110 section 15 and RFC 6585; may be empty. */
struct str httpd_status_reason(unsigned status);

/* IMF-fixdate, RFC 9110 section 5.6.7, of the years 0 to 9999. */
void httpd_status_date(time_t when, char to[HTTPD_STATUS_DATE]);

#endif
