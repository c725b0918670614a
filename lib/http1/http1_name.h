/* SPDX-License-Identifier: Apache-2.0 */
/* http1_name: the fields that mean something to a parser or a gateway. */
#ifndef FG_HTTP1_HTTP1_NAME_H
#define FG_HTTP1_HTTP1_NAME_H

#include "http1.h"

/* The name's number; letters in either case. name holds tchars alone. */
enum http1_name http1_name_id(struct str name);

/* The same, an underscore being taken for a hyphen, as CGI does. */
enum http1_name http1_name_cgi(struct str name);

/*
 * Must Connection not name this field, since taking it away on the way would
 * change what the request is: Authorization, Content-Length, Cookie,
 * Forwarded, Host, Transfer-Encoding, X-Forwarded-*.
 */
bool http1_name_stays(struct str name);

/*
 * Must this field not be in a trailer section (RFC 9110 section 6.5.1:
 * framing, routing, request modifiers, authentication, response control,
 * content)?
 */
bool http1_name_head_only(struct str name);

#endif
