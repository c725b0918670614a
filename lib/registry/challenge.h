/* SPDX-License-Identifier: Apache-2.0 */
/* challenge: what a 401 answer asks for (RFC 9110 section 11.6.1). */
#ifndef FG_REGISTRY_CHALLENGE_H
#define FG_REGISTRY_CHALLENGE_H

#include <stdbool.h>

#include "base/str.h"

enum {
	REGISTRY_REALM_MAX = 2048,
	REGISTRY_SERVICE_MAX = 512,
	REGISTRY_SCOPE_MAX = 2048,
};

struct registry_challenge {
	bool basic;  /* Basic was among them */
	bool bearer; /* Bearer with a realm was: the first is below */
	char realm[REGISTRY_REALM_MAX];
	char service[REGISTRY_SERVICE_MAX]; /* may be empty */
	char scope[REGISTRY_SCOPE_MAX];     /* may be empty */
};

/*
 * Add the challenges of one WWW-Authenticate header to *c, which starts all
 * zero. Schemes in any case; schemes that nobody knows are passed over; what
 * is malformed ends the header, and a Bearer challenge with an overlong or
 * unprintable value does not count.
 */
void registry_challenge_add(struct registry_challenge *c, struct str header);

#endif
