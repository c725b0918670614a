/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes and manifests. */
#include <errno.h>
#include <string.h>

#include "oci.h"
#include "oci_json.h"

#define ATTESTATION_KEY "vnd.docker.reference.type"
#define ATTESTATION "attestation-manifest"

/* Integers above are not exact in a double; no document is that large. */
static const double SIZE_LIMIT = 9007199254740992.0;

static int
bad(struct err *e, const char *why)
{
	return err_set(e, ERR_PERM, EINVAL, "%s", why);
}

static int
schema1(struct err *e)
{
	return err_set(e, ERR_NO, EMEDIUMTYPE,
	    "a manifest of the old schema 1; push the image again");
}

/* ---- descriptors -------------------------------------------------------- */

static int
parse_size(const struct jtree *object, int64_t *ret, struct err *e)
{
	const struct jtree *size = jtree_get(object, "size");
	double n;

	*ret = -1;
	if (size == NULL)
		return 0;
	if (!jtree_number(size, &n))
		return bad(e, "\"size\" should be a number");
	if (!(n >= 0 && n <= SIZE_LIMIT) || n != (double)(int64_t)n)
		return bad(e, "\"size\" is out of range");
	*ret = (int64_t)n;
	return 0;
}

/* `urls` are not even read: they lead to other hosts (CVE-2020-15157). */
static int
parse_descriptor(struct arena *a, const struct jtree *object,
    struct oci_descriptor *d, struct err *e)
{
	int r = oci_json_str(a, object, "mediaType", &d->media_type, e);

	if (r == 0)
		r = oci_json_str(a, object, "digest", &d->digest, e);
	if (r == 0 && !imageref_digest_ok(d->digest))
		return err_set(e, ERR_PERM, EINVAL, "malformed digest \"%.*s\"",
		    STR_ARG(str_sub(d->digest, 0, 160)));
	return r != 0 ? r : parse_size(object, &d->size, e);
}

/* ---- index entries ------------------------------------------------------ */

static int
parse_platform(struct arena *a, const struct jtree *object,
    struct oci_entry *entry, struct err *e)
{
	struct oci_platform *p = &entry->platform;
	const struct jtree *t;
	int r = oci_json_get(object, "platform", JSCAN_OBJECT, &t, e);

	if (r != 0 || t == NULL)
		return r;
	r = oci_json_part(t, "os", p->os, e);
	if (r == 0)
		r = oci_json_part(t, "architecture", p->arch, e);
	if (r == 0)
		r = oci_json_part(t, "variant", p->variant, e);
	return r != 0 ? r
		      : oci_json_str(a, t, "os.version", &entry->os_version, e);
}

static int
parse_annotations(
    const struct jtree *object, struct oci_entry *entry, struct err *e)
{
	const struct jtree *t;
	int r = oci_json_get(object, "annotations", JSCAN_OBJECT, &t, e);

	if (r == 0)
		entry->attestation = str_eqz(
		    jtree_str(jtree_get(t, ATTESTATION_KEY)), ATTESTATION);
	return r;
}

static int
parse_entry(struct arena *a, const struct jtree *object,
    struct oci_entry *entry, struct err *e)
{
	int r;

	if (object->kind != JSCAN_OBJECT)
		return bad(e, "not an object");
	r = parse_descriptor(a, object, &entry->descriptor, e);
	if (r == 0)
		r = parse_platform(a, object, entry, e);
	return r != 0 ? r : parse_annotations(object, entry, e);
}

static int
parse_entries(struct arena *a, const struct jtree *manifests,
    struct oci_document *out, struct err *e)
{
	if (manifests->n > OCI_ENTRIES_MAX)
		return err_set(e, ERR_PERM, E2BIG,
		    "an index of %zu entries, above the limit of %d",
		    manifests->n, OCI_ENTRIES_MAX);
	out->entries = arena_alloc(a, manifests->n * sizeof *out->entries);
	if (out->entries == NULL)
		return err_nomem(e);
	for (const struct jtree *m = manifests->first; m != NULL; m = m->next) {
		int r = parse_entry(a, m, &out->entries[out->n_entries], e);

		if (r != 0) {
			err_prefix(e, "manifests[%zu]", out->n_entries);
			return r;
		}
		out->n_entries++;
	}
	return 0;
}

/* ---- manifests ---------------------------------------------------------- */

static bool
is_image_config(struct str type)
{
	return str_eqz(type, OCI_MEDIA_CONFIG) ||
	       str_eqz(type, DOCKER_MEDIA_CONFIG);
}

static int
parse_manifest(struct arena *a, const struct jtree *config,
    struct oci_document *out, struct err *e)
{
	int r = parse_descriptor(a, config, &out->config, e);

	if (r != 0) {
		err_prefix(e, "config");
		return r;
	}
	if (!is_image_config(out->config.media_type))
		return err_set(e, ERR_NO, EMEDIUMTYPE,
		    "not a container image: its config is \"%.*s\"",
		    STR_ARG(str_sub(out->config.media_type, 0, 100)));
	if (out->config.size > OCI_CONFIG_MAX)
		return err_set(e, ERR_PERM, EFBIG,
		    "a config of %lld bytes, above the limit of %d",
		    (long long)out->config.size, OCI_CONFIG_MAX);
	return 0;
}

/* ---- what is it? -------------------------------------------------------- */

static const struct {
	const char *type;
	enum oci_kind kind;
} media[] = {
    {OCI_MEDIA_INDEX, OCI_INDEX},
    {DOCKER_MEDIA_LIST, OCI_INDEX},
    {OCI_MEDIA_MANIFEST, OCI_MANIFEST},
    {DOCKER_MEDIA_MANIFEST, OCI_MANIFEST},
};

static const char *
default_media(enum oci_kind kind)
{
	return kind == OCI_INDEX ? OCI_MEDIA_INDEX : OCI_MEDIA_MANIFEST;
}

/* "type/subtype; charset=…" without what follows. */
static struct str
plain_type(struct str content_type)
{
	struct str type, rest;

	(void)str_cut(content_type, ';', &type, &rest);
	return str_trim(type);
}

/*
 * The body, its mediaType and its Content-Type must agree, or a document
 * could be read in two ways (CVE-2021-41190).
 */
static int
check_type(struct oci_document *doc, struct str content_type, struct err *e)
{
	struct str http = plain_type(content_type);

	if (doc->media_type.n == 0)
		doc->media_type =
		    http.n > 0 ? http : str_of(default_media(doc->kind));
	if (http.n > 0 && !str_eq(http, doc->media_type))
		return err_set(e, ERR_PERM, EINVAL,
		    "Content-Type \"%.*s\" but mediaType \"%.*s\"",
		    STR_ARG(str_sub(http, 0, 100)),
		    STR_ARG(str_sub(doc->media_type, 0, 100)));
	for (size_t i = 0; i < sizeof media / sizeof media[0]; i++) {
		if (str_eqz(doc->media_type, media[i].type)) {
			if (media[i].kind == doc->kind)
				return 0;
			return bad(e, "a manifest that says it is an index, "
				      "or the reverse");
		}
	}
	return err_set(e, ERR_PERM, EINVAL, "unknown media type \"%.*s\"",
	    STR_ARG(str_sub(doc->media_type, 0, 100)));
}

static int
parse_kind(struct arena *a, const struct jtree *root, struct oci_document *doc,
    struct str content_type, struct err *e)
{
	const struct jtree *manifests, *config;
	int r = oci_json_get(root, "manifests", JSCAN_ARRAY, &manifests, e);

	if (r == 0)
		r = oci_json_get(root, "config", JSCAN_OBJECT, &config, e);
	if (r != 0)
		return r;
	if (jtree_get(root, "manifests") != NULL &&
	    (jtree_get(root, "config") != NULL ||
		jtree_get(root, "layers") != NULL))
		return bad(e, "both an index and a manifest");
	if (jtree_get(root, "fsLayers") != NULL ||
	    jtree_get(root, "signatures") != NULL)
		return schema1(e);
	if (manifests == NULL && config == NULL)
		return bad(e, "neither an index nor a manifest");
	doc->kind = manifests != NULL ? OCI_INDEX : OCI_MANIFEST;
	r = check_type(doc, content_type, e);
	if (r != 0)
		return r;
	return doc->kind == OCI_INDEX ? parse_entries(a, manifests, doc, e)
				      : parse_manifest(a, config, doc, e);
}

/* A member that stands twice is read as the first by some, as the last by us.
 */
static int
check_doubles(const struct jtree *root, struct err *e)
{
	static const char *const names[] = {
	    "schemaVersion", "mediaType", "config", "layers", "manifests"};
	unsigned count[sizeof names / sizeof *names] = {0};

	for (const struct jtree *m = root->first; m != NULL; m = m->next) {
		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			if (str_eqz(m->key, names[i]) && ++count[i] > 1)
				return err_set(e, ERR_PERM, EINVAL,
				    "\"%s\" stands there twice", names[i]);
		}
	}
	return 0;
}

static int
check_version(const struct jtree *root, struct err *e)
{
	double n;

	if (!jtree_number(jtree_get(root, "schemaVersion"), &n) ||
	    (n != 1 && n != 2))
		return bad(e, "\"schemaVersion\" should be 2");
	return n == 1 ? schema1(e) : 0;
}

int
oci_document_parse(struct arena *a, struct str text, struct str content_type,
    struct oci_document *out, struct err *e)
{
	cleanup_arena struct arena *tree = arena_new(OCI_JSON_TREE_MAX);
	struct oci_document doc = {0};
	const struct jtree *root;
	int r;

	if (tree == NULL)
		return err_nomem(e);
	if (text.n > OCI_MANIFEST_MAX)
		return err_set(e, ERR_PERM, EFBIG, "a manifest above %d bytes",
		    OCI_MANIFEST_MAX);
	r = jtree_parse(tree, text, "manifest", &root, e);
	if (r != 0)
		return r;
	if (root->kind != JSCAN_OBJECT)
		return bad(e, "a manifest should be an object");
	r = check_doubles(root, e);
	if (r == 0)
		r = check_version(root, e);
	if (r == 0)
		r = oci_json_str(a, root, "mediaType", &doc.media_type, e);
	if (r == 0)
		r = parse_kind(a, root, &doc, content_type, e);
	if (r != 0)
		return r;
	doc.media_type = arena_str(a, doc.media_type); /* may be the header's */
	if (doc.media_type.p == NULL)
		return err_nomem(e);
	*out = doc;
	return 0;
}
