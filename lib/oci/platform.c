/* SPDX-License-Identifier: Apache-2.0 */
#include "platform.h"

#include <errno.h>
#include <string.h>

#include "base/num.h"

enum {
	RANK_UNKNOWN = 1, /* nothing is known about the candidate */
	RANK_NO_VARIANT,  /* + the variant's number when there is one */
	VARIANT_MAX = 99,
};

static bool
part_ok(struct str s)
{
	if (s.n == 0 || s.n >= OCI_PLATFORM_PART)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '.' && c != '-')
			return false;
	}
	return true;
}

static void
put(char part[OCI_PLATFORM_PART], struct str s)
{
	memcpy(part, s.p, s.n);
	part[s.n] = '\0';
}

int
oci_platform_parse(struct str text, struct oci_platform *out, struct err *e)
{
	struct oci_platform p = {0};
	struct str os, arch, variant;
	bool ok = str_cut(text, '/', &os, &arch) && part_ok(os);

	if (ok && str_cut(arch, '/', &arch, &variant)) {
		ok = part_ok(variant);
		if (ok)
			put(p.variant, variant);
	}
	if (!ok || !part_ok(arch))
		return err_set(e, ERR_USAGE, EINVAL,
		    "not a platform like linux/amd64: \"%.*s\"", STR_ARG(text));
	if (str_eqz(arch, "x86_64"))
		arch = STR("amd64");
	else if (str_eqz(arch, "aarch64"))
		arch = STR("arm64");
	put(p.os, os);
	put(p.arch, arch);
	*out = p;
	return 0;
}

void
oci_platform_format(const struct oci_platform *p, struct buf *out)
{
	buf_addz(out, p->os);
	if (p->arch[0] != '\0')
		buf_addf(out, "/%s", p->arch);
	if (p->variant[0] != '\0')
		buf_addf(out, "/%s", p->variant);
}

bool
oci_platform_eq(const struct oci_platform *a, const struct oci_platform *b)
{
	return strcmp(a->os, b->os) == 0 && strcmp(a->arch, b->arch) == 0 &&
	       strcmp(a->variant, b->variant) == 0;
}

/* The variant that an architecture's name alone stands for. */
static const char *
default_variant(const char *arch)
{
	if (strcmp(arch, "arm64") == 0)
		return "v8";
	if (strcmp(arch, "arm") == 0)
		return "v7";
	return strcmp(arch, "amd64") == 0 ? "v1" : "";
}

/* "v8" and "8" are 8, "v8.1" is 8; -1: not of that form. */
static int64_t
variant_number(const char *variant)
{
	struct str s = str_of(variant), major, minor;
	int64_t n;

	if (str_starts(s, "v"))
		s = str_sub(s, 1, s.n);
	(void)str_cut(s, '.', &major, &minor);
	return num_parse(major, 0, VARIANT_MAX, &n) ? n : -1;
}

static unsigned
variant_rank(const char *arch, const char *want, const char *have)
{
	int64_t wanted, had;

	if (have[0] == '\0')
		return RANK_NO_VARIANT;
	if (want[0] == '\0')
		want = default_variant(arch);
	if (strcmp(want, have) == 0)
		return RANK_NO_VARIANT + VARIANT_MAX + 1;
	wanted = variant_number(want);
	had = variant_number(have);
	if (wanted < 0 || had < 0 || had > wanted)
		return 0;
	return RANK_NO_VARIANT + (unsigned)had;
}

unsigned
oci_platform_rank(
    const struct oci_platform *want, const struct oci_platform *have)
{
	if (have->os[0] == '\0' && have->arch[0] == '\0')
		return RANK_UNKNOWN;
	if (have->os[0] != '\0' && strcmp(want->os, have->os) != 0)
		return 0;
	if (have->arch[0] == '\0')
		return RANK_UNKNOWN;
	if (strcmp(want->arch, have->arch) != 0)
		return 0;
	return variant_rank(want->arch, want->variant, have->variant);
}

int
oci_platform_refuse(const struct oci_platform *want,
    const struct oci_platform *have, struct err *e)
{
	cleanup_buf struct buf wanted = BUF_MAX(4 * OCI_PLATFORM_PART);
	cleanup_buf struct buf had = BUF_MAX(4 * OCI_PLATFORM_PART);

	oci_platform_format(want, &wanted);
	oci_platform_format(have, &had);
	return err_set(e, ERR_NO, ENOENT, "no image for %s; on offer: %s",
	    buf_z(&wanted), buf_z(&had));
}
