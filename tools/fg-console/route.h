/* SPDX-License-Identifier: Apache-2.0 */
/* route: what there is to be asked for, and who may (fg-api(7)). */
#ifndef FG_CONSOLE_ROUTE_H
#define FG_CONSOLE_ROUTE_H

#include <stddef.h>

#include "http1/http1.h"
#include "scope.h"

enum { ROUTE_ARGS_MAX = 2, ROUTE_SEGMENT_MAX = 600 };

struct request;

enum route_auth {
	ROUTE_TOKEN,    /* an API token with `scope` */
	ROUTE_LOOPBACK, /* the same, or anybody on this machine */
	ROUTE_SECRET,   /* an enrolment secret */
	ROUTE_SIDECAR,  /* a certificate */
	ROUTE_OPEN
};

struct route {
	enum http1_method method; /* GET is HEAD, too */
	const char *path;         /* "/a/{}/b" */
	enum route_auth auth;
	enum scope scope;
	size_t body_max;   /* bytes; 0: none */
	const char *query; /* names that are taken: "from|to"; NULL: none */
	const char *many;  /* those that may be there again; NULL: none */
	void (*serve)(struct request *r);
	int kind; /* for what serves more than one */
};

/* All of them; the last one has no path. */
extern const struct route route_table[];

/*
 * The route, with what stands for each {} (not decoded) in args. NULL: none;
 * *others is then true when the path is there with other methods.
 */
const struct route *route_find(enum http1_method method, struct str path,
    struct str args[ROUTE_ARGS_MAX], bool *others);

#endif
