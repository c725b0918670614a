/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_nearest.h"

#include <string.h>

#include "cli_complete.h"

/* Levenshtein distance, words up to 31 letters; longer ones are far. */
static size_t
distance(struct str a, struct str b)
{
	size_t row[33];

	if (a.n > 31 || b.n > 31)
		return 32;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t left_above = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t above = row[j], best = left_above;

			best += a.p[i - 1] != b.p[j - 1];
			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			left_above = above;
			row[j] = best;
		}
	}
	return row[b.n];
}

struct nearest {
	struct str name;
	size_t distance;
};

/* A name that was begun well is near, however long it is. */
static void
consider(struct nearest *best, struct str name, struct str given)
{
	bool begun = given.n >= 2 && str_eq(str_sub(name, 0, given.n), given);
	size_t d = begun ? 1 : distance(name, given);

	if (d < best->distance)
		*best = (struct nearest){name, d};
}

const char *
cli_nearest(const struct cli_opt *opts, struct str given)
{
	struct nearest best = {STR("help"), 32};

	for (const struct cli_opt *o = opts; o->type != CLI_END; o++)
		consider(&best, str_of(o->name), given);
	for (const struct cli_opt *o = cli_common; o->type != CLI_END; o++)
		consider(&best, str_of(o->name), given);
	return best.name.p;
}

struct str
cli_nearest_word(const char *words, struct str given)
{
	struct nearest best = {STR_NONE, SIZE_MAX};
	struct str rest = str_of(words), word;

	while (rest.n > 0) {
		(void)str_cut(rest, '|', &word, &rest);
		consider(&best, word, given);
	}
	return best.name;
}
