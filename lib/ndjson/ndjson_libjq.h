/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndjson_libjq: libjq, loaded when a program is given: the tools that print
 * a few records must not pay for it at their start. Inside ndjson only.
 */
#ifndef FG_NDJSON_NDJSON_LIBJQ_H
#define FG_NDJSON_NDJSON_LIBJQ_H

#include <jq.h>

#include "base/err.h"

/* The functions of jq.h and jv.h that are used; X(name) for each. */
#define NDJSON_LIBJQ_EACH(X)                                                   \
	X(jq_init)                                                             \
	X(jq_teardown)                                                         \
	X(jq_set_error_cb)                                                     \
	X(jq_compile)                                                          \
	X(jq_start)                                                            \
	X(jq_next)                                                             \
	X(jq_halted)                                                           \
	X(jq_get_exit_code)                                                    \
	X(jq_get_error_message)                                                \
	X(jv_parse_sized)                                                      \
	X(jv_dump_string)                                                      \
	X(jv_get_kind)                                                         \
	X(jv_copy)                                                             \
	X(jv_free)                                                             \
	X(jv_invalid_has_msg)                                                  \
	X(jv_invalid_get_msg)                                                  \
	X(jv_string_value)                                                     \
	X(jv_string_length_bytes)

#define NDJSON_LIBJQ_MEMBER(name) __typeof__(name) *name;

struct ndjson_libjq {
	void *handle;
	NDJSON_LIBJQ_EACH(NDJSON_LIBJQ_MEMBER)
};

/* ERR_PERM: the library is not installed, or is another one. */
int ndjson_libjq_open(struct ndjson_libjq *lib, struct err *e);

/* All jq states must be gone. The code stays: libjq has thread destructors. */
void ndjson_libjq_close(struct ndjson_libjq *lib);

#endif
