/* SPDX-License-Identifier: Apache-2.0 */
/* From a reference to a configuration: index, manifest, config. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fetch.h"
#include "registry_state.h"

enum { HELD_MAX = OCI_DEPTH_MAX + 3 }; /* HEAD, documents, config */

/* struct registry_pull's .state. */
struct registry_pull_state {
	struct registry *registry;
	struct registry_waiter waiter;
	struct registry_fetch *held[HELD_MAX]; /* whose texts are in use */
	size_t n_held;
	int64_t size;  /* that the next document should have; -1: any */
	bool by_entry; /* an index said what platform this is for */
};

static void
finish(struct registry_pull *p, int r)
{
	struct registry_pull_state *s = p->state;

	p->r = r;
	p->done(p);
	for (size_t i = 0; i < s->n_held; i++)
		registry_fetch_drop(s->held[i]);
	free(s);
	p->state = NULL;
}

static void
get(struct registry_pull *p, enum registry_what what, const char *version,
    void (*ready)(void *arg, struct registry_fetch *f))
{
	struct registry_pull_state *s = p->state;

	s->waiter.ready = ready;
	s->waiter.arg = p;
	if (registry_fetch_get(
		s->registry, what, &p->ref, version, &s->waiter) != 0)
		finish(p, err_nomem(&p->err));
}

/* Common to all that comes: hold it, and look whether it came. */
static bool
arrived(struct registry_pull *p, struct registry_fetch *f)
{
	struct registry_pull_state *s = p->state;

	if (f->r != 0) {
		p->err = f->err;
		registry_fetch_drop(f);
		finish(p, f->r);
		return false;
	}
	s->held[s->n_held++] = f;
	return true;
}

static int
check_size(struct registry_pull *p, struct registry_fetch *f)
{
	struct registry_pull_state *s = p->state;

	if (s->size < 0 || (uint64_t)s->size == f->call.body.n)
		return 0;
	return err_set(&p->err, ERR_PERM, EBADMSG,
	    "%s: %s has %zu bytes, not the %lld announced", p->ref.host,
	    f->version, f->call.body.n, (long long)s->size);
}

/* ---- the configuration -------------------------------------------------- */

static int
check_platform(struct registry_pull *p)
{
	const struct registry_pull_state *s = p->state;
	const struct oci_platform *have = &p->config.platform;

	/* An index's word counts for more: configs are often wrong. */
	if (s->by_entry || oci_platform_rank(&p->platform, have) > 0)
		return 0;
	return oci_platform_refuse(&p->platform, have, &p->err);
}

static void
on_config(void *arg, struct registry_fetch *f)
{
	struct registry_pull *p = arg;
	int r;

	if (!arrived(p, f))
		return;
	r = check_size(p, f);
	p->found.config_text = buf_str(&f->call.body);
	if (r == 0)
		r = oci_config_parse(
		    p->arena, p->found.config_text, &p->config, &p->err);
	finish(p, r != 0 ? r : check_platform(p));
}

/* ---- indexes and the manifest ------------------------------------------- */

static void on_document(void *arg, struct registry_fetch *f);

static bool
seen(const struct registry_pull *p, struct str digest)
{
	for (size_t i = 0; i < p->found.n_chain; i++) {
		if (str_eq(p->found.chain[i].digest, digest))
			return true;
	}
	return false;
}

static int
choose(struct registry_pull *p, const struct oci_document *index,
    const struct oci_entry **ret)
{
	struct registry_pull_state *s = p->state;
	int r = oci_index_select(index, &p->platform, ret, &p->err);

	if (r != 0)
		return r;
	if (seen(p, (*ret)->descriptor.digest))
		return err_set(&p->err, ERR_PERM, ELOOP,
		    "%s: an index that holds itself", p->ref.host);
	if (p->found.n_chain > OCI_DEPTH_MAX)
		return err_set(&p->err, ERR_PERM, ELOOP,
		    "%s: indexes within indexes, more than %d deep",
		    p->ref.host, OCI_DEPTH_MAX);
	if ((*ret)->platform.os[0] != '\0')
		s->by_entry = true;
	s->size = (*ret)->descriptor.size;
	return 0;
}

static int
add_document(struct registry_pull *p, struct registry_fetch *f)
{
	struct oci_part *d = &p->found.chain[p->found.n_chain];
	struct str type = STR_NONE;
	int r = check_size(p, f);

	if (r != 0)
		return r;
	d->text = buf_str(&f->call.body);
	d->digest = arena_str(p->arena, str_of(f->digest));
	if (d->digest.p == NULL)
		return err_nomem(&p->err);
	(void)client_header(&f->call, "Content-Type", 0, &type);
	r = oci_document_parse(p->arena, d->text, type, &d->parsed, &p->err);
	if (r != 0)
		err_prefix(&p->err, "%s: %s", p->ref.host, f->version);
	else
		p->found.n_chain++;
	return r;
}

static void
on_document(void *arg, struct registry_fetch *f)
{
	struct registry_pull *p = arg;
	struct registry_pull_state *s = p->state;
	const struct oci_document *doc;
	const struct oci_entry *entry;
	int r;

	if (!arrived(p, f))
		return;
	r = add_document(p, f);
	doc = r == 0 ? &p->found.chain[p->found.n_chain - 1].parsed : NULL;
	if (r == 0 && doc->kind == OCI_INDEX)
		r = choose(p, doc, &entry);
	if (r != 0) {
		finish(p, r);
	} else if (doc->kind == OCI_INDEX) {
		get(p, REGISTRY_MANIFEST, entry->descriptor.digest.p,
		    on_document);
	} else {
		s->size = doc->config.size;
		get(p, REGISTRY_BLOB, doc->config.digest.p, on_config);
	}
}

/* ---- the start ---------------------------------------------------------- */

static void
on_head(void *arg, struct registry_fetch *f)
{
	struct registry_pull *p = arg;
	char digest[IMAGEREF_DIGEST_MAX + 1];

	if (!arrived(p, f))
		return;
	memcpy(digest, f->digest, sizeof digest);
	if (!f->no_head && strcmp(digest, p->known) == 0) {
		p->same = true;
		finish(p, 0);
	} else {
		/* By digest: what the HEAD spoke of, even if it moves again. */
		get(p, REGISTRY_MANIFEST,
		    f->no_head ? imageref_version(&p->ref) : digest,
		    on_document);
	}
}

void
registry_add(struct registry *r, struct registry_pull *p)
{
	struct registry_pull_state *s = calloc(1, sizeof *s);

	p->r = 0;
	p->same = false;
	p->found.n_chain = 0;
	p->state = s;
	if (s == NULL) {
		p->r = err_nomem(&p->err);
		p->done(p);
		return;
	}
	s->registry = r;
	s->size = -1;
	if (p->known != NULL && p->ref.digest[0] == '\0')
		get(p, REGISTRY_HEAD, p->ref.tag, on_head);
	else
		get(p, REGISTRY_MANIFEST, imageref_version(&p->ref),
		    on_document);
}
