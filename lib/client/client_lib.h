/* SPDX-License-Identifier: Apache-2.0 */
/* client_lib: the functions of libcurl and libcrypto, looked up at run time. */
#ifndef FG_CLIENT_CLIENT_LIB_H
#define FG_CLIENT_CLIENT_LIB_H

#include <curl/curl.h>
#include <openssl/evp.h>

#include "base/err.h"

struct client_lib {
	void *curl, *crypto; /* handles of dlopen(3) */

	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_global_cleanup) *global_cleanup;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_reset) *easy_reset;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_perform) *multi_perform;
	__typeof__(curl_multi_poll) *multi_poll;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_strerror) *multi_strerror;

	__typeof__(EVP_MD_CTX_new) *md_new;
	__typeof__(EVP_MD_CTX_free) *md_free;
	__typeof__(EVP_DigestInit_ex) *md_init;
	__typeof__(EVP_DigestUpdate) *md_update;
	__typeof__(EVP_DigestFinal_ex) *md_final;
	__typeof__(EVP_sha256) *sha256;
	__typeof__(EVP_sha512) *sha512;
};

/* Load both libraries. -ENOENT, ERR_PERM: one is missing or too old. */
int client_lib_open(struct client_lib *lib, struct err *e);

/* A lib that is all zero is fine. */
void client_lib_close(struct client_lib *lib);

#endif
