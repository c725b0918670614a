/* SPDX-License-Identifier: Apache-2.0 */
/* event_names: the words of fg-event(5) for what event.h has as numbers. */
#ifndef FG_EVENT_EVENT_NAMES_H
#define FG_EVENT_EVENT_NAMES_H

#include "event.h"

enum {
	EVENT_FACTS = 12,     /* EXE_* bits that there are */
	EVENT_PROTO_TEXT = 8, /* room for a protocol's name */
};

/* "tcp", or "99" for what has no name here; 0: "". */
void event_names_proto(uint8_t protocol, char to[EVENT_PROTO_TEXT]);
/* False when text is neither a name nor a number up to 255. */
bool event_names_proto_of(struct str text, uint8_t *ret);

bool event_names_is_file(enum event_name name); /* file.* */
bool event_names_is_net(enum event_name name);  /* net.* */

/* "open" of "file.open", or NULL. */
const char *event_names_op(enum event_name name);

/* "in", "out", or NULL where that has no meaning. */
const char *event_names_direction(enum event_name name);

/* False, with *ret untouched, for other words. */
bool event_names_action_of(struct str text, enum event_action *ret);
bool event_names_severity_of(struct str text, enum event_severity *ret);

#endif
