/* SPDX-License-Identifier: Apache-2.0 */
#include "filter_test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>

#define WRITES (O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))
#define SOCK_TYPE 0xfU

/* Where the low and the high half of an argument lie (little endian). */
#define LOW(i) ((uint32_t)(offsetof(struct seccomp_data, args) + 8U * (i)))
#define HIGH(i) (LOW(i) + 4U)

void
filter_emit(
    struct filter_code *c, uint16_t op, uint32_t k, uint8_t jt, uint8_t jf)
{
	if (c->f->n >= FILTER_MAX) {
		c->full = true;
		return;
	}
	c->f->code[c->f->n++] =
	    (struct sock_filter){.code = op, .jt = jt, .jf = jf, .k = k};
}

static void
load(struct filter_code *c, uint32_t at)
{
	filter_emit(c, BPF_LD | BPF_W | BPF_ABS, at, 0, 0);
}

static void
allow(struct filter_code *c)
{
	filter_emit(c, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void
stop(struct filter_code *c, const struct hook *h)
{
	filter_emit(c, BPF_RET | BPF_K,
	    SECCOMP_RET_TRACE | (uint32_t)(h - hook_table), 0, 0);
}

/* Stop if the accumulator holds k; else go on. */
static void
stop_if(struct filter_code *c, const struct hook *h, uint32_t k)
{
	filter_emit(c, BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
	stop(c, h);
}

static void
stop_if_bits(struct filter_code *c, const struct hook *h, uint32_t k)
{
	filter_emit(c, BPF_JMP | BPF_JSET | BPF_K, k, 0, 1);
	stop(c, h);
}

/*
 * Coarse on purpose: the pins lie in the middle of 4 GiB that nobody else
 * uses, so a range of less than that reaches them only from there or from the
 * 4 GiB before. The tracer looks at the rest.
 */
static void
near_pins(struct filter_code *c, const struct hook *h, uint32_t at)
{
	uint32_t high = (uint32_t)(c->facts->pins >> 32);

	load(c, HIGH(at));
	stop_if(c, h, high);
	stop_if(c, h, high - 1);
}

static void
range(struct filter_code *c, const struct hook *h, uint32_t at)
{
	near_pins(c, h, at);
	load(c, HIGH(at + 1));
	filter_emit(c, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	stop(c, h);
}

/* Is the argument the number of one of these bits? */
static void
one_of(struct filter_code *c, const struct hook *h, uint32_t at)
{
	load(c, LOW(at));
	filter_emit(c, BPF_JMP | BPF_JGT | BPF_K, 31, 4, 0);
	filter_emit(c, BPF_MISC | BPF_TAX, 0, 0, 0);
	filter_emit(c, BPF_LD | BPF_IMM, 1, 0, 0);
	filter_emit(c, BPF_ALU | BPF_LSH | BPF_X, 0, 0, 0);
	filter_emit(c, BPF_JMP | BPF_JSET | BPF_K, h->mask, 1, 0);
	allow(c);
	stop(c, h);
}

static void
other(struct filter_code *c, const struct hook *h, uint32_t at)
{
	load(c, LOW(at));
	filter_emit(c, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	stop(c, h);
}

static void
family(struct filter_code *c, const struct hook *h)
{
	load(c, LOW(0));
	stop_if(c, h, AF_PACKET);
	stop_if(c, h, AF_NETLINK);
	stop_if(c, h, AF_ALG);
	stop_if(c, h, AF_VSOCK);
	load(c, LOW(1));
	filter_emit(c, BPF_ALU | BPF_AND | BPF_K, SOCK_TYPE, 0, 0);
	stop_if(c, h, SOCK_RAW);
	stop_if(c, h, SOCK_PACKET);
}

static void
pointer(struct filter_code *c, const struct hook *h, uint32_t at)
{
	load(c, LOW(at));
	filter_emit(c, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	stop(c, h);
	load(c, HIGH(at));
	filter_emit(c, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	stop(c, h);
}

static void
fixed(struct filter_code *c, const struct hook *h)
{
	load(c, LOW(3));
	filter_emit(c, BPF_JMP | BPF_JSET | BPF_K, MAP_FIXED, 1, 0);
	allow(c);
	range(c, h, 0);
}

/* Old range in 0 and 1, new one in 4 and 2. */
static void
remap(struct filter_code *c, const struct hook *h)
{
	range(c, h, 0);
	near_pins(c, h, 4);
	load(c, HIGH(2));
	filter_emit(c, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	stop(c, h);
}

static void
open_flags(struct filter_code *c, const struct hook *h)
{
	if (c->wanted & EVENT_BIT(EVENT_READ)) {
		stop(c, h);
		return;
	}
	load(c, LOW((uint32_t)h->at));
	stop_if_bits(c, h, WRITES);
}

static void
request(struct filter_code *c, const struct hook *h)
{
	load(c, LOW(0));
	stop_if(c, h, PTRACE_TRACEME);
	stop_if(c, h, PTRACE_ATTACH);
	stop_if(c, h, PTRACE_SEIZE);
}

/* Who looks at owners looks at every mode. */
static void
bits(struct filter_code *c, const struct hook *h)
{
	if ((h->events & EVENT_BIT(EVENT_CHMOD)) &&
	    (c->wanted & EVENT_BIT(EVENT_CHOWN)))
		stop(c, h);
	else
		stop_if_bits(c, h, h->mask);
}

void
filter_test(struct filter_code *c, const struct hook *h)
{
	uint32_t at = (uint32_t)h->at;

	switch (h->test) {
	case HOOK_ALWAYS:
		if (h->work == HOOK_REFUSE && (h->events & c->wanted) == 0)
			filter_emit(c, BPF_RET | BPF_K,
			    SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
		else
			stop(c, h);
		return;
	case HOOK_ENOSYS:
		filter_emit(
		    c, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
		return;
	case HOOK_BITS:
		load(c, LOW(at));
		bits(c, h);
		break;
	case HOOK_POINTER:
		pointer(c, h, at);
		break;
	case HOOK_MOST:
		load(c, LOW(at));
		filter_emit(c, BPF_JMP | BPF_JGT | BPF_K, h->mask, 1, 0);
		stop(c, h);
		break;
	case HOOK_FLAGS:
		open_flags(c, h);
		break;
	case HOOK_FAMILY:
		family(c, h);
		break;
	case HOOK_REQUEST:
		request(c, h);
		break;
	case HOOK_ONE_OF:
		one_of(c, h, at);
		return;
	case HOOK_OTHER:
		other(c, h, at);
		break;
	case HOOK_VALUE:
		load(c, LOW(at));
		stop_if(c, h, h->mask);
		break;
	case HOOK_RANGE:
		range(c, h, at);
		break;
	case HOOK_FIXED:
		fixed(c, h);
		break;
	case HOOK_REMAP:
		remap(c, h);
		break;
	case HOOK_SEGMENT:
		load(c, LOW(0));
		stop_if(c, h, (uint32_t)c->facts->segment);
		near_pins(c, h, 1);
		break;
	case HOOK_DESTINED:
		pointer(c, h, at);
		break;
	}
	allow(c);
}
