/* SPDX-License-Identifier: Apache-2.0 */
/* A manifest of any bytes; each path of it is asked for. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "manifest/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Each line that is plain must be found again as what it says. */
static void
ask(const struct manifest *m, struct str line)
{
	struct str path = str_sub(line, 66, line.n);

	if (str_ends(path, "\r"))
		path.n--;
	if (line.n < 67 || line.p[0] == '#' || line.p[0] == '\\')
		return;
	if (str_starts(path, "./"))
		path = str_sub(path, 1, path.n);
	must(manifest_names(m, path));
	must(manifest_has(m, path, str_sub(line, 0, 64)));
	must(!manifest_has(m, path, str_sub(line, 0, 63)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(MANIFEST_MEMORY_MAX);
	struct str text = str_make((const char *)data, n), line;
	const struct manifest *m = NULL;
	struct err e = {0};
	int r = manifest_read(a, text, "m", &m, &e);

	must(r == 0 || r == -EINVAL || r == -E2BIG);
	must((r == 0) == (m != NULL));
	must(r == 0 || (e.kind == ERR_PERM && e.text[0] != '\0'));
	while (r == 0 && text.n > 0) {
		(void)str_cut(text, '\n', &line, &text);
		ask(m, line);
	}
	arena_free(a);
	return 0;
}
