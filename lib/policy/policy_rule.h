/* SPDX-License-Identifier: Apache-2.0 */
/* policy_rule: what a policy is once it is compiled, for lib/runtime. */
#ifndef FG_POLICY_POLICY_RULE_H
#define FG_POLICY_POLICY_RULE_H

#include "custom/custom.h"
#include "ere/ere.h"
#include "policy.h"
#include "policy_detection.h"
#include "policy_set.h"

/*
 * Rules of a section are looked at in their order; the first whose conditions
 * all hold decides. A condition that is not given (n is 0, NULL) holds.
 */
struct policy_process_rule {
	struct str title; /* "name" of the rule, or of the policy's rule */
	enum policy_effect effect;
	struct policy_names programs; /* path, name */
	struct policy_names parents;  /* the direct parent */
	struct policy_names sources;  /* fromSource: any ancestor */
	struct policy_set hashes;     /* sha256, lower case */
	const uint32_t *uids;
	size_t n_uids;
	const struct ere *args; /* against the words, joined by blanks */
};

enum policy_direction {
	POLICY_OUTBOUND = 1 << 0,
	POLICY_INBOUND = 1 << 1,
	POLICY_LISTEN = 1 << 2,
};

struct policy_network_rule {
	struct str title;
	enum policy_effect effect;
	unsigned directions; /* POLICY_OUTBOUND | … */
	struct policy_nets nets;
	struct policy_ports ports;
	uint8_t protocol;            /* IPPROTO_*, 0: any */
	struct policy_names sources; /* the program that acts */
};

struct policy_file_rule {
	struct str title;
	enum policy_effect effect;
	event_set ops;
	struct policy_paths paths;
	struct str dir; /* without '/' at its end; .p NULL: none */
	bool recursive;
	struct policy_names sources;
};

struct policy_custom {
	struct str title, msg; /* msg may be empty */
	enum policy_effect effect;
	bool incident;
	event_set events;
	const struct custom *script;
	struct str attack[EVENT_ATTACKS_MAX];
	size_t n_attack;
};

struct policy {
	struct str name; /* of the rule that was taken */
	struct str tier;
	int64_t version;

	struct policy_names denied_processes, allowed_processes;
	struct policy_nets denied_ips, allowed_ips;
	struct policy_ports denied_out, allowed_out;
	struct policy_ports denied_listen, allowed_listen;
	struct policy_ports internal;
	struct policy_domains denied_domains, allowed_domains;
	struct policy_paths denied_files, allowed_files;

	const struct policy_process_rule *process_rules;
	const struct policy_network_rule *network_rules;
	const struct policy_file_rule *file_rules;
	const struct policy_custom *customs;
	size_t n_process_rules, n_network_rules, n_file_rules, n_customs;

	enum policy_effect effects[POLICY_DETECTIONS];
	struct policy_names except[POLICY_DETECTIONS]; /* programs */

	/* By event: bit 1 << enum policy_detection. */
	uint64_t active[EVENT_LIFECYCLE];
	event_set watches, prevents;
	bool hash;
};

/* The events of a rule's directions. */
event_set policy_direction_events(unsigned directions);

/*
 * Bounds beyond POLICY_TEXT_MAX: entries of all lists together, rules of one
 * section, words of `detections` and `customRules`.
 */
enum { POLICY_ENTRIES_MAX = 65536, POLICY_RULES_MAX = 1024 };

#endif
