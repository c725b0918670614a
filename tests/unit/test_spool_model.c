/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spool on a disk that crashes, tears, fills up and fails, beside a plain
 * list of what was put in. SPOOL_SECONDS=N goes on for that long (`make soak`),
 * SPOOL_SEED=N runs that one alone.
 */
#include <time.h>

#include "spool_model.h"

enum { OPS = 400, ALWAYS = 50 };

static void
harm(bool crashes)
{
	static const int errors[] = {EIO, EROFS, EDQUOT};

	switch (pick(6)) {
	case 0:
		m.disk->capacity = disk_used(m.disk) + (size_t)pick(200000);
		break;
	case 1:
		m.disk->error = errors[pick(3)];
		break;
	case 2:
		m.disk->no_sync = true;
		break;
	case 3:
		if (crashes)
			m.disk->crash_in = (long)pick(12);
		break;
	case 4:
		if (crashes)
			reopen(pick(2) != 0);
		break;
	default:
		well();
	}
}

static void
step(bool crashes, bool harms)
{
	switch (pick(8)) {
	case 0:
	case 1:
	case 2:
		for (uint64_t i = pick(60); i > 0; i--)
			append();
		break;
	case 3:
	case 4:
		(void)sync_all();
		break;
	case 5:
		(void)consume(
		    1 + (size_t)pick(80), (size_t)pick(200000), pick(2) != 0);
		break;
	case 6:
		tell();
		break;
	default:
		m.now += (int64_t)pick(150);
		if (harms && pick(2) == 0)
			harm(crashes);
		else
			well();
	}
	if (m.disk->stopped)
		reopen(true);
	check_bounds();
}

static void
run(uint64_t seed)
{
	bool crashes, harms;

	memset(&m, 0, sizeof m);
	m.seed = seed;
	m.disk = disk_make(seed);
	m.io = disk_io(m.disk);
	HOLDS(spool_open("/s", &limits, &m.io, &m.spool, NULL) == 0);
	harms = pick(4) != 0;
	crashes = harms && pick(3) != 0;
	for (m.op = 0; m.op < OPS; m.op++)
		step(crashes, harms);
	finish();
	spool_free(m.spool);
	disk_free(m.disk);
}

static void
test_model(void **state)
{
	static const uint64_t found[] = {1795552592998, 1795552593242,
	    1795552775199, 1795552942159, 1795553712084, 1795554669016};
	const char *seconds = getenv("SPOOL_SECONDS"),
		   *seed = getenv("SPOOL_SEED");
	time_t end =
	    seconds == NULL ? 0 : time(NULL) + strtol(seconds, NULL, 10);
	uint64_t first = (uint64_t)time(NULL) * 1000, i = 0;

	(void)state;
	if (seed != NULL) {
		run(strtoull(seed, NULL, 10));
		return;
	}
	/* Those that found something, the same ones every time; when asked to
	 * (make soak), others. */
	for (size_t k = 0; k < sizeof found / sizeof *found; k++)
		run(found[k]);
	for (; i < ALWAYS || time(NULL) < end; i++)
		run(i < ALWAYS ? i + 1 : first + i);
	(void)fprintf(stderr, "# %llu runs\n", (unsigned long long)i);
}

/* A full disk: all stays at hand, and gets there when there is room again. */
static void
test_full_disk(void **state)
{
	struct spool_stat st;

	(void)state;
	memset(&m, 0, sizeof m);
	m.disk = disk_make(1);
	m.io = disk_io(m.disk);
	HOLDS(spool_open("/s", &limits, &m.io, &m.spool, NULL) == 0);
	append();
	HOLDS(sync_all() == 0);
	m.disk->capacity = disk_used(m.disk) + 3;
	for (int i = 0; i < 100; i++)
		append();
	HOLDS(sync_all() == -ENOSPC);
	HOLDS(consume(1000, 4 << 20, false) == 101);
	m.disk->capacity = SIZE_MAX / 2;
	m.now += limits.retry_ms - 1;
	HOLDS(sync_all() == -ENOSPC);
	spool_stat(m.spool, &st);
	HOLDS(st.disk_error == ENOSPC);
	m.now++;
	HOLDS(sync_all() == 0);
	spool_stat(m.spool, &st);
	HOLDS(st.disk_error == 0 && !spool_has_lost(m.spool));
	reopen(true);
	HOLDS(m.spool != NULL);
	finish();
	for (size_t i = 0; i < m.n; i++)
		HOLDS(m.made[i].delivered);
	spool_free(m.spool);
	disk_free(m.disk);
}

/* The segments get tails that nothing was said about. */
static void
tear(void)
{
	for (int i = 0; i < DISK_FILES; i++) {
		struct disk_file *f = &m.disk->files[i];

		if (!f->linked || f->name[0] != 'p')
			continue;
		memset(f->now + f->size, 0x55, DISK_SECTOR);
		memset(f->was + f->size, 0x55, DISK_SECTOR);
		f->size += DISK_SECTOR;
		f->was_size = f->size;
	}
}

/* A crash, changes after a torn tail could not be cut off at opening. */
static void
crash_behind_tail(uint64_t seed, long changes)
{
	memset(&m, 0, sizeof m);
	m.disk = disk_make(seed);
	m.seed = seed;
	m.op = (int)changes;
	m.io = disk_io(m.disk);
	HOLDS(spool_open("/s", &limits, &m.io, &m.spool, NULL) == 0);
	for (int i = 0; i < 20; i++)
		append();
	HOLDS(sync_all() == 0);
	tear();
	m.disk->error = EIO;
	reopen(false);
	well();
	m.disk->crash_in = changes;
	for (int i = 0; i < 20; i++)
		append();
	(void)sync_all();
	reopen(true);
	finish(); /* of unknown size: none */
	spool_free(m.spool);
	disk_free(m.disk);
}

/* A torn tail is no damage, whatever had been begun behind it. */
static void
test_uncut_tail(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 8; seed++)
		for (long changes = 0; changes < 40; changes++)
			crash_behind_tail(seed, changes);
}

/* Memory is full too: the lowest go first, and are counted. */
static void
test_full_memory(void **state)
{
	struct spool_lost l;
	size_t gone[SPOOL_PRIORITIES] = {0};

	(void)state;
	memset(&m, 0, sizeof m);
	m.disk = disk_make(2);
	m.io = disk_io(m.disk);
	m.disk->error = EROFS;
	HOLDS(spool_open("/s", &limits, &m.io, &m.spool, NULL) == 0);
	for (int i = 0; i < 600; i++)
		append();
	HOLDS(sync_all() == -EROFS);
	check_bounds();
	HOLDS(consume(5000, 16 << 20, true) > 0);
	for (size_t i = 0; i < m.n; i++)
		gone[m.made[i].priority] +=
		    m.made[i].delivered ? 0 : m.made[i].count;
	l = spool_take_lost(m.spool);
	HOLDS(l.unknown == 0 && l.count[0] > 0 && l.count[3] == 0);
	for (int p = 0; p < SPOOL_PRIORITIES; p++)
		HOLDS(l.count[p] == gone[p]);
	spool_free(m.spool);
	disk_free(m.disk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_full_disk),
	    cmocka_unit_test(test_full_memory),
	    cmocka_unit_test(test_uncut_tail),
	    cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
