/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd_status.h"

#include <stddef.h>
#include <stdio.h>

struct str
httpd_status_reason(unsigned status)
{
	static const struct {
		unsigned status;
		struct str reason;
	} rows[] = {
	    {200, STR("OK")},
	    {201, STR("Created")},
	    {202, STR("Accepted")},
	    {204, STR("No Content")},
	    {205, STR("Reset Content")},
	    {206, STR("Partial Content")},
	    {301, STR("Moved Permanently")},
	    {302, STR("Found")},
	    {303, STR("See Other")},
	    {304, STR("Not Modified")},
	    {307, STR("Temporary Redirect")},
	    {308, STR("Permanent Redirect")},
	    {400, STR("Bad Request")},
	    {401, STR("Unauthorized")},
	    {403, STR("Forbidden")},
	    {404, STR("Not Found")},
	    {405, STR("Method Not Allowed")},
	    {406, STR("Not Acceptable")},
	    {408, STR("Request Timeout")},
	    {409, STR("Conflict")},
	    {410, STR("Gone")},
	    {411, STR("Length Required")},
	    {412, STR("Precondition Failed")},
	    {413, STR("Content Too Large")},
	    {414, STR("URI Too Long")},
	    {415, STR("Unsupported Media Type")},
	    {417, STR("Expectation Failed")},
	    {421, STR("Misdirected Request")},
	    {422, STR("Unprocessable Content")},
	    {428, STR("Precondition Required")},
	    {429, STR("Too Many Requests")},
	    {431, STR("Request Header Fields Too Large")},
	    {500, STR("Internal Server Error")},
	    {501, STR("Not Implemented")},
	    {502, STR("Bad Gateway")},
	    {503, STR("Service Unavailable")},
	    {504, STR("Gateway Timeout")},
	    {505, STR("HTTP Version Not Supported")},
	    {507, STR("Insufficient Storage")},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].status == status)
			return rows[i].reason;
	}
	return STR_NONE;
}

/* Not strftime(3): its names are those of the locale. */
void
httpd_status_date(time_t when, char to[HTTPD_STATUS_DATE])
{
	static const char days[][4] = {
	    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm = {0};

	(void)gmtime_r(&when, &tm);
	(void)snprintf(to, HTTPD_STATUS_DATE,
	    "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday % 7],
	    tm.tm_mday % 100, months[tm.tm_mon % 12],
	    (tm.tm_year + 1900) % 10000, tm.tm_hour % 100, tm.tm_min % 100,
	    tm.tm_sec % 100);
}
