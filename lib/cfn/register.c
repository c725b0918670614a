/* SPDX-License-Identifier: Apache-2.0 */
#include "register.h"

#include <errno.h>
#include <stdint.h>

#include "base/num.h"
#include "jscan/jscan.h"
#include "register_fields.h"

/* One expression's texts, at a time; all of a document's conditions. */
#define ARENA_MAX ((size_t)64 * 1024 * 1024)

enum { WALK_DEPTH_MAX = DOC_DEPTH_MAX, WALK_NODES_MAX = DOC_NODES_MAX };

static const char placeholder[] = "unknown";

static const struct cfn_field any = {.name = "", .type = CFN_TYPE_ANY};
static const struct cfn_field text = {.name = "", .type = CFN_TYPE_TEXT};

struct walk {
	const struct cfn_scope *scope;
	struct arena *arena;
	struct jwrite *json;
	struct err *e;
	unsigned depth;
	size_t nodes; /* aliases may stand for far more than was read */
};

static int put(struct walk *w, struct str key, const struct doc_node *n,
    const struct cfn_field *field);

/* ---- scalars ------------------------------------------------------------- */

static bool
is_json_number(struct str s)
{
	struct jscan scan;
	struct jscan_token tok;

	jscan_init(&scan, s, 1);
	return jscan_next(&scan, &tok, NULL) == 1 && tok.kind == JSCAN_NUMBER &&
	       tok.end - tok.start == s.n;
}

static void
put_text(struct walk *w, struct str s, enum cfn_type type)
{
	int64_t i;

	if (type == CFN_TYPE_INT && num_parse(s, INT64_MIN, INT64_MAX, &i))
		jwrite_int(w->json, i);
	else if (type == CFN_TYPE_BOOL && str_eqz(s, "true"))
		jwrite_bool(w->json, true);
	else if (type == CFN_TYPE_BOOL && str_eqz(s, "false"))
		jwrite_bool(w->json, false);
	else
		jwrite_str(w->json, s);
}

static void
put_scalar(struct walk *w, const struct doc_node *n, enum cfn_type type)
{
	bool plain = n->style == DOC_PLAIN;

	if (type == CFN_TYPE_ANY && plain && doc_is_bool(n))
		jwrite_bool(w->json, doc_is_true(n));
	else if (type == CFN_TYPE_ANY && plain && is_json_number(n->text))
		jwrite_raw(w->json, n->text);
	else
		put_text(w, cfn_literal(n), type);
}

static void
put_unknown(struct walk *w, enum cfn_type type)
{
	switch (type) {
	case CFN_TYPE_INT:
		jwrite_int(w->json, 0);
		break;
	case CFN_TYPE_BOOL:
		jwrite_bool(w->json, false);
		break;
	case CFN_TYPE_OWN:
	case CFN_TYPE_FIELDS:
		jwrite_object(w->json);
		jwrite_end(w->json);
		break;
	case CFN_TYPE_TEXTS:
		jwrite_array(w->json);
		jwrite_strz(w->json, placeholder);
		jwrite_end(w->json);
		break;
	case CFN_TYPE_ANY:
	case CFN_TYPE_TEXT:
	default:
		jwrite_strz(w->json, placeholder);
		break;
	}
}

/* ---- collections --------------------------------------------------------- */

/* In field's object: the member with the name, or else a text. */
static const struct cfn_field *
member(const struct cfn_field *field, struct str name)
{
	const struct cfn_field *f = field->fields;

	if (field->type == CFN_TYPE_ANY)
		return &any;
	for (; f != NULL && f->name != NULL; f++)
		if (str_eqz(name, f->name))
			return f;
	return &text;
}

/* What the API calls it; STR_NONE: out of memory. */
static struct str
api_name(struct walk *w, const struct cfn_field *object,
    const struct cfn_field *f, struct str name)
{
	struct str api;
	char *camel;

	if (f->api != NULL)
		return str_of(f->api);
	if (object->type == CFN_TYPE_ANY || object->type == CFN_TYPE_OWN)
		return name;
	camel = arena_dup(w->arena, name);
	api = str_make(camel, camel == NULL ? 0 : name.n);
	if (api.n > 0 && camel[0] >= 'A' && camel[0] <= 'Z')
		camel[0] = (char)(camel[0] - 'A' + 'a');
	return api;
}

static int
put_members(
    struct walk *w, const struct doc_node *map, const struct cfn_field *field)
{
	int r = 0;

	doc_each(child, map) {
		struct str name = child->key->text, api;
		const struct cfn_field *f;

		/* What a macro will put here nobody knows. */
		if (str_starts(name, "Fn::"))
			continue;
		f = member(field, name);
		api = api_name(w, field, f, name);
		r = api.p == NULL ? err_nomem(w->e) : put(w, api, child, f);
		if (r != 0)
			break;
	}
	return r;
}

static int
put_collection(
    struct walk *w, const struct doc_node *n, const struct cfn_field *field)
{
	int r = 0;

	if (n->kind == DOC_MAP) {
		jwrite_object(w->json);
		r = put_members(w, n, field);
	} else {
		/* The items of a list of texts are texts. */
		if (field->type == CFN_TYPE_TEXTS)
			field = &text;
		jwrite_array(w->json);
		doc_each(item, n) {
			r = put(w, STR_NONE, item, field);
			if (r != 0)
				break;
		}
	}
	jwrite_end(w->json);
	return r;
}

/* ---- any node ------------------------------------------------------------ */

static int
malformed(struct walk *w, const struct doc_node *n, const struct cfn_why *why)
{
	return doc_err(w->e, ERR_PERM, EINVAL, cfn_scope_doc(w->scope),
	    why->node == NULL ? n : why->node, "%s", why->text);
}

/* As cfn_branch(), but of an undecided Fn::If one branch is taken. */
static enum cfn_result
choose(struct walk *w, const struct doc_node *n, const struct doc_node **out,
    struct cfn_why *why)
{
	const struct doc_node *arg;
	enum cfn_result r = cfn_branch(w->scope, n, w->arena, out, why);

	for (unsigned i = 0; r == CFN_UNKNOWN && i < CFN_DEPTH_MAX; i++) {
		(void)cfn_fn(*out, &arg);
		n = doc_at(arg, 1);
		if (cfn_is_novalue(n))
			n = doc_at(arg, 2);
		r = cfn_branch(w->scope, n, w->arena, out, why);
	}
	return r;
}

static void
put_items(struct walk *w, const struct str *items, size_t n)
{
	jwrite_array(w->json);
	for (size_t i = 0; i < n; i++)
		jwrite_str(w->json, items[i]);
	jwrite_end(w->json);
}

static void
put_key(struct walk *w, struct str key)
{
	if (key.p != NULL)
		jwrite_keys(w->json, key);
}

/* n is a function, but no Fn::If that is decided. */
static int
put_call(struct walk *w, struct str key, const struct doc_node *n,
    enum cfn_type type)
{
	struct cfn_why why = {.node = n};
	struct str s = STR_NONE, *items;
	size_t n_items;
	enum cfn_result r;

	r = cfn_eval_list(w->scope, n, w->arena, &items, &n_items, &why);
	if (r == CFN_KNOWN) {
		put_key(w, key);
		put_items(w, items, n_items);
		return 0;
	}
	if (r == CFN_BAD) /* maybe a text only */
		r = cfn_eval_text(w->scope, n, w->arena, &s, &why);
	if (r == CFN_BAD)
		return malformed(w, n, &why);
	if (r == CFN_NOVALUE)
		return 0;
	put_key(w, key);
	if (r == CFN_KNOWN)
		put_text(w, s, type);
	else
		put_unknown(w, type);
	return 0;
}

static int
put_branch(struct walk *w, struct str key, const struct doc_node *n,
    const struct cfn_field *field)
{
	int r = 0;

	if (cfn_fn(n, NULL) != CFN_LITERAL)
		return put_call(w, key, n, field->type);
	put_key(w, key);
	if (n->kind == DOC_SCALAR)
		put_scalar(w, n, field->type);
	else
		r = put_collection(w, n, field);
	return r;
}

static int
put(struct walk *w, struct str key, const struct doc_node *n,
    const struct cfn_field *field)
{
	struct cfn_why why = {.node = n};
	const struct doc_node *chosen;
	int r = 0;

	if (++w->nodes > WALK_NODES_MAX || w->depth >= WALK_DEPTH_MAX)
		return doc_err(w->e, ERR_PERM, E2BIG, cfn_scope_doc(w->scope),
		    n, "aliases stand for too much");
	switch (choose(w, n, &chosen, &why)) {
	case CFN_KNOWN:
		w->depth++;
		r = put_branch(w, key, chosen, field);
		w->depth--;
		return r;
	case CFN_UNKNOWN:
		put_key(w, key);
		put_unknown(w, field->type);
		return 0;
	case CFN_BAD:
		return malformed(w, n, &why);
	case CFN_NOVALUE:
	default:
		return 0;
	}
}

/* ---- from outside -------------------------------------------------------- */

int
cfn_to_json(const struct cfn_scope *s, const struct doc_node *n,
    struct jwrite *json, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	struct walk w = {.scope = s, .arena = a, .json = json, .e = e};

	return a == NULL ? err_nomem(e) : put(&w, STR_NONE, n, &any);
}

static const struct cfn_field task_field = {
    .name = "", .type = CFN_TYPE_FIELDS, .fields = cfn_task_fields};

int
cfn_to_register(const struct cfn_scope *s, const struct cfn_task *task,
    struct jwrite *json, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	struct walk w = {.scope = s, .arena = a, .json = json, .e = e};
	const struct doc_node *family = cfn_get(task->properties, "Family");
	const struct doc_node *chosen;
	int r = 0;

	if (a == NULL)
		return err_nomem(e);
	jwrite_object(json);
	if (choose(&w, family, &chosen, NULL) == CFN_NOVALUE)
		jwrite_kv(json, "family", task->logical_id);
	if (task->properties != NULL)
		r = put_members(&w, task->properties, &task_field);
	jwrite_end(json);
	return r;
}
