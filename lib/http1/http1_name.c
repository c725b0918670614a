/* SPDX-License-Identifier: Apache-2.0 */
#include "http1_name.h"

#include <string.h>

/* No two tchars but the cases of a letter differ in this bit alone. */
enum { CASE = 0x20 };

static bool
is(struct str name, const char *lower)
{
	for (size_t i = 0; i < name.n; i++) {
		if ((name.p[i] | CASE) != lower[i])
			return false;
	}
	return true;
}

enum http1_name
http1_name_id(struct str name)
{
	/* The lengths pick the rows; the literals are as long as they. */
	static const struct {
		char text[18];
		uint8_t id;
	} rows[18][2] = {
	    [2] = {{"te", HTTP1_NAME_TE}},
	    [4] = {{"host", HTTP1_NAME_HOST}},
	    [6] = {{"expect", HTTP1_NAME_EXPECT}},
	    [7] = {{"trailer", HTTP1_NAME_TRAILER},
		{"upgrade", HTTP1_NAME_UPGRADE}},
	    [10] = {{"connection", HTTP1_NAME_CONNECTION},
		{"keep-alive", HTTP1_NAME_KEEP_ALIVE}},
	    [14] = {{"content-length", HTTP1_NAME_CONTENT_LENGTH},
		{"http2-settings", HTTP1_NAME_HTTP2_SETTINGS}},
	    [16] = {{"proxy-connection", HTTP1_NAME_PROXY_CONNECTION}},
	    [17] = {{"transfer-encoding", HTTP1_NAME_TRANSFER_ENCODING}},
	};

	if (name.n >= sizeof rows / sizeof *rows)
		return HTTP1_NAME_OTHER;
	for (size_t i = 0; i < 2 && rows[name.n][i].id != 0; i++) {
		if (is(name, rows[name.n][i].text))
			return rows[name.n][i].id;
	}
	return HTTP1_NAME_OTHER;
}

enum http1_name
http1_name_cgi(struct str name)
{
	char text[24];

	if (name.n > sizeof text)
		return HTTP1_NAME_OTHER;
	for (size_t i = 0; i < name.n; i++)
		text[i] = name.p[i] == '_' ? '-' : name.p[i];
	return http1_name_id(str_make(text, name.n));
}

/* A row that ends in '*' stands for all names that start so. */
static bool
in(struct str name, const char *const *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(rows[i]);

		if (rows[i][n - 1] == '*' && name.n >= n - 1 &&
		    is(str_sub(name, 0, n - 1), rows[i]))
			return true;
		if (name.n == n && is(name, rows[i]))
			return true;
	}
	return false;
}

bool
http1_name_stays(struct str name)
{
	static const char *const rows[] = {"authorization", "content-length",
	    "cookie", "forwarded", "host", "transfer-encoding",
	    "x-forwarded-*"};

	return in(name, rows, sizeof rows / sizeof *rows);
}

bool
http1_name_head_only(struct str name)
{
	static const char *const rows[] = {/* framing and routing */
	    "connection", "content-length", "host", "http2-settings",
	    "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
	    "proxy-*", "forwarded", "via", "x-forwarded-*", "x-real-ip",
	    /* request modifiers */
	    "cache-control", "expect", "if-*", "max-forwards", "pragma",
	    "range",
	    /* authentication */
	    "authorization", "cookie", "set-cookie", "www-authenticate",
	    /* response control */
	    "age", "date", "expires", "location", "retry-after", "vary",
	    "warning",
	    /* content */
	    "content-*"};

	return in(name, rows, sizeof rows / sizeof *rows);
}
