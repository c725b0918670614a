/* SPDX-License-Identifier: Apache-2.0 */
/* Whom may a registry send its clients to? */
#include <errno.h>

#include "token.h"

/* Public registries whose token server has another name. */
static const struct {
	const char *registry, *realm;
} pairs[] = {
    {"registry-1.docker.io", "auth.docker.io"},
    {"registry.gitlab.com", "gitlab.com"},
};

static bool
is_pair(const struct url *host, const struct url *realm)
{
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		if (host->tls && realm->tls &&
		    url_is_host(host, str_of(pairs[i].registry)) &&
		    url_is_host(realm, str_of(pairs[i].realm)))
			return true;
	}
	return false;
}

int
registry_realm_check(const struct url *host, const struct url *realm,
    const char *const *trust, size_t n, struct err *e)
{
	if (host->tls && !realm->tls)
		return err_set(e, ERR_PERM, EPERM,
		    "its token server is http://%s, without TLS: refused",
		    realm->host);
	if (url_same_origin(host, realm) || is_pair(host, realm))
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (url_is_host(realm, str_of(trust[i])))
			return 0;
	}
	return err_set(e, ERR_PERM, EPERM,
	    "its token server is on another host: --trust-realm %s:%u if it "
	    "may be given credentials",
	    realm->host, realm->port);
}
