/* SPDX-License-Identifier: Apache-2.0 */
/* Which entry of an index is for a platform? */
#include <errno.h>
#include <string.h>

#include "oci.h"

enum { OFFER_MAX = 600 }; /* bytes of an error's list */

/* Signatures and the like stand in an index as "unknown/unknown". */
static bool
is_image(const struct oci_entry *entry)
{
	return !entry->attestation &&
	       !(strcmp(entry->platform.os, "unknown") == 0 &&
		   strcmp(entry->platform.arch, "unknown") == 0);
}

static bool
offered_before(const struct oci_document *index, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (is_image(&index->entries[i]) &&
		    oci_platform_eq(&index->entries[i].platform,
			&index->entries[at].platform))
			return true;
	}
	return false;
}

static int
none(const struct oci_document *index, const struct oci_platform *want,
    struct err *e)
{
	cleanup_buf struct buf wanted = BUF_MAX(4 * OCI_PLATFORM_PART);
	cleanup_buf struct buf offer = BUF_MAX(OFFER_MAX);

	for (size_t i = 0; i < index->n_entries; i++) {
		const struct oci_entry *entry = &index->entries[i];

		if (!is_image(entry) || offered_before(index, i))
			continue;
		buf_addz(&offer, offer.n > 0 ? ", " : "");
		oci_platform_format(&entry->platform, &offer);
	}
	oci_platform_format(want, &wanted);
	return err_set(e, ERR_NO, ENOENT, "no image for %s; on offer: %s",
	    buf_z(&wanted), offer.n > 0 ? buf_z(&offer) : "none");
}

int
oci_index_select(const struct oci_document *index,
    const struct oci_platform *want, const struct oci_entry **ret,
    struct err *e)
{
	unsigned best = 0;

	for (size_t i = 0; i < index->n_entries; i++) {
		const struct oci_entry *entry = &index->entries[i];
		unsigned rank = oci_platform_rank(want, &entry->platform);

		if (is_image(entry) && rank > best) {
			best = rank;
			*ret = entry;
		}
	}
	return best > 0 ? 0 : none(index, want, e);
}
