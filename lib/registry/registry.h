/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry: reads image configurations from registries that speak the Docker
 * Registry HTTP API v2 (OCI distribution specification 1.1), many at a time.
 */
#ifndef FG_REGISTRY_REGISTRY_H
#define FG_REGISTRY_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "imageref/imageref.h"
#include "oci/oci.h"

/* HOST below is as in a reference: "docker.io", "h.example:5000". */
struct registry_config {
	const char *const *mirrors; /* "HOST=URL" or "*=URL" */
	size_t n_mirrors;
	const char *const *plain_http; /* HOST: http instead of https */
	size_t n_plain_http;
	const char *const *trust_realm; /* HOST: may be given credentials */
	size_t n_trust_realm;
	const char *ca;            /* PEM file instead of the system's CAs */
	const char *docker_config; /* directory of config.json; NULL: default */
	unsigned parallel;         /* requests at a time; 0: 8 */
	unsigned timeout;          /* s, of one request; 0: 30 */

	/*
	 * A registry's own warning to its users, printable ASCII, called from
	 * registry_run() a few times per host at the most; may be NULL.
	 */
	void (*warning)(void *arg, const char *host, const char *text);
	void *warning_arg;
};

struct registry; /* opaque */

#define cleanup_registry __attribute__((cleanup(registry_freep)))

/*
 * Read the options and the credentials, load libcurl. cfg must outlive *ret.
 * ERR_USAGE: a mirror or host is malformed; ERR_PERM: unreadable files.
 */
int registry_new(
    const struct registry_config *cfg, struct registry **ret, struct err *e);
void registry_free(struct registry *r);
void registry_freep(struct registry **r);

/*
 * One image to find. The first part is the caller's; done() is called once,
 * from registry_run() or registry_add(), with the rest filled in; strings are
 * in the pull's arena.
 */
struct registry_pull {
	struct imageref ref;
	struct oci_platform platform;
	const char *known; /* digest that the tag had; NULL: GET at once */
	struct arena *arena;
	void (*done)(struct registry_pull *p);
	void *arg;

	int r; /* 0, or a negative errno with err set */
	struct err err;
	bool same; /* the tag still leads to `known`; nothing else is set */
	struct oci_found found; /* texts: until done() returns */
	struct oci_config config;

	void *state; /* the module's own */
};

/* Take p on; it must stay where it is until its done(). */
void registry_add(struct registry *r, struct registry_pull *p);

/* Work until every pull is done. Pulls may be added from done(). */
int registry_run(struct registry *r, struct err *e);

#endif
