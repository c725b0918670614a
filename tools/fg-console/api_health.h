/* SPDX-License-Identifier: Apache-2.0 */
/* api_health: for load balancers and Prometheus. */
#ifndef FG_CONSOLE_API_HEALTH_H
#define FG_CONSOLE_API_HEALTH_H

struct request;

void api_health_ask(struct request *r);
void api_health_metrics(struct request *r);

#endif
