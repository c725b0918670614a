/* SPDX-License-Identifier: Apache-2.0 */
#include "hook.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Younger than some libc's headers; the same on every architecture. */
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

#define NO HOOK_NO_ARG
#define ON(name) EVENT_BIT(EVENT_##name)
#define OPENS (ON(OPEN) | ON(CREATE) | ON(READ) | HOOK_DIR)
#define MODES (S_ISUID | S_ISGID | S_IXUSR | S_IXGRP | S_IXOTH)
/* CLONE_NEWTIME is a bit of clone(2)'s exit signal: unshare(2) has it. */
#define SPACES                                                                 \
	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |           \
	    CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)

#define HOOK(call, ...)                                                        \
	{                                                                      \
		.nr = SYS_##call, .name = #call, __VA_ARGS__                   \
	}
#define FILE_AT(call, event, ...)                                              \
	HOOK(call, .events = ON(event) | HOOK_DIR, .work = HOOK_PATH,          \
	    .arg = {__VA_ARGS__})
#define FILES(call, event, ...)                                                \
	HOOK(call, .events = ON(event) | HOOK_DIR, .work = HOOK_PATHS,         \
	    .arg = {__VA_ARGS__})
#define BY_MODE(call, place, ...)                                              \
	HOOK(call, .events = ON(CHMOD), .work = HOOK_PATH, .test = HOOK_BITS,  \
	    .at = (place), .mask = MODES, .arg = {__VA_ARGS__})
#define BY_FD(call, event)                                                     \
	HOOK(call, .events = ON(event), .work = HOOK_FD, .arg = {0, 1})
#define KERNEL(call, event) HOOK(call, .events = ON(event), .work = HOOK_KERNEL)
/* They give other names to files that are guarded. */
#define MOUNTS(call, ...)                                                      \
	HOOK(call, .events = ON(MOUNT) | HOOK_GUARD | HOOK_DIR | HOOK_PINS,    \
	    .work = HOOK_MOUNT, .arg = {__VA_ARGS__})
#define UIDS(call)                                                             \
	HOOK(call, .events = ON(SETUID) | HOOK_FACTS, .work = HOOK_SETUID)
/* To whom is for the tracer to know: who is guarded may change. */
#define SENDS(call, place)                                                     \
	HOOK(call, .events = HOOK_GUARD, .work = HOOK_SIGNAL,                  \
	    .test = HOOK_ONE_OF, .at = (place), .mask = HOOK_FATAL)
#define OF_PID(call)                                                           \
	HOOK(call, .events = HOOK_GUARD, .work = HOOK_TARGET,                  \
	    .test = HOOK_OTHER, .at = 0)
#define MEMORY(call, ...)                                                      \
	HOOK(call, .events = HOOK_PINS, .work = HOOK_MEMORY, __VA_ARGS__)

const struct hook hook_table[] = {
    {.nr = -1, .name = "foreign", .events = ON(ABI), .work = HOOK_ABI},
    /* process */
    HOOK(execve, .events = ON(EXEC), .work = HOOK_EXEC, .arg = {NO, 0, 1}),
    HOOK(execveat, .events = ON(EXEC), .work = HOOK_EXEC, .arg = {0, 1, 2}),
    UIDS(setuid),
    UIDS(setreuid),
    UIDS(setresuid),
    UIDS(setgid),
    UIDS(setregid),
    UIDS(setresgid),
    HOOK(sched_getaffinity, .events = HOOK_FACTS, .work = HOOK_NOTHING),
    HOOK(sched_setaffinity, .events = HOOK_FACTS, .work = HOOK_NOTHING),
    HOOK(chroot, .events = HOOK_FACTS, .work = HOOK_ROOT),
/* file */
#ifdef SYS_open
    HOOK(open, .events = OPENS, .work = HOOK_OPEN, .test = HOOK_FLAGS, .at = 1,
	.arg = {NO, 0, 1, 2}),
    HOOK(creat, .events = OPENS, .work = HOOK_OPEN, .arg = {NO, 0, NO, 1}),
    FILE_AT(mkdir, MKDIR, NO, 0, 1),
    FILE_AT(mknod, MKNOD, NO, 0, 1),
    FILE_AT(unlink, UNLINK, NO, 0, NO),
    FILE_AT(rmdir, UNLINK, NO, 0, NO),
    BY_MODE(chmod, 1, NO, 0, 1),
    FILE_AT(chown, CHOWN, NO, 0, 1),
    FILE_AT(lchown, CHOWN, NO, 0, 1),
    FILES(rename, RENAME, NO, 0, NO, 1),
    FILES(link, LINK, NO, 0, NO, 1),
    FILES(symlink, SYMLINK, NO, 0, NO, 1),
#endif
    HOOK(openat, .events = OPENS, .work = HOOK_OPEN, .test = HOOK_FLAGS,
	.at = 2, .arg = {0, 1, 2, 3}),
    HOOK(open_by_handle_at, .events = OPENS, .work = HOOK_HANDLE,
	.test = HOOK_FLAGS, .at = 2, .arg = {NO, NO, 2, NO}),
    HOOK(openat2, .events = OPENS, .work = HOOK_OPENAT2, .arg = {0, 1, 2, 3}),
    FILE_AT(mkdirat, MKDIR, 0, 1, 2),
    FILE_AT(mknodat, MKNOD, 0, 1, 2),
    FILE_AT(unlinkat, UNLINK, 0, 1, 2),
    FILE_AT(truncate, TRUNCATE, NO, 0, NO),
    BY_MODE(fchmodat, 2, 0, 1, 2),
    BY_MODE(fchmodat2, 2, 0, 1, 2),
    HOOK(fchmod, .events = ON(CHMOD), .work = HOOK_FD, .test = HOOK_BITS,
	.at = 1, .mask = MODES, .arg = {0, 1}),
    FILE_AT(fchownat, CHOWN, 0, 1, 2),
    BY_FD(fchown, CHOWN),
    FILE_AT(setxattr, SETXATTR, NO, 0, 1),
    FILE_AT(lsetxattr, SETXATTR, NO, 0, 1),
    FILE_AT(setxattrat, SETXATTR, 0, 1, 3),
    BY_FD(fsetxattr, SETXATTR),
#ifdef SYS_renameat
    FILES(renameat, RENAME, 0, 1, 2, 3),
#endif
    FILES(renameat2, RENAME, 0, 1, 2, 3),
    FILES(linkat, LINK, 0, 1, 2, 3),
    FILES(symlinkat, SYMLINK, NO, 0, 1, 2),
    /* network */
    HOOK(
	socket, .events = ON(SOCKET), .work = HOOK_SOCKET, .test = HOOK_FAMILY),
    HOOK(connect, .events = ON(CONNECT) | ON(DNS), .work = HOOK_ADDR),
    HOOK(bind, .events = ON(BIND) | HOOK_DIR, .work = HOOK_ADDR),
    HOOK(listen, .events = ON(LISTEN), .work = HOOK_LISTEN),
    HOOK(accept, .events = ON(ACCEPT), .work = HOOK_ACCEPT),
    HOOK(accept4, .events = ON(ACCEPT), .work = HOOK_ACCEPT),
    HOOK(sendto, .events = ON(SEND) | ON(DNS), .work = HOOK_SENDTO,
	.test = HOOK_DESTINED, .at = 4),
    HOOK(sendmsg, .events = ON(SEND) | ON(DNS), .work = HOOK_SENDMSG),
    HOOK(sendmmsg, .events = ON(SEND) | ON(DNS), .work = HOOK_SENDMMSG),
#ifdef SYS_dup2
    HOOK(dup2, .events = ON(STDIO), .work = HOOK_DUP, .test = HOOK_MOST,
	.at = 1, .mask = 2),
#endif
    HOOK(dup3, .events = ON(STDIO), .work = HOOK_DUP, .test = HOOK_MOST,
	.at = 1, .mask = 2),
    /* the defender itself */
    SENDS(kill, 1),
    SENDS(tkill, 1),
    SENDS(tgkill, 2),
    SENDS(rt_sigqueueinfo, 1),
    SENDS(rt_tgsigqueueinfo, 2),
    HOOK(pidfd_send_signal, .events = HOOK_GUARD, .work = HOOK_SIGNAL),
    HOOK(fcntl, .events = HOOK_GUARD, .work = HOOK_SETSIG, .test = HOOK_VALUE,
	.at = 1, .mask = F_SETSIG),
    OF_PID(prlimit64),
    OF_PID(sched_setscheduler),
    OF_PID(sched_setparam),
    OF_PID(sched_setattr),
    /* kernel */
    HOOK(ptrace, .events = ON(PTRACE) | HOOK_GUARD, .work = HOOK_PTRACE,
	.test = HOOK_REQUEST),
    HOOK(process_vm_writev, .events = ON(PTRACE) | HOOK_GUARD | HOOK_PINS,
	.work = HOOK_PTRACE),
    HOOK(pidfd_getfd, .events = ON(PTRACE) | HOOK_GUARD, .work = HOOK_PTRACE),
    MOUNTS(mount, NO, 1, NO, 0),
    MOUNTS(umount2, NO, 0, NO, NO),
    MOUNTS(move_mount, 2, 3, 0, 1),
    MOUNTS(fsopen, NO, NO, NO, NO),
    MOUNTS(open_tree, NO, NO, 0, 1),
    MOUNTS(open_tree_attr, NO, NO, 0, 1),
    MOUNTS(mount_setattr, 0, 1, NO, NO),
    HOOK(pivot_root, .events = ON(MOUNT) | HOOK_FACTS, .work = HOOK_ROOT),
    HOOK(unshare, .events = ON(NAMESPACE) | HOOK_FACTS, .work = HOOK_ROOT,
	.test = HOOK_BITS, .at = 0, .mask = SPACES | CLONE_NEWTIME),
    HOOK(setns, .events = ON(NAMESPACE) | HOOK_FACTS, .work = HOOK_ROOT),
    HOOK(clone, .events = ON(NAMESPACE) | HOOK_FACTS, .work = HOOK_ROOT,
	.test = HOOK_BITS, .at = 0, .mask = SPACES | CLONE_UNTRACED),
    HOOK(clone3, .events = ON(NAMESPACE) | HOOK_PINS, .work = HOOK_REFUSE,
	.test = HOOK_ENOSYS),
    KERNEL(init_module, MODULE),
    KERNEL(finit_module, MODULE),
    KERNEL(delete_module, MODULE),
    KERNEL(kexec_load, MODULE),
#ifdef SYS_kexec_file_load
    KERNEL(kexec_file_load, MODULE),
#endif
    KERNEL(bpf, BPF),
    KERNEL(perf_event_open, BPF),
    KERNEL(userfaultfd, BPF),
    HOOK(io_uring_setup, .events = ON(IO_URING), .work = HOOK_REFUSE),
    /* Whose listener answers before a tracer is asked. */
    HOOK(seccomp, .events = ON(ABI), .work = HOOK_REFUSE, .test = HOOK_BITS,
	.at = 1, .mask = SECCOMP_FILTER_FLAG_NEW_LISTENER),
    /* memory that backs pinned arguments */
    MEMORY(munmap, .test = HOOK_RANGE, .at = 0),
    MEMORY(mmap, .test = HOOK_FIXED, .at = 0),
    MEMORY(mremap, .test = HOOK_REMAP, .at = 0),
    MEMORY(remap_file_pages, .test = HOOK_RANGE, .at = 0),
    MEMORY(shmat, .test = HOOK_SEGMENT),
    MEMORY(shmctl, .test = HOOK_SEGMENT),
    MEMORY(shmdt, .test = HOOK_RANGE, .at = 0),
    HOOK(io_setup, .events = HOOK_PINS, .work = HOOK_AIO),
};

const size_t hook_count = sizeof(hook_table) / sizeof(hook_table[0]);
