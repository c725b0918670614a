/* SPDX-License-Identifier: Apache-2.0 */
#include "alerts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "event/event_names.h"
#include "jtree/jtree.h"

int64_t
alerts_next(const struct alerts *a)
{
	return a->dir == NULL || a->pid > 0 ? INT64_MAX : a->later.due_ms;
}

static bool
set_counts(struct alerts *a)
{
	void *page = a->judged;

	if (page == NULL)
		page = mmap(NULL, sizeof *a->judged, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return false;
	a->judged = page;
	*a->judged = a->fed = 0;
	return true;
}

int
alerts_start(struct alerts *a, int64_t now_ms)
{
	int ends[2];

	if (alerts_next(a) > now_ms)
		return -1;
	if (set_counts(a) &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
		a->pid = fork();
		if (a->pid == 0)
			alerts_run(a, ends[1]);
		(void)close(ends[1]);
		(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
		if (a->pid > 0)
			return ends[0];
		(void)close(ends[0]);
		a->pid = 0;
	}
	log_error("rules of alerts: %s", strerror(errno));
	backoff_bad(&a->later, now_ms, 0);
	return -1;
}

void
alerts_look(struct alerts *a)
{
	if (a->pid > 0 && waitpid(a->pid, NULL, WNOHANG) == a->pid)
		a->dead = true;
}

void
alerts_gone(struct alerts *a, int64_t now_ms)
{
	if (a->pid > 0) {
		if (!a->dead) {
			(void)kill(a->pid, SIGKILL);
			(void)waitpid(a->pid, NULL, 0);
		}
		a->skipped += a->fed - *a->judged;
	}
	a->pid = 0;
	a->dead = false;
	a->queue = NULL;
	backoff_bad(&a->later, now_ms, 0);
}

void
alerts_feed(struct alerts *a, struct str line)
{
	if (a->dir == NULL)
		return;
	if (a->queue == NULL || a->queue->n + line.n > ALERTS_QUEUE_MAX)
		a->skipped++;
	else {
		buf_adds(a->queue, line);
		a->fed++;
	}
}

void
alerts_leave_out(struct alerts *a, struct str rule)
{
	if (a->n_off == ALERTS_RULES_MAX)
		return;
	(void)snprintf(
	    a->off[a->n_off++], ALERTS_NAME_MAX, "%.*s", STR_ARG(rule));
	/* That is no endless story: the others need not wait long. */
	backoff_good(&a->later);
}

bool
alerts_read(struct arena *arena, struct str line, struct alerts_found *ret)
{
	const struct jtree *t;
	struct str type;

	if (jtree_parse(arena, line, "", &t, NULL) != 0)
		return false;
	type = jtree_str(jtree_get(t, "type"));
	*ret = (struct alerts_found){.failed = str_eqz(type, "failed"),
	    .rule = jtree_str(jtree_get(t, "rule")),
	    .msg = jtree_str(jtree_get(t, "msg")),
	    .event = jtree_str(jtree_get(t, "event")),
	    .container = jtree_str(jtree_get(t, "container")),
	    .severity = EVENT_MEDIUM};
	(void)event_names_severity_of(
	    jtree_str(jtree_get(t, "severity")), &ret->severity);
	return ret->failed || str_eqz(type, "alert");
}
