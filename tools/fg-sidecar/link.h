/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link: the task's connection to the Console (fg-sidecar(8), THE CONSOLE). One
 * connection waits for policies, the other one brings all else. Whatever goes
 * wrong is tried again for ever; the task is never held up by it.
 */
#ifndef FG_SIDECAR_LINK_H
#define FG_SIDECAR_LINK_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "httpc/httpc.h"
#include "identity.h"

struct task;

enum {
	LINK_FDS = 2,
	LINK_CA_MAX = 256 * 1024,    /* bytes of the CAs that are pinned */
	LINK_SECRET_MAX = 4096,      /* bytes of the enrolment secret */
	LINK_SPREAD_MS = 5000,       /* many tasks start at once */
	LINK_STATUS_MS = 10000,      /* between two reports, at least; */
	LINK_STATUS_OLD_MS = 300000, /* and at most, about */
	LINK_REFUSED_MAX = 1 << 20   /* bytes of DIR/refused.ndjson */
};

struct link_config {
	const char *url, *proxy;
	const char *data;  /* the directory */
	struct str ca;     /* PEM; empty: the system's CAs */
	struct str secret; /* to enrol; empty: none */
	bool spread;       /* wait up to LINK_SPREAD_MS before the first try */
};

enum link_job {
	LINK_NOTHING,
	LINK_ENROL,
	LINK_RENEW,
	LINK_AUDITS,
	LINK_STATUS,
};

/* A batch on its way, and how large the next one may be. */
struct link_batch {
	struct buf lines;  /* as they are, each ended by LF */
	struct buf packed; /* gzipped */
	size_t n;          /* of the lines */
	uint64_t last;     /* position of the last */
	size_t most;       /* records of the next one */
};

struct link {
	struct task *task;
	struct link_config cfg;
	struct identity identity;
	struct buf ca; /* pinned ones, and those that the Console named */
	struct tls_context *tls;
	struct httpc *down, *up;

	struct httpc_call poll; /* of `down` */
	struct buf poll_fields;
	char etag[IDENTITY_WORD_MAX];
	int64_t polled_ms; /* when the last poll began */
	struct backoff poll_later;

	struct httpc_call call; /* of `up` */
	struct buf call_fields, call_body;
	struct buf new_key;
	enum link_job job;
	struct backoff later;
	/* Of certificates: until one that came of it was taken. */
	struct backoff enrol_later;
	struct link_batch batch;

	int64_t start_ms;          /* not before: the spread */
	int64_t renew_ms, dead_ms; /* of the certificate */
	int64_t status_ms;         /* when the next one may go */
	bool status_due;

	bool was_up, told_lost, told_refused;
	int64_t lost_ms;
	/*
	 * When the Console last said that the policy holds, s since 1970 and
	 * by the monotonic clock; 0: never.
	 */
	int64_t confirmed_s, confirmed_ms;
	bool stopping;
	int64_t version_runtime, version_waas; /* -1: none */
};

/*
 * What was kept of an earlier life is taken; nothing is asked yet. cfg's
 * strings must live on. ERR_USAGE: the URL; ERR_PERM: data, the CA.
 */
int link_open(struct link *l, const struct link_config *cfg, struct task *t,
    struct err *e);
void link_free(struct link *l);

/* poll(2) for these; until then; and go on. */
void link_ask(const struct link *l, struct pollfd fds[LINK_FDS]);
int64_t link_next(const struct link *l);
void link_work(
    struct link *l, const struct pollfd fds[LINK_FDS], int64_t now_ms);

/* The containers or the policy changed: say so. */
void link_report(struct link *l);

/* The task ends: no time for long pauses. */
void link_stop(struct link *l, int64_t now_ms);

/* The Console has all that there is to have. */
bool link_drained(const struct link *l);

/* How old the policy is that the Console gave, s; -1: it gave none. */
int64_t link_policy_age(const struct link *l, int64_t now_ms);

/* ---- between the files of link ------------------------------------------ */

/* link_http.c: contexts and connections anew, from identity. */
int link_connect(struct link *l, struct err *e);
/* Ask on `up`; path below /api/v1/sidecar/. */
void link_post(struct link *l, enum link_job job, const char *path,
    unsigned timeout_ms, int64_t now_ms);
/* An answer came, or none: tell what changed. */
void link_heard(struct link *l, const struct httpc_call *call);
/* Is it that our certificate is not (or no longer) good? Then it is dropped. */
bool link_rejected(struct link *l, const struct httpc_call *call);
/* Seconds of Retry-After; 0: none. */
int64_t link_retry_after(const struct httpc_call *call);

/* link_enrol.c */
void link_enrol(struct link *l, enum link_job job, int64_t now_ms);
void link_enrolled(struct link *l, int64_t now_ms);
void link_plan_renewal(struct link *l, int64_t now_ms);

/* link_policy.c */
void link_policy_load(struct link *l);
void link_policy_ask(struct link *l, int64_t now_ms);

/* link_audits.c: false: there was nothing to send. */
bool link_audits_send(struct link *l, int64_t now_ms);
void link_audits_sent(struct link *l, int64_t now_ms);

/* link_status.c */
void link_status_send(struct link *l, int64_t now_ms);

#endif
