/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audits.h"
#include "base/log.h"
#include "time/time.h"
#include "writer.h"

/* Of one transaction, beside those of its own. */
enum { BATCHES_MAX = 4096, EVENTS_MAX = STORE_APPEND_MAX - WRITER_TOLD_MAX };

_Static_assert((int)AUDITS_BATCH_MAX <= (int)EVENTS_MAX, "each batch fits");

/* ---- answers ------------------------------------------------------------ */

void
writer_refuse(struct writer_answer *a, int status, const char *reason,
    const char *fmt, ...)
{
	va_list ap;

	a->status = status;
	a->reason = reason;
	va_start(ap, fmt);
	(void)vsnprintf(a->msg, sizeof a->msg, fmt, ap);
	va_end(ap);
}

void
writer_failed(struct writer *w, struct writer_answer *a, const struct err *e)
{
	board_add(w->row, BOARD_WRITER_ERRORS, 1);
	log_error("%s", e->text);
	writer_refuse(
	    a, e->kind == ERR_TEMP ? 503 : 500, "store", MESSAGE_FAILED);
}

void
writer_send(struct writer *w, struct channel *link, uint64_t id,
    const struct writer_answer *a)
{
	cleanup_buf struct buf b = BUF_MAX(MESSAGE_MAX);

	(void)w;
	parcel_put_int(&b, a->status == 0 ? 200 : a->status);
	parcel_putz(&b, a->reason);
	parcel_putz(&b, a->msg);
	if (a->status < 400)
		buf_adds(&b, buf_str(&a->payload));
	if (buf_error(&b) != 0 || buf_error(&a->payload) != 0) {
		buf_reset(&b);
		parcel_put_int(&b, 503);
		parcel_putz(&b, "store");
		parcel_putz(&b, "out of memory");
	}
	/* A worker that does not read is as good as gone: it will notice. */
	(void)channel_send(link, MESSAGE_REPLY, id, buf_str(&b));
}

void
writer_tell_workers(struct writer *w, enum message_op op, struct str body)
{
	for (size_t i = 0; i < w->n_links; i++)
		(void)channel_send(w->links[i], op, 0, body);
}

/* ---- jobs --------------------------------------------------------------- */

struct writer_job *
writer_job(struct writer *w, struct channel *link, uint64_t id)
{
	struct writer_job *job = calloc(1, sizeof *job);

	if (job == NULL)
		return NULL;
	job->link = link;
	job->id = id;
	job->answer.payload = BUF_MAX(MESSAGE_MAX);
	*w->jobs_end = job;
	w->jobs_end = &job->next;
	loop_at(w->loop, &w->commit, loop_now_ms(w->loop));
	return job;
}

void
writer_forget(struct writer *w, const struct channel *link)
{
	for (struct writer_job *job = w->jobs; job != NULL; job = job->next)
		if (job->link == link)
			job->link = NULL;
}

int
writer_begin(struct writer *w, struct err *e)
{
	int r = w->begun ? 0 : store_begin(w->store, e);

	if (r == 0)
		w->begun = true;
	return r;
}

/* ---- the commit --------------------------------------------------------- */

static void
fail_all(struct writer *w, bool audits, const struct err *e)
{
	for (struct writer_job *job = w->jobs; job != NULL; job = job->next)
		if ((job->arena != NULL) == audits && job->answer.status < 400)
			writer_refuse(&job->answer,
			    e->kind == ERR_TEMP ? 503 : 500, "store",
			    MESSAGE_FAILED);
	board_add(w->row, BOARD_WRITER_ERRORS, 1);
	log_error("%s", e->text);
}

/* All but audits. */
static void
commit_small(struct writer *w)
{
	struct err e = {0};

	if (!w->begun)
		return;
	w->begun = false;
	if (store_commit(w->store, &e) != 0) {
		store_rollback(w->store);
		fail_all(w, false, &e);
		w->keys = false;
		return;
	}
	if (w->keys)
		atomic_fetch_add(&w->board->keys, 1);
	w->keys = false;
}

static void
count(struct writer *w, struct writer_job *job)
{
	const struct store_batch *b = &job->batch;
	size_t n[3] = {0};

	for (size_t i = 0; i < b->n; i++)
		n[b->answers[i] % 3]++;
	board_add(w->row, BOARD_EVENTS_STORED, n[STORE_NEW]);
	board_add(w->row, BOARD_EVENTS_DUPLICATE, n[STORE_DUPLICATE]);
	parcel_put(
	    &job->answer.payload, str_make((const char *)b->answers, b->n));
	w->stored = w->stored || n[STORE_NEW] > 0;
}

/* Up to BATCHES_MAX of those from job on; what is left comes next. */
static struct writer_job *
append_some(struct writer *w, struct writer_job *job)
{
	static struct store_batch batches[BATCHES_MAX];
	static unsigned char answers[WRITER_TOLD_MAX];
	struct writer_job *first = job;
	struct err e = {0};
	size_t n = 0, events = 0;

	for (; job != NULL && n < BATCHES_MAX - 1; job = job->next) {
		if (job->arena == NULL || job->answer.status != 0)
			continue;
		if (events + job->batch.n > EVENTS_MAX)
			break;
		events += job->batch.n;
		batches[n++] = job->batch;
	}
	if (w->n_told > 0)
		batches[n++] = (struct store_batch){
		    .events = w->told, .n = w->n_told, .answers = answers};
	if (n == 0)
		return job;
	if (store_append(w->store, batches, n, time_now_ms(), &e) != 0) {
		fail_all(w, true, &e);
		return NULL;
	}
	board_add(w->row, BOARD_COMMITS, 1);
	w->stored = w->stored || w->n_told > 0;
	w->n_told = 0;
	arena_free(w->told_arena);
	w->told_arena = arena_new(WRITER_WAITING_MAX);
	for (; first != job; first = first->next)
		if (first->arena != NULL && first->answer.status == 0)
			count(w, first);
	return job;
}

/* What others wait for is told before the answers are. */
static void
tell_changes(struct writer *w)
{
	struct err e = {0};
	int r = documents_refresh(&w->documents, w->store, &e);

	if (r < 0)
		log_error("%s", e.text);
	if (r > 0)
		writer_tell_workers(w, MESSAGE_DOCUMENTS, STR(""));
	if (w->stored)
		writer_tell_workers(w, MESSAGE_STORED, STR(""));
	w->stored = false;
}

void
writer_commit(struct writer *w)
{
	struct writer_job *job, *next;

	loop_cancel(&w->commit);
	commit_small(w);
	job = w->jobs;
	do
		job = append_some(w, job);
	while (job != NULL);
	tell_changes(w);
	for (job = w->jobs; job != NULL; job = next) {
		next = job->next;
		if (job->link != NULL)
			writer_send(w, job->link, job->id, &job->answer);
		buf_free(&job->answer.payload);
		arena_free(job->arena);
		free(job);
	}
	w->jobs = NULL;
	w->jobs_end = &w->jobs;
	w->waiting = 0;
	/* What could not be stored of its own events is tried again. */
	if (w->n_told > 0)
		loop_at(w->loop, &w->commit, loop_now_ms(w->loop) + 1000);
}
