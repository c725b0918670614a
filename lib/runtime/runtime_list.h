/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runtime_list: names that mean something, sorted, so that they are found by
 * halving. Inside runtime only.
 */
#ifndef FG_RUNTIME_RUNTIME_LIST_H
#define FG_RUNTIME_RUNTIME_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct runtime_list {
	const char *const *names; /* in the order of strcmp(3) */
	size_t n;
};

bool runtime_list_has(const struct runtime_list *list, struct str name);

/* One that text begins with ("python3.11" with "python"), or NULL. */
const char *runtime_list_prefix(
    const struct runtime_list *list, struct str text);

/* One that stands somewhere in text, or NULL. */
const char *runtime_list_within(
    const struct runtime_list *list, struct str text);

/* Is domain one of the names, or below one? */
bool runtime_list_domain(const struct runtime_list *list, struct str domain);

extern const struct runtime_list runtime_list_shells;
extern const struct runtime_list runtime_list_multicall;
extern const struct runtime_list runtime_list_interpreters; /* prefixes */
extern const struct runtime_list runtime_list_servers;
extern const struct runtime_list runtime_list_miners;
extern const struct runtime_list runtime_list_miner_options; /* prefixes */
extern const struct runtime_list runtime_list_miner_words;   /* within argv */
extern const struct runtime_list runtime_list_pools;         /* domains */
extern const struct runtime_list runtime_list_network_tools;
extern const struct runtime_list runtime_list_lateral_tools;

/* For tests: every list is in order. */
extern const struct runtime_list *const runtime_list_sorted[];
extern const size_t runtime_list_sorted_n;

#endif
