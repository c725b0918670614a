/* SPDX-License-Identifier: Apache-2.0 */
#include "registry.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "auth.h"
#include "fetch.h"
#include "registry_state.h"

enum { ARENA_MAX = 64 * 1024 * 1024 };

static int
setup(struct registry *r, struct err *e)
{
	const struct registry_config *cfg = r->cfg;
	int code;

	if (getrandom(&r->random, sizeof r->random, GRND_NONBLOCK) !=
		(ssize_t)sizeof r->random ||
	    r->random == 0)
		r->random = 1;
	code =
	    registry_logins_load(r->arena, cfg->docker_config, &r->logins, e);
	if (code == 0)
		code = registry_hosts_setup(r, e);
	r->client_cfg.ca = cfg->ca;
	r->client_cfg.parallel = cfg->parallel;
	r->client_cfg.timeout = cfg->timeout;
	return code != 0 ? code : client_new(&r->client_cfg, &r->client, e);
}

int
registry_new(
    const struct registry_config *cfg, struct registry **ret, struct err *e)
{
	cleanup_registry struct registry *r = calloc(1, sizeof *r);
	int code;

	if (r == NULL)
		return err_nomem(e);
	r->cfg = cfg;
	r->arena = arena_new(ARENA_MAX);
	if (r->arena == NULL)
		return err_nomem(e);
	code = setup(r, e);
	if (code != 0)
		return code;
	*ret = r;
	r = NULL;
	return 0;
}

static void
wipe(struct str s)
{
	/* In the arena: ours to write. */
	for (volatile char *p = (volatile char *)(uintptr_t)s.p; s.n > 0; s.n--)
		*p++ = '\0';
}

void
registry_free(struct registry *r)
{
	if (r == NULL)
		return;
	client_free(r->client); /* first: its calls are in what follows */
	registry_fetch_free_all(r);
	for (struct registry_host *h = r->hosts; h != NULL; h = h->next)
		h->auth->free_state(h);
	for (size_t i = 0; i < r->logins.n; i++) {
		wipe(r->logins.items[i].password);
		wipe(r->logins.items[i].identity_token);
	}
	arena_free(r->arena);
	free(r);
}

void
registry_freep(struct registry **r)
{
	registry_free(*r);
	*r = NULL;
}

int
registry_run(struct registry *r, struct err *e)
{
	return client_run(r->client, e);
}
