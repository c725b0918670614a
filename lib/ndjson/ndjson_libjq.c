/* SPDX-License-Identifier: Apache-2.0 */
#include "ndjson_libjq.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define SONAME "libjq.so.1"

/* POSIX lets a pointer from dlsym(3) be a function's; C has no cast for it. */
static bool
find(void *handle, const char *name, void *member, size_t size)
{
	void *address = dlsym(handle, name);

	memcpy(member, &address, size);
	return address != NULL;
}

#define FIND(name)                                                             \
	found = found && find(lib->handle, #name, &lib->name, sizeof lib->name);

int
ndjson_libjq_open(struct ndjson_libjq *lib, struct err *e)
{
	bool found = true;

	*lib = (struct ndjson_libjq){0};
	lib->handle = dlopen(SONAME, RTLD_NOW | RTLD_NODELETE);
	if (lib->handle == NULL)
		return err_set(e, ERR_PERM, ENOENT,
		    "--jq: %s cannot be loaded; install the package of libjq",
		    SONAME);
	NDJSON_LIBJQ_EACH(FIND)
	if (found)
		return 0;
	ndjson_libjq_close(lib);
	return err_set(e, ERR_PERM, ENOENT,
	    "--jq: %s is not the libjq that is expected (1.6 or newer)",
	    SONAME);
}

void
ndjson_libjq_close(struct ndjson_libjq *lib)
{
	if (lib->handle != NULL)
		(void)dlclose(lib->handle);
	lib->handle = NULL;
}
