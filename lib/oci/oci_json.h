/* SPDX-License-Identifier: Apache-2.0 */
/* oci_json: members of JSON objects, each of the type that it must have. */
#ifndef FG_OCI_OCI_JSON_H
#define FG_OCI_OCI_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "jtree/jtree.h"
#include "oci/oci.h"

/* Of a document: what does not fit is refused ("too many values"). */
enum { OCI_JSON_TREE_MAX = 64 * 1024 * 1024 };

/*
 * Absent and null members are no error: what is returned is then empty, false
 * or NULL. Of another type, or a string with NUL: -EINVAL, ERR_PERM. Strings
 * are copied to a.
 */
int oci_json_str(struct arena *a, const struct jtree *object, const char *key,
    struct str *ret, struct err *e);

/* As oci_json_str(), into a part of a platform; too long: an error. */
int oci_json_part(const struct jtree *object, const char *key,
    char part[OCI_PLATFORM_PART], struct err *e);

/* An array of strings, or one string. */
int oci_json_list(struct arena *a, const struct jtree *object, const char *key,
    struct oci_list *ret, struct err *e);

/* As oci_json_list(), of each string what stands before its first '='. */
int oci_json_names(struct arena *a, const struct jtree *object, const char *key,
    struct oci_list *ret, struct err *e);

/* The names of an object's members, sorted, each once. */
int oci_json_keys(struct arena *a, const struct jtree *object, const char *key,
    struct oci_list *ret, struct err *e);

/* A member that is an object or array (kind). */
int oci_json_get(const struct jtree *object, const char *key,
    enum jscan_kind kind, const struct jtree **ret, struct err *e);

#endif
