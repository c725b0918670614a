/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: the undo record of a task definition, which each document tool adds
 * to. It is one compact JSON string: in templates Metadata.FgEmbed of the
 * resource, else the label "fg.undo" on the sidecar, or on the first
 * container until there is a sidecar. fg-taskdef(5) documents its members.
 */
#ifndef FG_INJECT_RECORD_H
#define FG_INJECT_RECORD_H

#include "doc/edit.h"
#include "sha256/sha256.h"
#include "taskdef/taskdef.h"

#define RECORD_LABEL "fg.undo"
#define RECORD_METADATA "FgEmbed"
#define RECORD_CUT_NONE "00000000"

enum {
	RECORD_CUT = 9,       /* 8 digits and a NUL */
	RECORD_OLD_PATHS = 9, /* see record_paths */
	RECORD_BYTES_MAX = 1024 * 1024,
};

/* Where a value of the user's can have made way for one of ours. */
enum record_path {
	RECORD_ENTRY_POINT,
	RECORD_COMMAND,
	RECORD_ENVIRONMENT,
	RECORD_DEPENDS_ON,
	RECORD_VOLUMES_FROM,
	RECORD_LINUX,
	RECORD_CAPABILITIES,
	RECORD_CAPABILITIES_ADD,
	RECORD_LABELS,
};
extern const char *const record_paths[RECORD_OLD_PATHS];

struct record_container {
	struct record_container *next;
	struct str id; /* taskdef_container.id */
	/* What --fill found; empty: nothing, or not asked. */
	struct str image, digest, platform;
	bool filled;             /* --fill knows what the image would run */
	bool filled_entry_point; /* and wrote it */
	bool filled_command;
	bool stamped; /* FG_APP_ID was written by a tool */
	bool injected;
	bool added_ptrace;                /* SYS_PTRACE was not there before */
	bool excluded;                    /* by the user */
	struct str old[RECORD_OLD_PATHS]; /* raw text; .p NULL: was absent */
};

struct record {
	const struct doc_node *node;   /* the string in the document, or NULL */
	const struct doc_node *holder; /* register forms: the container of the
					* label */
	struct str tool;               /* version that wrote it last */
	char sha256[SHA256_HEX];       /* of the definition's first bytes */
	char cut[RECORD_CUT];          /* see remove_seal() */
	bool changed;                  /* by --fill: node is out of date */
	bool new_metadata;             /* "Metadata" was not there before */
	bool new_execution_role;
	bool new_tag;
	/* Raw text that made way for ours; .p NULL: was absent. */
	struct str old_metadata, old_execution_role, old_tags;
	struct record_container *first;
	struct arena *arena; /* what all of the above lives in */
};

/* The name of our own container. */
#define SIDECAR_NAME "fg-sidecar"

/* td's container of that name, or NULL. */
const struct taskdef_container *record_sidecar(const struct taskdef *td);

/*
 * The record of td, or an empty one with the sha256 of td as it is now and
 * node NULL. Entries of containers that were renamed since are theirs again
 * (see renamed.h). a must outlive it. -EINVAL, ERR_PERM: there is one that
 * makes no sense, or of a later version of the format.
 */
int record_read(const struct taskdef_file *f, const struct taskdef *td,
    struct arena *a, struct record *ret, struct err *e);

/* The entry for id; record_get() makes it, NULL when out of memory. */
struct record_container *record_find(const struct record *rec, struct str id);
struct record_container *record_get(struct record *rec, struct str id);

/* Is there anything of ours in it? */
bool record_is_empty(const struct record *rec);

/* The record as text, compact; `cut` as it stands in rec. */
int record_text(const struct record *rec, struct buf *out, struct err *e);

/*
 * Write rec to its place in td: over the string that was there, or anew.
 * Where the sidecar is only about to be added the caller puts it there.
 */
int record_put(const struct taskdef_file *f, const struct taskdef *td,
    struct record *rec, struct edit *ed, struct err *e);

/* The map of labels that a new container carries with the record. */
struct val *record_labels(
    const struct record *rec, struct arena *a, struct err *e);

#endif
