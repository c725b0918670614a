/* SPDX-License-Identifier: Apache-2.0 */
/* Audits: stored once, and found again. */
#include "store_box.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "base/num.h"
#include "glob/glob.h"

/* ---- stored once --------------------------------------------------------- */

static void
duplicates(void **state)
{
	struct store_event three[3];
	unsigned char answers[3];

	(void)state;
	three[0] = box_event("web:1", 1, 7, BOX_NOW);
	three[1] = box_event("web:1", 1, 7, BOX_NOW); /* within one append */
	three[2] = box_event("web:1", 2, 7, BOX_NOW); /* another boot */
	ok(box_append(three, 3, BOX_NOW, answers));
	assert_int_equal(answers[0], STORE_NEW);
	assert_int_equal(answers[1], STORE_DUPLICATE);
	assert_int_equal(answers[2], STORE_NEW);
	box_put(box_event("web:1", 1, 7, BOX_NOW), BOX_NOW, STORE_DUPLICATE);
	/* App IDs do not take each other's boots. */
	box_put(box_event("job:1", 1, 7, BOX_NOW), BOX_NOW, STORE_NEW);
	box_reopen();
	box_put(box_event("web:1", 1, 7, BOX_NOW), BOX_NOW, STORE_DUPLICATE);
	box_put(box_event("web:1", 1, 8, BOX_NOW), BOX_NOW, STORE_NEW);
	/* Nor on the next day. */
	box_put(box_event("web:1", 1, 8, BOX_NOW), BOX_NOW + BOX_DAY,
	    STORE_DUPLICATE);
	box_put(
	    box_event("web:1", 1, 9, BOX_NOW), BOX_NOW + BOX_DAY, STORE_NEW);
	box_reopen();
	for (uint64_t seq = 7; seq <= 9; seq++)
		box_put(box_event("web:1", 1, seq, BOX_NOW), BOX_NOW + BOX_DAY,
		    STORE_DUPLICATE);
}

static void
many_batches(void **state)
{
	enum { N = 40, EACH = 25 };
	struct store_event events[N][EACH];
	unsigned char answers[N][EACH];
	struct store_batch batches[N];
	struct store_query q = box_query(true);
	struct store_page page;

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		for (unsigned j = 0; j < EACH; j++)
			events[i][j] = box_event("web:1", i, j, BOX_NOW);
		batches[i] = (struct store_batch){events[i], EACH, answers[i]};
	}
	events[3][4].boot = STR("short");
	events[5][6].body = STR_NONE;
	ok(store_append(box.s, batches, N, BOX_NOW, &box.e));
	for (unsigned i = 0; i < N; i++)
		for (unsigned j = 0; j < EACH; j++)
			assert_int_equal(answers[i][j],
			    (i == 3 && j == 4) || (i == 5 && j == 6)
				? STORE_REFUSED
				: STORE_NEW);
	page = box_page(&q);
	assert_int_equal(page.n, N * EACH - 2);
	assert_false(page.more);
	for (size_t i = 1; i < page.n; i++)
		assert_true(page.rows[i].id > page.rows[i - 1].id);
}

static void
refused(void **state)
{
	static char large[STORE_EVENT_MAX + 1];
	struct store_event ev;
	struct store_batch too_many = {&ev, STORE_APPEND_MAX + 1, NULL};
	struct store_query q = box_query(true);

	(void)state;
	memset(large, 'a', sizeof large);
#define REFUSED(change)                                                        \
	do {                                                                   \
		ev = box_event("web:1", 1, 1, BOX_NOW);                        \
		change;                                                        \
		box_put(ev, BOX_NOW, STORE_REFUSED);                           \
	} while (0)
	REFUSED(ev.app = STR_NONE);
	REFUSED(ev.app = str_make(large, STORE_APP_MAX + 1));
	REFUSED(ev.boot = STR("0123456789ABCDEF0123456789ABCDEF"));
	REFUSED(ev.boot = STR("0123456789abcdef0123456789abcde"));
	REFUSED(ev.seq = (uint64_t)INT64_MAX + 1);
	REFUSED(ev.kind = STORE_KINDS);
	REFUSED(ev.severity = (enum store_severity) - 1);
	REFUSED(ev.action = STORE_ACTIONS);
	REFUSED(ev.name = STR_NONE);
	REFUSED(ev.image = str_make(large, STORE_TEXT_MAX + 1));
	REFUSED(ev.body = str_make(large, STORE_EVENT_MAX + 1));
	REFUSED(ev.body = STR("{}\n{}"));
	assert_int_equal(
	    store_append(box.s, &too_many, 1, BOX_NOW, &box.e), -E2BIG);
	/* As long as may be is fine; so is a time before 1970. */
	ev = box_event("web:1", 1, INT64_MAX, -1);
	ev.image = str_make(large, STORE_TEXT_MAX);
	ev.body = str_make(large, STORE_EVENT_MAX);
	box_put(ev, BOX_NOW, STORE_NEW);
	assert_int_equal(box_page(&q).n, 1);
	q.filter.to_ms = BOX_NOW;
	assert_int_equal(box_page(&q).n, 1);
	q.filter.from_ms = 1;
	assert_int_equal(box_page(&q).n, 0);
	assert_int_equal(box_append(&ev, 1, -5, NULL), -EINVAL);
}

/* A hostile boot: its ranges stay bounded, and nothing is taken for what it
 * is not. */
static void
jumping(void **state)
{
	enum { N = 2 * STORE_RANGES_MAX };
	struct store_event events[N];
	unsigned char answers[N];
	unsigned again = 0;
	char path[128];
	sqlite3 *db;
	sqlite3_stmt *q;

	(void)state;
	for (uint64_t i = 0; i < N; i++)
		events[i] = box_event("web:1", 1, i * 1000, BOX_NOW);
	ok(box_append(events, N, BOX_NOW, answers));
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(answers[i], STORE_NEW);
	ok(box_append(events, N, BOX_NOW, answers));
	for (unsigned i = 0; i < N; i++)
		again += answers[i] == STORE_NEW;
	assert_int_equal(again, N - STORE_RANGES_MAX);
	box_close();
	box_path("received.db", path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
			     "SELECT length(ranges) FROM source", -1, &q, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(q, 0), 16 * STORE_RANGES_MAX);
	(void)sqlite3_finalize(q);
	(void)sqlite3_close(db);
}

/* More boots than are kept in memory. */
static void
many_boots(void **state)
{
	enum { N = 40000, EACH = 4000 };
	static struct store_event events[EACH];
	static unsigned char answers[EACH];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (unsigned i = 0; i < N; i += EACH) {
			for (unsigned j = 0; j < EACH; j++)
				events[j] =
				    box_event("web:1", i + j, 5, BOX_NOW);
			ok(box_append(events, EACH, BOX_NOW, answers));
			for (unsigned j = 0; j < EACH; j++)
				assert_int_equal(answers[j],
				    round == 0 ? STORE_NEW : STORE_DUPLICATE);
		}
}

/* ---- queries beside a plain list ----------------------------------------- */

enum { MODEL = 6000 };

static const char *const apps[] = {"web:1", "web:2", "WEB:3", "job:1", "x"};
static const char *const names[] = {"process.exec", "file.open", "lost"};
static const char *const images[] = {"nginx:1", "redis:7", ""};
static const char *const rules[] = {"default", "strict", ""};

static struct {
	struct store_event events[MODEL];
	int64_t ids[MODEL];
} model;

static unsigned seed;

static unsigned
pick(unsigned n)
{
	return (unsigned)rand_r(&seed) % n;
}

static struct store_event
at_random(unsigned i, int64_t now_ms)
{
	struct store_event ev = box_event(
	    apps[pick(5)], i % 50, i, now_ms - (int64_t)pick(3600000));

	ev.kind = (enum store_kind)pick(STORE_KINDS);
	ev.severity =
	    (enum store_severity)(pick(100) == 0 ? STORE_CRITICAL : pick(4));
	ev.action = (enum store_action)pick(STORE_ACTIONS);
	ev.name = str_of(names[pick(3)]);
	ev.image = str_of(images[pick(3)]);
	ev.rule = str_of(rules[pick(3)]);
	ev.container = pick(2) == 0 ? STR("app") : STR("log");
	ev.type = pick(20) == 0 ? STR("reverse-shell") : STR("denied-process");
	if (pick(300) == 0)
		ev.body = STR("{\"msg\":\"a Needle in the hay\"}");
	return ev;
}

/* Four days of them, the second of which has more than a zone. */
static void
fill_model(unsigned from_seed)
{
	static unsigned char answers[MODEL];
	static const unsigned ends[] = {300, 5300, 5700, MODEL};
	struct store_query q = box_query(true);
	unsigned day = 0, i = 0;

	seed = from_seed;
	while (i < MODEL) {
		unsigned n = 1 + pick(400);
		int64_t now = BOX_NOW + day * BOX_DAY + (int64_t)i * 1000;

		n = n > ends[day] - i ? ends[day] - i : n;
		for (unsigned j = i; j < i + n; j++)
			model.events[j] = at_random(j, now);
		ok(box_append(&model.events[i], n, now, answers));
		i += n;
		day += i == ends[day];
	}
	for (size_t n = 0; n < MODEL;) {
		struct store_page page = box_page(&q);

		assert_true(page.n > 0 && n + page.n <= MODEL);
		for (size_t j = 0; j < page.n; j++)
			model.ids[n++] = page.rows[j].id;
		q.after = page.next;
		assert_int_equal(page.more, page.n == STORE_PAGE_MAX);
	}
}

static bool
word_fits(const struct store_words *w, struct str text)
{
	bool any = w->n == 0;

	for (size_t i = 0; i < w->n; i++)
		any = any || str_eq(w->v[i], text) ||
		      (str_chr(w->v[i], '*') < w->v[i].n &&
			  glob_match(w->v[i], text, true));
	return any;
}

static bool
model_fits(const struct store_filter *f, const struct store_event *ev)
{
	return (f->from_ms == 0 || ev->ts_ms >= f->from_ms) &&
	       (f->to_ms == 0 || ev->ts_ms < f->to_ms) &&
	       (f->kinds == 0 || (f->kinds >> ev->kind & 1) != 0) &&
	       (f->severities == 0 ||
		   (f->severities >> ev->severity & 1) != 0) &&
	       (f->actions == 0 || (f->actions >> ev->action & 1) != 0) &&
	       word_fits(&f->apps, ev->app) &&
	       word_fits(&f->images, ev->image) &&
	       word_fits(&f->containers, ev->container) &&
	       word_fits(&f->rules, ev->rule) &&
	       word_fits(&f->types, ev->type) &&
	       word_fits(&f->names, ev->name) &&
	       (f->search.n == 0 ||
		   memmem(ev->body.p, ev->body.n, "Needle", 6) != NULL);
}

static void
same_event(const struct store_event *a, const struct store_event *b)
{
	assert_true(str_eq(a->app, b->app) && str_eq(a->boot, b->boot) &&
		    str_eq(a->name, b->name) &&
		    str_eq(a->container, b->container) &&
		    str_eq(a->image, b->image) && str_eq(a->rule, b->rule) &&
		    str_eq(a->type, b->type) && str_eq(a->body, b->body));
	assert_true(a->seq == b->seq && a->ts_ms == b->ts_ms &&
		    a->kind == b->kind && a->severity == b->severity &&
		    a->action == b->action);
}

/* All pages of q must be, together, what the plain list has. */
static void
check_query(struct store_query q)
{
	int at = q.oldest_first ? 0 : MODEL - 1;
	uint32_t skip = q.skip;
	struct store_page page = {.more = true};

	while (page.more) {
		page = box_page(&q);
		assert_true(page.looked <= q.look && page.n <= q.limit);
		for (size_t i = 0; i < page.n + page.skipped; i++) {
			while (at >= 0 && at < MODEL &&
			       !model_fits(&q.filter, &model.events[at]))
				at += q.oldest_first ? 1 : -1;
			assert_in_range(at, 0, MODEL - 1);
			if (i >= page.skipped) {
				assert_int_equal(page.rows[i - page.skipped].id,
				    model.ids[at]);
				same_event(&page.rows[i - page.skipped].event,
				    &model.events[at]);
			}
			at += q.oldest_first ? 1 : -1;
		}
		skip -= page.skipped;
		q.skip = skip;
		q.after = page.next;
	}
	for (; at >= 0 && at < MODEL; at += q.oldest_first ? 1 : -1)
		assert_false(model_fits(&q.filter, &model.events[at]));
}

static struct store_words
some(struct str *v, const char *const *from, unsigned n, bool wild)
{
	unsigned many = pick(4) == 0 ? 2 : 1;

	if (pick(3) != 0)
		return (struct store_words){0};
	for (unsigned i = 0; i < many; i++) {
		const char *text = from[pick(n)];

		v[i] = wild && pick(2) == 0
			   ? str_of(arena_printf(box.a, "%.2s*", text))
			   : str_of(text);
	}
	return (struct store_words){v, many};
}

static void
queries(void **state)
{
	static const char *const types[] = {
	    "reverse-shell", "*shell", "denied*"};
	static const char *const containers[] = {"app", "log"};

	(void)state;
	fill_model(7);
	for (int i = 0; i < 400; i++) {
		struct str v[6][2];
		struct store_query q = box_query(pick(2) == 0);
		struct store_filter *f = &q.filter;

		q.limit = pick(2) == 0 ? STORE_PAGE_MAX : 1 + pick(100);
		q.look = pick(2) == 0 ? STORE_LOOK_MAX : 100 + pick(3000);
		q.skip = pick(4) == 0 ? pick(500) : 0;
		f->apps = some(v[0], apps, 5, true);
		f->images = some(v[1], images, 3, true);
		f->rules = some(v[2], rules, 3, false);
		f->names = some(v[3], names, 3, true);
		f->types = some(v[4], types, 3, false);
		f->containers = some(v[5], containers, 2, true);
		if (pick(3) == 0)
			f->severities = 1u << pick(STORE_SEVERITIES);
		if (pick(3) == 0)
			f->kinds = 1 + pick((1u << STORE_KINDS) - 1);
		if (pick(3) == 0)
			f->actions = 1 + pick((1u << STORE_ACTIONS) - 1);
		if (pick(3) == 0)
			f->from_ms = BOX_NOW + (int64_t)pick(4 * 86400) * 1000;
		if (pick(3) == 0)
			f->to_ms = BOX_NOW + (int64_t)pick(4 * 86400) * 1000;
		if (pick(10) == 0)
			f->search = STR("NEEDLE");
		check_query(q);
	}
}

/* More apps than are merged. */
static void
many_apps(void **state)
{
	struct str words[STORE_WORDS_MAX];
	struct store_event events[500];
	unsigned char answers[500];
	struct store_query q = box_query(false);
	struct store_page page;
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		(void)snprintf(name, sizeof name, "%s%u:1",
		    i % 2 == 0 ? "even" : "odd", i % 100);
		events[i] = box_event(name, 1, i, BOX_NOW);
	}
	ok(box_append(events, 500, BOX_NOW, answers));
	words[0] = STR("ODD*");
	q.filter.apps = (struct store_words){words, 1};
	page = box_page(&q);
	assert_int_equal(page.n, 250);
	for (unsigned i = 0; i < 50; i++) {
		(void)snprintf(name, sizeof name, "even%u:1", 2 * i);
		words[i] = arena_str(box.a, str_of(name));
	}
	q.filter.apps.n = 50;
	page = box_page(&q);
	assert_int_equal(page.n, 250);
	q.filter.severities = 1u << STORE_LOW;
	page = box_page(&q);
	assert_int_equal(page.n, 0);
	assert_int_equal(page.looked, 0); /* no zone has it */
	q.filter.apps.n = STORE_WORDS_MAX + 1;
	assert_int_equal(
	    store_audits(box.s, &q, box.a, &page, &box.e), -EINVAL);
}

/* Around the edges of zones, none is left out, and few are looked at. */
static void
zones(void **state)
{
	enum { ZONE = 4096, N = 4 * ZONE };
	static struct store_event events[N];
	static unsigned char answers[N];

	(void)state;
	for (unsigned i = 0; i < N; i++)
		events[i] = box_event("web:1", 1, i, BOX_NOW + i + 1);
	ok(box_append(events, N, BOX_NOW, answers));
	for (int edge = 1; edge < 4; edge++)
		for (int from = -3; from < 3; from++)
			for (int n = 1; n < 5; n++) {
				struct store_query q = box_query(n % 2 == 0);
				struct store_page page;
				int64_t first = BOX_NOW + edge * ZONE + from;

				q.filter.from_ms = first;
				q.filter.to_ms = first + n;
				page = box_page(&q);
				assert_int_equal(page.n, n);
				for (int i = 0; i < n; i++) {
					int at = q.oldest_first ? i : n - 1 - i;

					assert_int_equal(
					    page.rows[at].event.ts_ms,
					    first + i);
				}
				assert_in_range(page.looked, n, 2 * ZONE);
			}
}

static void
limits(void **state)
{
	struct store_query q = box_query(false);
	struct store_page page;
	static const uint32_t wrong[] = {0, STORE_PAGE_MAX + 1};
	static char long_text[STORE_APP_MAX + 1];
	struct str word;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		q.limit = wrong[i];
		assert_int_equal(
		    store_audits(box.s, &q, box.a, &page, &box.e), -EINVAL);
	}
	q = box_query(false);
	q.look = 0;
	assert_int_equal(
	    store_audits(box.s, &q, box.a, &page, &box.e), -EINVAL);
	q.look = STORE_LOOK_MAX + 1;
	assert_int_equal(
	    store_audits(box.s, &q, box.a, &page, &box.e), -EINVAL);
	q = box_query(false);
	q.filter.search = str_make(long_text, STORE_SEARCH_MAX + 1);
	assert_int_equal(
	    store_audits(box.s, &q, box.a, &page, &box.e), -EINVAL);
	q = box_query(false);
	word = str_make(long_text, STORE_APP_MAX + 1);
	q.filter.rules = (struct store_words){&word, 1};
	assert_int_equal(
	    store_audits(box.s, &q, box.a, &page, &box.e), -EINVAL);
	/* Nothing there, and ids that never were. */
	q = box_query(true);
	page = box_page(&q);
	assert_true(page.n == 0 && !page.more && page.next == 0);
	q.after = INT64_MAX;
	page = box_page(&q);
	assert_true(page.n == 0 && !page.more && page.next == INT64_MAX);
}

/* A page of long bodies ends before limit. */
static void
bytes_of_a_page(void **state)
{
	enum { N = 200 };
	static char large[STORE_EVENT_MAX];
	struct store_event events[N];
	unsigned char answers[N];
	struct store_query q = box_query(true);
	struct store_page page;
	size_t n = 0;

	(void)state;
	memset(large, 'x', sizeof large);
	for (unsigned i = 0; i < N; i++) {
		events[i] = box_event("web:1", 1, i, BOX_NOW);
		events[i].body = str_make(large, sizeof large);
	}
	ok(box_append(events, N, BOX_NOW, answers));
	do {
		struct arena *a = arena_new(STORE_PAGE_ARENA);

		ok(store_audits(box.s, &q, a, &page, &box.e));
		assert_true(page.n * sizeof large <= STORE_PAGE_BYTES);
		n += page.n;
		q.after = page.next;
		arena_free(a);
	} while (page.more);
	assert_int_equal(n, N);
}

/* Who follows gets each audit once, though few are for it. */
static void
following(void **state)
{
	struct str app = STR("job:1");
	struct store_query q = box_query(true);
	uint64_t seen = 0;
	struct store *writer = box.s, *reader;

	(void)state;
	ok(store_open(box.dir, STORE_READ, &reader, &box.e));
	q.filter.apps = (struct store_words){&app, 1};
	for (unsigned i = 0; i < 100; i++) {
		int64_t now = BOX_NOW + (int64_t)i * BOX_DAY / 30;
		struct store_page page;

		box.s = writer;
		box_put(box_event(i % 10 == 0 ? "job:1" : "web:1", 1, i, now),
		    now, STORE_NEW);
		box.s = reader;
		page = box_page(&q);
		assert_int_equal(page.n, i % 10 == 0);
		if (page.n > 0)
			assert_int_equal(page.rows[0].event.seq, i);
		seen += page.n;
		assert_true(page.next > q.after);
		q.after = page.next;
	}
	assert_int_equal(seen, 10);
	store_free(reader);
	box.s = writer;
}

static void
single(void **state)
{
	struct store_row row;
	struct store_query q = box_query(false);
	struct store_page page;
	int64_t id;

	(void)state;
	ok(store_audit_newest(box.s, &id, &box.e));
	assert_int_equal(id, 0);
	box_put(box_event("web:1", 1, 41, BOX_NOW - 5), BOX_NOW, STORE_NEW);
	box_put(
	    box_event("web:1", 1, 42, BOX_NOW), BOX_NOW + BOX_DAY, STORE_NEW);
	page = box_page(&q);
	ok(store_audit_newest(box.s, &id, &box.e));
	assert_int_equal(id, page.rows[0].id);
	assert_true(id > 0 && id < INT64_C(1) << 53);
	assert_int_equal(
	    store_audit(box.s, page.rows[1].id, box.a, &row, &box.e), 1);
	same_event(&row.event, &page.rows[1].event);
	assert_int_equal(row.event.seq, 41);
	assert_int_equal(row.received_ms, BOX_NOW);
	assert_int_equal(store_audit(box.s, id + 1, box.a, &row, &box.e), 0);
	assert_int_equal(store_audit(box.s, 1, box.a, &row, &box.e), 0);
	assert_int_equal(store_audit(box.s, -1, box.a, &row, &box.e), 0);
	assert_int_equal(store_audit(box.s, INT64_MAX, box.a, &row, &box.e), 0);
}

static void
counts(void **state)
{
	struct store_count *v;
	uint64_t sum = 0, critical = 0;
	size_t n;

	(void)state;
	fill_model(3);
	ok(store_audit_counts(
	    box.s, BOX_NOW, BOX_NOW + 10 * BOX_DAY, box.a, &v, &n, &box.e));
	for (size_t i = 0; i < n; i++) {
		sum += v[i].n;
		critical += v[i].severity == STORE_CRITICAL ? v[i].n : 0;
		assert_int_equal(v[i].hour_ms % 3600000, 0);
		if (i > 0)
			assert_true(v[i].hour_ms >= v[i - 1].hour_ms);
	}
	assert_int_equal(sum, MODEL);
	for (size_t i = 0; i < MODEL; i++)
		critical -= model.events[i].severity == STORE_CRITICAL;
	assert_int_equal(critical, 0);
	/* One hour of it; none; too long a time. */
	ok(store_audit_counts(
	    box.s, BOX_NOW, BOX_NOW + 1, box.a, &v, &n, &box.e));
	assert_true(n > 0 && v[n - 1].hour_ms == BOX_NOW);
	ok(store_audit_counts(box.s, 5, 5, box.a, &v, &n, &box.e));
	assert_int_equal(n, 0);
	assert_int_equal(
	    store_audit_counts(box.s, 0, (STORE_COUNT_DAYS + 1) * BOX_DAY,
		box.a, &v, &n, &box.e),
	    -EINVAL);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, box_set_up, box_tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(duplicates),
	    TEST(many_batches),
	    TEST(refused),
	    TEST(jumping),
	    TEST(many_boots),
	    TEST(queries),
	    TEST(many_apps),
	    TEST(zones),
	    TEST(limits),
	    TEST(bytes_of_a_page),
	    TEST(following),
	    TEST(single),
	    TEST(counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
