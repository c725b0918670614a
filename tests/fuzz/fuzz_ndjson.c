/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line reader gives lines that hold no line end, no NUL and no bad UTF-8,
 * within the bound; or it fails with the number of a line. The first byte
 * of the input chooses the bound and whether a partial line counts.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "ndjson/ndjson.h"
#include "utf8/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_line(struct str line, size_t max)
{
	must(line.n > 0 && line.n <= max);
	must(str_chr(line, '\n') == line.n);
	must(str_chr(line, '\0') == line.n);
	must(utf8_valid(line, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1; /* making one for each input is slow */
	struct ndjson_in in = {.what = "input"};
	unsigned long lines = 0;
	struct err e = {0};
	struct str line;
	int r;

	if (size == 0)
		return 0;
	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	in.fd = fd;
	in.line_max = 1 + (data[0] & 0x7fU);
	in.allow_partial = (data[0] & 0x80) != 0;
	must(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
	must(fd_write_all(fd, "memory", data + 1, size - 1, NULL) == 0);
	must(lseek(fd, 0, SEEK_SET) == 0);
	while ((r = ndjson_in_next(&in, &line, &e)) == 1) {
		check_line(line, in.line_max);
		must(in.line > lines);
		lines = in.line;
	}
	must(r == 0 || r == -EFBIG || r == -EILSEQ || r == -EPIPE);
	must(r == 0 ? e.kind == ERR_NONE : e.kind == ERR_PERM);
	ndjson_in_free(&in);
	return 0;
}
