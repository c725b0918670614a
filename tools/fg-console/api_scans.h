/* SPDX-License-Identifier: Apache-2.0 */
/* api_scans: what images hold: asked for, and looked up. */
#ifndef FG_CONSOLE_API_SCANS_H
#define FG_CONSOLE_API_SCANS_H

struct request;

void api_scans_list(struct request *r);
void api_scans_add(struct request *r);
void api_scans_entrypoint(struct request *r);

#endif
