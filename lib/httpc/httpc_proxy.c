/* SPDX-License-Identifier: Apache-2.0 */
/* Which proxy the environment names, as libcurl understands it. */
#include <stdlib.h>

#include "http1/http1.h"
#include "httpc.h"
#include "ip/ip.h"
#include "url/url.h"

static const char *
variable(const char *small, const char *large)
{
	const char *value = getenv(small);

	if (value == NULL || value[0] == '\0')
		value = getenv(large);
	return value == NULL || value[0] == '\0' ? NULL : value;
}

/* "example.com" and ".example.com" are that name and all below it. */
static bool
is_below(struct str host, struct str name)
{
	if (str_starts(name, "."))
		name = str_sub(name, 1, name.n);
	if (name.n == 0 || host.n < name.n ||
	    !http1_same(str_sub(host, host.n - name.n, host.n), name))
		return false;
	return host.n == name.n || host.p[host.n - name.n - 1] == '.';
}

static bool
is_listed(struct str host, struct str entry)
{
	struct ip_prefix prefix;
	struct ip ip;

	if (str_eqz(entry, "*"))
		return true;
	if (str_starts(host, "["))
		host = str_sub(host, 1, host.n - 1);
	if (ip_parse(host, &ip))
		return ip_parse_prefix(entry, &prefix) && ip_in(&ip, &prefix);
	return is_below(host, entry);
}

const char *
httpc_proxy_of(const char *url)
{
	struct str rest = str_of(variable("no_proxy", "NO_PROXY"));
	const char *proxy = variable("https_proxy", "HTTPS_PROXY");
	struct url u;

	if (proxy == NULL)
		proxy = variable("all_proxy", "ALL_PROXY");
	if (proxy == NULL || url_parse(str_of(url), &u, NULL) != 0 || !u.tls)
		return NULL;
	while (rest.n > 0) {
		size_t n = 0;

		while (n < rest.n && rest.p[n] != ',' && rest.p[n] != ' ')
			n++;
		if (is_listed(str_of(u.host), str_sub(rest, 0, n)))
			return NULL;
		rest = str_sub(rest, n + 1, rest.n);
	}
	return proxy;
}
