/* SPDX-License-Identifier: Apache-2.0 */
/* httpd_take: requests, out of the bytes that have come. */
#ifndef FG_HTTPD_HTTPD_TAKE_H
#define FG_HTTPD_HTTPD_TAKE_H

#include "httpd_conn.h"

/*
 * Go on with the request at c->at. True: it was served, or refused, which
 * shows in c->phase. False: more bytes are needed.
 */
bool httpd_take(struct httpd_conn *c);

/* Let go of the memory of what was served. */
void httpd_take_release(struct httpd_conn *c);

#endif
