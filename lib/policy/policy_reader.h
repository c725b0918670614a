/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_reader: the tree of a policy, read by tables of members, with a note
 * of the place for all that is wrong. Nothing stops at an error: the notes
 * tell of all of them. Inside policy only.
 */
#ifndef FG_POLICY_POLICY_READER_H
#define FG_POLICY_POLICY_READER_H

#include "jtree/jtree.h"
#include "policy.h"
#include "policy_detection.h"

struct policy_reader {
	struct arena *arena;   /* what is compiled */
	struct arena *keep;    /* notes */
	struct arena *scratch; /* what is not */
	struct str text;
	struct policy_note *notes, **end;
	const struct policy_note *error; /* the first one */
	unsigned n_notes;
	bool full; /* out of arena */
	size_t entries;
};

/* A value and the way to it. */
struct policy_at {
	const struct policy_at *up; /* NULL: the whole text */
	const struct jtree *t;
	size_t index; /* in the array up->t */
};

/* Note something at this place; for an object's member its key. */
void policy_tell(struct policy_reader *r, const struct policy_at *at,
    enum policy_severity severity, const char *id, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* "policy.wrong-type": "not a string", … */
void policy_wrong(
    struct policy_reader *r, const struct policy_at *at, const char *why);

/* Memory of `arena`, or NULL, with `full` set. */
void *policy_keep(struct policy_reader *r, size_t n);
struct str policy_keep_str(struct policy_reader *r, struct str s);

enum policy_member_kind {
	POLICY_KEPT,   /* of any type, of no interest here */
	POLICY_UNUSED, /* the vendor's, without effect here when true or set */
	POLICY_BOOL,   /* signed char: 0 or 1; untouched when absent */
	POLICY_EFFECT, /* enum policy_effect */
	POLICY_RULE_EFFECT, /* the same, or POLICY_ALLOW */
	POLICY_TEXT,        /* struct str, kept */
	POLICY_CALL         /* read() */
};

struct policy_member {
	const char *name;
	enum policy_member_kind kind;
	size_t at; /* offsetof() in what is filled */
	/* value is that of the member and not null, dest all of it. */
	void (*read)(
	    struct policy_reader *r, const struct policy_at *value, void *dest);
};

/*
 * Read the object at `at` by a table that a NULL name ends. Members that are
 * not in it are noted, null counts as absent, of two of a name the last one
 * counts (noted). False when it is no object.
 */
bool policy_members(struct policy_reader *r, const struct policy_at *at,
    const struct policy_member *table, void *dest);

/* An effect's word; allow: rules may say "allow". */
bool policy_effect_of(struct str word, bool allow, enum policy_effect *ret);

#endif
