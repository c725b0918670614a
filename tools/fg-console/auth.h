/* SPDX-License-Identifier: Apache-2.0 */
/* auth: who asks? */
#ifndef FG_CONSOLE_AUTH_H
#define FG_CONSOLE_AUTH_H

#include "request.h"

enum auth_result { AUTH_YES, AUTH_WHO, AUTH_FORBIDDEN };

/* Who it is may use the route; r's members of who asks are set. */
enum auth_result auth_request(struct request *r,
    const struct http1_request *http, const struct tls_peer *peer);

/* The same question before there is a body, and nothing is kept. */
bool auth_may(struct worker *w, const struct route *route,
    const struct http1_request *http, const struct tls_peer *peer);

#endif
