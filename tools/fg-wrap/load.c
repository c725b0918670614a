/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/policy.h"

static void
tell_notes(const char *what, const struct policy_note *note)
{
	for (; note != NULL; note = note->next)
		log_note(1, "%s:%u:%u: %.*s: %.*s", what, note->line,
		    note->column, STR_ARG(note->pointer), STR_ARG(note->msg));
}

int
load_offer(struct shared *s, struct str text, const char *what,
    const struct collections_who *who, struct err *e)
{
	uint32_t half = 1 - atomic_load(&s->half);
	const struct policy *policy = NULL;
	const struct policy_note *notes = NULL;
	struct arena *a;
	int r;

	shared_release(s, half);
	a = arena_in(s->halves[half], sizeof s->halves[half]);
	if (a == NULL)
		return err_nomem(e);
	r = policy_read(a, text, what, who, &policy, &notes, e);
	if (r != 0)
		return r;
	tell_notes(what, notes);
	atomic_store(&s->offered_half, half);
	atomic_store(&s->applied, SHARED_PENDING);
	atomic_store(&s->offered, policy);
	return 0;
}

void
load_kick(pid_t supervisor)
{
	/* Its death is a SIGCONT to us; and it may be dead already. */
	(void)prctl(PR_SET_PDEATHSIG, SIGCONT, 0, 0, 0);
	if (getppid() == supervisor)
		(void)kill(getpid(), SIGSTOP);
}
