/* SPDX-License-Identifier: Apache-2.0 */
#include "caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const names[CAPS_KNOWN] = {
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
};

const char *
caps_name(unsigned cap)
{
	return cap < CAPS_KNOWN ? names[cap] : NULL;
}

static struct __user_cap_header_struct
header(void)
{
	return (struct __user_cap_header_struct){
	    .version = _LINUX_CAPABILITY_VERSION_3};
}

static uint64_t
whole(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

int
caps_get(struct caps *ret)
{
	struct __user_cap_header_struct h = header();
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d) != 0)
		return -errno;
	*ret = (struct caps){
	    .effective = whole(d[0].effective, d[1].effective),
	    .permitted = whole(d[0].permitted, d[1].permitted),
	    .inheritable = whole(d[0].inheritable, d[1].inheritable),
	};
	for (unsigned cap = 0; cap < 64; cap++)
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
			ret->bounding |= UINT64_C(1) << cap;
	return 0;
}

void
caps_drop_ptrace(void)
{
	const uint32_t keep = ~(UINT32_C(1) << CAP_SYS_PTRACE);
	struct __user_cap_header_struct h = header();
	struct __user_cap_data_struct d[2];

	(void)prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_SYS_PTRACE, 0, 0);
	if (syscall(SYS_capget, &h, d) != 0)
		return;
	d[0].effective &= keep;
	d[0].permitted &= keep;
	d[0].inheritable &= keep;
	h = header();
	(void)syscall(SYS_capset, &h, d);
}
