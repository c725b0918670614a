/* SPDX-License-Identifier: Apache-2.0 */
/* learn_state: what was learnt, before it is text. Inside learn only. */
#ifndef FG_LEARN_LEARN_STATE_H
#define FG_LEARN_LEARN_STATE_H

#include "ip/ip.h"
#include "jtree/jtree.h"
#include "learn.h"
#include "policy/policy_detection.h"
#include "runtime/runtime.h"

struct learn_list {
	struct arena *arena;
	struct str *items; /* room for max */
	size_t n, max;
	uint64_t dropped; /* that found no room */
};

/* A name in the tree of files. */
struct learn_node {
	struct str name;
	struct learn_node *up, *first, *next;
	unsigned files, dirs;  /* children that are changed; have children */
	bool made;             /* in this run */
	bool changed, touched; /* its content or name; only its attributes */
	bool all;              /* with everything below */
	bool stem;             /* name is the start of names */
};

struct learn_program {
	struct str path; /* may be a glob */
	struct str args; /* regular expression, or empty */
	bool named;      /* in the whitelist; else a rule */
	bool any_parent;
	struct str parents[LEARN_PARENTS_MAX];
	size_t n_parents;
};

struct learn_except {
	enum policy_detection which;
	struct str program;
};

struct learn_ports {
	uint8_t bits[65536 / 8];
};

/* A policy with one detection, and what that remembers. */
struct learn_detector {
	enum policy_detection which;
	const struct policy *policy;
	void *state;
};

struct learn {
	struct arena *arena;
	struct learn_node root;
	size_t n_nodes;
	struct learn_program *programs;
	size_t n_programs;
	struct ip_prefix *nets;
	size_t n_nets;
	struct learn_ports outbound, listening;
	struct learn_ports bound; /* asked for by number */
	struct learn_list domains;
	struct learn_except *excepts;
	size_t n_excepts;
	struct learn_detector detectors[POLICY_DETECTIONS];
	size_t n_detectors;
	uint64_t unlearnt; /* past a bound */
	bool changed;      /* by this event */

	/*
	 * The policy that is extended, or the empty one; its first rule, and
	 * what that has of lists that are not made anew.
	 */
	const struct jtree *given, *rule;
	struct learn_list files, attributes;
};

/* A copy in the arena; false, counted, when there is no room. */
bool learn_keep(struct learn *l, struct str *s);

/* Room in a for max strings; false: no memory. */
bool learn_list_init(struct learn_list *list, struct arena *a, size_t max);
/* Add a copy of s; false, counted, when there is no room. */
bool learn_list_add(struct learn_list *list, struct str s);
/* In order, each once. */
void learn_list_sort(struct learn_list *list);

/* For what lives as long as the caller's frame. */
struct learn_room {
	char text[EVENT_PATH_MAX];
};

/* As a policy takes it: what would be a glob, or no UTF-8, becomes '?'. */
struct str learn_literal(struct str path, struct learn_room *room);

/* ---- names (learn_name.c) ---- */

/* The span of a name that is a number or random: from *from to *to. */
bool learn_name_varies(struct str name, size_t *from, size_t *to);

/*
 * Of a name in a temporary directory, which goes for random more easily: the
 * span from *from to the end.
 */
bool learn_name_thrown(struct str name, size_t *from);

/* Directories where names are made to be thrown away. */
bool learn_name_temporary(struct str dir);

/* Directories of the system; a whole one is never allowed. */
bool learn_name_protected(struct str dir);

/* Such that can only be a directory. */
bool learn_name_directory(struct str path);

/* ---- what is learnt ---- */
void learn_file_add(struct learn *l, const struct event *ev);
/* So many bytes of path were there before this run. */
size_t learn_file_stable(const struct learn *l, struct str path);
/* Paths for the whitelist, and those of which only attributes change. */
void learn_file_list(const struct learn *l, struct learn_list *whole,
    struct learn_list *attributes);
/* A path that is allowed already, with all below. */
void learn_file_given(struct learn *l, struct str path);

void learn_program_add(struct learn *l, const struct event *ev);
/* How the program that acts is named in a list. */
struct str learn_program_name(const struct learn *l,
    const struct event_process *by, bool script, struct learn_room *room);
struct learn_program *learn_program_of(
    struct learn *l, struct str path, struct str args);
void learn_program_named(struct learn *l, struct str path);
void learn_program_parent(
    struct learn *l, struct learn_program *p, struct str parent);

void learn_network_add(struct learn *l, const struct event *ev);
void learn_network_net(struct learn *l, const struct ip_prefix *net);
void learn_network_nets(struct learn *l); /* near ones become one */
bool learn_ports_has(const struct learn_ports *p, unsigned port);
void learn_ports_add(
    struct learn *l, struct learn_ports *p, unsigned from, unsigned to);
/* Many that the kernel picks become its range. */
void learn_ports_range(struct learn *l, struct learn_ports *p);
void learn_domain_list(const struct learn *l, struct learn_list *to);

int learn_detect_init(struct learn *l, struct err *e);
void learn_detect_add(struct learn *l, const struct event *ev);
void learn_detect_except(
    struct learn *l, enum policy_detection which, struct str program);

/* Take over what l->rule allows (learn_read.c). */
int learn_read_rule(struct learn *l, struct err *e);
/* A rule of the form that is made here; else it is kept as it is. */
bool learn_read_program(
    const struct jtree *rule, struct str *path, struct str *args);
bool learn_read_attributes(const struct jtree *rule, struct str *path);

/* One JSON text, in lines: an item of a list each. */
void learn_pretty(const struct jtree *t, struct buf *out);

#endif
