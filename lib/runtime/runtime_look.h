/* SPDX-License-Identifier: Apache-2.0 */
/* runtime_look: one event while it is judged. Inside runtime only. */
#ifndef FG_RUNTIME_RUNTIME_LOOK_H
#define FG_RUNTIME_RUNTIME_LOOK_H

#include "policy/policy_rule.h"
#include "runtime.h"
#include "runtime_program.h"

enum { RUNTIME_WHAT_MAX = 96 };

struct runtime_look {
	const struct policy *p;
	struct runtime_state *st;
	const struct event *ev;
	struct runtime_program program; /* of EVENT_EXEC */
	enum policy_effect effect;      /* of the detection that is asked */

	/* A check that says yes may fill these. */
	struct str what; /* %what of its message */
	struct str title;
	enum event_severity severity;
	char room[RUNTIME_WHAT_MAX]; /* for what */
};

/* Does the detection apply? */
#define RUNTIME_CHECK(name) bool runtime_check_##name(struct runtime_look *l)

/* runtime_process.c */
RUNTIME_CHECK(denied_process);
RUNTIME_CHECK(not_allowed_process);
RUNTIME_CHECK(any_process);
RUNTIME_CHECK(modified_process);
RUNTIME_CHECK(altered_binary);
RUNTIME_CHECK(fileless_process);
RUNTIME_CHECK(tmpfs_process);
RUNTIME_CHECK(loader_exec);
RUNTIME_CHECK(setuid_process);
RUNTIME_CHECK(suspicious_elf);
RUNTIME_CHECK(packed_binary);
RUNTIME_CHECK(first_sight); /* of the program, for this detection */
RUNTIME_CHECK(ptrace);
RUNTIME_CHECK(always);
/* runtime_tool.c */
RUNTIME_CHECK(crypto_miner);
RUNTIME_CHECK(reverse_shell);
RUNTIME_CHECK(web_shell);
RUNTIME_CHECK(package_manager);
RUNTIME_CHECK(network_tool);
RUNTIME_CHECK(lateral_movement);
/* runtime_network.c */
RUNTIME_CHECK(denied_ip);
RUNTIME_CHECK(not_allowed_ip);
RUNTIME_CHECK(denied_outbound_port);
RUNTIME_CHECK(not_allowed_outbound_port);
RUNTIME_CHECK(denied_listening_port);
RUNTIME_CHECK(not_allowed_listening_port);
RUNTIME_CHECK(raw_socket);
RUNTIME_CHECK(kernel_socket);
RUNTIME_CHECK(metadata_access);
RUNTIME_CHECK(internal_port);
RUNTIME_CHECK(denied_domain);
RUNTIME_CHECK(not_allowed_domain);
RUNTIME_CHECK(mining_pool);
RUNTIME_CHECK(port_scan); /* runtime_scan.c */
/* runtime_file.c */
RUNTIME_CHECK(denied_file);
RUNTIME_CHECK(not_allowed_file);
RUNTIME_CHECK(backdoor_account);
RUNTIME_CHECK(backdoor_ssh);
RUNTIME_CHECK(backdoor_cron);
RUNTIME_CHECK(backdoor_preload);
RUNTIME_CHECK(backdoor_startup);
RUNTIME_CHECK(new_executable);
RUNTIME_CHECK(setuid_file);
RUNTIME_CHECK(log_clearing);
RUNTIME_CHECK(release_agent);

/*
 * The first rule of the section that applies: its effect, with title set, or
 * POLICY_DISABLE (runtime_rule.c).
 */
enum policy_effect runtime_process_rules(struct runtime_look *l);
enum policy_effect runtime_network_rules(struct runtime_look *l);
enum policy_effect runtime_file_rules(struct runtime_look *l);

/*
 * text with its macros replaced (fg-policy(5), MESSAGES), cut at
 * RUNTIME_MSG_MAX (runtime_message.c).
 */
struct str runtime_message(
    const struct runtime_look *l, struct str form, char to[RUNTIME_MSG_MAX]);

#endif
