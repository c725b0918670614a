/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "trace/filter.h"
#include "trace/hook.h"
#include "trace/regs.h"

#define ALL (EVENT_BIT(EVENT_LIFECYCLE) - 2)
#define SELF (HOOK_FACTS | HOOK_GUARD | HOOK_DIR | HOOK_PINS)
#define PINS UINT64_C(0x345680000000)

static const struct filter_facts facts = {.pins = PINS, .segment = 77};
static struct filter filter;

/* As the kernel would run it. */
static uint32_t
interpret(const struct seccomp_data *data)
{
	uint32_t a = 0, x = 0;
	size_t pc = 0;

	for (;;) {
		const struct sock_filter *i = &filter.code[pc++];

		assert_true(pc <= filter.n);
		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(i->k % 4 == 0 && i->k < sizeof(*data));
			memcpy(&a, (const char *)data + i->k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_ALU | BPF_LSH | BPF_X:
			assert_true(x < 32);
			a <<= x;
			break;
		case BPF_LD | BPF_IMM:
			a = i->k;
			break;
		case BPF_MISC | BPF_TAX:
			x = a;
			break;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			pc += a > i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += a & i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			fail_msg("instruction %x", i->code);
		}
	}
}

static uint32_t
call(int nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
	const struct seccomp_data data = {
	    .nr = nr, .arch = REGS_AUDIT_ARCH, .args = {a0, a1, a2, a3, a4}};

	return interpret(&data);
}

static bool
stops(int nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
	uint32_t verdict = call(nr, a0, a1, a2, a3, a4);
	uint32_t hook = verdict & SECCOMP_RET_DATA;

	if (verdict == SECCOMP_RET_ALLOW)
		return false;
	assert_int_equal(
	    verdict & ~(uint32_t)SECCOMP_RET_DATA, SECCOMP_RET_TRACE);
	assert_true(hook < hook_count && hook_table[hook].nr == nr);
	return true;
}

static void
make(event_set wanted)
{
	assert_int_equal(filter_make(&filter, wanted, &facts), 0);
}

static void
wants_nothing(void **state)
{
	(void)state;
	make(0);
	assert_int_equal(filter.n, 0);
}

static void
fits(void **state)
{
	(void)state;
	make(ALL | SELF);
	print_message("# all: %u instructions\n", filter.n);
	assert_true(filter.n < 800);
	make(EVENT_BIT(EVENT_EXEC) | HOOK_FACTS);
	print_message("# exec: %u instructions\n", filter.n);
	assert_true(filter.n < 100);
}

static void
picks_by_number(void **state)
{
	size_t i, set = 0;

	(void)state;
	make(EVENT_BIT(EVENT_EXEC));
	for (i = 0; i < 600; i++)
		if (stops((int)i == SYS_io_uring_setup ? 0 : (int)i, 1, 1, 1, 1,
			1))
			set++;
	assert_int_equal(set, 2);
	assert_true(stops(SYS_execve, 0, 0, 0, 0, 0));
	assert_true(stops(SYS_execveat, 0, 0, 0, 0, 0));
	assert_int_equal(call(SYS_io_uring_setup, 0, 0, 0, 0, 0),
	    SECCOMP_RET_ERRNO | ENOSYS);
	assert_int_equal(call(-1, 0, 0, 0, 0, 0), SECCOMP_RET_ALLOW);
}

/* Every hook is found in the tree, in the full program. */
static void
finds_every_hook(void **state)
{
	size_t i, j;
	bool found;

	(void)state;
	make(ALL | SELF);
	for (i = 1; i < hook_count; i++) {
		const struct hook *h = &hook_table[i];
		uint64_t bits = h->test == HOOK_ONE_OF    ? SIGKILL
				: h->test == HOOK_REQUEST ? PTRACE_SEIZE
				: h->test == HOOK_FAMILY  ? AF_PACKET
				: h->test == HOOK_MOST    ? 1
				: h->test == HOOK_SEGMENT ? 77
				: h->test == HOOK_BITS    ? h->mask
				: h->test == HOOK_VALUE   ? h->mask
							  : PINS | 0xffff;

		if (h->test == HOOK_ENOSYS)
			continue;
		found = stops(h->nr, bits, bits, bits, bits | MAP_FIXED, bits);
		if (!found)
			fail_msg("%s does not stop", h->name);
		for (j = 1; j < hook_count; j++)
			assert_true(i == j || hook_table[j].nr != h->nr);
	}
}

static void
looks_at_flags(void **state)
{
	(void)state;
	make(EVENT_BIT(EVENT_OPEN) | EVENT_BIT(EVENT_CHMOD) |
	     EVENT_BIT(EVENT_NAMESPACE) | EVENT_BIT(EVENT_STDIO));
	assert_false(stops(SYS_openat, 3, 4, O_RDONLY | O_CLOEXEC, 0, 0));
	assert_false(stops(SYS_openat, 3, 4, O_DIRECTORY | O_NOFOLLOW, 0, 0));
	assert_true(stops(SYS_openat, 3, 4, O_WRONLY, 0, 0));
	assert_true(stops(SYS_openat, 3, 4, O_RDWR, 0, 0));
	assert_true(stops(SYS_openat, 3, 4, O_CREAT, 0, 0));
	assert_true(stops(SYS_openat, 3, 4, O_TRUNC, 0, 0));
	assert_true(stops(SYS_openat, 3, 4, O_TMPFILE, 0, 0));
	assert_false(stops(SYS_fchmodat, 3, 4, 0644, 0, 0));
	assert_true(stops(SYS_fchmodat, 3, 4, 0755, 0, 0));
	assert_true(stops(SYS_fchmodat, 3, 4, 04644, 0, 0));
	assert_false(stops(SYS_clone, CLONE_VM | CLONE_THREAD, 0, 0, 0, 0));
	assert_true(stops(SYS_clone, CLONE_NEWUSER, 0, 0, 0, 0));
	assert_int_equal(
	    call(SYS_clone3, 0, 0, 0, 0, 0), SECCOMP_RET_ERRNO | ENOSYS);
	assert_true(stops(SYS_dup3, 9, 2, 0, 0, 0));
	assert_false(stops(SYS_dup3, 9, 3, 0, 0, 0));
	make(EVENT_BIT(EVENT_READ));
	assert_true(stops(SYS_openat, 3, 4, O_RDONLY, 0, 0));
	make(EVENT_BIT(EVENT_CHMOD) | EVENT_BIT(EVENT_CHOWN));
	assert_true(stops(SYS_fchmodat, 3, 4, 0644, 0, 0));
	assert_true(stops(SYS_fchmod, 3, 0600, 0, 0, 0));
}

static void
looks_at_sockets(void **state)
{
	(void)state;
	make(EVENT_BIT(EVENT_SOCKET) | EVENT_BIT(EVENT_SEND));
	assert_false(stops(SYS_socket, AF_INET, SOCK_STREAM, 0, 0, 0));
	assert_false(
	    stops(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0, 0));
	assert_true(
	    stops(SYS_socket, AF_INET, SOCK_RAW | SOCK_NONBLOCK, 1, 0, 0));
	assert_true(stops(SYS_socket, AF_PACKET, SOCK_DGRAM, 0, 0, 0));
	assert_true(stops(SYS_socket, AF_ALG, SOCK_SEQPACKET, 0, 0, 0));
	assert_false(stops(SYS_sendto, 3, 4, 5, 0, 0));
	assert_true(stops(SYS_sendto, 3, 4, 5, 0, 6));
	assert_true(stops(SYS_sendto, 3, 4, 5, 0, UINT64_C(1) << 32));
}

static void
looks_at_signals(void **state)
{
	int sig;

	(void)state;
	make(HOOK_GUARD);
	for (sig = 0; sig <= 64; sig++) {
		bool fatal = sig == SIGKILL || sig == SIGSTOP ||
			     sig == SIGSEGV || sig == SIGBUS || sig == SIGILL ||
			     sig == SIGFPE || sig == SIGTRAP ||
			     sig == SIGABRT || sig == SIGSYS;
		uint64_t number = (uint64_t)sig;

		assert_true(stops(SYS_kill, 99, number, 9, 9, 9) == fatal);
		assert_true(stops(SYS_tkill, 9, number, 9, 9, 9) == fatal);
		assert_true(stops(SYS_tgkill, 9, 9, number, 9, 9) == fatal);
		assert_true(
		    stops(SYS_rt_sigqueueinfo, 9, number, 9, 9, 9) == fatal);
		assert_true(
		    stops(SYS_rt_tgsigqueueinfo, 9, 9, number, 9, 9) == fatal);
	}
	/* The kernel takes an int. */
	assert_true(stops(SYS_kill, 9, UINT64_C(1) << 32 | SIGKILL, 0, 0, 0));
	assert_false(stops(SYS_kill, 9, (uint64_t)-1, 0, 0, 0));
	assert_false(stops(SYS_prlimit64, 0, 9, 9, 9, 9));
	assert_true(stops(SYS_prlimit64, 9, 0, 0, 0, 0));
	assert_true(stops(SYS_sched_setattr, 9, 0, 0, 0, 0));
}

static void
looks_at_memory(void **state)
{
	(void)state;
	make(HOOK_PINS);
	assert_false(stops(SYS_munmap, 0x7f0000000000, 4096, 0, 0, 0));
	assert_true(stops(SYS_munmap, PINS + 4096, 4096, 0, 0, 0));
	assert_true(stops(SYS_munmap, PINS - 4096, 8192, 0, 0, 0));
	assert_true(stops(SYS_munmap, 0x1000, UINT64_C(1) << 46, 0, 0, 0));
	assert_true(stops(SYS_munmap, PINS - 0xf0000000, 0xffffffff, 0, 0, 0));
	assert_false(stops(SYS_mmap, 0, 4096, 3, MAP_PRIVATE, 0));
	assert_false(stops(SYS_mmap, PINS, 4096, 3, MAP_PRIVATE, 0));
	assert_true(stops(SYS_mmap, PINS, 4096, 3, MAP_FIXED, 0));
	assert_false(stops(SYS_mremap, 0x7f0000000000, 4096, 8192, 1, 0));
	assert_true(stops(SYS_mremap, PINS, 4096, 8192, 1, 0));
	assert_true(stops(SYS_mremap, 0x7f0000000000, 4096, 8192, 3, PINS));
	assert_true(stops(SYS_shmat, 77, 0, 0, 0, 0));
	assert_false(stops(SYS_shmat, 78, 0, 0, 0, 0));
	assert_true(stops(SYS_shmat, 78, PINS, 0, 0, 0));
	assert_true(stops(SYS_shmctl, 77, 0, 0, 0, 0));
	assert_true(stops(SYS_shmdt, PINS, 0, 0, 0, 0));
	assert_true(stops(SYS_process_vm_writev, 5, 0, 0, 0, 0));
}

static void
closes_foreign_entries(void **state)
{
	struct seccomp_data data = {.nr = 11, .arch = AUDIT_ARCH_I386};

	(void)state;
	make(EVENT_BIT(EVENT_EXEC));
	assert_int_equal(interpret(&data), SECCOMP_RET_ERRNO | ENOSYS);
	make(EVENT_BIT(EVENT_EXEC) | EVENT_BIT(EVENT_ABI));
	assert_int_equal(interpret(&data), SECCOMP_RET_TRACE | HOOK_ENTRY_ABI);
#ifdef __x86_64__
	data.arch = AUDIT_ARCH_X86_64;
	data.nr = 0x40000000 | SYS_openat;
	assert_int_equal(interpret(&data), SECCOMP_RET_TRACE | HOOK_ENTRY_ABI);
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wants_nothing),
	    cmocka_unit_test(fits),
	    cmocka_unit_test(picks_by_number),
	    cmocka_unit_test(finds_every_hook),
	    cmocka_unit_test(looks_at_flags),
	    cmocka_unit_test(looks_at_sockets),
	    cmocka_unit_test(looks_at_signals),
	    cmocka_unit_test(looks_at_memory),
	    cmocka_unit_test(closes_foreign_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
