/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_draft.h"

#include "policy_likely.h"
#include "policy_value.h"

#define SWITCH(text, which)                                                    \
	{                                                                      \
		.name = (text), .kind = POLICY_BOOL,                           \
		.at = offsetof(struct policy_draft, switches) + (which)        \
	}
#define EFFECT(section)                                                        \
	{                                                                      \
		.name = "effect", .kind = POLICY_EFFECT,                       \
		.at = offsetof(struct policy_draft, sections) +                \
		      (section) * sizeof(enum policy_effect)                   \
	}
#define CALL(text, function)                                                   \
	{                                                                      \
		.name = (text), .kind = POLICY_CALL, .read = (function)        \
	}
/* A function that reads a list into a member of the policy. */
#define LIST(member, add)                                                      \
	static void read_##member(                                             \
	    struct policy_reader *r, const struct policy_at *at, void *dest)   \
	{                                                                      \
		struct policy_draft *d = dest;                                 \
		add(r, at, &d->p.member);                                      \
	}
#define PORTS(member, deny)                                                    \
	static void read_##member(                                             \
	    struct policy_reader *r, const struct policy_at *at, void *dest)   \
	{                                                                      \
		struct policy_draft *d = dest;                                 \
		policy_add_ports(r, at, deny, &d->p.member);                   \
	}

LIST(denied_processes, policy_add_names)
LIST(allowed_processes, policy_add_names)
LIST(denied_ips, policy_add_nets)
LIST(allowed_ips, policy_add_nets)
LIST(denied_domains, policy_add_domains)
LIST(allowed_domains, policy_add_domains)
LIST(denied_files, policy_add_paths)
LIST(allowed_files, policy_add_paths)
PORTS(denied_out, 1)
PORTS(allowed_out, 0)
PORTS(denied_listen, 1)
PORTS(allowed_listen, 0)
PORTS(internal, -1)

static const struct policy_member processes[] = {
    EFFECT(POLICY_PROCESSES),
    CALL("blacklist", read_denied_processes),
    CALL("whitelist", read_allowed_processes),
    CALL("rules", policy_draft_process_rules),
    SWITCH("blockAllBinaries", POLICY_BLOCK_ALL_BINARIES),
    SWITCH("checkCryptoMiners", POLICY_CHECK_CRYPTO_MINERS),
    SWITCH("checkLateralMovement", POLICY_CHECK_LATERAL_MOVEMENT),
    SWITCH("checkNewBinaries", POLICY_CHECK_NEW_BINARIES),
    SWITCH("skipModified", POLICY_SKIP_MODIFIED),
    SWITCH("checkParentChild", POLICY_CHECK_PARENT_CHILD),
    SWITCH("checkSuidBinaries", POLICY_CHECK_SUID_BINARIES),
    SWITCH("skipReverseShell", POLICY_SKIP_REVERSE_SHELL),
    {0},
};

static const struct policy_member network[] = {
    EFFECT(POLICY_NETWORK),
    CALL("blacklistIPs", read_denied_ips),
    CALL("whitelistIPs", read_allowed_ips),
    CALL("blacklistListeningPorts", read_denied_listen),
    CALL("whitelistListeningPorts", read_allowed_listen),
    CALL("blacklistOutboundPorts", read_denied_out),
    CALL("whitelistOutboundPorts", read_allowed_out),
    CALL("internalPorts", read_internal),
    CALL("rules", policy_draft_network_rules),
    SWITCH("detectPortScan", POLICY_DETECT_PORT_SCAN),
    SWITCH("skipRawSockets", POLICY_SKIP_RAW_SOCKETS),
    {.name = "skipModifiedProc", .kind = POLICY_KEPT},
    {0},
};

static const struct policy_member dns[] = {
    EFFECT(POLICY_DNS),
    CALL("blacklist", read_denied_domains),
    CALL("whitelist", read_allowed_domains),
    {0},
};

static const struct policy_member filesystem[] = {
    EFFECT(POLICY_FILESYSTEM),
    CALL("blacklist", read_denied_files),
    CALL("whitelist", read_allowed_files),
    CALL("rules", policy_draft_file_rules),
    SWITCH("backdoorFiles", POLICY_BACKDOOR_FILES),
    SWITCH("checkNewFiles", POLICY_CHECK_NEW_FILES),
    SWITCH("skipEncryptedBinaries", POLICY_SKIP_ENCRYPTED_BINARIES),
    SWITCH("suspiciousELFHeaders", POLICY_SUSPICIOUS_ELF_HEADERS),
    {0},
};

static void
read_processes(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	(void)policy_members(r, at, processes, dest);
}

static void
read_network(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	(void)policy_members(r, at, network, dest);
}

static void
read_dns(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	(void)policy_members(r, at, dns, dest);
}

static void
read_filesystem(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	(void)policy_members(r, at, filesystem, dest);
}

static void
read_tier(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct policy_draft *d = dest;
	struct str s = jtree_str(at->t);

	if (str_eqz(s, "full") || str_eqz(s, "exec") || str_eqz(s, "none"))
		d->p.tier = policy_keep_str(r, s);
	else
		policy_wrong(r, at, "not one of full, exec, none");
}

/* One member of "detections" in its long form. */
struct long_form {
	struct policy_draft *d;
	enum policy_detection which;
	enum policy_effect effect;
};

static void
read_except(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct long_form *f = dest;

	policy_add_names(r, at, &f->d->p.except[f->which]);
}

static const struct policy_member detection[] = {
    {.name = "effect",
	.kind = POLICY_EFFECT,
	.at = offsetof(struct long_form, effect)},
    CALL("except", read_except),
    {0},
};

static void
read_detection(
    struct policy_reader *r, const struct policy_at *at, struct policy_draft *d)
{
	enum policy_detection which = policy_detection_of(at->t->key);
	struct long_form f = {.d = d, .which = which, .effect = POLICY_ALLOW};

	if (which == POLICY_DETECTIONS) {
		policy_tell(r, at, POLICY_WARNING, "policy.unknown-detection",
		    "no detection of this name, kept; see fg-policy(5)");
		return;
	}
	if (at->t->kind == JSCAN_OBJECT)
		(void)policy_members(r, at, detection, &f);
	else if (!policy_effect_of(jtree_str(at->t), false, &f.effect))
		policy_wrong(r, at,
		    "neither one of disable, alert, prevent, block, nor an "
		    "object");
	if (f.effect == POLICY_ALLOW)
		return;
	d->effects[which] = f.effect;
	d->said[which] = true;
}

static void
read_detections(struct policy_reader *r, const struct policy_at *at, void *dest)
{
	struct policy_at one = {.up = at, .t = at->t->first};

	if (at->t->kind != JSCAN_OBJECT) {
		policy_wrong(r, at, "not an object");
		return;
	}
	for (; one.t != NULL; one.t = one.t->next)
		read_detection(r, &one, dest);
}

static const struct policy_member rule[] = {
    {.name = "name",
	.kind = POLICY_TEXT,
	.at = offsetof(struct policy_draft, p.name)},
    CALL("processes", read_processes),
    CALL("network", read_network),
    CALL("dns", read_dns),
    CALL("filesystem", read_filesystem),
    CALL("customRules", policy_draft_customs),
    CALL("detections", read_detections),
    CALL("tier", read_tier),
    SWITCH("cloudMetadataEnforcement", POLICY_CLOUD_METADATA),
    SWITCH("skipExecSessions", POLICY_SKIP_EXEC_SESSIONS),
    {.name = "advancedProtection", .kind = POLICY_UNUSED},
    {.name = "advancedProtectionEffect", .kind = POLICY_UNUSED},
    {.name = "kubernetesEnforcement", .kind = POLICY_UNUSED},
    {.name = "wildFireAnalysis", .kind = POLICY_UNUSED},
    {.name = "learningDisabled", .kind = POLICY_KEPT},
    {.name = "learned", .kind = POLICY_KEPT},
    {.name = "disabled", .kind = POLICY_KEPT},
    {.name = "collections", .kind = POLICY_KEPT},
    {.name = "previousName", .kind = POLICY_KEPT},
    {.name = "notes", .kind = POLICY_KEPT},
    {.name = "owner", .kind = POLICY_KEPT},
    {.name = "modified", .kind = POLICY_KEPT},
    {.name = "_id", .kind = POLICY_KEPT},
    {.name = "$schema", .kind = POLICY_KEPT},
    {0},
};

void
policy_draft_read(
    struct policy_reader *r, const struct policy_at *at, struct policy_draft *d)
{
	*d = (struct policy_draft){0};
	for (size_t i = 0; i < POLICY_SWITCHES; i++)
		d->switches[i] = -1;
	if (!policy_members(r, at, rule, d))
		return;
	policy_likely_idle(r, at, d);
	policy_draft_finish(d);
}

void *
policy_draft_rules(struct policy_reader *r, const struct policy_at *at,
    size_t size,
    bool (*read)(
	struct policy_reader *r, const struct policy_at *rule, void *ret),
    size_t *n)
{
	struct policy_at one = {.up = at, .t = at->t->first};
	char *rules = NULL;

	*n = 0;
	if (at->t->kind != JSCAN_ARRAY)
		policy_wrong(r, at, "not an array");
	else if (at->t->n > POLICY_RULES_MAX)
		policy_wrong(r, at, "more than 1024 rules");
	else
		rules = policy_keep(r, at->t->n * size);
	for (; rules != NULL && one.t != NULL; one.t = one.t->next) {
		if (read(r, &one, rules + *n * size))
			++*n;
		one.index++;
	}
	return rules;
}

enum policy_effect
policy_draft_effect(const struct policy_at *at)
{
	const struct jtree *section = at->up->up->t;
	enum policy_effect effect = POLICY_DISABLE;

	(void)policy_effect_of(
	    jtree_str(jtree_get(section, "effect")), false, &effect);
	return effect;
}
