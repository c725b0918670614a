/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes and manifests. */
#include <errno.h>
#include <string.h>

#include "oci.h"
#include "oci_json.h"
#include "json/json.h"

#define ATTESTATION_KEY "vnd.docker.reference.type"
#define ATTESTATION "attestation-manifest"

/* Integers above are not exact in a double; no document is that large. */
static const double SIZE_LIMIT = 9007199254740992.0;

static int
bad(struct err *e, const char *why)
{
	return err_set(e, ERR_PERM, EINVAL, "%s", why);
}

/* ---- descriptors -------------------------------------------------------- */

static int
parse_size(jv object, int64_t *ret, struct err *e)
{
	cleanup_jv jv v = jv_object_get(jv_copy(object), jv_string("size"));
	double n;

	*ret = -1;
	if (!jv_is_valid(v))
		return 0;
	if (jv_get_kind(v) != JV_KIND_NUMBER)
		return bad(e, "\"size\" should be a number");
	n = jv_number_value(v);
	if (!(n >= 0 && n <= SIZE_LIMIT) || n != (double)(int64_t)n)
		return bad(e, "\"size\" is out of range");
	*ret = (int64_t)n;
	return 0;
}

/* `urls` are not even read: they lead to other hosts (CVE-2020-15157). */
static int
parse_descriptor(
    struct arena *a, jv object, struct oci_descriptor *d, struct err *e)
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
platform_part(struct arena *a, jv platform, const char *key,
    char part[OCI_PLATFORM_PART], struct err *e)
{
	struct str s;
	int r = oci_json_str(a, platform, key, &s, e);

	if (r != 0)
		return r;
	if (s.n >= OCI_PLATFORM_PART)
		return err_set(e, ERR_PERM, EINVAL, "\"%s\" is too long", key);
	memcpy(part, s.p, s.n);
	part[s.n] = '\0';
	return 0;
}

static int
parse_platform(
    struct arena *a, jv object, struct oci_entry *entry, struct err *e)
{
	struct oci_platform *p = &entry->platform;
	cleanup_jv jv v = jv_invalid();
	int r = oci_json_get(object, "platform", JV_KIND_OBJECT, &v, e);

	if (r != 0 || !jv_is_valid(v))
		return r;
	r = platform_part(a, v, "os", p->os, e);
	if (r == 0)
		r = platform_part(a, v, "architecture", p->arch, e);
	if (r == 0)
		r = platform_part(a, v, "variant", p->variant, e);
	return r != 0 ? r
		      : oci_json_str(a, v, "os.version", &entry->os_version, e);
}

static int
parse_annotations(
    struct arena *a, jv object, struct oci_entry *entry, struct err *e)
{
	cleanup_jv jv v = jv_invalid();
	struct str type;
	int r = oci_json_get(object, "annotations", JV_KIND_OBJECT, &v, e);

	if (r != 0 || !jv_is_valid(v))
		return r;
	r = oci_json_str(a, v, ATTESTATION_KEY, &type, e);
	entry->attestation = r == 0 && str_eqz(type, ATTESTATION);
	return r;
}

static int
parse_entry(struct arena *a, jv object, struct oci_entry *entry, struct err *e)
{
	int r;

	if (jv_get_kind(object) != JV_KIND_OBJECT)
		return bad(e, "not an object");
	r = parse_descriptor(a, object, &entry->descriptor, e);
	if (r == 0)
		r = parse_platform(a, object, entry, e);
	return r != 0 ? r : parse_annotations(a, object, entry, e);
}

static int
parse_entries(
    struct arena *a, jv manifests, struct oci_document *out, struct err *e)
{
	int n = jv_array_length(jv_copy(manifests));

	if (n > OCI_ENTRIES_MAX)
		return err_set(e, ERR_PERM, E2BIG,
		    "an index of %d entries, above the limit of %d", n,
		    OCI_ENTRIES_MAX);
	out->entries = arena_alloc(a, (size_t)n * sizeof *out->entries);
	if (out->entries == NULL)
		return err_nomem(e);
	jv_array_foreach(manifests, i, item)
	{
		int r = parse_entry(a, item, &out->entries[i], e);

		jv_free(item);
		if (r != 0) {
			err_prefix(e, "manifests[%d]", i);
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
parse_manifest(
    struct arena *a, jv config, struct oci_document *out, struct err *e)
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

static bool
has(jv object, const char *key)
{
	return jv_object_has(jv_copy(object), jv_string(key)) != 0;
}

static int
parse_kind(struct arena *a, jv root, struct oci_document *doc,
    struct str content_type, struct err *e)
{
	cleanup_jv jv manifests = jv_invalid();
	cleanup_jv jv config = jv_invalid();
	int r = oci_json_get(root, "manifests", JV_KIND_ARRAY, &manifests, e);

	if (r == 0)
		r = oci_json_get(root, "config", JV_KIND_OBJECT, &config, e);
	if (r != 0)
		return r;
	if (has(root, "manifests") &&
	    (has(root, "config") || has(root, "layers")))
		return bad(e, "both an index and a manifest");
	if (has(root, "fsLayers") || has(root, "signatures"))
		return err_set(e, ERR_NO, EMEDIUMTYPE,
		    "a manifest of the old schema 1; push the image again");
	if (!jv_is_valid(manifests) && !jv_is_valid(config))
		return bad(e, "neither an index nor a manifest");
	doc->kind = jv_is_valid(manifests) ? OCI_INDEX : OCI_MANIFEST;
	r = check_type(doc, content_type, e);
	if (r != 0)
		return r;
	return doc->kind == OCI_INDEX ? parse_entries(a, manifests, doc, e)
				      : parse_manifest(a, config, doc, e);
}

static int
check_version(jv root, struct err *e)
{
	cleanup_jv jv v =
	    jv_object_get(jv_copy(root), jv_string("schemaVersion"));

	if (jv_get_kind(v) != JV_KIND_NUMBER)
		return bad(e, "\"schemaVersion\" should be 2");
	if (jv_number_value(v) == 1)
		return err_set(e, ERR_NO, EMEDIUMTYPE,
		    "a manifest of the old schema 1; push the image again");
	return jv_number_value(v) == 2
		   ? 0
		   : bad(e, "\"schemaVersion\" should be 2");
}

int
oci_document_parse(struct arena *a, struct str text, struct str content_type,
    struct oci_document *out, struct err *e)
{
	cleanup_jv jv root = jv_invalid();
	struct oci_document doc = {0};
	int r;

	if (text.n > OCI_MANIFEST_MAX)
		return err_set(e, ERR_PERM, EFBIG, "a manifest above %d bytes",
		    OCI_MANIFEST_MAX);
	r = json_parse(text, "manifest", &root, e);
	if (r != 0)
		return r;
	if (jv_get_kind(root) != JV_KIND_OBJECT)
		return bad(e, "a manifest should be an object");
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
