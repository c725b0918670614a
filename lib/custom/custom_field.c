/* SPDX-License-Identifier: Apache-2.0 */
#include "custom_field.h"

#include "event/event_names.h"

#define BIT(name) EVENT_BIT(EVENT_##name)

#define SPAN(first, last)                                                      \
	(EVENT_BIT(EVENT_##last + 1) - EVENT_BIT(EVENT_##first))
#define JUDGED SPAN(EXEC, ABI)
#define FILES SPAN(OPEN, SYMLINK)
#define NETWORK SPAN(SOCKET, STDIO)
#define MODES (BIT(CREATE) | BIT(MKDIR) | BIT(MKNOD) | BIT(CHMOD))
#define OUTGOING (BIT(CONNECT) | BIT(SEND) | BIT(DNS))
#define LISTENING (BIT(BIND) | BIT(LISTEN))

/* ---- which values there are ------------------------------------------- */

static const char *
check_sha256(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return "not 64 hexadecimal digits";
	}
	return s.n == 64 ? NULL : "not 64 hexadecimal digits";
}

static const char *
check_event(struct str s)
{
	enum event_name name = event_name_of(s);

	return name != EVENT_NONE && name < EVENT_LIFECYCLE
		   ? NULL
		   : "not the name of an event that is judged";
}

static const char *
check_type(struct str s)
{
	return str_eqz(s, "elf") || str_eqz(s, "secret") ||
		       str_eqz(s, "regular") || str_eqz(s, "folder")
		   ? NULL
		   : "not one of elf, secret, regular, folder";
}

static const char *
check_fact(struct str s)
{
	return event_fact_of(s) != 0 ? NULL : "not a fact of fg-event(5)";
}

static const char *
check_op(struct str s)
{
	for (enum event_name i = EVENT_OPEN; i <= EVENT_SYMLINK; i++) {
		if (str_eqz(s, event_names_op(i)))
			return NULL;
	}
	return "not what can be done to a file";
}

/* Only /etc/passwd of the container knows the others. */
static bool
user_named(struct str s, int64_t *ret)
{
	if (str_eqz(s, "root"))
		*ret = 0;
	else if (str_eqz(s, "nobody"))
		*ret = 65534;
	else
		return false;
	return true;
}

static bool
protocol_named(struct str s, int64_t *ret)
{
	uint8_t protocol;

	if (!event_names_proto_of(s, &protocol))
		return false;
	*ret = protocol;
	return true;
}

/* ---- the table -------------------------------------------------------- */

#define FIELD(text, kind, of, ...)                                             \
	{                                                                      \
		.name = text, .type = CUSTOM_##kind, .events = of, __VA_ARGS__ \
	}

static const struct custom_field fields[CUSTOM_IDS] = {
    [CUSTOM_PROC_NAME] = FIELD("proc.name", TEXT, JUDGED),
    [CUSTOM_PROC_PNAME] = FIELD("proc.pname", TEXT, JUDGED),
    [CUSTOM_PROC_PATH] = FIELD("proc.path", TEXT, JUDGED),
    [CUSTOM_PROC_USER] =
	FIELD("proc.user", NUMBER, JUDGED, .words = true, .named = user_named),
    [CUSTOM_PROC_INTERACTIVE] = FIELD("proc.interactive", FLAG, JUDGED),
    [CUSTOM_PROC_CMDLINE] = FIELD("proc.cmdline", TEXT, JUDGED),
    [CUSTOM_PROC_SERVICE] = FIELD("proc.service", TEXT, 0),
    [CUSTOM_PROC_UID] = FIELD("proc.uid", NUMBER, JUDGED),
    [CUSTOM_PROC_EUID] = FIELD("proc.euid", NUMBER, JUDGED),
    [CUSTOM_PROC_GID] = FIELD("proc.gid", NUMBER, JUDGED),
    [CUSTOM_PROC_CWD] = FIELD("proc.cwd", TEXT, JUDGED),
    [CUSTOM_PROC_ARGS] = FIELD("proc.args", TEXT, JUDGED),
    [CUSTOM_PROC_SCRIPT] = FIELD("proc.script", TEXT, JUDGED),
    [CUSTOM_PROC_SHA256] = FIELD(
	"proc.sha256", TEXT, JUDGED, .lower = true, .check = check_sha256),
    [CUSTOM_PROC_ANCESTORS] = FIELD("proc.ancestors", TEXT, JUDGED),
    [CUSTOM_PROC_FACTS] =
	FIELD("proc.facts", TEXT, JUDGED, .words = true, .check = check_fact),
    [CUSTOM_EVENT_NAME] =
	FIELD("event.name", TEXT, JUDGED, .words = true, .check = check_event),
    [CUSTOM_FILE_PATH] = FIELD("file.path", TEXT, FILES),
    [CUSTOM_FILE_DIR] = FIELD("file.dir", TEXT, FILES),
    [CUSTOM_FILE_TYPE] =
	FIELD("file.type", TEXT, FILES, .words = true, .check = check_type),
    [CUSTOM_FILE_MD5] = FIELD("file.md5", TEXT, 0),
    [CUSTOM_FILE_OP] =
	FIELD("file.op", TEXT, FILES, .words = true, .check = check_op),
    [CUSTOM_FILE_MODE] = FIELD("file.mode", NUMBER, MODES),
    [CUSTOM_NET_OUTGOING_PORT] = FIELD("net.outgoing_port", NUMBER, OUTGOING),
    [CUSTOM_NET_OUTGOING_IP] =
	FIELD("net.outgoing_ip", IP, OUTGOING, .words = true),
    [CUSTOM_NET_PRIVATE_SUBNET] = FIELD("net.private_subnet", FLAG, OUTGOING),
    [CUSTOM_NET_LISTENING_PORT] =
	FIELD("net.listening_port", NUMBER, LISTENING),
    [CUSTOM_NET_INCOMING_IP] =
	FIELD("net.incoming_ip", IP, BIT(ACCEPT), .words = true),
    [CUSTOM_NET_DOMAIN] =
	FIELD("net.domain", TEXT, OUTGOING, .words = true, .lower = true),
    [CUSTOM_NET_PROTOCOL] = FIELD("net.protocol", NUMBER, NETWORK,
	.words = true, .named = protocol_named),
};

const struct custom_field *
custom_field(enum custom_id id)
{
	return &fields[id];
}

const struct custom_field *
custom_field_of(struct str name, enum custom_id *id)
{
	for (unsigned i = 0; i < CUSTOM_IDS; i++) {
		if (str_eqz(name, fields[i].name)) {
			*id = (enum custom_id)i;
			return &fields[i];
		}
	}
	return NULL;
}
