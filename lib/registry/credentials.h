/* SPDX-License-Identifier: Apache-2.0 */
/* credentials: the "auths" of Docker's config.json. */
#ifndef FG_REGISTRY_CREDENTIALS_H
#define FG_REGISTRY_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Strings end in NUL; empty ones were not given. */
struct registry_credentials {
	struct str host; /* as in references: "docker.io", "h:5000" */
	struct str user, password;
	struct str identity_token; /* goes instead of the password */
};

struct registry_logins {
	struct registry_credentials *items;
	size_t n;
	const char *path; /* of the file; for messages */
	bool helper;      /* it names a helper program; none is ever run */
};

/*
 * Parse a config.json; all in a. Keys are hosts, or URLs of an old form
 * ("https://index.docker.io/v1/" is docker.io); keys with another path are
 * left out, since they are for one repository only, and so is one with a NUL.
 * An entry without anything in it (its secret is with a helper program) is left
 * out too. ERR_PERM: malformed; the message holds none of the file's text.
 */
int registry_logins_parse(struct arena *a, struct str text,
    struct registry_logins *out, struct err *e);

/*
 * Read DIR/config.json; dir NULL: $DOCKER_CONFIG, else ~/.docker. No file is
 * no error, unless dir says where it should be.
 */
int registry_logins_load(struct arena *a, const char *dir,
    struct registry_logins *out, struct err *e);

/* Those for host, or NULL. Letters in either case. */
const struct registry_credentials *registry_logins_find(
    const struct registry_logins *logins, const char *host);

#endif
