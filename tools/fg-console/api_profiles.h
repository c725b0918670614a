/* SPDX-License-Identifier: Apache-2.0 */
/* api_profiles: GET /api/v1/profiles/app-embedded: the tasks that were seen. */
#ifndef FG_CONSOLE_API_PROFILES_H
#define FG_CONSOLE_API_PROFILES_H

struct request;

#define API_PROFILES_QUERY "appID|since|offset|limit"

void api_profiles_list(struct request *r);

#endif
