/* SPDX-License-Identifier: Apache-2.0 */
/* warning: what a registry wants its users to read. */
#ifndef FG_REGISTRY_WARNING_H
#define FG_REGISTRY_WARNING_H

#include "base/buf.h"
#include "registry_state.h"

enum {
	REGISTRY_WARNING_MAX = 256, /* bytes of one text, the NUL included */
	REGISTRY_WARNINGS_MAX = 4,  /* of one host */
};

/*
 * The text of a Warning header (RFC 7234 section 5.5) of code 299, the one
 * that the OCI distribution specification has. What is not printable ASCII is
 * written as \xNN, and a long text is cut. False: another code, or malformed.
 */
bool registry_warning_text(struct str value, char text[REGISTRY_WARNING_MAX]);

/*
 * Tell cfg->warning what the answer warns of, the first one of the host that
 * does; the others will say the same.
 */
void registry_warning_tell(const struct registry_config *cfg,
    struct registry_host *host, const struct client_call *call);

#endif
