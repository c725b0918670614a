/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event: what a process did or tried to do, and what was decided. One struct
 * for the tracer that fills it, the rules that judge it, the ring that carries
 * it, and the line of JSON that reports it (fg-event(5)).
 */
#ifndef FG_EVENT_EVENT_H
#define FG_EVENT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "ip/ip.h"
#include "jtree/jtree.h"
#include "jwrite/jwrite.h"

/*
 * The order is that of event_names.c; numbers travel in the ring only, never
 * to a file. Those before EVENT_LIFECYCLE are judged, and are bit numbers in
 * an event_set.
 */
enum event_name {
	EVENT_NONE,
	/* process */
	EVENT_EXEC,    /* process.exec: execve, execveat */
	EVENT_ENTERED, /* process.entered: came from outside (ECS Exec) */
	EVENT_SETUID,  /* process.setuid: set*uid that gives uid 0 */
	/* file; `path`, for the last three `path2` as well */
	EVENT_OPEN,   /* file.open: an existing file, for writing */
	EVENT_CREATE, /* file.create: a new file */
	EVENT_READ,   /* file.read: for reading; asked for by read rules only */
	EVENT_MKDIR,  /* file.mkdir */
	EVENT_MKNOD,  /* file.mknod */
	EVENT_UNLINK, /* file.unlink: unlink, rmdir */
	EVENT_TRUNCATE, /* file.truncate */
	EVENT_CHMOD,    /* file.chmod: new mode in `mode` */
	EVENT_CHOWN,    /* file.chown: uid in `uid` */
	EVENT_SETXATTR, /* file.setxattr: attribute name in `detail` */
	EVENT_RENAME,   /* file.rename: path to path2 */
	EVENT_LINK,     /* file.link: path gets the new name path2 */
	EVENT_SYMLINK,  /* file.symlink: new name path2 with the text path */
	/* network */
	EVENT_SOCKET,  /* net.socket: raw, packet, netlink, vsock, alg */
	EVENT_CONNECT, /* net.connect */
	EVENT_BIND,    /* net.bind */
	EVENT_LISTEN,  /* net.listen */
	EVENT_ACCEPT,  /* net.accept: `addr` is the peer */
	EVENT_SEND,    /* net.send: to an address, without a connection */
	EVENT_DNS,     /* net.dns: a query; `domain` */
	EVENT_STDIO,   /* net.stdio: a socket became descriptor 0, 1 or 2 */
	/* kernel */
	EVENT_PTRACE, /* kernel.ptrace: also process_vm_writev, pidfd_getfd */
	EVENT_SIGNAL, /* kernel.signal: to a process of the defender; also
		       * what else is done to it (`syscall`) */
	EVENT_MOUNT,  /* kernel.mount: mount, umount, pivot_root, … */
	EVENT_NAMESPACE, /* kernel.namespace: unshare, setns, clone(CLONE_NEW*)
			  */
	EVENT_MODULE,    /* kernel.module: init_module, kexec, … */
	EVENT_BPF,       /* kernel.bpf: bpf, perf_event_open, userfaultfd */
	EVENT_IO_URING,  /* kernel.io_uring: refused with ENOSYS */
	EVENT_ABI,       /* kernel.abi: 32-bit or x32 entry, refused: ENOSYS */
	EVENT_LIFECYCLE, /* those from here on are told, not judged */
	EVENT_START,     /* start: tier, abilities */
	EVENT_EXIT,      /* exit: of the container's main process */
	EVENT_POLICY_APPLIED,   /* policy.applied */
	EVENT_POLICY_REJECTED,  /* policy.rejected: the last good one stays */
	EVENT_POLICY_MISSING,   /* policy.missing */
	EVENT_SIDECAR_LOST,     /* sidecar.lost */
	EVENT_SIDECAR_BACK,     /* sidecar.back */
	EVENT_REPORTER,         /* reporter.restarted */
	EVENT_CONSOLE_ENROLLED, /* console.enrolled */
	EVENT_CONSOLE_RENEWED,  /* console.renewed: the certificate */
	EVENT_CONSOLE_REFUSED,  /* console.refused: to enrol, and why */
	EVENT_CONSOLE_LOST,     /* console.lost */
	EVENT_CONSOLE_BACK,     /* console.back */
	EVENT_AUDIT_REFUSED,    /* audit.refused: a record, by the Console */
	EVENT_HELLO_SECOND,     /* hello.second: of a container that is here */
	EVENT_HELLO_UNKNOWN,    /* hello.unknown: of none of the task's */
	EVENT_IMAGE_DIFFERS,    /* image.differs: from the one embedded */
	EVENT_WAAS_RESTARTED,   /* waas.restarted */
	EVENT_ALERT_FAILED,     /* alert.failed: a rule of alerts */
	EVENT_CUSTOM_ALERT,     /* alert: such a rule's own */
	EVENT_UNSEEN,           /* unseen: what could not be watched, and why */
	EVENT_LOST, /* lost: `count` events dropped, why in `detail` */
	EVENT_NAMES
};

typedef uint64_t event_set; /* bit 1 << enum event_name */
#define EVENT_BIT(name) ((event_set)1 << (name))

/* Facts about a program, from the kernel, never from its name. */
enum {
	EXE_MEMFD = 1 << 0,    /* an anonymous file (memfd_create) */
	EXE_DELETED = 1 << 1,  /* has no name any more (nlink 0) */
	EXE_TMPFS = 1 << 2,    /* on tmpfs or below /dev/shm */
	EXE_VOLUME = 1 << 3,   /* not on the root file system */
	EXE_MODIFIED = 1 << 4, /* ctime after the container's start */
	EXE_SETUID = 1 << 5,   /* set-user-ID, set-group-ID or capabilities */
	EXE_SCRIPT = 1 << 6,   /* `script` names what the interpreter runs */
	EXE_BAD_ELF = 1 << 7,  /* header that no tool chain makes */
	EXE_PACKED = 1 << 8,   /* high entropy; only looked at when MODIFIED */
	EXE_ALTERED = 1 << 9,  /* hash differs from the image's manifest */
	EXE_STDIO_SOCKET = 1 << 10, /* descriptor 0, 1 or 2 is one of IP; of
				     * EVENT_STDIO: another one already */
	EXE_TTY = 1 << 11,          /* descriptor 0 is a terminal */
};

enum {
	EVENT_ANCESTORS_MAX = 8,
	EVENT_ATTACKS_MAX = 4,
	EVENT_PATH_MAX = 4096,
	EVENT_ARGS_MAX = 4096,    /* bytes of argv, cut behind that */
	EVENT_PACKED_MAX = 32768, /* bytes of event_pack() */
	EVENT_LINE_MAX = 65535,   /* bytes of event_write(), no newline */
	EVENT_BOOT = 33,          /* bytes of a boot id, its NUL included */
};

/* The process that acts. In EVENT_EXEC it is the new program. */
struct event_process {
	int32_t pid, ppid;
	uint32_t uid, euid, gid;
	uint32_t facts;    /* EXE_* */
	struct str exe;    /* path in the container */
	struct str script; /* AT_EXECFN of a script, else empty */
	struct str args;   /* argv, each word ended by NUL */
	struct str cwd;
	struct str sha256; /* 64 digits, when a rule asked for it */
	struct str parent; /* exe of ppid */
	/* exe of ppid, its parent and so on */
	struct str ancestors[EVENT_ANCESTORS_MAX];
	uint8_t n_ancestors;
	bool args_cut;
};

enum event_action {
	EVENT_ALLOWED, /* "allow" */
	EVENT_ALERT,   /* "alert" */
	EVENT_PREVENT, /* "prevent": the call failed, or the process was killed
			*/
	EVENT_BLOCK,   /* "block": the container was ended */
	EVENT_INFORM   /* "none" */
};

enum event_severity {
	EVENT_INFO,
	EVENT_LOW,
	EVENT_MEDIUM,
	EVENT_HIGH,
	EVENT_CRITICAL
};

struct event {
	enum event_name name;
	/*
	 * EVENT_EXEC only: by name, before the call: `exe` is what was asked
	 * for, and no EXE_* is known. The event without it follows when the
	 * kernel has loaded the program.
	 */
	bool attempt;
	int64_t ts_ns;       /* since 1970 */
	const char *syscall; /* "openat"; static */
	struct event_process by;

	struct str path, path2; /* absolute where that could be found out */
	uint32_t mode, flags;   /* of open(2), chmod(2), socket(2) … */
	uint32_t uid;
	bool dir; /* a directory */

	uint8_t protocol; /* IPPROTO_*; 0 not known */
	struct ip addr;   /* the other side; for BIND, LISTEN our own */
	uint16_t port, local_port;
	struct str domain; /* lower case, no final dot */

	int32_t target; /* pid, for EVENT_PTRACE, EVENT_SIGNAL */
	int64_t number; /* exit status, signal, version … */
	struct str detail;

	/* What was decided. */
	enum event_action action;
	enum event_severity severity;
	struct str rule_id;   /* "denied-process"; share/policy has them all */
	struct str rule_name; /* of the policy's rule */
	struct str msg;
	struct str attack[EVENT_ATTACKS_MAX]; /* ATT&CK: "T1059.004" */
	uint8_t n_attack;
	bool enforced;  /* certain by the kernel; else as observed by name */
	uint64_t count; /* of equal events that this one stands for; >= 1 */
	uint64_t seq;   /* with the boot id the event's identity */
};

/* "process.exec"; NULL for EVENT_NONE. */
const char *event_name_text(enum event_name name);
enum event_name event_name_of(struct str text);

/* "runtime", "lifecycle" or "lost". */
const char *event_kind(enum event_name name);
const char *event_action_text(enum event_action action);
const char *event_severity_text(enum event_severity severity);

/* "memfd" for EXE_MEMFD; NULL for what is no EXE_* bit. */
const char *event_fact_text(uint32_t fact);
uint32_t event_fact_of(struct str text); /* 0: no such word */

/*
 * The event as bytes for the ring, in `to` of n bytes. The size, or 0 when it
 * does not fit, which EVENT_PACKED_MAX bytes never do: if need be each string
 * is cut to 1 KiB, "…" at its end. 0 as well for EVENT_NONE. Takes no memory.
 */
size_t event_pack(const struct event *ev, void *to, size_t n);

/*
 * From those bytes, which ret's strings borrow. -EPROTO when they are not
 * what event_pack() wrote; nothing outside from[0..n) is read.
 */
int event_unpack(const void *from, size_t n, struct event *ret);

/* Where events come from, the same for all of a process's life. */
struct event_source {
	struct str app_id; /* "web:UUID", may be empty */
	struct str container, image, digest;
	struct str boot;    /* 32 hexadecimal digits */
	struct str version; /* of the policy */
	const char *agent;  /* "fg-wrap" */
};

/* A new boot id: 128 random bits, as hexadecimal digits. 0 or -errno. */
int event_boot(char boot[EVENT_BOOT]);

/*
 * One record of fg-event(5), without the newline: hostile bytes escaped,
 * secrets in args masked (event_mask_next()), at most 64 KiB.
 */
void event_write(
    const struct event *ev, const struct event_source *src, struct jwrite *w);

/*
 * The reverse, for replays: strings are in a or borrow from t. ERR_PERM with
 * the member that is wrong. The decision, if there is one, is read as well.
 */
int event_read(
    struct arena *a, const struct jtree *t, struct event *ret, struct err *e);

/*
 * The secrets among the words of argv (each ended by NUL), for whoever shows
 * them: values of options, variables, headers and JSON members with a name
 * such as password, token or api_key, also inside the script of `sh -c`;
 * passwords in URLs; keys of well-known forms (JWT, GitHub, PEM, …). It goes
 * by names and forms, so it misses secrets that have neither. Takes no memory
 * and time linear in args.n. The members are the iterator's own.
 */
struct event_mask {
	struct str args;
	size_t at, word, end; /* of the scan; the word that it is in */
	const void *program;  /* whose short options count; NULL */
	int pending;          /* what the next word is */
	bool plain;           /* so far the word is NAME=NAME=… */
};

void event_mask_init(struct event_mask *m, struct str args);

/*
 * The next secret: bytes *from to *to of args, at least one, in whose place
 * "***" should stand. In their order, without overlaps. False: none is left.
 */
bool event_mask_next(struct event_mask *m, size_t *from, size_t *to);

#endif
