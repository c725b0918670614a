/* SPDX-License-Identifier: Apache-2.0 */
/* wire: what sidecars ask for, but for policies (wire_policy.h). */
#ifndef FG_CONSOLE_WIRE_H
#define FG_CONSOLE_WIRE_H

struct request;

void wire_enrol(struct request *r);
void wire_renew(struct request *r);
void wire_status(struct request *r);
void wire_audits(struct request *r);

#endif
