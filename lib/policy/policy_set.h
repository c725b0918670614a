/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_set: lists of names, paths, domains, addresses and ports, compiled so
 * that a look at one of ten thousand entries costs some ten nanoseconds. All
 * memory is of the arena that built them; looking takes none. What is put in
 * is copied; of lists of strings the order (and the items) are spoilt. A set
 * of zeros is the empty one. 0 or -ENOMEM.
 */
#ifndef FG_POLICY_POLICY_SET_H
#define FG_POLICY_POLICY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "ip/ip.h"

/* Whole strings: a hash table. */
struct policy_set {
	const struct str *items;
	size_t n;
	const uint32_t *slots; /* index of an item, plus one; 0: free */
	uint32_t mask;         /* number of slots, less one */
};

int policy_set_make(
    struct arena *a, const struct str *from, size_t n, struct policy_set *ret);
bool policy_set_has(const struct policy_set *s, struct str text);

/* Programs: by name ("nc"), by path ("/usr/bin/nc"), by glob. */
struct policy_names {
	struct policy_set names, paths;
	const struct str *globs; /* against the path; of a name: any folder */
	size_t n_globs;
	size_t n; /* entries in all */
};

int policy_names_make(
    struct arena *a, struct str *items, size_t n, struct policy_names *ret);
/* path is a path, or a name alone. */
bool policy_names_has(const struct policy_names *s, struct str path);

/* Files: a path, with all that lies below it, or a glob. */
struct policy_paths {
	struct policy_set paths;
	const struct str *globs;
	size_t n_globs;
	size_t n;
};

int policy_paths_make(
    struct arena *a, struct str *items, size_t n, struct policy_paths *ret);
bool policy_paths_has(const struct policy_paths *s, struct str path);

/*
 * Domains: "example.com"; "*.example.com": all names below. Of several '*' the
 * last one counts, as with the vendor: "a.*.example.com" is "*.example.com".
 */
struct policy_domains {
	struct policy_set names, parents;
	const struct str *ends; /* "*ample.com", without the star */
	size_t n_ends;
	bool all; /* "*" */
	size_t n;
};

int policy_domains_make(
    struct arena *a, struct str *items, size_t n, struct policy_domains *ret);
/* domain: lower case, no final dot. */
bool policy_domains_has(const struct policy_domains *s, struct str domain);

/* Addresses: sorted ranges that do not touch. */
struct policy_range4 {
	uint32_t from, to; /* host order, both inclusive */
};
struct policy_range6 {
	uint8_t from[16], to[16];
};
struct policy_nets {
	const struct policy_range4 *v4;
	const struct policy_range6 *v6;
	size_t n_v4, n_v6;
	size_t n; /* prefixes before they were merged */
};

int policy_nets_make(struct arena *a, const struct ip_prefix *from, size_t n,
    struct policy_nets *ret);
bool policy_nets_has(const struct policy_nets *s, const struct ip *ip);

/* Ports: sorted ranges that do not touch. */
struct policy_port_range {
	uint16_t from, to; /* both inclusive */
};
struct policy_ports {
	const struct policy_port_range *ranges;
	size_t n;
};

int policy_ports_make(struct arena *a, const struct policy_port_range *from,
    size_t n, struct policy_ports *ret);
bool policy_ports_has(const struct policy_ports *s, uint16_t port);

#endif
