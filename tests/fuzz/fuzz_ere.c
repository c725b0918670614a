/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line is an expression ('i' in front folds the case, any other
 * byte does not), the rest a text. What glibc takes as well matches as it
 * says, unless one of the two knows something of its own.
 */
#include <errno.h>
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ere/ere.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/*
 * Here \ has more meanings, and groups may begin with "(?"; libc's '^' and '$'
 * go wrong within repeated groups, and it may take minutes or gigabytes for
 * '{' and "++".
 */
static bool
is_shared(struct str re, struct str text)
{
	for (size_t i = 0; i < re.n; i++) {
		if ((signed char)re.p[i] <= 0 ||
		    memchr("\\^${[?", re.p[i], 6) != NULL ||
		    (i > 0 && re.p[i] == '+' &&
			memchr("*+", re.p[i - 1], 2) != NULL))
			return false;
	}
	for (size_t i = 0; i < text.n; i++) {
		if ((signed char)text.p[i] <= 0)
			return false;
	}
	return re.n < 40 && text.n < 200;
}

static void
compare(struct str re, struct str text, bool fold, bool found)
{
	char pattern[41] = "", subject[201] = "";
	regex_t theirs;

	for (size_t i = 0; i < re.n; i++)
		pattern[i] = re.p[i];
	for (size_t i = 0; i < text.n; i++)
		subject[i] = text.p[i];
	if (regcomp(&theirs, pattern,
		REG_EXTENDED | REG_NOSUB | (fold ? REG_ICASE : 0)) != 0)
		return;
	must(found == (regexec(&theirs, subject, 0, NULL, 0) == 0));
	regfree(&theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(1024 * 1024);
	const struct ere *re = NULL;
	struct str line, text;
	struct err e = {0};
	bool fold, found;
	int r;

	(void)str_cut(str_make((const char *)data, n), '\n', &line, &text);
	text = str_sub(text, 0, 4096);
	fold = str_starts(line, "i");
	line = str_sub(line, 1, line.n);
	r = ere_compile(a, line, fold, &re, &e);
	must(r == 0 || r == -EINVAL || r == -E2BIG);
	must((r == 0) == (re != NULL));
	must(r == 0 || (e.kind == ERR_PERM && e.text[0] != '\0'));
	if (r == 0) {
		found = ere_match(re, text);
		if (is_shared(line, text))
			compare(line, text, fold, found);
	}
	arena_free(a);
	return 0;
}
