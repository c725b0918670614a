/* SPDX-License-Identifier: Apache-2.0 */
/* exe_elf: does a program look as a tool chain would make it? */
#ifndef FG_TRACE_EXE_ELF_H
#define FG_TRACE_EXE_ELF_H

#include <stdint.h>

#include "state.h"

/* EXE_BAD_ELF, EXE_PACKED or 0, from the head of a file of ELF format. */
uint32_t exe_elf_look(struct trace *t, const char *name);

/* Shannon entropy of p[0..n), in hundredths of a bit per byte (0..800). */
unsigned exe_elf_entropy(const unsigned char *p, size_t n);

#endif
