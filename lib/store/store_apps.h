/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_apps: the tasks that were seen: an app, and the boot of the sidecar,
 * since all tasks of a definition have the same App ID.
 */
#ifndef FG_STORE_STORE_APPS_H
#define FG_STORE_STORE_APPS_H

#include "store.h"

enum {
	STORE_CONTAINERS_MAX = 64 * 1024, /* bytes of `containers` */
	STORE_TASKS_MAX = 10000           /* of one App ID */
};

struct store_app {
	struct str app, boot;
	struct str containers;     /* JSON, as the sidecar told it */
	struct str version;        /* of the sidecar */
	struct str address;        /* that it came from last */
	int64_t first_ms, last_ms; /* seen */
	uint64_t runtime_version, waas_version; /* of its policies; 0: none */
	uint64_t policy_age_s;
	uint64_t lost, spooled; /* events, of this boot so far, and now */
};

/*
 * Keep what is known of a task now; first_ms counts only the first time. Past
 * STORE_TASKS_MAX of an App ID the one that was not seen for the longest is
 * forgotten, as a sidecar may make up as many boots as it likes.
 */
int store_app_put(struct store *s, const struct store_app *app, struct err *e);

/* 1; 0: there is none. */
int store_app_get(struct store *s, struct str app, struct str boot,
    struct arena *a, struct store_app *ret, struct err *e);

/* Where a list goes on: behind this app and boot; empty: at the start. */
struct store_app_key {
	struct str app, boot;
};

/*
 * Up to limit (1 to STORE_LIST_MAX) tasks last seen at since_ms or later, by
 * app and boot. pattern: of the App ID, with '*' at the ends, either case;
 * empty: all.
 */
int store_app_list(struct store *s, struct str pattern, int64_t since_ms,
    struct store_app_key after, uint32_t limit, struct arena *a,
    struct store_app **ret, size_t *n, struct err *e);

/* How many there are that were seen at since_ms or later. */
int store_app_count(
    struct store *s, int64_t since_ms, uint64_t *ret, struct err *e);

#endif
