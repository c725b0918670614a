/* SPDX-License-Identifier: Apache-2.0 */
/*
 * taskdef: the ECS task definitions in a document, whatever its form, seen
 * one way. Nothing here changes a document.
 */
#ifndef FG_TASKDEF_TASKDEF_H
#define FG_TASKDEF_TASKDEF_H

#include "cfn/cfn.h"
#include "doc/doc.h"

enum {
	TASKDEF_KEY_MAX = 64,         /* bytes of a key name, NUL included */
	TASKDEF_CONTAINERS_MAX = 100, /* ten times what ECS takes */
};

enum taskdef_form {
	TASKDEF_REGISTER, /* what RegisterTaskDefinition takes */
	TASKDEF_ARRAY,    /* a bare array of container definitions */
	TASKDEF_TEMPLATE, /* CloudFormation: any number of definitions */
};

struct taskdef_container {
	const struct doc_node *node; /* a map */
	const struct doc_node *name; /* its name's node: text or function */
	/*
	 * What names it in undo records and messages: the name's text, or
	 * cfn_canonical() of its expression.
	 */
	struct str id;
	/* Its name once evaluated; STR_NONE: not known before deployment. */
	struct str known_name;
};

struct taskdef {
	enum taskdef_form form;
	const struct doc_node *node;     /* map or, TASKDEF_ARRAY, list */
	const struct doc_node *resource; /* TASKDEF_TEMPLATE, else NULL */
	struct str logical_id;           /* TASKDEF_TEMPLATE, else empty */
	bool fargate; /* a service of the template runs it there */
	const struct doc_node *list; /* the container definitions */
	struct taskdef_container *containers;
	size_t n;
};

/* All task definitions of a document. */
struct taskdef_file {
	const struct doc *doc;
	enum taskdef_form form;
	const struct cfn_scope *scope; /* borrowed; NULL: functions are not
					* evaluated */
	struct arena *arena; /* owns what is below and the container ids */
	struct taskdef *defs;
	size_t n;
};

/*
 * Turn what DescribeTaskDefinition prints into what RegisterTaskDefinition
 * takes: the wrapper {"taskDefinition":…,"tags":…} goes, the tags move in,
 * the nine read-only fields go. *ret is a new document, or NULL when src is
 * in another form already. The change is not undone by fg-inject --remove.
 */
int taskdef_normalise(const struct doc *src, struct doc **ret, struct err *e);

/*
 * Find the task definitions of d, which must live longer, as must scope (made
 * for d; NULL: no function is evaluated). Errors: ERR_PERM not a task
 * definition at all; ERR_NO understood but not supported (container definitions
 * that are a function, a container without a name, two of one name, a Windows
 * one).
 */
int taskdef_open(struct taskdef_file *f, const struct doc *d,
    const struct cfn_scope *scope, struct err *e);

void taskdef_close(struct taskdef_file *f);

/*
 * The key "logConfiguration" as the form spells it: "LogConfiguration" in
 * templates. Writes to buf and returns it.
 */
const char *taskdef_key(
    enum taskdef_form form, const char *name, char buf[static TASKDEF_KEY_MAX]);

/* doc_get() by a register-form key; NULL when absent or null. */
const struct doc_node *taskdef_get(
    enum taskdef_form form, const struct doc_node *map, const char *name);

/*
 * doc_get() along a dotted path of such keys, "linuxParameters.capabilities";
 * NULL when any of them is absent or null.
 */
const struct doc_node *taskdef_path(
    enum taskdef_form form, const struct doc_node *map, const char *path);

/*
 * The nth item, from 0, of a list of maps whose `key` is the text `value`, or
 * NULL; what is no list has none. It may be an alias.
 */
const struct doc_node *taskdef_item(enum taskdef_form form,
    const struct doc_node *list, const char *key, const char *value, size_t n);

/* Is the text `word` an item of the list? What is no list has none. */
bool taskdef_lists(const struct doc_node *list, const char *word);

/*
 * The name of the function that n is, "Fn::If"; NULL: n is a plain value.
 * Only templates have functions.
 */
const char *taskdef_function(enum taskdef_form form, const struct doc_node *n);

/*
 * The text of a scalar, evaluated when it is a function; STR_NONE when it is
 * absent or not known. The bytes live as long as f.
 */
struct str taskdef_text(const struct taskdef_file *f, const struct doc_node *n);

/* Does it run Windows? Unknown counts as no. */
bool taskdef_is_windows(const struct taskdef_file *f, const struct taskdef *td);

/* Does it ask for Fargate, itself or by a service of the template? */
bool taskdef_is_fargate(const struct taskdef_file *f, const struct taskdef *td);

/*
 * "linux/amd64" or "linux/arm64", from runtimePlatform; never the host's, and
 * never a guess: NULL when it is not known here, and why->text says why.
 */
const char *taskdef_platform(const struct taskdef_file *f,
    const struct taskdef *td, struct cfn_why *why);

/* All of td: the resource of a template, with Type, Metadata and so on. */
const struct doc_node *taskdef_whole(const struct taskdef *td);

/* "TaskDef" for messages: the logical ID, else the family, else "". */
struct str taskdef_label(
    const struct taskdef_file *f, const struct taskdef *td);

/* The container of that evaluated name, or NULL. */
const struct taskdef_container *taskdef_find(
    const struct taskdef *td, struct str name);

#endif
