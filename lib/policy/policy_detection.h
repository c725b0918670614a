/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_detection: what can be wrong with an event, one row each: its id, who
 * switches it on, what it has to see, how grave it is. fg-policy(5) has an
 * entry for every id; lib/runtime has the checks.
 */
#ifndef FG_POLICY_POLICY_DETECTION_H
#define FG_POLICY_POLICY_DETECTION_H

#include "base/str.h"
#include "event/event.h"

/* The file events that change something: all but READ. */
#define POLICY_CHANGES                                                         \
	(EVENT_BIT(EVENT_OPEN) | EVENT_BIT(EVENT_CREATE) |                     \
	    EVENT_BIT(EVENT_MKDIR) | EVENT_BIT(EVENT_MKNOD) |                  \
	    EVENT_BIT(EVENT_UNLINK) | EVENT_BIT(EVENT_TRUNCATE) |              \
	    EVENT_BIT(EVENT_CHMOD) | EVENT_BIT(EVENT_CHOWN) |                  \
	    EVENT_BIT(EVENT_SETXATTR) | EVENT_BIT(EVENT_RENAME) |              \
	    EVENT_BIT(EVENT_LINK) | EVENT_BIT(EVENT_SYMLINK))

/* In the order of gravity. ALLOW is for rules: nothing more is looked at. */
enum policy_effect {
	POLICY_ALLOW = -1,
	POLICY_DISABLE,
	POLICY_ALERT,
	POLICY_PREVENT,
	POLICY_BLOCK
};

enum policy_section {
	POLICY_PROCESSES,
	POLICY_NETWORK,
	POLICY_DNS,
	POLICY_FILESYSTEM,
	POLICY_SECTIONS
};

/* The order is that of the table in policy_detection.c. */
enum policy_detection {
	POLICY_CUSTOM_RULE,
	/* processes */
	POLICY_PROCESS_RULE,
	POLICY_DENIED_PROCESS,
	POLICY_NOT_ALLOWED_PROCESS,
	POLICY_ANY_PROCESS,
	POLICY_MODIFIED_PROCESS,
	POLICY_ALTERED_BINARY,
	POLICY_FILELESS_PROCESS,
	POLICY_TMPFS_PROCESS,
	POLICY_LOADER_EXEC,
	POLICY_CRYPTO_MINER,
	POLICY_MINING_POOL,
	POLICY_REVERSE_SHELL,
	POLICY_WEB_SHELL,
	POLICY_SETUID_PROCESS,
	POLICY_SETUID_FILE,
	POLICY_PACKAGE_MANAGER,
	POLICY_NETWORK_TOOL,
	POLICY_LATERAL_MOVEMENT,
	POLICY_ENTERED_PROCESS,
	POLICY_PTRACE,
	POLICY_DEFENDER_ATTACK,
	POLICY_MOUNT,
	POLICY_NAMESPACE,
	POLICY_KERNEL_MODULE,
	POLICY_BPF,
	POLICY_IO_URING,
	POLICY_FOREIGN_ABI,
	/* network */
	POLICY_NETWORK_RULE,
	POLICY_DENIED_IP,
	POLICY_NOT_ALLOWED_IP,
	POLICY_DENIED_OUTBOUND_PORT,
	POLICY_NOT_ALLOWED_OUTBOUND_PORT,
	POLICY_DENIED_LISTENING_PORT,
	POLICY_NOT_ALLOWED_LISTENING_PORT,
	POLICY_PORT_SCAN,
	POLICY_RAW_SOCKET,
	POLICY_KERNEL_SOCKET,
	POLICY_METADATA_ACCESS,
	POLICY_INTERNAL_PORT,
	/* dns */
	POLICY_DENIED_DOMAIN,
	POLICY_NOT_ALLOWED_DOMAIN,
	/* filesystem */
	POLICY_FILE_RULE,
	POLICY_DENIED_FILE,
	POLICY_NOT_ALLOWED_FILE,
	POLICY_BACKDOOR_ACCOUNT,
	POLICY_BACKDOOR_SSH,
	POLICY_BACKDOOR_CRON,
	POLICY_BACKDOOR_PRELOAD,
	POLICY_BACKDOOR_STARTUP,
	POLICY_NEW_EXECUTABLE,
	POLICY_SUSPICIOUS_ELF,
	POLICY_PACKED_BINARY,
	POLICY_LOG_CLEARING,
	POLICY_RELEASE_AGENT,
	POLICY_DETECTIONS
};

/* The vendor's switches, and ours; given as true or false, or not at all. */
enum policy_switch {
	POLICY_BLOCK_ALL_BINARIES,
	POLICY_CHECK_CRYPTO_MINERS,
	POLICY_CHECK_LATERAL_MOVEMENT,
	POLICY_CHECK_NEW_BINARIES,
	POLICY_SKIP_MODIFIED,
	POLICY_CHECK_PARENT_CHILD,
	POLICY_CHECK_SUID_BINARIES,
	POLICY_SKIP_REVERSE_SHELL,
	POLICY_DETECT_PORT_SCAN,
	POLICY_SKIP_RAW_SOCKETS,
	POLICY_CLOUD_METADATA,
	POLICY_BACKDOOR_FILES,
	POLICY_CHECK_NEW_FILES,
	POLICY_SKIP_ENCRYPTED_BINARIES,
	POLICY_SUSPICIOUS_ELF_HEADERS,
	POLICY_SKIP_EXEC_SESSIONS,
	POLICY_SWITCHES
};

/* What makes a detection active while its section has an effect. */
enum policy_source {
	POLICY_BY_LIST,   /* its list or rules are given */
	POLICY_BY_CHECK,  /* its switch is true */
	POLICY_BY_SKIP,   /* its switch is not true */
	POLICY_BY_EITHER, /* its switch does not switch it off */
	POLICY_ALWAYS,
	POLICY_ASKED /* only by "detections" */
};

struct policy_detection_row {
	const char *id;
	enum policy_section section;
	enum policy_source source;
	enum policy_switch by; /* of the sources that have one */
	bool skips; /* EITHER: the switch is of the kind that switches off */
	/*
	 * The vendor's policies do not speak of it, so that by default it
	 * alerts at most.
	 */
	bool alert;
	/* What it must see, and what it looks at when it is seen anyhow. */
	event_set events, also;
	enum event_severity severity;
	const char *attack[EVENT_ATTACKS_MAX]; /* NULL after the last */
	const char *msg; /* with the macros of fg-policy(5) */
};

/* POLICY_DETECTIONS rows. */
extern const struct policy_detection_row policy_detections[];

/* POLICY_DETECTIONS when there is none of that id. */
enum policy_detection policy_detection_of(struct str id);

#endif
