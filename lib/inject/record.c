/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include <errno.h>
#include <string.h>

#include "grow.h"
#include "jwrite/jwrite.h"
#include "renamed.h"

enum { RECORD_VERSION = 1 };

const char *const record_paths[RECORD_OLD_PATHS] = {
    [RECORD_ENTRY_POINT] = "entryPoint",
    [RECORD_COMMAND] = "command",
    [RECORD_ENVIRONMENT] = "environment",
    [RECORD_DEPENDS_ON] = "dependsOn",
    [RECORD_VOLUMES_FROM] = "volumesFrom",
    [RECORD_LINUX] = "linuxParameters",
    [RECORD_CAPABILITIES] = "linuxParameters.capabilities",
    [RECORD_CAPABILITIES_ADD] = "linuxParameters.capabilities.add",
    [RECORD_LABELS] = "dockerLabels",
};

const struct taskdef_container *
record_sidecar(const struct taskdef *td)
{
	for (size_t i = 0; i < td->n; i++)
		if (doc_is(td->containers[i].name, SIDECAR_NAME))
			return &td->containers[i];
	return NULL;
}

/* ---- finding ---- */

static const struct doc_node *
label_of(const struct taskdef *td, const struct doc_node *container)
{
	return doc_get(
	    taskdef_get(td->form, container, "dockerLabels"), RECORD_LABEL);
}

static void
find_node(const struct taskdef *td, struct record *rec)
{
	const struct taskdef_container *sidecar = record_sidecar(td);

	if (td->form == TASKDEF_TEMPLATE) {
		rec->node =
		    doc_get(doc_get(td->resource, "Metadata"), RECORD_METADATA);
		return;
	}
	if (sidecar != NULL)
		rec->node = label_of(td, rec->holder = sidecar->node);
	for (size_t i = 0; i < td->n && rec->node == NULL; i++)
		rec->node = label_of(td, rec->holder = td->containers[i].node);
	if (rec->node == NULL)
		rec->holder = NULL;
}

/* ---- reading ---- */

static void
copy_member(struct record *rec, const struct doc_node *map, const char *key,
    struct str *to)
{
	const struct doc_node *n = doc_get(map, key);

	if (n != NULL && n->kind == DOC_SCALAR)
		*to = arena_str(rec->arena, n->text);
}

static void
read_old(
    struct record *rec, struct record_container *c, const struct doc_node *old)
{
	for (size_t i = 0; i < RECORD_OLD_PATHS; i++)
		copy_member(rec, old, record_paths[i], &c->old[i]);
}

static int
read_container(struct record *rec, const struct doc_node *entry, struct err *e)
{
	const struct doc_node *did = doc_get(entry, "did");
	struct record_container *c = record_get(rec, entry->key->text);

	if (c == NULL)
		return err_nomem(e);
	copy_member(rec, entry, "image", &c->image);
	copy_member(rec, entry, "digest", &c->digest);
	copy_member(rec, entry, "platform", &c->platform);
	c->filled = taskdef_lists(did, "fill");
	c->filled_entry_point = taskdef_lists(did, "entryPoint");
	c->filled_command = taskdef_lists(did, "command");
	c->stamped = taskdef_lists(did, "stamp");
	c->injected = taskdef_lists(did, "inject");
	c->added_ptrace = taskdef_lists(did, "ptrace");
	c->excluded = taskdef_lists(did, "exclude");
	read_old(rec, c, doc_get(entry, "old"));
	return 0;
}

static bool
copy_digits(const struct doc_node *n, char *to, size_t room)
{
	if (n == NULL || n->kind != DOC_SCALAR || n->text.n != room - 1)
		return false;
	memcpy(to, n->text.p, n->text.n);
	to[n->text.n] = '\0';
	return true;
}

static int
read_tree(struct record *rec, const struct doc_node *root, struct err *e)
{
	const struct doc_node *all = doc_get(root, "containers");
	const struct doc_node *did = doc_get(root, "did");
	int r = 0;

	if (!doc_is(doc_get(root, "v"), "1"))
		return err_set(e, ERR_PERM, ENOTSUP,
		    "an undo record of a later version; use the fg that made "
		    "it");
	if (!copy_digits(
		doc_get(root, "sha256"), rec->sha256, sizeof rec->sha256) ||
	    !copy_digits(doc_get(root, "cut"), rec->cut, sizeof rec->cut))
		return err_set(e, ERR_PERM, EINVAL, "a damaged undo record");
	if (all != NULL && all->n > TASKDEF_CONTAINERS_MAX)
		return err_set(e, ERR_PERM, E2BIG, "a damaged undo record");
	copy_member(rec, root, "tool", &rec->tool);
	copy_member(rec, root, "oldMetadata", &rec->old_metadata);
	copy_member(rec, root, "oldExecutionRoleArn", &rec->old_execution_role);
	copy_member(rec, root, "oldTags", &rec->old_tags);
	rec->new_metadata = taskdef_lists(did, "metadata");
	rec->new_execution_role = taskdef_lists(did, "executionRoleArn");
	rec->new_tag = taskdef_lists(did, "tag");
	if (all != NULL)
		for (const struct doc_node *c = all->first; c != NULL && r == 0;
		     c = c->next)
			r = c->key == NULL ? err_set(e, ERR_PERM, EINVAL,
						 "a damaged undo record")
					   : read_container(rec, c, e);
	return r;
}

int
record_read(const struct taskdef_file *f, const struct taskdef *td,
    struct arena *a, struct record *ret, struct err *e)
{
	cleanup_doc struct doc *tree = NULL;
	struct err why = {0};
	int r;

	*ret = (struct record){.cut = RECORD_CUT_NONE, .arena = a};
	find_node(td, ret);
	if (ret->node == NULL) {
		sha256_text(doc_raw(f->doc, taskdef_whole(td)), ret->sha256);
		return 0;
	}
	if (!doc_is_text(ret->node))
		return doc_err(e, ERR_PERM, EINVAL, f->doc, ret->node,
		    "an undo record that is no string");
	r = doc_parse(ret->node->text, "undo record", &tree, &why);
	if (r == 0)
		r = read_tree(ret, doc_root(tree), &why);
	if (r != 0)
		(void)doc_err(
		    e, ERR_PERM, -r, f->doc, ret->node, "%s", why.text);
	return r == 0 ? renamed_adopt(td, ret, e) : r;
}

struct record_container *
record_find(const struct record *rec, struct str id)
{
	struct record_container *c = rec->first;

	while (c != NULL && !str_eq(c->id, id))
		c = c->next;
	return c;
}

struct record_container *
record_get(struct record *rec, struct str id)
{
	struct record_container *c = record_find(rec, id), **last = &rec->first;

	if (c != NULL)
		return c;
	c = arena_alloc(rec->arena, sizeof *c);
	if (c == NULL)
		return NULL;
	c->id = arena_str(rec->arena, id);
	if (c->id.p == NULL)
		return NULL;
	while (*last != NULL)
		last = &(*last)->next;
	*last = c;
	return c;
}

bool
record_is_empty(const struct record *rec)
{
	for (const struct record_container *c = rec->first; c != NULL;
	     c = c->next)
		if (c->filled || c->stamped || c->injected || c->excluded)
			return false;
	return true;
}

/* ---- writing ---- */

static void
put_word(struct jwrite *w, bool said, const char *word)
{
	if (said)
		jwrite_strz(w, word);
}

static void
put_member(struct jwrite *w, const char *key, struct str s)
{
	if (s.n > 0)
		jwrite_kv(w, key, s);
}

static void
put_old(struct jwrite *w, const char *key, struct str raw)
{
	if (raw.p != NULL)
		jwrite_kv(w, key, raw);
}

static bool
has_old(const struct record_container *c)
{
	for (size_t i = 0; i < RECORD_OLD_PATHS; i++)
		if (c->old[i].p != NULL)
			return true;
	return false;
}

static void
put_container(struct jwrite *w, const struct record_container *c)
{
	jwrite_keys(w, c->id);
	jwrite_object(w);
	put_member(w, "image", c->image);
	put_member(w, "digest", c->digest);
	put_member(w, "platform", c->platform);
	jwrite_key(w, "did");
	jwrite_array(w);
	put_word(w, c->filled, "fill");
	put_word(w, c->filled_entry_point, "entryPoint");
	put_word(w, c->filled_command, "command");
	put_word(w, c->stamped, "stamp");
	put_word(w, c->injected, "inject");
	put_word(w, c->added_ptrace, "ptrace");
	put_word(w, c->excluded, "exclude");
	jwrite_end(w);
	if (has_old(c)) {
		jwrite_key(w, "old");
		jwrite_object(w);
		for (size_t i = 0; i < RECORD_OLD_PATHS; i++)
			put_old(w, record_paths[i], c->old[i]);
		jwrite_end(w);
	}
	jwrite_end(w);
}

int
record_text(const struct record *rec, struct buf *out, struct err *e)
{
	struct jwrite w;

	jwrite_init(&w, out);
	jwrite_object(&w);
	jwrite_kv_int(&w, "v", RECORD_VERSION);
	jwrite_kvz(&w, "tool", FG_VERSION);
	jwrite_kvz(&w, "sha256", rec->sha256);
	jwrite_kvz(&w, "cut", rec->cut);
	if (rec->new_metadata || rec->new_execution_role || rec->new_tag) {
		jwrite_key(&w, "did");
		jwrite_array(&w);
		put_word(&w, rec->new_metadata, "metadata");
		put_word(&w, rec->new_execution_role, "executionRoleArn");
		put_word(&w, rec->new_tag, "tag");
		jwrite_end(&w);
	}
	put_old(&w, "oldMetadata", rec->old_metadata);
	put_old(&w, "oldExecutionRoleArn", rec->old_execution_role);
	put_old(&w, "oldTags", rec->old_tags);
	jwrite_key(&w, "containers");
	jwrite_object(&w);
	for (const struct record_container *c = rec->first; c != NULL;
	     c = c->next)
		put_container(&w, c);
	jwrite_end(&w);
	jwrite_end(&w);
	return jwrite_end_text(&w) == 0 ? 0 : err_nomem(e);
}

/* A template keeps the record beside the properties of the resource. */
static int
put_metadata(const struct taskdef_file *f, const struct taskdef *td,
    struct record *rec, struct edit *ed, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(RECORD_BYTES_MAX);
	const struct doc_node *metadata = doc_get(td->resource, "Metadata");
	struct arena *a = edit_arena(ed);
	struct val *map = val_map(a);
	int r;

	if (metadata != NULL && metadata->kind != DOC_MAP &&
	    !doc_is_null(metadata))
		return doc_err(e, ERR_NO, ENOTSUP, f->doc, metadata,
		    "metadata that are no map cannot hold the undo record");
	rec->new_metadata = metadata == NULL;
	if (metadata != NULL && metadata->n == 0)
		rec->old_metadata =
		    arena_str(rec->arena, doc_raw(f->doc, metadata));
	r = record_text(rec, &text, e);
	if (r != 0)
		return r;
	if (metadata != NULL)
		edit_append(
		    ed, metadata, RECORD_METADATA, val_text(a, buf_str(&text)));
	else
		edit_append(ed, td->resource, "Metadata",
		    val_put(
			a, map, RECORD_METADATA, val_text(a, buf_str(&text))));
	return 0;
}

struct val *
record_labels(const struct record *rec, struct arena *a, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(RECORD_BYTES_MAX);

	if (record_text(rec, &text, e) != 0)
		return NULL;
	return val_put(
	    a, val_map(a), RECORD_LABEL, val_text(a, buf_str(&text)));
}

/* On the first container, and only until there is a sidecar. */
static int
put_label(const struct taskdef_file *f, const struct taskdef *td,
    struct record *rec, struct edit *ed, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(RECORD_BYTES_MAX);
	struct record_container *c = record_get(rec, td->containers[0].id);
	struct grow g = {.f = f, .td = td, .ed = ed, .rec = rec, .e = e};
	int r;

	if (c == NULL)
		return err_nomem(e);
	/* What the label replaces must be in the text of the label. */
	r = grow_note(&g, c, td->containers[0].node, RECORD_LABELS);
	if (r == 0)
		r = record_text(rec, &text, e);
	if (r == 0)
		r = grow_map(&g, c, td->containers[0].node, RECORD_LABELS,
		    RECORD_LABEL, val_text(edit_arena(ed), buf_str(&text)));
	return r;
}

int
record_put(const struct taskdef_file *f, const struct taskdef *td,
    struct record *rec, struct edit *ed, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(RECORD_BYTES_MAX);
	int r;

	if (rec->node == NULL)
		return td->form == TASKDEF_TEMPLATE
			   ? put_metadata(f, td, rec, ed, e)
			   : put_label(f, td, rec, ed, e);
	r = record_text(rec, &text, e);
	if (r == 0)
		edit_replace(
		    ed, rec->node, val_text(edit_arena(ed), buf_str(&text)));
	return r;
}
