/* SPDX-License-Identifier: Apache-2.0 */
/* custom_field: what the fields of a script are. */
#ifndef FG_CUSTOM_CUSTOM_FIELD_H
#define FG_CUSTOM_CUSTOM_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "event/event.h"

enum custom_type {
	CUSTOM_TEXT,
	CUSTOM_NUMBER,
	CUSTOM_FLAG,
	CUSTOM_IP,
};

enum custom_id {
	CUSTOM_PROC_NAME,
	CUSTOM_PROC_PNAME,
	CUSTOM_PROC_PATH,
	CUSTOM_PROC_USER,
	CUSTOM_PROC_INTERACTIVE,
	CUSTOM_PROC_CMDLINE,
	CUSTOM_PROC_SERVICE,
	CUSTOM_PROC_UID,
	CUSTOM_PROC_EUID,
	CUSTOM_PROC_GID,
	CUSTOM_PROC_CWD,
	CUSTOM_PROC_ARGS,
	CUSTOM_PROC_SCRIPT,
	CUSTOM_PROC_SHA256,
	CUSTOM_PROC_ANCESTORS,
	CUSTOM_PROC_FACTS,
	CUSTOM_EVENT_NAME,
	CUSTOM_FILE_PATH,
	CUSTOM_FILE_DIR,
	CUSTOM_FILE_TYPE,
	CUSTOM_FILE_MD5,
	CUSTOM_FILE_OP,
	CUSTOM_FILE_MODE,
	CUSTOM_NET_OUTGOING_PORT,
	CUSTOM_NET_OUTGOING_IP,
	CUSTOM_NET_PRIVATE_SUBNET,
	CUSTOM_NET_LISTENING_PORT,
	CUSTOM_NET_INCOMING_IP,
	CUSTOM_NET_DOMAIN,
	CUSTOM_NET_PROTOCOL,
	CUSTOM_IDS
};

struct custom_field {
	const char *name;
	enum custom_type type;
	event_set events; /* that have it; 0: it is never known */
	bool words;       /* values need no quotes */
	bool lower;       /* values in either case; held in small letters */
	/* Why text cannot be equal to it; NULL: it can. */
	const char *(*check)(struct str text);
	/* A number that has a name; false: no such name. */
	bool (*named)(struct str text, int64_t *ret);
};

const struct custom_field *custom_field(enum custom_id id);

/* The field of that name; NULL. */
const struct custom_field *custom_field_of(struct str name, enum custom_id *id);

#endif
