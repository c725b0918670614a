/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "policy.h"

/* The tree of POLICY_TEXT_MAX bytes. */
enum { SCRATCH_MAX = 256 << 20 };

static bool
disabled(const struct jtree *rule)
{
	const struct jtree *t = jtree_get(rule, "disabled");

	return t != NULL && t->kind == JSCAN_TRUE;
}

/* The first rule for `who`, or NULL. */
static int
find(struct arena *a, const struct jtree *policy,
    const struct collections_who *who, const struct jtree **ret, struct err *e)
{
	const struct jtree *rules = jtree_get(policy, "rules"), *rule;
	const struct collections *all = NULL;
	bool in = false;
	int r = 0;

	*ret = NULL;
	/* Of a single rule that member says whom it is for. */
	if (rules != NULL)
		r = collections_read(
		    a, jtree_get(policy, "collections"), &all, e);
	if (r != 0)
		return r;
	rule = rules == NULL ? policy : rules->first;
	for (; rule != NULL; rule = rules == NULL ? NULL : rule->next) {
		r = collections_match(
		    all, jtree_get(rule, "collections"), who, &in, e);
		if (r != 0)
			return r;
		if (!in || disabled(rule))
			continue;
		*ret = rule;
		return 0;
	}
	return 0;
}

/* The rule, but for whom it is: it has been found. */
static void
write_rule(const struct jtree *rule, struct jwrite *w)
{
	const struct jtree *t;

	jwrite_object(w);
	for (t = rule->first; t != NULL; t = t->next) {
		if (str_eqz(t->key, "collections"))
			continue;
		jwrite_keys(w, t->key);
		jtree_write(t, w);
	}
	jwrite_end(w);
}

int
policy_resolve(struct str text, const char *what,
    const struct collections_who *who, int64_t version, struct jwrite *w,
    struct err *e)
{
	cleanup_arena struct arena *a = arena_new(SCRATCH_MAX);
	const struct jtree *t, *rule, *own = NULL;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = jtree_parse(a, text, what, &t, e);
	if (r != 0)
		return r;
	if (str_eqz(jtree_str(jtree_get(t, "type")), "policy")) {
		own = jtree_get(t, "version");
		t = jtree_get(t, "policy");
	}
	r = find(a, t, who, &rule, e);
	if (r != 0)
		return r;
	jwrite_record(w, "policy");
	jwrite_kvz(w, "kind", "runtime");
	if (own != NULL)
		jwrite_kv_raw(w, "version", own->text);
	else
		jwrite_kv_int(w, "version", version);
	jwrite_key(w, "policy");
	jwrite_object(w);
	jwrite_key(w, "rules");
	jwrite_array(w);
	if (rule != NULL)
		write_rule(rule, w);
	jwrite_end(w);
	jwrite_end(w);
	jwrite_end(w);
	return 0;
}
