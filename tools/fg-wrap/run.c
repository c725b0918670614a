/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "app.h"
#include "audit/audit.h"
#include "base/fd.h"
#include "base/log.h"
#include "learner.h"
#include "options.h"
#include "sidecar.h"
#include "supervise.h"

enum { HELLO_MAX = 16384 };

static int
print_probe(struct err *e)
{
	cleanup_buf struct buf b = BUF_MAX(HELLO_MAX);
	struct probe p;
	struct jwrite w;
	int r;

	probe_machine(&p);
	jwrite_init(&w, &b);
	jwrite_record(&w, "probe");
	probe_write(&p, &w);
	jwrite_end(&w);
	r = jwrite_end_text(&w);
	if (r != 0)
		return err_nomem(e);
	buf_addc(&b, '\n');
	return fd_write_stdout(buf_str(&b), e);
}

static void
write_hello(struct supervisor *s, struct buf *b)
{
	const struct options *o = s->options;
	struct jwrite w;

	jwrite_init(&w, b);
	jwrite_record(&w, "hello");
	jwrite_kvz(&w, "app", o->app_id);
	jwrite_kvz(&w, "container", o->container);
	jwrite_kvz(&w, "image", o->image);
	if (o->image_digest[0] != '\0')
		jwrite_kvz(&w, "digest", o->image_digest);
	jwrite_kvz(&w, "boot", s->report.shared->boot);
	jwrite_kv_bool(&w, "pid1", s->probe.pid1);
	jwrite_kvz(&w, "agent", "fg-wrap");
	jwrite_kvz(&w, "version", FG_VERSION);
	jwrite_key(&w, "abilities");
	jwrite_object(&w);
	probe_write(&s->probe, &w);
	jwrite_end(&w);
	jwrite_end(&w);
	buf_addc(b, '\n');
}

/* What the policy asks for, or the options, or that a policy may come. */
static enum trace_tier
wanted_tier(const struct supervisor *s)
{
	const struct options *o = s->options;
	struct str word = str_of(o->tier);

	if (str_eqz(word, "auto") && s->judge.policy != NULL)
		word = policy_tier(s->judge.policy);
	if (str_eqz(word, "full"))
		return TRACE_FULL;
	if (str_eqz(word, "exec"))
		return TRACE_EXEC;
	if (str_eqz(word, "none"))
		return TRACE_NONE;
	if (o->policy == NULL && o->socket == NULL && o->learn == NULL)
		return TRACE_NONE;
	return s->probe.tier;
}

/* Nobody asked for a lower tier, and yet it does not see enough. */
static bool
falls_short(const struct supervisor *s, enum trace_tier tier)
{
	return strcmp(s->options->tier, "auto") == 0 &&
	       s->judge.policy != NULL && policy_tier(s->judge.policy).n == 0 &&
	       (judge_prevents(&s->judge) & ~supervise_sees(tier)) != 0;
}

static bool
closed(const struct supervisor *s)
{
	return strcmp(s->options->on_no_policy, "closed") == 0;
}

static void
note_start(struct supervisor *s)
{
	cleanup_buf struct buf b = BUF_MAX(SHARED_DETAIL - 1);

	buf_addf(&b, "tier=%s ", probe_tier_text(s->tier));
	probe_text(&s->probe, &b);
	(void)snprintf(s->report.shared->started,
	    sizeof s->report.shared->started, "%s", buf_z(&b));
}

/* Without it the command runs, unless --on-no-policy=closed. */
static int
open_manifest(struct supervisor *s, struct err *e)
{
	s->judge.manifest = known_open(s->options->manifest, e);
	if (s->judge.manifest != NULL || s->options->manifest == NULL)
		return 0;
	err_prefix(e, "--manifest");
	if (closed(s))
		return -EINVAL;
	log_error("%s; altered programs are not seen", e->text);
	return 0;
}

static void
tell_no_manifest(struct supervisor *s, const char *why)
{
	struct event ev = {
	    .name = EVENT_UNSEEN, .count = 1, .detail = str_of(why)};

	if (s->judge.manifest == NULL && s->options->manifest != NULL)
		(void)judge_event(&s->judge, &ev);
}

/* --on-no-policy=closed: may the command run all the same? */
static int
refuse(const struct supervisor *s, enum trace_tier tier, struct err *e)
{
	if (s->judge.policy == NULL)
		return err_set(e, ERR_PERM, ENOENT,
		    "there is no policy, and --on-no-policy=closed; the "
		    "command is not run");
	if (tier > s->probe.tier)
		return err_set(e, ERR_PERM, ENOTSUP,
		    "tier %s is wanted, but only %s works here (see "
		    "--probe), and --on-no-policy=closed",
		    probe_tier_text(tier), probe_tier_text(s->probe.tier));
	if (falls_short(s, tier))
		return err_set(e, ERR_PERM, ENOTSUP,
		    "tier %s, the best that works here (see --probe), does "
		    "not see all that the policy prevents, and "
		    "--on-no-policy=closed",
		    probe_tier_text(tier));
	return 0;
}

static void
warn(const struct supervisor *s, enum trace_tier tier)
{
	if (s->judge.policy == NULL && s->options->policy != NULL)
		log_error("the command runs without a policy until there is "
			  "one");
	if (falls_short(s, tier))
		log_error("tier %s, the best that works here (see --probe), "
			  "does not see all that the policy prevents",
		    probe_tier_text(tier));
}

static int
start(struct supervisor *s, struct err *e)
{
	struct err why = {0};
	enum trace_tier tier;
	int r = 0;

	supervise_take_policy(s);
	tier = wanted_tier(s);
	if (closed(s))
		r = refuse(s, tier, e);
	else
		warn(s, tier);
	if (r != 0)
		return r;
	r = open_manifest(s, &why);
	if (r != 0) {
		*e = why;
		return r;
	}
	r = s->app != 0 ? app_start(s, tier, !closed(s), e)
			: supervise_start(s, tier, !closed(s), e);
	if (r != 0)
		return r;
	if (s->judge.learning && s->tier != TRACE_FULL)
		log_error("--learn: tier %s does not see files and the "
			  "network; what is learnt allows none of them",
		    probe_tier_text(s->tier));
	supervise_started(s);
	note_start(s);
	tell_no_manifest(s, why.text);
	return supervise_run(s);
}

static int
wrap(struct options *o, char **argv, struct err *e)
{
	static struct supervisor s; /* large; there is one */
	cleanup_buf struct buf hello = BUF_MAX(HELLO_MAX);
	struct timespec t;
	int r;

	/* As coarse as the times of files, lest a change just now seems older.
	 */
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &t);
	s.started_ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	s.options = o;
	s.argv = argv;
	s.report.options = o;
	s.report.command = argv[0];
	s.report.audit = -1;
	sig_save(&s.signals);
	limits_lift(&s.limits);
	s.report.shared = s.judge.shared = shared_new(e);
	if (s.report.shared == NULL)
		return -ENOMEM;
	if (o->audit != NULL) {
		s.report.audit = audit_open(o->audit, e);
		if (s.report.audit < 0)
			return s.report.audit;
	}
	r = learner_check(o->learn, e);
	if (r != 0)
		return r;
	s.judge.learning = o->learn != NULL;
	probe_machine(&s.probe);
	write_hello(&s, &hello);
	s.report.hello = buf_z(&hello);
	if (!s.probe.pid1 && strcmp(o->pid1, "app") != 0)
		(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (strcmp(o->pid1, "app") == 0)
		return app_run(&s, start, e);
	r = supervise_prepare(&s, e);
	if (r == 0)
		r = start(&s, e);
	if (r < 0)
		supervise_give_up(&s);
	return r;
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	struct options *o = opts;

	if (o->probe)
		return rest.n == 0 ? print_probe(e)
				   : err_set(e, ERR_USAGE, EINVAL,
					 "--probe takes no command");
	if (rest.n == 0)
		return err_set(e, ERR_USAGE, EINVAL, "COMMAND is missing");
	if (o->socket != NULL && strlen(o->socket) > SIDECAR_PATH_MAX)
		return err_set(e, ERR_USAGE, ENAMETOOLONG,
		    "--socket: longer than %d bytes", SIDECAR_PATH_MAX);
	if (o->socket == NULL && access(OPTIONS_SOCKET, F_OK) == 0)
		o->socket = OPTIONS_SOCKET;
	return wrap(o, rest.argv, e);
}
