/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "mount.h"
#include "names.h"

/* The container that is looked at. */
struct check {
	const struct grow *g;
	const struct taskdef_container *c;
	const struct record_container *rc;
};

static const struct doc_node *
member(const struct check *k, const char *path)
{
	return taskdef_path(k->g->td->form, k->c->node, path);
}

/* Is it a variable that we set? */
static bool
is_reserved(const struct check *k, const struct doc_node *item)
{
	enum taskdef_form form = k->g->td->form;
	const struct doc_node *name;

	item = cfn_follow(item);
	name = taskdef_get(form, item, "name");
	if (!doc_is_text(name))
		return false;
	return names_is_ours(name->text) ||
	       (str_eqz(name->text, NAMES_APP_ID) &&
		   taskdef_get(form, item, "value") == NULL);
}

/* Can the member be added to? */
static struct str
check_member(const struct check *k, const char *path, enum doc_kind kind)
{
	const struct doc_node *n = member(k, path);
	const char *what = NULL;

	if (n == NULL)
		return STR_NONE;
	if (doc_is_shared(n))
		what = "is shared by an anchor and aliases; write it out";
	else if (taskdef_function(k->g->td->form, n) != NULL)
		what = "is a function, which is not supported here yet; write "
		       "it out";
	else if (n->kind != kind)
		what = kind == DOC_SEQ ? "must be a list" : "must be a map";
	if (what == NULL)
		return STR_NONE;
	return str_of(arena_printf(edit_arena(k->g->ed), "%s %s", path, what));
}

static struct str
check_members(const struct check *k)
{
	static const struct {
		const char *path;
		enum doc_kind kind;
	} grown[] = {
	    {"entryPoint", DOC_SEQ},
	    {"environment", DOC_SEQ},
	    {"dependsOn", DOC_SEQ},
	    {"volumesFrom", DOC_SEQ},
	    {"linuxParameters", DOC_MAP},
	    {"linuxParameters.capabilities", DOC_MAP},
	    {"linuxParameters.capabilities.add", DOC_SEQ},
	};
	struct str reason = STR_NONE;

	for (size_t i = 0; i < sizeof grown / sizeof *grown; i++) {
		reason = check_member(k, grown[i].path, grown[i].kind);
		if (reason.p != NULL)
			break;
	}
	return reason;
}

static struct str
check_environment(const struct check *k)
{
	static const char *const paths[] = {"environment", "secrets"};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const struct doc_node *list = member(k, paths[i]);

		if (list == NULL || list->kind != DOC_SEQ)
			continue;
		doc_each(item, list)
			if (is_reserved(k, item))
				return STR("it sets a variable FG_*, which "
					   "are reserved; rename it");
	}
	return STR_NONE;
}

/* The image must be the one that --fill looked at. */
static struct str
check_image(const struct check *k)
{
	const struct doc_node *image = member(k, "image");
	struct str now = taskdef_text(k->g->f, image);

	if (image != NULL && image->kind != DOC_SCALAR &&
	    taskdef_function(k->g->td->form, image) == NULL)
		return STR("its image is no image reference");
	/* It is copied, and aliases can make little text large. */
	if (image != NULL && val_copy(edit_arena(k->g->ed), image) == NULL)
		return STR("its image is too large an expression");
	if (!k->rc->filled || now.p == NULL || k->rc->image.n == 0 ||
	    str_eq(now, k->rc->image))
		return STR_NONE;
	return STR("the image changed since fg-entrypoint --fill; run that "
		   "again first");
}

static struct str
check_entry_point(const struct check *k)
{
	const struct doc_node *list = member(k, "entryPoint");

	if ((list != NULL && list->n > 0) || k->rc->filled)
		return STR_NONE;
	return STR("its entry point is not known; run fg-entrypoint --fill "
		   "first, or state entryPoint");
}

static struct str
why_not(const struct check *k)
{
	struct str reason = check_members(k);

	if (reason.p == NULL && doc_is_shared(k->c->node))
		reason = STR("it is shared by an anchor and aliases; write "
			     "it out");
	if (reason.p == NULL)
		reason = check_environment(k);
	if (reason.p == NULL &&
	    taskdef_lists(member(k, "linuxParameters.capabilities.drop"),
		NAMES_CAPABILITY))
		reason = STR("it drops SYS_PTRACE, which fg-wrap needs; take "
			     "that out of capabilities.drop");
	if (reason.p == NULL &&
	    mount_covering(k->g->f, k->g->td, k->c->node) != NULL)
		reason = STR("it mounts something over /opt/fg, where the "
			     "volume of the sidecar goes; mount it elsewhere");
	if (reason.p == NULL)
		reason = check_image(k);
	if (reason.p == NULL)
		reason = check_entry_point(k);
	return reason;
}

struct str
check_container(const struct grow *g, const struct taskdef_container *c,
    const struct record_container *rc)
{
	const struct check k = {.g = g, .c = c, .rc = rc};

	return why_not(&k);
}
