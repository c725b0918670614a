/* SPDX-License-Identifier: Apache-2.0 */
/* custom_tree: what scripts are compiled to. */
#ifndef FG_CUSTOM_CUSTOM_TREE_H
#define FG_CUSTOM_CUSTOM_TREE_H

#include "custom_field.h"
#include "ere/ere.h"
#include "ip/ip.h"

enum custom_op {
	CUSTOM_EQUAL, /* one of the values; also "in", and a flag alone */
	CUSTOM_LESS,
	CUSTOM_GREATER,
	CUSTOM_STARTS,
	CUSTOM_ENDS,
	CUSTOM_CONTAINS,
	CUSTOM_MATCHES,
	CUSTOM_FIELD, /* equal to `other` */
};

struct custom_value {
	struct custom_value *next;
	struct str text; /* of CUSTOM_TEXT */
	union {          /* by the field's type; re: CUSTOM_MATCHES */
		int64_t number;
		struct ip_prefix prefix;
		const struct ere *re;
	};
};

struct custom_term {
	enum custom_id field, other;
	enum custom_op op;
	const struct custom_value *values;
};

enum custom_kind {
	CUSTOM_TERM,
	CUSTOM_NOT, /* of the only part */
	CUSTOM_AND,
	CUSTOM_OR,
};

struct custom_node {
	enum custom_kind kind;
	struct custom_node *next;  /* beside it in the part above */
	struct custom_node *first; /* of its parts */
	struct custom_term term;
};

struct custom {
	const struct custom_node *root;
	event_set events;
	bool wants_hash;
};

/* The events for which it can be true. */
event_set custom_tree_events(const struct custom_node *root);

#endif
