/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_value: lists of strings, addresses and ports, read and compiled.
 * Inside policy only. Null and an empty array are the empty list.
 */
#ifndef FG_POLICY_POLICY_VALUE_H
#define FG_POLICY_POLICY_VALUE_H

#include "policy_reader.h"
#include "policy_set.h"

/* Call item for each of an array; for anything else once, with itself. */
void policy_each(struct policy_reader *r, const struct policy_at *at,
    void (*item)(
	struct policy_reader *r, const struct policy_at *at, void *dest),
    void *dest);

/* An integer from min to max; else noted. */
bool policy_integer(struct policy_reader *r, const struct policy_at *at,
    int64_t min, int64_t max, int64_t *ret);

/* Strings, or {"path": …} as in fromSource; added to what ret holds. */
void policy_add_names(struct policy_reader *r, const struct policy_at *at,
    struct policy_names *ret);
void policy_add_paths(struct policy_reader *r, const struct policy_at *at,
    struct policy_paths *ret);
void policy_add_domains(struct policy_reader *r, const struct policy_at *at,
    struct policy_domains *ret);
void policy_add_hashes(struct policy_reader *r, const struct policy_at *at,
    struct policy_set *ret);
void policy_add_nets(struct policy_reader *r, const struct policy_at *at,
    struct policy_nets *ret);

/*
 * 80, "80", "8000-8080", {"start":1,"end":9,"deny":true}; deny, -1 when it
 * does not matter, is what the list means.
 */
void policy_add_ports(struct policy_reader *r, const struct policy_at *at,
    int deny, struct policy_ports *ret);

#endif
