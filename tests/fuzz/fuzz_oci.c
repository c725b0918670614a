/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Indexes, manifests and configurations. The first line is a Content-Type;
 * "config" instead of one: the rest is a configuration.
 */
#include <stdint.h>
#include <stdlib.h>

#include "oci/oci.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_config(struct arena *a, struct str text)
{
	struct oci_image image = {.source = "registry"};
	struct buf record = BUF_MAX(16 * 1024 * 1024);

	if (oci_config_parse(a, text, &image.config, NULL) == 0) {
		oci_image_record(&image, &record);
		if (buf_error(&record) != 0 ||
		    str_chr(buf_str(&record), '\n') < record.n)
			abort();
	}
	buf_free(&record);
}

static void
check_document(struct arena *a, struct str text, struct str type)
{
	static const struct oci_platform wants[] = {
	    OCI_PLATFORM_DEFAULT, {.os = "linux", .arch = "arm64"}};
	struct oci_document doc;

	if (oci_document_parse(a, text, type, &doc, NULL) != 0)
		return;
	if (doc.kind == OCI_MANIFEST && !imageref_digest_ok(doc.config.digest))
		abort();
	for (size_t i = 0; doc.kind == OCI_INDEX && i < 2; i++) {
		const struct oci_entry *entry;
		struct err e = {0};
		int r = oci_index_select(&doc, &wants[i], &entry, &e);

		if (r == 0 && !imageref_digest_ok(entry->descriptor.digest))
			abort();
		if (r != 0 && e.kind != ERR_NO)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(64 * 1024 * 1024);
	struct str type, text;

	(void)str_cut(str_make((const char *)data, n), '\n', &type, &text);
	if (str_eqz(type, "config"))
		check_config(a, text);
	else
		check_document(a, text, type);
	arena_free(a);
	return 0;
}
