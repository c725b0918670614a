/* SPDX-License-Identifier: Apache-2.0 */
#include "exe_elf.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

enum { PACKED = 720, SAMPLE_MIN = 4096, HEADERS_MAX = 64 };

/* log2(x) * 2^16, for x > 0. */
static uint64_t
log2_fixed(uint64_t x)
{
	unsigned int whole = 63U - (unsigned int)__builtin_clzll(x), i;
	uint64_t result = (uint64_t)whole << 16;
	/* 1 <= m < 2, times 2^31 */
	uint64_t m = whole > 31 ? x >> (whole - 31) : x << (31 - whole);

	for (i = 16; i-- > 0;) {
		m = m * m >> 31;
		if (m >= UINT64_C(1) << 32) {
			m >>= 1;
			result |= UINT64_C(1) << i;
		}
	}
	return result;
}

unsigned
exe_elf_entropy(const unsigned char *p, size_t n)
{
	uint32_t count[256] = {0};
	uint64_t sum = 0;
	size_t i;

	if (n == 0)
		return 0;
	for (i = 0; i < n; i++)
		count[p[i]]++;
	/* H = log2(n) - sum(c * log2(c)) / n */
	for (i = 0; i < 256; i++)
		if (count[i] > 1)
			sum += count[i] * log2_fixed(count[i]);
	return (unsigned)((log2_fixed(n) - sum / n) * 100 >> 16);
}

/* Headers that the kernel loads but no linker writes. */
static bool
odd(const Elf64_Ehdr *h)
{
	if (h->e_version != EV_CURRENT ||
	    h->e_ident[EI_VERSION] != EV_CURRENT ||
	    h->e_ehsize != sizeof(Elf64_Ehdr))
		return true;
	if (h->e_ident[EI_CLASS] != ELFCLASS64 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB)
		return true;
	if (h->e_phoff < sizeof(Elf64_Ehdr) || h->e_phnum > HEADERS_MAX)
		return true;
	return h->e_shnum > 0 && h->e_shentsize != sizeof(Elf64_Shdr);
}

/* A segment that is to be written and executed at once. */
static bool
writes_code(const char *head, size_t n, const Elf64_Ehdr *h)
{
	Elf64_Phdr ph;
	size_t at, i;

	for (i = 0; i < h->e_phnum; i++) {
		at = h->e_phoff + i * sizeof(ph);
		if (at + sizeof(ph) > n)
			break;
		memcpy(&ph, head + at, sizeof(ph));
		if (ph.p_type == PT_LOAD && (ph.p_flags & PF_W) &&
		    (ph.p_flags & PF_X))
			return true;
	}
	return false;
}

uint32_t
exe_elf_look(struct trace *t, const char *name)
{
	cleanup_fd int fd = open(name, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr h;
	uint32_t facts = 0;
	ssize_t n;
	off_t size;

	if (fd < 0)
		return 0;
	n = pread(fd, t->block, sizeof(t->block), 0);
	if (n < (ssize_t)sizeof(h))
		return 0;
	memcpy(&h, t->block, sizeof(h));
	if (memcmp(h.e_ident, ELFMAG, SELFMAG) != 0)
		return 0;
	if (odd(&h) || writes_code(t->block, (size_t)n, &h))
		facts |= EXE_BAD_ELF;
	/* A packer leaves its payload in the middle. */
	size = lseek(fd, 0, SEEK_END);
	n = size < SAMPLE_MIN
		? 0
		: pread(fd, t->block, sizeof(t->block),
		      size > 2 * (off_t)sizeof(t->block) ? size / 2 : 0);
	if (n >= SAMPLE_MIN &&
	    exe_elf_entropy((unsigned char *)t->block, (size_t)n) >= PACKED)
		facts |= EXE_PACKED;
	return facts;
}
