/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime.h"

#include "runtime_look.h"
#include "runtime_state.h"

#define BIT(which) ((uint64_t)1 << (which))

/* Rules and custom rules have no check: they are looked at first. */
static bool (*const checks[POLICY_DETECTIONS])(struct runtime_look *l) = {
    [POLICY_DENIED_PROCESS] = runtime_check_denied_process,
    [POLICY_NOT_ALLOWED_PROCESS] = runtime_check_not_allowed_process,
    [POLICY_ANY_PROCESS] = runtime_check_any_process,
    [POLICY_MODIFIED_PROCESS] = runtime_check_modified_process,
    [POLICY_ALTERED_BINARY] = runtime_check_altered_binary,
    [POLICY_FILELESS_PROCESS] = runtime_check_fileless_process,
    [POLICY_TMPFS_PROCESS] = runtime_check_tmpfs_process,
    [POLICY_LOADER_EXEC] = runtime_check_loader_exec,
    [POLICY_CRYPTO_MINER] = runtime_check_crypto_miner,
    [POLICY_MINING_POOL] = runtime_check_mining_pool,
    [POLICY_REVERSE_SHELL] = runtime_check_reverse_shell,
    [POLICY_WEB_SHELL] = runtime_check_web_shell,
    [POLICY_SETUID_PROCESS] = runtime_check_setuid_process,
    [POLICY_SETUID_FILE] = runtime_check_setuid_file,
    [POLICY_PACKAGE_MANAGER] = runtime_check_package_manager,
    [POLICY_NETWORK_TOOL] = runtime_check_network_tool,
    [POLICY_LATERAL_MOVEMENT] = runtime_check_lateral_movement,
    [POLICY_ENTERED_PROCESS] = runtime_check_first_sight,
    [POLICY_PTRACE] = runtime_check_ptrace,
    [POLICY_DEFENDER_ATTACK] = runtime_check_always,
    [POLICY_MOUNT] = runtime_check_always,
    [POLICY_NAMESPACE] = runtime_check_always,
    [POLICY_KERNEL_MODULE] = runtime_check_always,
    [POLICY_BPF] = runtime_check_always,
    [POLICY_IO_URING] = runtime_check_first_sight,
    [POLICY_FOREIGN_ABI] = runtime_check_first_sight,
    [POLICY_DENIED_IP] = runtime_check_denied_ip,
    [POLICY_NOT_ALLOWED_IP] = runtime_check_not_allowed_ip,
    [POLICY_DENIED_OUTBOUND_PORT] = runtime_check_denied_outbound_port,
    [POLICY_NOT_ALLOWED_OUTBOUND_PORT] =
	runtime_check_not_allowed_outbound_port,
    [POLICY_DENIED_LISTENING_PORT] = runtime_check_denied_listening_port,
    [POLICY_NOT_ALLOWED_LISTENING_PORT] =
	runtime_check_not_allowed_listening_port,
    [POLICY_PORT_SCAN] = runtime_check_port_scan,
    [POLICY_RAW_SOCKET] = runtime_check_raw_socket,
    [POLICY_KERNEL_SOCKET] = runtime_check_kernel_socket,
    [POLICY_METADATA_ACCESS] = runtime_check_metadata_access,
    [POLICY_INTERNAL_PORT] = runtime_check_internal_port,
    [POLICY_DENIED_DOMAIN] = runtime_check_denied_domain,
    [POLICY_NOT_ALLOWED_DOMAIN] = runtime_check_not_allowed_domain,
    [POLICY_DENIED_FILE] = runtime_check_denied_file,
    [POLICY_NOT_ALLOWED_FILE] = runtime_check_not_allowed_file,
    [POLICY_BACKDOOR_ACCOUNT] = runtime_check_backdoor_account,
    [POLICY_BACKDOOR_SSH] = runtime_check_backdoor_ssh,
    [POLICY_BACKDOOR_CRON] = runtime_check_backdoor_cron,
    [POLICY_BACKDOOR_PRELOAD] = runtime_check_backdoor_preload,
    [POLICY_BACKDOOR_STARTUP] = runtime_check_backdoor_startup,
    [POLICY_NEW_EXECUTABLE] = runtime_check_new_executable,
    [POLICY_SUSPICIOUS_ELF] = runtime_check_suspicious_elf,
    [POLICY_PACKED_BINARY] = runtime_check_packed_binary,
    [POLICY_LOG_CLEARING] = runtime_check_log_clearing,
    [POLICY_RELEASE_AGENT] = runtime_check_release_agent,
};

/*
 * What an attempt is judged by: names that are refused under any of them. The
 * rest waits for what the kernel has loaded.
 */
#define BY_NAME                                                                \
	(BIT(POLICY_DENIED_PROCESS) | BIT(POLICY_CRYPTO_MINER) |               \
	    BIT(POLICY_PACKAGE_MANAGER) | BIT(POLICY_NETWORK_TOOL) |           \
	    BIT(POLICY_LATERAL_MOVEMENT))

/* The lists of a section, which a rule with "allow" passes over. */
static const struct {
	enum policy_detection rule;
	enum policy_effect (*match)(struct runtime_look *l);
	uint64_t lists;
} sections[] = {
    {POLICY_PROCESS_RULE, runtime_process_rules,
	BIT(POLICY_DENIED_PROCESS) | BIT(POLICY_NOT_ALLOWED_PROCESS) |
	    BIT(POLICY_ANY_PROCESS)},
    {POLICY_NETWORK_RULE, runtime_network_rules,
	BIT(POLICY_DENIED_IP) | BIT(POLICY_NOT_ALLOWED_IP) |
	    BIT(POLICY_DENIED_OUTBOUND_PORT) |
	    BIT(POLICY_NOT_ALLOWED_OUTBOUND_PORT) |
	    BIT(POLICY_DENIED_LISTENING_PORT) |
	    BIT(POLICY_NOT_ALLOWED_LISTENING_PORT)},
    {POLICY_FILE_RULE, runtime_file_rules,
	BIT(POLICY_DENIED_FILE) | BIT(POLICY_NOT_ALLOWED_FILE)},
};

/* The gravest so far. */
struct verdict {
	enum policy_detection which;
	enum policy_effect effect;
	enum event_severity severity;
	const struct policy_custom *custom;
	struct str what, title;
};

static void
consider(struct verdict *best, const struct runtime_look *l,
    enum policy_detection which, enum policy_effect effect)
{
	enum event_severity severity = l->severity;

	if (effect < best->effect ||
	    (effect == best->effect && severity <= best->severity &&
		best->effect != POLICY_DISABLE))
		return;
	*best = (struct verdict){.which = which,
	    .effect = effect,
	    .severity = severity,
	    .what = l->what,
	    .title = l->title};
}

static void
begin(struct runtime_look *l, enum policy_detection which)
{
	l->what = l->title = STR_NONE;
	l->severity = policy_detections[which].severity;
	l->effect = l->p->effects[which];
}

/* Programs that the policy excepts from a detection. */
static bool
is_excepted(const struct runtime_look *l, enum policy_detection which)
{
	const struct policy_names *except = &l->p->except[which];

	return except->n > 0 &&
	       (policy_names_has(except, l->ev->by.exe) ||
		   policy_names_has(except, l->program.applet) ||
		   policy_set_has(&except->paths, l->ev->by.script));
}

/* The first custom rule that is true decides; true: nothing more is asked. */
static bool
ask_customs(struct runtime_look *l, struct verdict *best)
{
	for (size_t i = 0; i < l->p->n_customs; i++) {
		const struct policy_custom *c = &l->p->customs[i];

		if (!(c->events & EVENT_BIT(l->ev->name)) ||
		    !custom_match(c->script, l->ev))
			continue;
		if (c->effect == POLICY_ALLOW)
			return true;
		begin(l, POLICY_CUSTOM_RULE);
		l->title = c->title;
		if (c->incident)
			l->severity = EVENT_HIGH;
		consider(best, l, POLICY_CUSTOM_RULE, c->effect);
		best->custom = c;
		return false;
	}
	return false;
}

/* What is left of active when the rules have spoken. */
static uint64_t
ask_rules(struct runtime_look *l, uint64_t active, struct verdict *best)
{
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		enum policy_effect effect;

		if (!(active & BIT(sections[i].rule)))
			continue;
		begin(l, sections[i].rule);
		effect = sections[i].match(l);
		if (effect == POLICY_ALLOW)
			active &= ~sections[i].lists;
		else if (effect > POLICY_DISABLE)
			consider(best, l, sections[i].rule, effect);
	}
	return active;
}

static void
ask_checks(struct runtime_look *l, uint64_t active, struct verdict *best)
{
	while (active != 0) {
		unsigned bit = (unsigned)__builtin_ctzll(active);
		enum policy_detection which = (enum policy_detection)bit;

		active &= active - 1;
		begin(l, which);
		/* Exceptions first: a check may remember what it saw. */
		if (checks[which] == NULL || is_excepted(l, which) ||
		    (l->ev->attempt && l->effect < POLICY_PREVENT))
			continue;
		if (checks[which](l))
			consider(best, l, which, l->effect);
	}
}

/* Refused is refused; else only what no argument in memory says. */
static bool
is_certain(const struct event *ev)
{
	if (ev->action == EVENT_PREVENT || ev->action == EVENT_BLOCK)
		return true;
	return ev->name == EVENT_EXEC ? !ev->attempt
				      : ev->path.n == 0 && ev->addr.family == 0;
}

/* The tracer refuses these whatever the policy says (trace.h). */
static bool
is_refused(enum event_name name)
{
	return name == EVENT_SIGNAL || name == EVENT_ABI ||
	       name == EVENT_IO_URING;
}

static void
tell(const struct runtime_look *l, const struct verdict *v, struct event *ev,
    char text[RUNTIME_MSG_MAX])
{
	static const enum event_action actions[] = {
	    [POLICY_DISABLE] = EVENT_ALLOWED,
	    [POLICY_ALERT] = EVENT_ALERT,
	    [POLICY_PREVENT] = EVENT_PREVENT,
	    [POLICY_BLOCK] = EVENT_BLOCK,
	};
	const struct policy_detection_row *row = &policy_detections[v->which];
	const struct policy_custom *c = v->custom;
	struct runtime_look said = *l;

	ev->action = actions[v->effect];
	if (ev->action == EVENT_ALERT && is_refused(ev->name))
		ev->action = EVENT_PREVENT;
	ev->severity = v->severity;
	ev->rule_id = str_of(row->id);
	ev->rule_name = v->title.n > 0 ? v->title : l->p->name;
	for (size_t i = 0; i < EVENT_ATTACKS_MAX && c == NULL; i++)
		if (row->attack[i] != NULL)
			ev->attack[ev->n_attack++] = str_of(row->attack[i]);
	for (size_t i = 0; c != NULL && i < c->n_attack; i++)
		ev->attack[ev->n_attack++] = c->attack[i];
	said.what = v->what;
	said.title = ev->rule_name;
	ev->msg = runtime_message(
	    &said, c != NULL && c->msg.n > 0 ? c->msg : str_of(row->msg), text);
	ev->enforced = is_certain(ev);
}

void
runtime_decide(const struct policy *p, struct runtime_state *st,
    struct event *ev, char text[RUNTIME_MSG_MAX])
{
	struct runtime_look l = {.p = p, .st = st, .ev = ev};
	struct verdict best = {.effect = POLICY_DISABLE};
	uint64_t active = 0;

	ev->action = EVENT_ALLOWED;
	ev->severity = EVENT_INFO;
	ev->rule_id = ev->rule_name = ev->msg = STR_NONE;
	ev->n_attack = 0;
	ev->enforced = is_certain(ev);
	if (ev->name < EVENT_LIFECYCLE)
		active = p->active[ev->name];
	if (ev->name == EVENT_EXEC && !ev->attempt && st->main_pid == 0)
		st->main_pid = ev->by.pid;
	if (active == 0)
		return;
	if (ev->name == EVENT_EXEC || ev->name == EVENT_ENTERED)
		runtime_program_of(&ev->by, &l.program);
	if (ev->attempt)
		active &= BY_NAME;
	if ((active & BIT(POLICY_CUSTOM_RULE)) && ask_customs(&l, &best))
		return;
	active = ask_rules(&l, active, &best);
	ask_checks(&l, active, &best);
	if (best.effect > POLICY_DISABLE)
		tell(&l, &best, ev, text);
}
