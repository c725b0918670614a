/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of the ring and lines of JSON. The first byte chooses: 'p' packed
 * bytes, which pack to the same again; anything else begins a line. Either
 * event gives a line of a bounded size that reads back and is then written
 * as it was.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "event/event.h"
#include "utf8/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
write_line(const struct event *ev, struct buf *out)
{
	static const struct event_source source = {
	    .app_id = STR("web:0"), .boot = STR("00"), .agent = "fuzz"};
	struct jwrite w;

	jwrite_init(&w, out);
	event_write(ev, &source, &w);
	must(jwrite_end_text(&w) == 0);
	must(out->n <= EVENT_LINE_MAX && utf8_valid(buf_str(out), NULL));
	must(str_chr(buf_str(out), '\n') == out->n);
}

/* What was cut, or held a secret, may be cut a bit shorter. */
static bool
is_whole(const struct event *ev)
{
	struct event_mask m;
	size_t from, to;

	event_mask_init(&m, ev->by.args);
	return !ev->by.args_cut && !event_mask_next(&m, &from, &to);
}

static void
check(struct arena *a, const struct event *ev)
{
	cleanup_buf struct buf once = BUF_MAX(1 << 20);
	cleanup_buf struct buf twice = BUF_MAX(1 << 20);
	const struct jtree *t = NULL;
	struct event again;
	struct err e = {0};

	write_line(ev, &once);
	must(jtree_parse(a, buf_str(&once), "line", &t, &e) == 0);
	must(event_read(a, t, &again, &e) == 0);
	write_line(&again, &twice);
	must(!is_whole(ev) || str_eq(buf_str(&once), buf_str(&twice)));
}

static void
check_packed(struct arena *a, const uint8_t *data, size_t n)
{
	static unsigned char bytes[1 << 16];
	struct event ev;
	int r = event_unpack(data, n, &ev);

	must(r == 0 || r == -EPROTO);
	if (r != 0)
		return;
	must(n > sizeof bytes || (event_pack(&ev, bytes, sizeof bytes) == n &&
				     memcmp(bytes, data, n) == 0));
	check(a, &ev);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(64 * 1024 * 1024);
	const struct jtree *t = NULL;
	struct event ev;
	struct err e = {0};

	if (n > 0 && data[0] == 'p') {
		check_packed(a, data + 1, n - 1);
	} else if (jtree_parse(a, str_make((const char *)data, n), "line", &t,
		       &e) == 0) {
		if (event_read(a, t, &ev, &e) == 0)
			check(a, &ev);
		else
			must(e.kind == ERR_PERM && e.text[0] != '\0');
	}
	arena_free(a);
	return 0;
}
