/* SPDX-License-Identifier: Apache-2.0 */
#include "event_names.h"

#include <netinet/in.h>
#include <stdio.h>

#include "base/num.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *const names[EVENT_NAMES] = {
    [EVENT_EXEC] = "process.exec",
    [EVENT_ENTERED] = "process.entered",
    [EVENT_SETUID] = "process.setuid",
    [EVENT_OPEN] = "file.open",
    [EVENT_CREATE] = "file.create",
    [EVENT_READ] = "file.read",
    [EVENT_MKDIR] = "file.mkdir",
    [EVENT_MKNOD] = "file.mknod",
    [EVENT_UNLINK] = "file.unlink",
    [EVENT_TRUNCATE] = "file.truncate",
    [EVENT_CHMOD] = "file.chmod",
    [EVENT_CHOWN] = "file.chown",
    [EVENT_SETXATTR] = "file.setxattr",
    [EVENT_RENAME] = "file.rename",
    [EVENT_LINK] = "file.link",
    [EVENT_SYMLINK] = "file.symlink",
    [EVENT_SOCKET] = "net.socket",
    [EVENT_CONNECT] = "net.connect",
    [EVENT_BIND] = "net.bind",
    [EVENT_LISTEN] = "net.listen",
    [EVENT_ACCEPT] = "net.accept",
    [EVENT_SEND] = "net.send",
    [EVENT_DNS] = "net.dns",
    [EVENT_STDIO] = "net.stdio",
    [EVENT_PTRACE] = "kernel.ptrace",
    [EVENT_SIGNAL] = "kernel.signal",
    [EVENT_MOUNT] = "kernel.mount",
    [EVENT_NAMESPACE] = "kernel.namespace",
    [EVENT_MODULE] = "kernel.module",
    [EVENT_BPF] = "kernel.bpf",
    [EVENT_IO_URING] = "kernel.io_uring",
    [EVENT_ABI] = "kernel.abi",
    [EVENT_START] = "start",
    [EVENT_EXIT] = "exit",
    [EVENT_POLICY_APPLIED] = "policy.applied",
    [EVENT_POLICY_REJECTED] = "policy.rejected",
    [EVENT_POLICY_MISSING] = "policy.missing",
    [EVENT_SIDECAR_LOST] = "sidecar.lost",
    [EVENT_SIDECAR_BACK] = "sidecar.back",
    [EVENT_REPORTER] = "reporter.restarted",
    [EVENT_CONSOLE_ENROLLED] = "console.enrolled",
    [EVENT_CONSOLE_RENEWED] = "console.renewed",
    [EVENT_CONSOLE_REFUSED] = "console.refused",
    [EVENT_CONSOLE_LOST] = "console.lost",
    [EVENT_CONSOLE_BACK] = "console.back",
    [EVENT_AUDIT_REFUSED] = "audit.refused",
    [EVENT_HELLO_SECOND] = "hello.second",
    [EVENT_HELLO_UNKNOWN] = "hello.unknown",
    [EVENT_IMAGE_DIFFERS] = "image.differs",
    [EVENT_WAAS_RESTARTED] = "waas.restarted",
    [EVENT_ALERT_FAILED] = "alert.failed",
    [EVENT_CUSTOM_ALERT] = "alert",
    [EVENT_UNSEEN] = "unseen",
    [EVENT_LOST] = "lost",
};

static const char *const actions[] = {
    [EVENT_ALLOWED] = "allow",
    [EVENT_ALERT] = "alert",
    [EVENT_PREVENT] = "prevent",
    [EVENT_BLOCK] = "block",
    [EVENT_INFORM] = "none",
};

static const char *const severities[] = {
    [EVENT_INFO] = "info",
    [EVENT_LOW] = "low",
    [EVENT_MEDIUM] = "medium",
    [EVENT_HIGH] = "high",
    [EVENT_CRITICAL] = "critical",
};

static const char *const facts[EVENT_FACTS] = {"memfd", "deleted", "tmpfs",
    "volume", "modified", "setuid", "script", "bad_elf", "packed", "altered",
    "stdio_socket", "tty"};
_Static_assert(EXE_TTY == 1 << (EVENT_FACTS - 1), "facts has all of EXE_*");

/* The index of text in a table of n words, or -1. */
static int
find(const char *const *table, size_t n, struct str text)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i] != NULL && str_eqz(text, table[i]))
			return (int)i;
	}
	return -1;
}

const char *
event_name_text(enum event_name name)
{
	return (unsigned)name < EVENT_NAMES ? names[name] : NULL;
}

enum event_name
event_name_of(struct str text)
{
	int i = find(names, EVENT_NAMES, text);

	return i < 0 ? EVENT_NONE : (enum event_name)i;
}

const char *
event_kind(enum event_name name)
{
	if (name == EVENT_LOST)
		return "lost";
	if (name == EVENT_CUSTOM_ALERT)
		return "runtime";
	return name < EVENT_LIFECYCLE ? "runtime" : "lifecycle";
}

const char *
event_action_text(enum event_action action)
{
	return actions[action];
}

const char *
event_severity_text(enum event_severity severity)
{
	return severities[severity];
}

bool
event_names_action_of(struct str text, enum event_action *ret)
{
	int i = find(actions, COUNT(actions), text);

	if (i >= 0)
		*ret = (enum event_action)i;
	return i >= 0;
}

bool
event_names_severity_of(struct str text, enum event_severity *ret)
{
	int i = find(severities, COUNT(severities), text);

	if (i >= 0)
		*ret = (enum event_severity)i;
	return i >= 0;
}

const char *
event_fact_text(uint32_t fact)
{
	for (unsigned bit = 0; bit < EVENT_FACTS; bit++) {
		if (fact == 1U << bit)
			return facts[bit];
	}
	return NULL;
}

uint32_t
event_fact_of(struct str text)
{
	int bit = find(facts, EVENT_FACTS, text);

	return bit < 0 ? 0 : 1U << bit;
}

/* ---- the network ------------------------------------------------------ */

static const struct {
	uint8_t number;
	const char *name;
} protocols[] = {
    {IPPROTO_ICMP, "icmp"},
    {IPPROTO_TCP, "tcp"},
    {IPPROTO_UDP, "udp"},
    {IPPROTO_ICMPV6, "icmpv6"},
    {IPPROTO_SCTP, "sctp"},
    {IPPROTO_UDPLITE, "udplite"},
    {IPPROTO_RAW, "raw"},
};

void
event_names_proto(uint8_t protocol, char to[EVENT_PROTO_TEXT])
{
	to[0] = '\0';
	for (size_t i = 0; i < COUNT(protocols); i++) {
		if (protocols[i].number == protocol)
			(void)snprintf(
			    to, EVENT_PROTO_TEXT, "%s", protocols[i].name);
	}
	if (to[0] == '\0' && protocol != 0)
		(void)snprintf(to, EVENT_PROTO_TEXT, "%u", protocol);
}

bool
event_names_proto_of(struct str text, uint8_t *ret)
{
	int64_t number;

	for (size_t i = 0; i < COUNT(protocols); i++) {
		if (str_eqz(text, protocols[i].name)) {
			*ret = protocols[i].number;
			return true;
		}
	}
	if (!num_parse(text, 0, UINT8_MAX, &number))
		return false;
	*ret = (uint8_t)number;
	return true;
}

bool
event_names_is_file(enum event_name name)
{
	return name >= EVENT_OPEN && name <= EVENT_SYMLINK;
}

const char *
event_names_op(enum event_name name)
{
	return event_names_is_file(name) ? names[name] + sizeof "file" : NULL;
}

bool
event_names_is_net(enum event_name name)
{
	return name >= EVENT_SOCKET && name <= EVENT_STDIO;
}

const char *
event_names_direction(enum event_name name)
{
	switch (name) {
	case EVENT_CONNECT:
	case EVENT_SEND:
	case EVENT_DNS:
		return "out";
	case EVENT_BIND:
	case EVENT_LISTEN:
	case EVENT_ACCEPT:
		return "in";
	default:
		return NULL;
	}
}
