/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 'r': bytes that are ranges, which pack to the same again, or are refused.
 * 'w': a word, a newline and a text, looked for as plainly as can be.
 * Anything else begins a line that is an event, or is refused with a reason.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/store_audits.h"
#include "store/store_ops.h"
#include "store/store_ranges.h"
#include "store/store_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { ARENA_MAX = 16 * 1024 * 1024 };

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
ranges(struct str in)
{
	struct buf again = BUF_MAX(64 * 1024);
	struct store_ranges r;
	int rc = store_ranges_unpack(in, &r);

	must(rc == 0 || rc == -EBADMSG);
	if (rc != 0)
		return;
	store_ranges_pack(&r, &again);
	must(buf_error(&again) == 0 && str_eq(buf_str(&again), in));
	for (uint32_t i = 0; i < r.n; i++)
		must(store_ranges_has(&r, r.v[i].lo) &&
		     store_ranges_has(&r, r.v[i].hi) &&
		     !store_ranges_has(&r, r.v[i].hi + 1));
	for (uint64_t seq = 0; seq < 600; seq++)
		must(store_ranges_add(&r, seq * 3) >= 0 &&
		     r.n <= STORE_RANGES_MAX);
	store_ranges_free(&r);
	buf_free(&again);
}

static void
words(struct str in)
{
	struct str what, text;
	bool found = false;

	if (!str_cut(in, '\n', &what, &text) || str_chr(in, '\0') < in.n)
		return;
	for (size_t i = 0; i + what.n <= text.n; i++)
		found = found || strncasecmp(text.p + i, what.p, what.n) == 0;
	must(store_words_within(text, what) == (found || what.n == 0));
	(void)store_words_match(&(const struct store_words){&what, 1}, text);
}

static void
event(struct str line)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	struct store_event ev;
	struct err e = {0};
	int r;

	must(a != NULL);
	r = store_event_read(a, line, STR("web:1"), &ev, &e);
	if (r == 0)
		must(store_event_ok(&ev) && str_eq(ev.body, line));
	else
		must(e.kind != ERR_NONE && e.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str in = str_make((const char *)data, n);

	if (str_starts(in, "r"))
		ranges(str_sub(in, 1, n));
	else if (str_starts(in, "w"))
		words(str_sub(in, 1, n));
	else
		event(in);
	return 0;
}
