/* SPDX-License-Identifier: Apache-2.0 */
#include "learn_expression.h"

#include <string.h>

#include "learn_state.h"

void
learn_expression_text(struct learn_expression *x, const char *z)
{
	size_t n = strlen(z);

	if (n > sizeof x->p - x->n) {
		x->full = true;
		return;
	}
	memcpy(x->p + x->n, z, n);
	x->n += n;
}

void
learn_expression_char(struct learn_expression *x, char c)
{
	const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			   (c >= 'A' && c <= 'Z') ||
			   (c != '\0' && strchr(" /_-,:=@%", c) != NULL);

	if (plain)
		learn_expression_text(x, (char[]){c, '\0'});
	else if (c == '\n')
		learn_expression_text(x, "\\n");
	else if (c == '\t')
		learn_expression_text(x, "\\t");
	else if ((unsigned char)c < ' ' || (unsigned char)c >= 0x7f)
		learn_expression_text(x, ".");
	else
		learn_expression_text(x, (char[]){'\\', c, '\0'});
}

void
learn_expression_path(
    struct learn_expression *x, struct str path, size_t stable, bool regex)
{
	size_t start = 0, from = 0, to = 0;

	for (;;) {
		struct str name = str_sub(path, start, path.n);

		name = str_sub(name, 0, str_chr(name, '/'));
		if (start < stable || !learn_name_varies(name, &from, &to))
			from = to = name.n;
		for (size_t i = 0; i < name.n; i++) {
			if (i == from)
				learn_expression_text(x, regex ? "[^ ]+" : "*");
			if (i >= from && i < to)
				continue;
			if (regex)
				learn_expression_char(x, name.p[i]);
			else
				learn_expression_text(
				    x, (char[2]){name.p[i], '\0'});
		}
		start += name.n + 1;
		if (start > path.n)
			return;
		learn_expression_text(x, "/");
	}
}
