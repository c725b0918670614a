/* SPDX-License-Identifier: Apache-2.0 */
/* platform: OS, architecture and variant, as in an OCI image index. */
#ifndef FG_OCI_PLATFORM_H
#define FG_OCI_PLATFORM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { OCI_PLATFORM_PART = 32 }; /* bytes, the NUL included */

/* Empty strings: not known. GOOS and GOARCH names. */
struct oci_platform {
	char os[OCI_PLATFORM_PART];      /* "linux" */
	char arch[OCI_PLATFORM_PART];    /* "amd64", "arm64" */
	char variant[OCI_PLATFORM_PART]; /* "v8"; mostly empty */
};

/* What a Fargate task is without a runtimePlatform. */
#define OCI_PLATFORM_DEFAULT                                                   \
	((struct oci_platform){.os = "linux", .arch = "amd64"})

/*
 * Parse "OS/ARCH" or "OS/ARCH/VARIANT"; x86_64 and aarch64 are taken for
 * amd64 and arm64. -EINVAL, ERR_USAGE: anything else.
 */
int oci_platform_parse(
    struct str text, struct oci_platform *out, struct err *e);

/* Append "linux/arm64/v8"; parts that are not known are left out. */
void oci_platform_format(const struct oci_platform *p, struct buf *out);

bool oci_platform_eq(
    const struct oci_platform *a, const struct oci_platform *b);

/*
 * How well does an image for `have` run where `want` is wanted? 0: not at
 * all; the largest number fits best. A wanted arm64 without variant means v8,
 * arm v7, amd64 v1; lower variants of the same architecture run too (v8
 * before v7 … before none). An OS or architecture of `have` that is not known
 * fits worst of all, but fits.
 */
unsigned oci_platform_rank(
    const struct oci_platform *want, const struct oci_platform *have);

/* -ENOENT, ERR_NO: "no image for WANT; on offer: HAVE". */
int oci_platform_refuse(const struct oci_platform *want,
    const struct oci_platform *have, struct err *e);

#endif
