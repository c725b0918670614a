/* SPDX-License-Identifier: Apache-2.0 */
/* stamp: every task definition gets its App ID, once. */
#ifndef FG_INJECT_STAMP_H
#define FG_INJECT_STAMP_H

#include "appid/appid.h"
#include "record.h"
#include "report.h"
#include "select.h"

struct stamp_config {
	bool renew; /* change App IDs that are there */
	bool tag;   /* also as the tag fg:app-id of the task definition */
	/* Stands in for a family that is absent (bare arrays); may be NULL. */
	const char *family;
	/* A version that was stamped before, its App IDs are taken; or NULL. */
	const struct taskdef_file *from;
	/* Makes a UUID; NULL: what is not stamped is an error. */
	void (*make_uuid)(char to[37]);
	/*
	 * Whole App IDs given by the user, "[LOGICALID=]NAME:UUID"; they are
	 * taken as they are.
	 */
	const char *const *given;
	size_t n_given;
	struct inject_names only, exclude;
};

struct stamp_done {
	bool changed; /* the caller then puts the record */
	bool fresh;   /* the App ID is a new one */
};

/*
 * Write the App ID of td as FG_APP_ID into the environment of all its
 * containers that are not excluded, and the sidecar's, if there is one; nothing
 * at all where every container is. One that is there is kept, unless renew. An
 * intrinsic family gives an expression. A container that takes none becomes a
 * problem of the report, an error when that is NULL; what leaves in doubt which
 * App ID counts is an error.
 */
int stamp_definition(const struct taskdef_file *f, const struct taskdef *td,
    const struct stamp_config *cfg, struct record *rec, struct edit *ed,
    struct report *report, struct stamp_done *done, struct err *e);

/* The value of a variable that a container sets, or NULL. */
const struct doc_node *stamp_variable(
    enum taskdef_form form, const struct doc_node *container, const char *name);

/* FG_APP_ID in the container's environment for the second time, or NULL. */
const struct doc_node *stamp_double(
    enum taskdef_form form, const struct doc_node *container);

/*
 * The node that holds td's App ID: the value of FG_APP_ID in its first
 * container that has one; text or an expression. NULL: not stamped.
 */
const struct doc_node *stamp_find(const struct taskdef *td);

/* Each LOGICALID of the given App IDs must be there. -ENOENT, ERR_USAGE. */
int stamp_check_given(const struct taskdef_file *f,
    const struct stamp_config *cfg, struct err *e);

/*
 * Is td stamped? If not ERR_USAGE; with what is no App ID, or with two: ERR_NO.
 */
int stamp_check(
    const struct taskdef_file *f, const struct taskdef *td, struct err *e);

#endif
