/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "data.h"
#include "pass.h"
#include "time/time.h"

enum { TIDY_MS = 2000, RETAIN_MS = 60000 };

/* Those whose answers wait for the commit, as most do. */
static const struct {
	void (*op)(
	    struct writer *w, struct parcel *in, struct writer_answer *a);
} writes[] = {
    [MESSAGE_DOCUMENT_PUT] = {writer_document_put},
    [MESSAGE_TOKEN_ADD] = {writer_token_add},
    [MESSAGE_TOKEN_REVOKE] = {writer_token_revoke},
    [MESSAGE_SECRET_ADD] = {writer_secret_add},
    [MESSAGE_SECRET_REVOKE] = {writer_secret_revoke},
    [MESSAGE_ENROL] = {writer_enrol},
    [MESSAGE_RENEW] = {writer_renew},
    [MESSAGE_STATUS] = {writer_status},
    [MESSAGE_SCANNED] = {writer_scanned},
    [MESSAGE_USED] = {NULL},
};

static void
serve_write(struct writer *w, struct channel *c, const struct message *m,
    struct parcel *in)
{
	struct writer_job *job = writer_job(w, c, m->id);
	struct err e = {0};

	if (job == NULL) {
		struct writer_answer a = {0};

		(void)err_nomem(&e);
		writer_failed(w, &a, &e);
		writer_send(w, c, m->id, &a);
		return;
	}
	if (writer_begin(w, &e) != 0) {
		writer_failed(w, &job->answer, &e);
		return;
	}
	writes[m->op].op(w, in, &job->answer);
	if (!parcel_done(in))
		writer_refuse(&job->answer, 500, NULL, "message %u", m->op);
}

static void
serve_policy(struct writer *w, struct channel *c, const struct message *m,
    struct parcel *in)
{
	struct writer_answer a = {.payload = BUF_MAX(MESSAGE_MAX)};

	writer_policy(w, in, &a);
	writer_send(w, c, m->id, &a);
	buf_free(&a.payload);
}

static void
take(struct channel *c, const struct message *m)
{
	struct writer *w = c->arg;
	struct parcel in = {.rest = m->body};

	if (m->op == MESSAGE_AUDITS)
		writer_audits(w, c, m->id, &in);
	else if (m->op == MESSAGE_POLICY)
		serve_policy(w, c, m, &in);
	else if (m->op == MESSAGE_USED)
		writer_used(w, &in);
	else if (m->op < MESSAGE_ASKED && writes[m->op].op != NULL)
		serve_write(w, c, m, &in);
}

/* ---- workers come and go ------------------------------------------------ */

static void
gone(struct channel *c)
{
	struct writer *w = c->arg;

	for (size_t i = 0; i < w->n_links; i++)
		if (w->links[i] == c)
			w->links[i] = w->links[--w->n_links];
	writer_forget(w, c);
	channel_close(c);
	free(c);
}

static void
add_worker(struct writer *w, int fd)
{
	struct channel *c = calloc(1, sizeof *c);
	struct err e = {0};
	int r = -ENOMEM;

	if (c != NULL && w->n_links < WRITER_LINKS_MAX) {
		c->take = take;
		c->gone = gone;
		c->arg = w;
		r = channel_open(c, w->loop, fd, &e);
	}
	if (r == 0) {
		w->links[w->n_links++] = c;
		return;
	}
	log_error("a worker cannot be served: %s", strerror(-r));
	(void)close(fd);
	free(c);
}

static void
on_control(struct loop_fd *f, uint32_t events)
{
	struct writer *w = LOOP_OF(f, struct writer, control);
	int fd = pass_receive(f->fd);

	(void)events;
	if (fd >= 0) {
		add_worker(w, fd);
	} else if (fd != -EAGAIN) {
		loop_remove(f); /* the parent is gone */
		loop_stop(w->loop);
	}
}

/* ---- by the clock ------------------------------------------------------- */

static void
on_commit(struct loop_timer *t)
{
	writer_commit(LOOP_OF(t, struct writer, commit));
}

static void
on_tidy(struct loop_timer *t)
{
	struct writer *w = LOOP_OF(t, struct writer, tidy);
	struct err e = {0};

	if (!w->begun && store_tidy(w->store, &e) != 0)
		log_error("%s", e.text);
	loop_at(w->loop, t, loop_now_ms(w->loop) + TIDY_MS);
}

static void
on_retain(struct loop_timer *t)
{
	struct writer *w = LOOP_OF(t, struct writer, retain);
	const struct store_retention keep = {
	    .days = (uint32_t)w->o->retain_days,
	    .bytes = (uint64_t)w->o->retain_bytes};
	struct store_removed removed = {0};
	struct err e = {0};

	writer_commit(w);
	if (store_retain(w->store, &keep, time_now_ms(), &removed, &e) != 0)
		log_error("%s", e.text);
	else if (removed.days > 0)
		log_note(1, "%u days of audits went, %llu bytes", removed.days,
		    (unsigned long long)removed.bytes);
	loop_at(w->loop, t, loop_now_ms(w->loop) + RETAIN_MS);
}

/* ---- certificates and signals ------------------------------------------- */

/* The first one of ca.pem signs, all of it is trusted. */
static int
load_ca(const char *dir, struct pki_ca **ca, struct buf *bundle, struct err *e)
{
	struct buf key = BUF_MAX(PKI_PEM_MAX);
	cleanup_buf struct buf pems = BUF_MAX(PKI_PEM_MAX);
	struct str pem;
	int r = data_read(dir, DATA_CA, &pems, e);

	if (r == 0)
		r = data_read(dir, DATA_CA_KEY, &key, e);
	if (r == 0)
		r = pki_ca_load(buf_str(&pems), buf_str(&key), ca, e);
	pki_wipe(&key);
	pem = buf_str(&pems);
	return r == 0 ? pki_bundle(&pem, 1, bundle, e) : r;
}

static void
renew(struct writer *w)
{
	struct buf bundle = BUF_MAX(PKI_PEM_MAX);
	struct pki_ca *ca = NULL;
	struct err e = {0};

	if (load_ca(w->o->data, &ca, &bundle, &e) != 0) {
		log_error("%s; what there was stays", e.text);
		pki_ca_free(ca);
		buf_free(&bundle);
		return;
	}
	if (!str_eq(buf_str(&bundle), buf_str(&w->bundle)))
		writer_told(w, STR("SIGHUP"), "authorities", STR(DATA_CA));
	pki_ca_free(w->ca);
	buf_free(&w->bundle);
	w->ca = ca;
	w->bundle = bundle;
}

static void
on_signal(struct loop_fd *f, uint32_t events)
{
	struct writer *w = LOOP_OF(f, struct writer, signals);
	struct signalfd_siginfo info;

	(void)events;
	while (read(f->fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP)
			renew(w);
		else
			loop_stop(w->loop);
	}
}

/* ---- start -------------------------------------------------------------- */

static int
load_keys(struct writer *w, const char *dir, struct err *e)
{
	struct buf key = BUF_MAX(PKI_PEM_MAX);
	int r = load_ca(dir, &w->ca, &w->bundle, e);

	if (r == 0)
		r = data_read(dir, DATA_POLICY_PUBLIC, &w->policy_key, e);
	if (r == 0)
		r = data_read(dir, DATA_POLICY_KEY, &key, e);
	if (r == 0)
		r = pki_signer_load(buf_str(&key), &w->signer, e);
	pki_wipe(&key);
	return r;
}

static int
watch(struct writer *w, int control, struct err *e)
{
	sigset_t set;
	int r, fd;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return err_set(
		    e, ERR_TEMP, errno, "signalfd: %s", strerror(errno));
	w->signals =
	    (struct loop_fd){.fd = fd, .events = EPOLLIN, .ready = on_signal};
	w->control = (struct loop_fd){
	    .fd = control, .events = EPOLLIN, .ready = on_control};
	w->commit.due = on_commit;
	w->tidy.due = on_tidy;
	w->retain.due = on_retain;
	r = loop_add(w->loop, &w->signals, e);
	if (r == 0)
		r = loop_add(w->loop, &w->control, e);
	loop_at(w->loop, &w->tidy, loop_now_ms(w->loop) + TIDY_MS);
	loop_at(w->loop, &w->retain, loop_now_ms(w->loop));
	return r;
}

static int
start(struct writer *w, int control, struct err *e)
{
	int r = event_boot(w->boot);

	if (r != 0)
		return err_set(e, ERR_TEMP, -r, "getrandom: %s", strerror(-r));
	w->told_arena = arena_new(WRITER_WAITING_MAX);
	if (w->told_arena == NULL)
		return err_nomem(e);
	r = load_keys(w, w->o->data, e);
	if (r == 0)
		r = store_open(w->o->data, STORE_WRITE, &w->store, e);
	if (r == 0)
		r = documents_refresh(&w->documents, w->store, e);
	if (r >= 0)
		r = loop_new(&w->loop, e);
	if (r == 0)
		r = watch(w, control, e);
	return r;
}

int
writer_run(
    const struct options *o, struct board *board, int control, struct err *e)
{
	static struct writer w;
	int r;

	w = (struct writer){.o = o,
	    .board = board,
	    .row = &board->rows[BOARD_ROWS_MAX - 2],
	    .bundle = BUF_MAX(PKI_PEM_MAX),
	    .policy_key = BUF_MAX(PKI_PEM_MAX)};
	w.jobs_end = &w.jobs;
	r = start(&w, control, e);
	if (r == 0) {
		writer_tell(&w, &(struct writer_event){.name = "start",
				    .severity = "info",
				    .msg = "the Console started"});
		r = loop_run(w.loop, e);
		writer_commit(&w);
	}
	store_free(w.store);
	pki_ca_free(w.ca);
	pki_signer_free(w.signer);
	return r;
}
