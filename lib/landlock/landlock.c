/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

/* Younger than some libc's headers; the same on every architecture. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif

enum { ABI_REFER = 2 };

int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

/* The one right that is taken is given back below the root: everywhere. */
static int
allow_all(int rules)
{
	struct landlock_path_beneath_attr rule = {
	    .allowed_access = LANDLOCK_ACCESS_FS_REFER};
	cleanup_fd int root = open("/", O_PATH | O_CLOEXEC);

	if (root < 0)
		return -errno;
	rule.parent_fd = root;
	return syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
		   &rule, 0) < 0
		   ? -errno
		   : 0;
}

int
landlock_guard(void)
{
	const struct landlock_ruleset_attr attr = {
	    .handled_access_fs = LANDLOCK_ACCESS_FS_REFER};
	cleanup_fd int rules = -1;
	int error;

	if (landlock_abi() < ABI_REFER)
		return -ENOSYS;
	if (prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1)
		return -EOPNOTSUPP;
	rules =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (rules < 0)
		return -errno;
	error = allow_all(rules);
	if (error < 0)
		return error;
	return syscall(SYS_landlock_restrict_self, rules, 0) < 0 ? -errno : 0;
}
