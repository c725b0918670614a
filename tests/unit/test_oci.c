/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "oci/oci.h"

#define HEX16 "0123456789abcdef"
#define D "sha256:" HEX16 HEX16 HEX16 HEX16
#define CONFIG(type, digest, size)                                             \
	"{\"mediaType\":\"" type "\",\"digest\":\"" digest "\",\"size\":" size \
	"}"
#define MANIFEST(type, config)                                                 \
	"{\"schemaVersion\":2,\"mediaType\":\"" type "\",\"config\":" config   \
	",\"layers\":[]}"
#define INDEX(entries)                                                         \
	"{\"schemaVersion\":2,\"mediaType\":\"" OCI_MEDIA_INDEX                \
	"\",\"manifests\":[" entries "]}"
#define GOOD CONFIG(OCI_MEDIA_CONFIG, D, "7")

static struct arena *arena;

static int
set_up(void **state)
{
	(void)state;
	arena = arena_new(64 * 1024 * 1024);
	return arena == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* ---- platforms ---------------------------------------------------------- */

static void
platforms_parse(void **state)
{
	static const char *const bad[] = {"", "linux", "/", "linux/", "/amd64",
	    "linux/amd64/", "linux/amd64/v1/x", "Linux/amd64", "linux/am d64",
	    "linux/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	struct oci_platform p;

	(void)state;
	assert_int_equal(
	    oci_platform_parse(STR("linux/arm64/v8"), &p, NULL), 0);
	assert_string_equal(p.variant, "v8");
	assert_int_equal(oci_platform_parse(STR("linux/x86_64"), &p, NULL), 0);
	assert_string_equal(p.arch, "amd64");
	assert_string_equal(p.variant, "");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};

		if (oci_platform_parse(str_of(bad[i]), &p, &e) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

static struct oci_platform
platform(const char *text)
{
	struct oci_platform p = {0};

	if (text[0] != '\0')
		assert_int_equal(oci_platform_parse(str_of(text), &p, NULL), 0);
	return p;
}

/* Candidates from best to worst; after "|" those that do not fit. */
static void
variants_fall_back(void **state)
{
	static const struct {
		const char *want, *have[8];
	} rows[] = {
	    {"linux/arm64",
		{"linux/arm64/v8", "linux/arm64", "", "|", "linux/arm64/v9",
		    "linux/arm/v7", "linux/amd64", "windows/arm64"}},
	    {"linux/arm64/v8",
		{"linux/arm64/v8", "linux/arm64", "", "|", "linux/arm64/v9"}},
	    {"linux/arm64/v9", {"linux/arm64/v9", "linux/arm64/v8",
				   "linux/arm64", "|", "linux/arm/v7"}},
	    {"linux/arm/v7",
		{"linux/arm/v7", "linux/arm/v6", "linux/arm/v5", "linux/arm",
		    "|", "linux/arm/v8", "linux/arm64"}},
	    {"linux/arm", {"linux/arm/v7", "linux/arm/v6", "linux/arm", "|",
			      "linux/arm/v8"}},
	    {"linux/amd64", {"linux/amd64/v1", "linux/amd64", "", "|",
				"linux/amd64/v2", "linux/386"}},
	    {"linux/amd64/v3",
		{"linux/amd64/v3", "linux/amd64/v2", "linux/amd64/v1",
		    "linux/amd64", "|", "linux/amd64/v4"}},
	    {"linux/ppc64le", {"linux/ppc64le", "|", "linux/ppc64le/power9"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct oci_platform want = platform(rows[i].want);
		unsigned last = UINT32_MAX;
		bool fits = true;

		for (size_t k = 0; k < 8 && rows[i].have[k] != NULL; k++) {
			struct oci_platform have;
			unsigned rank;

			if (strcmp(rows[i].have[k], "|") == 0) {
				fits = false;
				continue;
			}
			have = platform(rows[i].have[k]);
			rank = oci_platform_rank(&want, &have);
			if (fits ? rank == 0 || rank >= last : rank != 0)
				fail_msg("%s for %s: %u", rows[i].have[k],
				    rows[i].want, rank);
			last = rank;
		}
	}
}

/* ---- indexes ------------------------------------------------------------ */

#define ENTRY(n, more)                                                         \
	"{\"mediaType\":\"" OCI_MEDIA_MANIFEST                                 \
	"\",\"size\":9,\"digest\":\"sha256:" HEX16 HEX16 HEX16                 \
	"000000000000000" n "\"" more "}"
#define PLATFORM(os, arch, more)                                               \
	",\"platform\":{\"os\":\"" os "\",\"architecture\":\"" arch "\"" more  \
	"}"
#define VARIANT(v) ",\"variant\":\"" v "\""
#define ATTESTED                                                               \
	",\"annotations\":{\"vnd.docker.reference.type\":"                     \
	"\"attestation-manifest\"}"

static const char real[] =
    INDEX(ENTRY("0", PLATFORM("unknown", "unknown", "")) "," ENTRY(
	"1", PLATFORM("linux", "amd64", "") ATTESTED) "," ENTRY("2",
	PLATFORM("linux", "arm", VARIANT("v6"))) "," ENTRY("3",
	PLATFORM("linux", "arm64", VARIANT("v8"))) "," ENTRY("4",
	PLATFORM("linux", "amd64", "")) "," ENTRY("5",
	PLATFORM("linux", "amd64", "")) "," ENTRY("6",
	PLATFORM("linux", "arm", VARIANT("v7"))) "," ENTRY("7",
	PLATFORM("windows", "amd64", ",\"os.version\":\"10.0.17763\"")));

static char
selected(const char *text, const char *want, struct err *e)
{
	struct oci_platform p = platform(want);
	const struct oci_entry *entry;
	struct oci_document doc;

	if (oci_document_parse(arena, str_of(text), STR_NONE, &doc, e) != 0)
		fail_msg("%s", e->text);
	if (oci_index_select(&doc, &p, &entry, e) != 0)
		return '-';
	return entry->descriptor.digest.p[entry->descriptor.digest.n - 1];
}

static void
selection(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(selected(real, "linux/amd64", &e), '4');
	assert_int_equal(selected(real, "linux/arm64", &e), '3');
	assert_int_equal(selected(real, "linux/arm", &e), '6');
	assert_int_equal(selected(real, "linux/arm/v6", &e), '2');
	assert_int_equal(selected(real, "windows/amd64", &e), '7');
	assert_int_equal(e.kind, ERR_NONE);
	assert_int_equal(selected(real, "linux/s390x", &e), '-');
	assert_int_equal(e.kind, ERR_NO);
	assert_string_equal(e.text,
	    "no image for linux/s390x; on offer: linux/arm/v6, linux/arm64/v8, "
	    "linux/amd64, linux/arm/v7, windows/amd64");
	/* An entry that does not say is the last resort. */
	assert_int_equal(selected(INDEX(ENTRY("1", "") "," ENTRY(
				      "2", PLATFORM("linux", "amd64", ""))),
			     "linux/amd64", &e),
	    '2');
	assert_int_equal(selected(INDEX(ENTRY("1", "") "," ENTRY(
				      "2", PLATFORM("linux", "amd64", ""))),
			     "linux/arm64", &e),
	    '1');
	assert_int_equal(selected(INDEX(""), "linux/amd64", &e), '-');
	assert_non_null(strstr(e.text, "on offer: none"));
}

/* ---- documents that must be refused ------------------------------------- */

static const struct {
	const char *content_type, *text;
	enum err_kind kind;
} documents[] = {
    {OCI_MEDIA_MANIFEST, MANIFEST(OCI_MEDIA_MANIFEST, GOOD), ERR_NONE},
    {OCI_MEDIA_MANIFEST "; charset=utf-8", MANIFEST(OCI_MEDIA_MANIFEST, GOOD),
	ERR_NONE},
    {NULL, MANIFEST(DOCKER_MEDIA_MANIFEST, CONFIG(DOCKER_MEDIA_CONFIG, D, "7")),
	ERR_NONE},
    {OCI_MEDIA_INDEX, INDEX(""), ERR_NONE},
    {OCI_MEDIA_MANIFEST, "{\"schemaVersion\":2,\"config\":" GOOD "}", ERR_NONE},
    /* not JSON, not an object */
    {NULL, "", ERR_PERM},
    {NULL, "{", ERR_PERM},
    {NULL, "[]", ERR_PERM},
    {NULL, "null", ERR_PERM},
    {NULL, "{}", ERR_PERM},
    {NULL, "{\"schemaVersion\":2}", ERR_PERM},
    {NULL, "{\"schemaVersion\":\"2\",\"config\":" GOOD "}", ERR_PERM},
    {NULL, "{\"schemaVersion\":3,\"config\":" GOOD "}", ERR_PERM},
    /* one thing that is two (CVE-2021-41190) */
    {NULL, "{\"schemaVersion\":2,\"manifests\":[],\"config\":" GOOD "}",
	ERR_PERM},
    {NULL, "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}", ERR_PERM},
    {NULL, "{\"schemaVersion\":2,\"manifests\":[],\"config\":null}", ERR_PERM},
    {DOCKER_MEDIA_MANIFEST, MANIFEST(OCI_MEDIA_MANIFEST, GOOD), ERR_PERM},
    {OCI_MEDIA_INDEX, "{\"schemaVersion\":2,\"config\":" GOOD "}", ERR_PERM},
    {NULL, MANIFEST(OCI_MEDIA_INDEX, GOOD), ERR_PERM},
    {OCI_MEDIA_MANIFEST, "{\"schemaVersion\":2,\"manifests\":[]}", ERR_PERM},
    {"text/html", MANIFEST(OCI_MEDIA_MANIFEST, GOOD), ERR_PERM},
    {"application/json", "{\"schemaVersion\":2,\"config\":" GOOD "}", ERR_PERM},
    {NULL, MANIFEST("text/html", GOOD), ERR_PERM},
    /* fields of a wrong type */
    {NULL, "{\"schemaVersion\":2,\"config\":[]}", ERR_PERM},
    {NULL, "{\"schemaVersion\":2,\"config\":\"x\"}", ERR_PERM},
    {NULL, "{\"schemaVersion\":2,\"manifests\":{}}", ERR_PERM},
    {NULL, INDEX("1"), ERR_PERM},
    {NULL, INDEX("{}"), ERR_PERM},
    {NULL, INDEX("{\"digest\":7}"), ERR_PERM},
    {NULL, INDEX(ENTRY("0", ",\"platform\":[]")), ERR_PERM},
    {NULL, INDEX(ENTRY("0", ",\"platform\":{\"os\":1}")), ERR_PERM},
    {NULL, INDEX(ENTRY("0", PLATFORM(HEX16 HEX16, "x", ""))), ERR_PERM},
    {NULL, INDEX(ENTRY("0", ",\"annotations\":7")), ERR_PERM},
    {NULL, "{\"schemaVersion\":2,\"mediaType\":7,\"config\":" GOOD "}",
	ERR_PERM},
    /* digests go into URLs (CVE-2024-3727) */
    {NULL,
	MANIFEST(OCI_MEDIA_MANIFEST,
	    CONFIG(OCI_MEDIA_CONFIG, "sha256:../../x", "7")),
	ERR_PERM},
    {NULL,
	MANIFEST(
	    OCI_MEDIA_MANIFEST, CONFIG(OCI_MEDIA_CONFIG, "sha256:" HEX16, "7")),
	ERR_PERM},
    {NULL,
	MANIFEST(OCI_MEDIA_MANIFEST,
	    CONFIG(OCI_MEDIA_CONFIG,
		"sha256:0123456789ABCDEF" HEX16 HEX16 HEX16, "7")),
	ERR_PERM},
    {NULL,
	MANIFEST(
	    OCI_MEDIA_MANIFEST, CONFIG(OCI_MEDIA_CONFIG, D "\\r\\nX: y", "7")),
	ERR_PERM},
    {NULL,
	MANIFEST(
	    OCI_MEDIA_MANIFEST, CONFIG(OCI_MEDIA_CONFIG, D "\\u0000", "7")),
	ERR_PERM},
    {NULL,
	MANIFEST(OCI_MEDIA_MANIFEST,
	    CONFIG(OCI_MEDIA_CONFIG, "md5:" HEX16 HEX16, "7")),
	ERR_PERM},
    {NULL, MANIFEST(OCI_MEDIA_MANIFEST, CONFIG(OCI_MEDIA_CONFIG, "", "7")),
	ERR_PERM},
    /* sizes */
    {NULL,
	MANIFEST(OCI_MEDIA_MANIFEST,
	    CONFIG(OCI_MEDIA_CONFIG, D, "4611686018427387904")),
	ERR_PERM},
    {NULL, MANIFEST(OCI_MEDIA_MANIFEST, CONFIG(OCI_MEDIA_CONFIG, D, "1e300")),
	ERR_PERM},
    {NULL, MANIFEST(OCI_MEDIA_MANIFEST, CONFIG(OCI_MEDIA_CONFIG, D, "-1")),
	ERR_PERM},
    {NULL, MANIFEST(OCI_MEDIA_MANIFEST, CONFIG(OCI_MEDIA_CONFIG, D, "1.5")),
	ERR_PERM},
    {NULL, MANIFEST(OCI_MEDIA_MANIFEST, CONFIG(OCI_MEDIA_CONFIG, D, "5000000")),
	ERR_PERM},
    /* understood, but not an image of ours */
    {NULL,
	MANIFEST(OCI_MEDIA_MANIFEST,
	    CONFIG("application/vnd.cncf.helm.config.v1+json", D, "7")),
	ERR_NO},
    {NULL,
	MANIFEST(OCI_MEDIA_MANIFEST,
	    CONFIG("application/vnd.oci.empty.v1+json", D, "2")),
	ERR_NO},
    {NULL, "{\"schemaVersion\":1,\"fsLayers\":[],\"history\":[]}", ERR_NO},
    {NULL, "{\"schemaVersion\":2,\"fsLayers\":[]}", ERR_NO},
};

static void
documents_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		struct oci_document doc;
		struct err e = {0};
		int r = oci_document_parse(arena, str_of(documents[i].text),
		    str_of(documents[i].content_type), &doc, &e);

		if ((r == 0) != (documents[i].kind == ERR_NONE) ||
		    e.kind != documents[i].kind)
			fail_msg("%zu: %s: %d %s", i, documents[i].text,
			    (int)e.kind, e.text);
	}
}

static void
document_limits(void **state)
{
	struct buf b = BUF_MAX(2 * OCI_MANIFEST_MAX);
	struct oci_document doc;
	struct err e = {0};

	(void)state;
	buf_addz(&b, "{\"schemaVersion\":2,\"manifests\":[");
	for (int i = 0; i <= OCI_ENTRIES_MAX; i++)
		buf_addz(&b, i == 0 ? ENTRY("0", "") : "," ENTRY("0", ""));
	buf_addz(&b, "]}");
	assert_int_not_equal(
	    oci_document_parse(arena, buf_str(&b), STR_NONE, &doc, &e), 0);
	assert_non_null(strstr(e.text, "1001 entries"));

	buf_reset(&b);
	for (int i = 0; i < 100000; i++)
		buf_addz(&b, "[");
	assert_int_not_equal(
	    oci_document_parse(arena, buf_str(&b), STR_NONE, &doc, &e), 0);
	assert_int_equal(e.kind, ERR_PERM);

	buf_reset(&b);
	while (b.n <= OCI_MANIFEST_MAX)
		buf_addz(&b, "                                ");
	buf_addz(&b, INDEX(""));
	assert_int_not_equal(
	    oci_document_parse(arena, buf_str(&b), STR_NONE, &doc, &e), 0);
	assert_non_null(strstr(e.text, "above"));
	buf_free(&b);
}

/* ---- configurations ----------------------------------------------------- */

/* What config of a document with these words becomes, as a record. */
static const char *
record_of(const char *text)
{
	static char out[4096];
	struct oci_image image = {.source = "registry"};
	struct buf b = BUF_MAX(sizeof out - 1);
	struct err e = {0};
	char *from, *to;

	if (oci_config_parse(arena, str_of(text), &image.config, &e) != 0) {
		assert_int_equal(e.kind, ERR_PERM);
		return "refused";
	}
	oci_image_record(&image, &b);
	from = strstr(buf_z(&b), "\"entrypoint\"");
	to = strstr(buf_z(&b), ",\"source\"");
	(void)snprintf(out, sizeof out, "%.*s", (int)(to - from), from);
	buf_free(&b);
	return out;
}

#define REST ",\"user\":\"\",\"working_dir\":\"\",\"env_names\":null"

static void
configs(void **state)
{
	static const struct {
		const char *text, *record;
	} rows[] = {
	    {"{}", "\"entrypoint\":null,\"cmd\":null" REST},
	    {"{\"config\":null}", "\"entrypoint\":null,\"cmd\":null" REST},
	    {"{\"config\":{}}", "\"entrypoint\":null,\"cmd\":null" REST},
	    {"{\"config\":{\"Entrypoint\":[],\"Cmd\":null}}",
		"\"entrypoint\":[],\"cmd\":null" REST},
	    {"{\"config\":{\"Entrypoint\":\"a b\",\"Cmd\":[\"\",\"\\n\"]}}",
		"\"entrypoint\":[\"a b\"],\"cmd\":[\"\",\"\\n\"]" REST},
	    {"{\"config\":{\"Env\":[\"A=1\",\"B\",\"C=x=y\",\"=\"],"
	     "\"User\":\"0:0\",\"WorkingDir\":\"/w\"}}",
		"\"entrypoint\":null,\"cmd\":null,\"user\":\"0:0\","
		"\"working_dir\":\"/"
		"w\",\"env_names\":[\"A\",\"B\",\"C\",\"\"]"},
	    {"{\"config\":{\"Volumes\":{\"/b\":{},\"/a\":{}},"
	     "\"ExposedPorts\":{\"80/tcp\":{}},\"StopSignal\":\"9\","
	     "\"Labels\":{\"z\":\"1\",\"a\":null},"
	     "\"Healthcheck\":{\"Test\":[\"NONE\"]}}}",
		"\"entrypoint\":null,\"cmd\":null" REST
		",\"stop_signal\":\"9\",\"volumes\":[\"/a\",\"/b\"],"
		"\"exposed_ports\":[\"80/tcp\"],"
		"\"labels\":{\"a\":\"\",\"z\":\"1\"},"
		"\"healthcheck\":{\"Test\":[\"NONE\"]}"},
	    {"", "refused"},
	    {"[]", "refused"},
	    {"{\"config\":[]}", "refused"},
	    {"{\"os\":7}", "refused"},
	    {"{\"config\":{\"Entrypoint\":7}}", "refused"},
	    {"{\"config\":{\"Entrypoint\":[7]}}", "refused"},
	    {"{\"config\":{\"Entrypoint\":[null]}}", "refused"},
	    {"{\"config\":{\"Cmd\":[\"a\\u0000b\"]}}", "refused"},
	    {"{\"config\":{\"Cmd\":{}}}", "refused"},
	    {"{\"config\":{\"User\":1000}}", "refused"},
	    {"{\"config\":{\"Env\":{}}}", "refused"},
	    {"{\"config\":{\"Labels\":[]}}", "refused"},
	    {"{\"config\":{\"Labels\":{\"a\":7}}}", "refused"},
	    {"{\"config\":{\"Volumes\":\"x\"}}", "refused"},
	    {"{\"config\":{\"Healthcheck\":\"x\"}}", "refused"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(record_of(rows[i].text), rows[i].record);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(platforms_parse),
	    cmocka_unit_test(variants_fall_back),
	    cmocka_unit_test(selection),
	    cmocka_unit_test(documents_checked),
	    cmocka_unit_test(document_limits),
	    cmocka_unit_test(configs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
