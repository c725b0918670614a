/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "audits.h"
#include "writer.h"

enum { MEMORY_MAX = 256 << 20 };

static bool
unpack(struct writer_job *job, struct parcel *in)
{
	struct str app = parcel_str(in);
	int64_t n = parcel_int(in);
	struct store_event *events;
	unsigned char *answers;

	if (n < 1 || n > AUDITS_BATCH_MAX)
		return false;
	events = arena_alloc(job->arena, (size_t)n * sizeof *events);
	answers = arena_alloc(job->arena, (size_t)n);
	if (events == NULL || answers == NULL)
		return false;
	for (int64_t i = 0; i < n; i++) {
		audits_unpack(in, &events[i]);
		events[i].app = app;
	}
	job->batch = (struct store_batch){
	    .events = events, .n = (size_t)n, .answers = answers};
	return parcel_done(in);
}

void
writer_audits(
    struct writer *w, struct channel *link, uint64_t id, struct parcel *in)
{
	struct writer_job *job = writer_job(w, link, id);
	struct parcel copy = {0};

	if (job == NULL)
		return;
	job->arena = arena_new(MEMORY_MAX);
	if (job->arena != NULL)
		copy.rest = arena_str(job->arena, in->rest);
	if (copy.rest.p == NULL || !unpack(job, &copy)) {
		writer_refuse(&job->answer, 503, "store", "out of memory");
		return;
	}
	w->waiting += in->rest.n;
	if (w->waiting > WRITER_WAITING_MAX)
		writer_commit(w);
}

void
writer_scanned(struct writer *w, struct parcel *in, struct writer_answer *a)
{
	struct str who = parcel_str(in), image = parcel_str(in);

	(void)a;
	writer_told(w, who, "scans/add", image);
}
