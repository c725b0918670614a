/* SPDX-License-Identifier: Apache-2.0 */
#include "protected.h"

#include "inject/mount.h"
#include "inject/names.h"
#include "inject/record.h"
#include "inject/stamp.h"
#include "inject/undo.h"

struct check {
	const struct taskdef_file *f;
	const struct taskdef *td;
	const struct taskdef_container *c;
	const struct record_container *rc; /* may be NULL */
	const struct taskdef_container *sidecar;
};

/* A rule: its name, what it says, what to do, and whether it is kept. */
struct rule {
	const char *id, *msg, *remedy;
	bool (*holds)(const struct check *k);
};

#define INJECT_AGAIN "run fg-inject again"

static const struct doc_node *
member(const struct check *k, const char *path)
{
	return taskdef_path(k->td->form, k->c->node, path);
}

static const struct doc_node *
item_with(
    const struct check *k, const char *path, const char *key, const char *value)
{
	return taskdef_item(k->td->form, member(k, path), key, value, 0);
}

static bool
has_sidecar(const struct check *k)
{
	return k->sidecar != NULL;
}

static bool
sidecar_is_whole(const struct check *k)
{
	const struct doc_node *node = k->sidecar->node;
	const struct doc_node *entry =
	    taskdef_get(k->td->form, node, "entryPoint");

	return taskdef_get(k->td->form, node, "healthCheck") != NULL &&
	       entry != NULL && doc_is(entry->first, NAMES_SIDECAR);
}

static bool
is_wrapped(const struct check *k)
{
	return undo_wrapper_items(member(k, "entryPoint"), NULL) > 0;
}

/* Behind the wrapper, or in the command, there must be something to run. */
static bool
runs_something(const struct check *k)
{
	const struct doc_node *entry = member(k, "entryPoint");
	const struct doc_node *command = member(k, "command");

	return undo_wrapper_items(entry, NULL) < entry->n ||
	       (command != NULL &&
		   (command->kind != DOC_SEQ || command->n > 0));
}

static bool
has_volume(const struct check *k)
{
	return item_with(k, "volumesFrom", "sourceContainer", SIDECAR_NAME) !=
		   NULL &&
	       mount_covering(k->f, k->td, k->c->node) == NULL;
}

/* The container could change the wrapper of the others. */
static bool
cannot_write(const struct check *k)
{
	const struct doc_node *item =
	    item_with(k, "volumesFrom", "sourceContainer", SIDECAR_NAME);

	return doc_is_true(taskdef_get(k->td->form, item, "readOnly"));
}

static bool
waits_for_sidecar(const struct check *k)
{
	const struct doc_node *item =
	    item_with(k, "dependsOn", "containerName", SIDECAR_NAME);

	return doc_is(taskdef_get(k->td->form, item, "condition"), "HEALTHY");
}

static bool
has_ptrace(const struct check *k)
{
	return taskdef_lists(member(k, "linuxParameters.capabilities.add"),
		   NAMES_CAPABILITY) &&
	       !taskdef_lists(member(k, "linuxParameters.capabilities.drop"),
		   NAMES_CAPABILITY);
}

static bool
has_one_app_id(const struct check *k)
{
	return stamp_double(k->td->form, k->c->node) == NULL;
}

static bool
has_app_id(const struct check *k)
{
	const struct doc_node *ours =
	    stamp_variable(k->td->form, k->c->node, NAMES_APP_ID);
	const struct doc_node *theirs =
	    stamp_variable(k->td->form, k->sidecar->node, NAMES_APP_ID);

	return ours != NULL && theirs != NULL && doc_equal(ours, theirs);
}

/* The image must be the one whose entry point was filled in. */
static bool
has_same_image(const struct check *k)
{
	struct str now = taskdef_text(k->f, member(k, "image"));

	return k->rc == NULL || !k->rc->filled || now.p == NULL ||
	       str_eq(now, k->rc->image);
}

static bool
has_told_image(const struct check *k)
{
	const struct doc_node *told =
	    stamp_variable(k->td->form, k->c->node, NAMES_IMAGE);
	const struct doc_node *image = member(k, "image");

	return told == NULL || image == NULL || doc_equal(told, image);
}

static bool
has_told_name(const struct check *k)
{
	const struct doc_node *told =
	    stamp_variable(k->td->form, k->c->node, NAMES_CONTAINER);

	return told == NULL || doc_equal(told, k->c->name);
}

/* The gravest first: later ones may rely on those before. */
static const struct rule rules[] = {
    {"protected.sidecar", "there is no container fg-sidecar", "run fg-inject",
	has_sidecar},
    {"protected.entry-point", "the entry point is not wrapped by fg-wrap",
	INJECT_AGAIN, is_wrapped},
    {"protected.command", "there is nothing behind fg-wrap to run",
	"run fg-entrypoint --fill and fg-inject again", runs_something},
    {"protected.volume",
	"the volume of fg-sidecar is not mounted, or covered by another mount",
	INJECT_AGAIN, has_volume},
    {"protected.volume-writable",
	"the volume of fg-sidecar is not mounted read-only", INJECT_AGAIN,
	cannot_write},
    {"protected.ptrace", "SYS_PTRACE is missing or dropped", INJECT_AGAIN,
	has_ptrace},
    {"protected.depends-on", "it does not wait until fg-sidecar is HEALTHY",
	INJECT_AGAIN, waits_for_sidecar},
    {"protected.app-id-twice", "FG_APP_ID stands there twice", "take one out",
	has_one_app_id},
    {"protected.app-id", "it has not the App ID of the sidecar",
	"run fg-appid --stamp and fg-inject again", has_app_id},
    {"protected.image", "the image changed since its entry point was filled in",
	"run fg-entrypoint --fill and fg-inject again", has_same_image},
    {"protected.image-told", "FG_IMAGE is not the image any more", INJECT_AGAIN,
	has_told_image},
    {"protected.name-told", "FG_CONTAINER is not the name any more",
	INJECT_AGAIN, has_told_name},
    {"protected.sidecar-changed",
	"the entry point or the health check of fg-sidecar was changed",
	INJECT_AGAIN, sidecar_is_whole},
};

static void
check_container(const struct check *k, struct report *report)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (rules[i].holds(k))
			continue;
		report_finding(report, k->f, k->c->node, rules[i].id, "error",
		    rules[i].msg, rules[i].remedy);
		report->unresolved++;
		return;
	}
}

int
protected_check(const struct taskdef_file *f, const struct taskdef *td,
    const struct lint_config *cfg, struct arena *a, struct report *report,
    struct err *e)
{
	static const struct record_container unknown;
	struct check k = {.f = f, .td = td, .sidecar = record_sidecar(td)};
	struct record rec;
	int r = record_read(f, td, a, &rec, e);

	if (r != 0)
		return r;
	for (size_t i = 0; i < td->n; i++) {
		k.c = &td->containers[i];
		k.rc = record_find(&rec, k.c->id);
		if (k.c != k.sidecar &&
		    !select_excluded(k.c, &cfg->only, &cfg->exclude,
			k.rc == NULL ? &unknown : k.rc))
			check_container(&k, report);
	}
	return 0;
}
