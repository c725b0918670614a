/* SPDX-License-Identifier: Apache-2.0 */
#include "client_lib.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

struct symbol {
	const char *name;
	size_t at; /* of the pointer in struct client_lib */
};

#define AT(member) offsetof(struct client_lib, member)

static const struct symbol of_curl[] = {
    {"curl_global_init", AT(global_init)},
    {"curl_global_cleanup", AT(global_cleanup)},
    {"curl_easy_init", AT(easy_init)},
    {"curl_easy_cleanup", AT(easy_cleanup)},
    {"curl_easy_reset", AT(easy_reset)},
    {"curl_easy_setopt", AT(easy_setopt)},
    {"curl_easy_getinfo", AT(easy_getinfo)},
    {"curl_easy_strerror", AT(easy_strerror)},
    {"curl_slist_append", AT(slist_append)},
    {"curl_slist_free_all", AT(slist_free_all)},
    {"curl_multi_init", AT(multi_init)},
    {"curl_multi_cleanup", AT(multi_cleanup)},
    {"curl_multi_add_handle", AT(multi_add_handle)},
    {"curl_multi_remove_handle", AT(multi_remove_handle)},
    {"curl_multi_perform", AT(multi_perform)},
    {"curl_multi_poll", AT(multi_poll)},
    {"curl_multi_info_read", AT(multi_info_read)},
    {"curl_multi_strerror", AT(multi_strerror)},
    {NULL, 0},
};

static const struct symbol of_crypto[] = {
    {"EVP_MD_CTX_new", AT(md_new)},
    {"EVP_MD_CTX_free", AT(md_free)},
    {"EVP_DigestInit_ex", AT(md_init)},
    {"EVP_DigestUpdate", AT(md_update)},
    {"EVP_DigestFinal_ex", AT(md_final)},
    {"EVP_sha256", AT(sha256)},
    {"EVP_sha512", AT(sha512)},
    {NULL, 0},
};

static int
load(struct client_lib *lib, const char *name, const struct symbol *symbols,
    void **handle, struct err *e)
{
	*handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (*handle == NULL)
		return err_set(e, ERR_PERM, ENOENT,
		    "%s is needed to ask registries: %s", name, dlerror());
	for (; symbols->name != NULL; symbols++) {
		void *found = dlsym(*handle, symbols->name);

		if (found == NULL)
			return err_set(e, ERR_PERM, ENOENT, "%s has no %s",
			    name, symbols->name);
		memcpy((char *)lib + symbols->at, &found, sizeof found);
	}
	return 0;
}

int
client_lib_open(struct client_lib *lib, struct err *e)
{
	int r = load(lib, "libcurl.so.4", of_curl, &lib->curl, e);

	if (r == 0)
		r = load(lib, "libcrypto.so.3", of_crypto, &lib->crypto, e);
	if (r == 0 && lib->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		r = err_set(e, ERR_PERM, ENOTSUP, "libcurl does not start");
	if (r != 0) {
		lib->global_cleanup = NULL;
		client_lib_close(lib);
	}
	return r;
}

void
client_lib_close(struct client_lib *lib)
{
	/*
	 * The libraries stay mapped: OpenSSL registers handlers that run at
	 * exit, and must still be there.
	 */
	if (lib->global_cleanup != NULL)
		lib->global_cleanup();
	*lib = (struct client_lib){0};
}
