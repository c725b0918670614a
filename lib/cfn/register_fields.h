/* SPDX-License-Identifier: Apache-2.0 */
/* Those members of a task definition that are more than a text. */
#ifndef FG_CFN_REGISTER_FIELDS_H
#define FG_CFN_REGISTER_FIELDS_H

#include "base/str.h"

enum cfn_type {
	CFN_TYPE_ANY,  /* as it is written, below it too */
	CFN_TYPE_TEXT, /* a text; of what is below it nothing is known */
	CFN_TYPE_TEXTS,
	CFN_TYPE_INT,
	CFN_TYPE_BOOL,
	CFN_TYPE_OWN,    /* a map with the user's own keys, of texts */
	CFN_TYPE_FIELDS, /* an object or a list of them */
};

struct cfn_field {
	const char *name; /* as CloudFormation spells it; NULL ends a table */
	enum cfn_type type;
	const struct cfn_field *fields;
	const char *api; /* NULL: name with its first letter in lower case */
};

extern const struct cfn_field cfn_task_fields[];

#endif
