/* SPDX-License-Identifier: Apache-2.0 */
/* oci_json: members of JSON objects, each of the type that it must have. */
#ifndef FG_OCI_OCI_JSON_H
#define FG_OCI_OCI_JSON_H

#include <jv.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "oci/oci.h"

/*
 * All take the object without consuming it; it must be an object. Absent and
 * null members are no error: what is returned is then empty, false, or an
 * invalid value. Of another type, or a string with NUL: -EINVAL, ERR_PERM.
 * Strings are copied to a.
 */
int oci_json_str(struct arena *a, jv object, const char *key, struct str *ret,
    struct err *e);
int oci_json_list(struct arena *a, jv object, const char *key,
    struct oci_list *ret, struct err *e);

/* The names of an object's members. */
int oci_json_keys(struct arena *a, jv object, const char *key,
    struct oci_list *ret, struct err *e);

/* A member that is an object or array (kind), to be freed by the caller. */
int oci_json_get(
    jv object, const char *key, jv_kind kind, jv *ret, struct err *e);

/* Copy a string value; refuses NUL. what names it in errors. */
int oci_json_copy(struct arena *a, jv string, const char *what, struct str *ret,
    struct err *e);

#endif
