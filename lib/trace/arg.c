/* SPDX-License-Identifier: Apache-2.0 */
#include "arg.h"

#include <fcntl.h>

#include "mem.h"

int
arg_dirfd(const struct call *c, int i)
{
	int8_t arg = c->hook->arg[i];

	return arg == HOOK_NO_ARG ? AT_FDCWD : (int)c->args[arg];
}

uint64_t
arg_value(const struct call *c, int i)
{
	int8_t arg = c->hook->arg[i];

	return arg == HOOK_NO_ARG ? 0 : c->args[arg];
}

void
arg_pin(struct call *c, int arg, const void *p, size_t n)
{
	if (arg != HOOK_NO_ARG && c->n_pins < CALL_PINS_MAX)
		c->pins[c->n_pins++] = (struct call_pin){
		    .arg = arg, .p = p, .n = n, .from = c->args[arg]};
}

int
arg_name(struct trace *t, struct call *c, int i, int which)
{
	int8_t arg = c->hook->arg[i];
	ssize_t n;

	n = mem_text(t, c->tid, c->args[arg], t->raw[which], PATH_MAX);
	if (n < 0) {
		t->raw[which][0] = '\0';
		return (int)n;
	}
	arg_pin(c, arg, t->raw[which], (size_t)n + 1);
	return 0;
}
