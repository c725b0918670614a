/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers: whose container is which, from the task metadata endpoint
 * (version 4; docs.aws.amazon.com, "Amazon ECS task metadata endpoint"). What
 * a container says of itself counts only where that is not there.
 */
#ifndef FG_SIDECAR_CONTAINERS_H
#define FG_SIDECAR_CONTAINERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "httpc/httpc.h"

enum {
	CONTAINERS_MAX = 64, /* a task has ten */
	CONTAINERS_TEXT = 512,
	CONTAINERS_WAIT_MS = 2000, /* so long a hello waits for an answer */
};

struct container {
	char name[CONTAINERS_TEXT], image[CONTAINERS_TEXT];
	char digest[CONTAINERS_TEXT];
	unsigned live;              /* how many say that they are it */
	char boot[CONTAINERS_TEXT]; /* of the last of them */
};

struct containers {
	struct httpc *http; /* NULL: there is no endpoint */
	struct httpc_call call;
	char path[CONTAINERS_TEXT];
	struct container list[CONTAINERS_MAX];
	size_t n;
	uint64_t answers, failures; /* so far, of the endpoint */
	int64_t again_ms;           /* not to be asked before */
};

/* uri is ECS_CONTAINER_METADATA_URI_V4; NULL or "": none. ERR_PERM. */
int containers_open(struct containers *c, const char *uri, struct err *e);
void containers_free(struct containers *c);

/* NULL: not known (yet). */
struct container *containers_find(struct containers *c, struct str name);

/* Add one that is not known by the endpoint; NULL: no room. */
struct container *containers_add(
    struct containers *c, struct str name, struct str image, struct str digest);

/* How often it was asked for, with what is under way. */
uint64_t containers_asked(const struct containers *c);

/* Ask for the list, unless that is under way or was just done. */
void containers_ask(struct containers *c, int64_t now_ms);

#endif
