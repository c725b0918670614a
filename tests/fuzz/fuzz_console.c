/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fg-console reads before it knows anything of who sent it. The first byte
 * chooses: 'q' parameters of a request, 'z' a gzip, 'v' an event that is told
 * with the vendor's names and as CSV; anything else begins the lines of a batch
 * of events.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audits.h"
#include "query.h"
#include "store/store_ops.h"
#include "utf8/utf8.h"
#include "vendor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { ARENA_MAX = 64 << 20, SMALL_MAX = 1 << 20, OUT_MAX = 16 << 20 };

#define APP "web:24edfabf-c761-40ae-9748-5844b0d7579c"

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
told(int r, const struct err *e)
{
	must(r == 0 || (e->kind != ERR_NONE && e->text[0] != '\0'));
}

static void
parameters(struct arena *a, struct str in)
{
	static const char known[] = "from|to|limit|image|dry";
	struct query q = {0};
	struct err e = {0};
	int64_t number = 7;
	bool yes;
	int r = query_parse(a, in, known, "image", &q, &e);

	told(r, &e);
	if (r != 0)
		return;
	must(q.n <= QUERY_MAX);
	for (size_t i = 0; i < q.n; i++)
		must(
		    utf8_valid(q.all[i].value, NULL) &&
		    str_chr(q.all[i].value, '\0') == q.all[i].value.n &&
		    str_chr(STR(known), q.all[i].name.p[0]) < sizeof known - 1);
	told(query_int(&q, "limit", 1, 1000, &number, &e), &e);
	must(number >= 1 && number <= 1000);
	told(query_time(&q, "from", &number, &e), &e);
	told(query_bool(&q, "dry", &yes, &e), &e);
}

static void
packed(struct str in)
{
	cleanup_buf struct buf out = BUF_MAX(SMALL_MAX);
	struct err e = {0};

	told(audits_gunzip(in, &out, &e), &e);
	must(out.n <= SMALL_MAX);
}

/* A line of CSV is one line, whatever stands in it. */
static void
one_line(struct str csv)
{
	must(csv.n >= 2 && str_ends(csv, "\r\n"));
	for (size_t i = 0; i + 2 < csv.n; i++)
		must((unsigned char)csv.p[i] >= 0x20 && csv.p[i] != 0x7f);
}

static void
vendors(struct arena *a, struct str in)
{
	cleanup_buf struct buf json = BUF_MAX(OUT_MAX), csv = BUF_MAX(OUT_MAX);
	const struct jtree *event, *audit;
	struct err e = {0};
	struct jwrite w;

	if (jtree_parse(a, in, "event", &event, NULL) != 0 ||
	    event->kind != JSCAN_OBJECT)
		return;
	jwrite_init(&w, &json);
	vendor_audit(event, &w);
	must(jwrite_end_text(&w) == 0 && utf8_valid(buf_str(&json), NULL));
	must(jtree_parse(a, buf_str(&json), "audit", &audit, &e) == 0);
	must(audit->kind == JSCAN_OBJECT);
	for (int waas = 0; waas < 2; waas++) {
		buf_reset(&csv);
		vendor_csv(audit, waas == 1, &csv);
		must(buf_error(&csv) == 0);
		one_line(buf_str(&csv));
	}
}

static unsigned
lines_of(struct str text)
{
	struct str line;
	unsigned n = 0;

	while (text.n > 0) {
		(void)str_cut(text, '\n', &line, &text);
		n += str_trim(line).n > 0;
	}
	return n;
}

/* What came through is an event of this app, whatever it said. */
static void
batch(struct arena *a, struct str in)
{
	static struct audits_batch b;
	struct parcel p;
	struct err e = {0};
	int r = audits_read(in, STR(APP), &b, &e);

	told(r, &e);
	p.rest = buf_str(&b.events);
	p.bad = false;
	if (r == 0)
		must(b.n + b.rejected == lines_of(in));
	for (unsigned i = 0; r == 0 && i < b.n; i++) {
		const struct jtree *t;
		struct store_event ev;

		audits_unpack(&p, &ev);
		ev.app = STR(APP);
		must(!p.bad && store_event_ok(&ev));
		must(jtree_parse(a, ev.body, "event", &t, &e) == 0);
		must(str_eqz(
		    jtree_str(jtree_get(jtree_get(t, "app"), "id")), APP));
	}
	must(r != 0 || parcel_done(&p));
	audits_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	cleanup_arena struct arena *a = arena_new(ARENA_MAX);
	struct str in = str_make((const char *)data, n);

	must(a != NULL);
	if (str_starts(in, "q"))
		parameters(a, str_sub(in, 1, n));
	else if (str_starts(in, "z"))
		packed(str_sub(in, 1, n));
	else if (str_starts(in, "v"))
		vendors(a, str_sub(in, 1, n));
	else
		batch(a, in);
	return 0;
}
