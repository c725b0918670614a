/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a spool: each is a byte that says which it is, two bytes of
 * length, and what is in it. 0 to 3: the next segment of that priority, 4: the
 * head; with 0x80 the checksums in it are made right first. Whatever it is,
 * the spool opens, gives records in order, stays within its bounds, and keeps
 * what is put in then.
 */
#include <stdint.h>

#include "spool/spool.h"
#include "spool/spool_format.h"
#include "spool_disk.h"

enum { INPUT_MAX = 64 * 1024, FILES_MAX = 64, RIGHT = 0x80 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct spool_limits limits = {
    .disk_bytes = 8 * SPOOL_SEGMENT_MIN,
    .segments = 8,
    .memory_bytes = SPOOL_MEMORY_MIN,
    .retry_ms = 100,
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* As the format has it: numbers stay, checksums follow them. */
static void
make_right(unsigned char *p, size_t n, bool head)
{
	struct spool_crc c;
	uint32_t v;

	spool_crc_init(&c);
	if (head) {
		for (size_t at = 0; at + SPOOL_FORMAT_SLOT <= n;
		     at += SPOOL_FORMAT_APART) {
			v = spool_crc(&c, p + at + 16, SPOOL_FORMAT_SLOT - 16);
			memcpy(p + at + 8, &v, sizeof v);
		}
		return;
	}
	if (n < SPOOL_FORMAT_SEGMENT)
		return;
	v = spool_crc(&c, p + 16, SPOOL_FORMAT_SEGMENT - 16);
	memcpy(p + 8, &v, sizeof v);
	for (size_t at = SPOOL_FORMAT_SEGMENT; at + SPOOL_FORMAT_RECORD <= n;) {
		struct spool_entry x;
		uint64_t before;

		spool_format_get(p + at, &x);
		memcpy(&before, p + at + 24, sizeof before);
		if (x.n <= n - at - SPOOL_FORMAT_RECORD) {
			v = spool_crc(&c, p + at + SPOOL_FORMAT_RECORD, x.n);
			memcpy(p + at + 8, &v, sizeof v);
		}
		spool_format_seal(&c, p + at, before);
		at += x.n <= n - at ? spool_format_size(x.n) : 8;
	}
}

static void
make_files(struct disk *d, const uint8_t *p, size_t n)
{
	char name[SPOOL_FORMAT_NAME] = "head";
	struct disk_file *f;

	for (uint64_t id = 1; n >= 3 && id <= FILES_MAX; id++) {
		size_t size = p[1] | (size_t)p[2] << 8;
		unsigned int kind = p[0] & 0x7f;

		p += 3;
		n -= 3;
		if (size > n)
			size = n;
		if (kind < SPOOL_PRIORITIES)
			spool_format_name(name, kind, id);
		else
			(void)snprintf(name, sizeof name, "head");
		if (disk_find(d, name) == NULL) {
			f = disk_new(d, name);
			must(f != NULL);
			memcpy(f->now, p, size);
			f->size = size;
			if ((p[-3] & RIGHT) != 0)
				make_right(
				    f->now, size, kind >= SPOOL_PRIORITIES);
		}
		p += size;
		n -= size;
	}
}

/* All that is in it comes out, in order; then it is empty. */
static size_t
drain(struct spool *s)
{
	struct spool_batch b = {NULL, 0};
	uint64_t last = 0;
	size_t n = 0;

	for (;;) {
		must(spool_read(s, last, 7, 3000, &b, NULL) == 0);
		if (b.n == 0)
			break;
		for (size_t i = 0; i < b.n; i++) {
			must(b.records[i].position > last);
			must(b.records[i].data.n <= SPOOL_RECORD_MAX);
			last = b.records[i].position;
			n++;
		}
	}
	must(last == 0 || spool_ack(s, last, 0, NULL) == 0);
	must(spool_read(s, 0, 1, 1, &b, NULL) == 0 && b.n == 0);
	return n;
}

static void
check_bounds(const struct spool *s, const struct disk *d)
{
	struct spool_stat st;

	spool_stat(s, &st);
	must(st.disk_error == 0 && st.disk_bytes <= limits.disk_bytes &&
	     st.segments <= limits.segments);
	must(disk_used(d) <= limits.disk_bytes);
}

static void
use(const struct spool_io *io, const struct disk *d)
{
	struct spool_record r = {
	    .count = 1, .priority = 2, .data = STR("record")};
	struct spool *s = NULL;
	struct err e = {0};

	if (spool_open("/s", &limits, io, &s, &e) != 0) {
		must(e.kind != ERR_NONE && e.text[0] != '\0');
		return;
	}
	check_bounds(s, d);
	(void)drain(s);
	(void)spool_take_lost(s);
	must(spool_append(s, &r, 0, NULL) == 0);
	must(spool_sync(s, 0, NULL) == 0);
	check_bounds(s, d);
	spool_free(s);
	must(spool_open("/s", &limits, io, &s, &e) == 0);
	must(drain(s) == 1);
	spool_free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk *d;
	struct spool_io io;

	if (size > INPUT_MAX)
		return 0;
	d = disk_make(size + 1);
	io = disk_io(d);
	make_files(d, data, size);
	use(&io, d);
	must(d->open == 0);
	disk_free(d);
	return 0;
}
