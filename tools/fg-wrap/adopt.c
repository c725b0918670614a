/* SPDX-License-Identifier: Apache-2.0 */
#include "adopt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "time/time.h"

static const char *
why_not(const struct supervisor *s, int error)
{
	if (error == EXDEV)
		return "it is in another mount namespace";
	if (s->trace == NULL)
		return "nothing is traced in tier none";
	return strerror(error);
}

static void
tell_unkillable(struct supervisor *s, const struct shared_entered *e)
{
	struct event ev = {.name = EVENT_UNSEEN, .count = 1};
	char detail[128];

	(void)snprintf(detail, sizeof detail,
	    "process %d from outside is denied, and cannot be killed: %s",
	    (int)e->pid, strerror(errno));
	ev.detail = str_of(detail);
	(void)judge_event(&s->judge, &ev);
}

/* It is not ours; what the policy says of it is asked all the same. */
static void
tell(struct supervisor *s, const struct shared_entered *e, int error)
{
	char detail[128];
	struct event ev = {
	    .name = EVENT_ENTERED,
	    .by = {.pid = e->pid,
		.ppid = e->ppid,
		.uid = e->uid,
		.euid = e->euid,
		.gid = e->gid,
		.exe = str_of(e->exe),
		.cwd = str_of(e->cwd),
		.args = str_make(e->args, e->n_args),
		.args_cut = e->args_cut},
	    .ts_ns = time_now_ns(),
	    .count = 1,
	};

	(void)snprintf(detail, sizeof detail, "not under the policy: %s",
	    why_not(s, error));
	ev.detail = str_of(detail);
	if (judge_event(&s->judge, &ev) == TRACE_KILL &&
	    kill(e->pid, SIGKILL) != 0 && errno != ESRCH)
		tell_unkillable(s, e);
}

void
adopt_entered(struct supervisor *s)
{
	struct shared *shared = s->report.shared;
	uint32_t n = atomic_load(&shared->n_entered);

	for (uint32_t i = 0; i < n && i < SHARED_ENTERED_MAX; i++) {
		struct shared_entered *e = &shared->entered[i];
		int r = -e->refused;

		if (s->trace != NULL && r == 0)
			r = trace_adopt(
			    s->trace, e->pid, s->tier == TRACE_FULL);
		e->adopted =
		    s->trace != NULL && (r == 0 || trace_has(s->trace, e->pid));
		if (!e->adopted)
			tell(s, e, -r);
	}
	atomic_store(&shared->n_entered, 0);
}
