/* SPDX-License-Identifier: Apache-2.0 */
/* httpd_step: what comes next on a connection. */
#ifndef FG_HTTPD_HTTPD_STEP_H
#define FG_HTTPD_HTTPD_STEP_H

#include "httpd_conn.h"

/* Take one step. False: it waits, and what for is arranged. */
bool httpd_step(struct httpd_conn *c);

/* An event while the caller has the request. */
void httpd_step_waiting(struct httpd_conn *c, uint32_t events);

#endif
