/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: the runtime policy of one container, read from JSON with the
 * vendor's field names and our extensions (fg-policy(5)), compiled once and
 * then only looked at. lib/runtime decides by it.
 */
#ifndef FG_POLICY_POLICY_H
#define FG_POLICY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "collections/collections.h"
#include "event/event.h"

enum {
	POLICY_TEXT_MAX = 1 << 20,   /* bytes, as on the socket */
	POLICY_MEMORY_MAX = 6 << 20, /* of the arena; no policy needs more */
	POLICY_NOTES_MAX = 200
};

struct policy; /* compiled; immutable, in its arena; policy_rule.h has it */

enum policy_severity {
	POLICY_NOTE,    /* it has no effect here */
	POLICY_WARNING, /* a likely mistake */
	POLICY_ERROR    /* the policy is refused */
};

/* What a reader should know of what was read. */
struct policy_note {
	const char *id; /* "policy.unknown-member"; static */
	enum policy_severity severity;
	struct str pointer; /* RFC 6901 */
	unsigned line, column;
	struct str msg; /* "unknown member, kept", … */
	struct policy_note *next;
};

/* The note as an error: "what:line:column: pointer: msg". ERR_PERM, -EINVAL. */
int policy_note_error(
    const struct policy_note *note, const char *what, struct err *e);

/*
 * Read a policy: {"rules":[...]}, a single rule, or the record that carries
 * one, {"type":"policy",...,"policy":{...}}. The first rule that is not
 * disabled and whose collections hold `who` is compiled; none: a policy that
 * does nothing. All rules are checked. What is kept is copied into a
 * (POLICY_MEMORY_MAX do; more: E2BIG); a tree is built beside it and freed.
 * ERR_PERM, for the first error: "what:line:column: pointer: why"; *notes,
 * which may be NULL, has them all, in a, also after an error, but for a text
 * that is no JSON.
 */
int policy_read(struct arena *a, struct str text, const char *what,
    const struct collections_who *who, const struct policy **ret,
    const struct policy_note **notes, struct err *e);

/* The same, where its rules may also name collections of `more` (or NULL). */
int policy_read_with(struct arena *a, struct str text, const char *what,
    const struct collections *more, const struct collections_who *who,
    const struct policy **ret, const struct policy_note **notes, struct err *e);

/*
 * What a task of that App ID is to get of a policy, runtime or WAAS, of a
 * parsed text that was taken before: the rules that are not disabled and may be
 * for it, in their order. Each has its collections as objects, those of `more`
 * (or NULL) too, without those that are for other App IDs. ERR_PERM.
 */
int policy_for_app(const struct jtree *policy, const struct collections *more,
    struct str app_id, struct jwrite *w, struct err *e);

/*
 * The same choice, for another process that is to read it: a policy record
 * with that rule alone, or with none, which is then for everybody who gets it.
 * text is one that policy_read() took; version is written unless its own record
 * has one. ERR_PERM.
 */
int policy_resolve(struct str text, const char *what,
    const struct collections_who *who, int64_t version, struct jwrite *w,
    struct err *e);

/* The events that must be seen for it, and those that it may refuse. */
event_set policy_watches(const struct policy *p);
event_set policy_prevents(const struct policy *p);

/* Must the sha256 of every program be known? */
bool policy_wants_hash(const struct policy *p);

/* Does it look at what differs from the image's manifest (EXE_ALTERED)? */
bool policy_wants_manifest(const struct policy *p);

/* The name of the rule that was taken, "" for none; the record's version. */
struct str policy_name(const struct policy *p);
int64_t policy_version(const struct policy *p);

/* "tier" of the rule: "full", "exec", "none", or "" when it says nothing. */
struct str policy_tier(const struct policy *p);

#endif
