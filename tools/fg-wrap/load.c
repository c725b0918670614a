/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/policy.h"

enum { TEXT_MAX = POLICY_TEXT_MAX + 4096 };

void
load_init(struct load *l, struct shared *shared, struct emit *emit,
    pid_t supervisor, const struct collections_who *who)
{
	*l = (struct load){.shared = shared,
	    .emit = emit,
	    .supervisor = supervisor,
	    .who = *who,
	    .text = BUF_MAX(TEXT_MAX)};
}

static void
reject(struct load *l, const struct err *e)
{
	log_error(
	    "%s%s", e->text, l->policy ? "; the last good policy stays" : "");
	if (l->running)
		emit_tell(
		    l->emit, EVENT_POLICY_REJECTED, EVENT_HIGH, e->text, 0);
	else
		(void)snprintf(l->rejected, sizeof l->rejected, "%s", e->text);
}

void
load_tell(struct load *l)
{
	struct shared *s = l->shared;
	struct emit *x = l->emit;
	const struct policy *p = atomic_load(&s->current);
	uint32_t applied = atomic_load(&s->applied);
	char text[ERR_TEXT_MAX + 64];

	if (p == NULL || applied == SHARED_PENDING)
		return;
	atomic_store(&s->applied, SHARED_PENDING);
	l->policy = true;
	(void)snprintf(x->version, sizeof x->version, "%lld",
	    (long long)policy_version(p));
	x->source.version =
	    policy_version(p) != 0 ? str_of(x->version) : STR_NONE;
	(void)snprintf(text, sizeof text, "%.*s", STR_ARG(policy_name(p)));
	emit_tell(x, EVENT_POLICY_APPLIED, EVENT_INFO, text, policy_version(p));
	if (applied != SHARED_PARTLY)
		return;
	emit_tell(x, EVENT_UNSEEN, EVENT_MEDIUM, s->error,
	    (int64_t)atomic_load(&s->unseen));
	s->error[0] = '\0';
}

static int
offer(struct load *l, struct str text, const char *what, struct err *e)
{
	struct shared *s = l->shared;
	uint32_t half = 1 - atomic_load(&s->half);
	const struct policy *policy = NULL;
	const struct policy_note *notes = NULL;
	struct err told;
	struct arena *a;
	int r;

	shared_release(s, half);
	a = arena_in(s->halves[half], sizeof s->halves[half]);
	if (a == NULL)
		return err_nomem(e);
	r = policy_read(a, text, what, &l->who, &policy, &notes, e);
	if (r != 0)
		return r;
	for (; notes != NULL; notes = notes->next) {
		(void)policy_note_error(notes, what, &told);
		log_note(1, "%s", told.text);
	}
	atomic_store(&s->offered_half, half);
	atomic_store(&s->applied, SHARED_PENDING);
	atomic_store(&s->offered, policy);
	return 0;
}

void
load_text(struct load *l, struct str text, const char *what)
{
	struct err e = {0};

	if (offer(l, text, what, &e) != 0) {
		reject(l, &e);
		return;
	}
	if (!l->running)
		return;
	load_kick(l->supervisor);
	load_tell(l);
}

void
load_file(struct load *l, struct filewatch *file, int64_t wait_ms)
{
	struct err e = {0};

	buf_reset(&l->text);
	if (filewatch_read(file, wait_ms, &l->text, &e) != 0)
		reject(l, &e);
	else
		load_text(l, buf_str(&l->text), file->path);
}

void
load_kick(pid_t supervisor)
{
	/* Its death is a SIGCONT to us; and it may be dead already. */
	(void)prctl(PR_SET_PDEATHSIG, SIGCONT, 0, 0, 0);
	if (getppid() == supervisor)
		(void)kill(getpid(), SIGSTOP);
}
