/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_audits: events (fg-event(5)) by the day of their receipt, UTC. They
 * are in the order of their receipt; each has an id that grows with it.
 */
#ifndef FG_STORE_STORE_AUDITS_H
#define FG_STORE_STORE_AUDITS_H

#include "store.h"

enum {
	STORE_EVENT_MAX = 64 * 1024,         /* bytes of an event's body */
	STORE_APPEND_MAX = 50000,            /* events of one store_append() */
	STORE_PAGE_MAX = 1000,               /* rows of a page */
	STORE_PAGE_BYTES = 8 * 1024 * 1024,  /* of their bodies; one row more
					      * may be longer */
	STORE_PAGE_ARENA = 16 * 1024 * 1024, /* that are enough for a page */
	STORE_LOOK_MAX = 1000000,            /* rows looked at for a page */
	STORE_SEARCH_MAX = 256,              /* bytes of `search` */
	STORE_WORDS_MAX = 64,                /* of a filter */
	STORE_RANGES_MAX = 256, /* of one boot; see store_append() */
};

enum store_kind {
	STORE_RUNTIME,
	STORE_WAAS,
	STORE_LIFECYCLE,
	STORE_SCAN,
	STORE_LOST,
	STORE_KINDS
};

enum store_severity {
	STORE_INFO,
	STORE_LOW,
	STORE_MEDIUM,
	STORE_HIGH,
	STORE_CRITICAL,
	STORE_SEVERITIES
};

enum store_action {
	STORE_ALLOW,
	STORE_ALERT,
	STORE_PREVENT,
	STORE_BLOCK,
	STORE_BAN,
	STORE_NONE,
	STORE_ACTIONS
};

/* Their words in events: "runtime", "info", "allow". -1: no such word. */
int store_kind_of(struct str text);
int store_severity_of(struct str text);
int store_action_of(struct str text);
const char *store_kind_text(enum store_kind kind);
const char *store_severity_text(enum store_severity severity);
const char *store_action_text(enum store_action action);

struct store_event {
	struct str app;  /* not empty */
	struct str boot; /* STORE_BOOT hexadecimal digits, in small letters */
	uint64_t seq;    /* below 2^63 */
	int64_t ts_ms;   /* when it happened, as the event says */
	enum store_kind kind;
	enum store_severity severity;
	enum store_action action;
	struct str name;             /* "process.exec" */
	struct str container, image; /* may be empty, as the next ones */
	struct str rule;             /* of the policy */
	struct str type;             /* of the attack or detection */
	struct str body;             /* the record, without a newline */
};

/*
 * From a record of fg-event(5), of which line has the text: body is that line,
 * app is as given (what the event says of it does not count), and type is
 * rule.id, or match.class where there is one. Strings lie in a, or in line.
 * -EINVAL, ERR_PERM, with the member that is wrong.
 */
int store_event_read(struct arena *a, struct str line, struct str app,
    struct store_event *ret, struct err *e);

enum store_stored {
	STORE_NEW,       /* it is on the disk now */
	STORE_DUPLICATE, /* it was before; nothing was written */
	STORE_REFUSED,   /* a member is not as struct store_event says */
};

struct store_batch {
	const struct store_event *events;
	size_t n;
	unsigned char *answers; /* n of enum store_stored are written */
};

/*
 * Make the events of n batches durable, in one transaction for all of them.
 * An event that is there already, with the same app, boot and seq, in these
 * batches or in those before, is a duplicate.
 *
 * What was received is remembered per app and boot as ranges of seq, until the
 * last day with audits of that boot is removed. Past STORE_RANGES_MAX ranges
 * the one of the lowest numbers is forgotten: an event of it that comes again
 * is stored again. So no event is ever taken for a duplicate that is none.
 *
 * A clock that was set back by up to two days changes nothing: days do not go
 * back. By more, audits go into the file of their day, and who follows the
 * newest does not see them until the clock is there again.
 *
 * -ENOSPC, ERR_TEMP: no room; no answer is valid then, as after all errors.
 */
int store_append(struct store *s, struct store_batch *batches, size_t n,
    int64_t now_ms, struct err *e);

/*
 * Any of n words, of STORE_APP_MAX bytes at most; 0 of them: all. A word with
 * '*' is a pattern of glob_match(), letters in either case; one without is the
 * text itself, to the letter.
 */
struct store_words {
	const struct str *v;
	size_t n; /* STORE_WORDS_MAX at most */
};

/* What is wanted; zero for all. */
struct store_filter {
	int64_t from_ms, to_ms; /* ts_ms, the first included; 0: open */
	struct store_words apps, images, containers, rules, types, names;
	uint32_t kinds, severities, actions; /* bits 1 << …; 0: all */
	struct str search; /* in the body, ASCII letters in either case */
};

struct store_query {
	struct store_filter filter;
	bool oldest_first; /* else the newest */
	int64_t after;     /* behind this id, in the order asked for; 0: from
			    * the start */
	uint32_t skip;     /* so many that fit are left out first */
	uint32_t limit;    /* 1 to STORE_PAGE_MAX rows */
	uint32_t look;     /* 1 to STORE_LOOK_MAX rows are looked at */
};

struct store_row {
	int64_t id; /* above 0, below 2^53 */
	int64_t received_ms;
	struct store_event event;
};

struct store_page {
	struct store_row *rows;
	size_t n;
	/*
	 * Where the next page goes on (`after`), also when this one has no
	 * row; with oldest_first it is good for what comes later, too.
	 */
	int64_t next;
	bool more;         /* there may be more behind it by now */
	uint32_t skipped;  /* of `skip`, so far */
	uint32_t looked;   /* rows */
	uint32_t damaged;  /* days that could not be read and were left out */
	struct err damage; /* why, of the first of them */
};

/*
 * A page of audits. It ends at limit rows, at STORE_PAGE_BYTES, or when `look`
 * rows were looked at. Rows that arrive meanwhile may be in it or not; none is
 * left out between a page and the next. One App ID without '*', or a pattern
 * that few fit, costs what is shown, whatever else there is.
 */
int store_audits(struct store *s, const struct store_query *q, struct arena *a,
    struct store_page *ret, struct err *e);

/* One audit. 1; 0: there is none. */
int store_audit(struct store *s, int64_t id, struct arena *a,
    struct store_row *ret, struct err *e);

/* The id of the newest audit, 0 when there is none. */
int store_audit_newest(struct store *s, int64_t *id, struct err *e);

/* How many audits were received in an hour. */
struct store_count {
	int64_t hour_ms; /* when it began */
	enum store_kind kind;
	enum store_severity severity;
	enum store_action action;
	uint64_t n;
};

enum { STORE_COUNT_DAYS = 400 }; /* that may be asked for */

/*
 * Counts of the hours from that of from_ms to before to_ms, by hour, kind,
 * severity and action. -EINVAL, ERR_NO: more than STORE_COUNT_DAYS.
 */
int store_audit_counts(struct store *s, int64_t from_ms, int64_t to_ms,
    struct arena *a, struct store_count **ret, size_t *n, struct err *e);

#endif
