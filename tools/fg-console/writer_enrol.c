/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "appid/appid.h"
#include "secret.h"
#include "store/store_apps.h"
#include "store/store_secrets.h"
#include "time/time.h"
#include "writer.h"

enum { MEMORY_MAX = 1 << 20, HOUR_MS = 3600 * 1000 };

/* Who asks for a certificate. */
struct asking {
	struct str app, boot, csr;
	struct str secret;
	uint32_t max_live;
	int64_t now_ms, life_ms;
};

static int64_t
life_ms(const struct options *o)
{
	return o->certificate_life_s > 0 ? o->certificate_life_s * 1000
					 : o->certificate_hours * HOUR_MS;
}

/* A name alone is that of the task: all its App IDs. */
static bool
is_for(struct str pattern, const struct appid *id)
{
	if (str_chr(pattern, ':') == pattern.n &&
	    str_chr(pattern, '*') == pattern.n)
		return str_eqz(pattern, id->name);
	return appid_match(pattern, id);
}

static void
refuse(struct writer *w, struct writer_answer *a, int status,
    const char *reason, const char *msg)
{
	board_add(w->row, BOARD_ENROL_REFUSED, 1);
	writer_refuse(a, status, reason, "%s", msg);
}

/* May it have one by that secret? */
static bool
allowed(struct writer *w, const struct store_secret *s,
    const unsigned char hash[SHA256_BYTES], const struct asking *who,
    struct writer_answer *a)
{
	struct appid id;

	if (!secret_same(s->sha256, hash))
		refuse(w, a, 401, "secret", "no such enrolment secret");
	else if (s->revoked_ms != 0)
		refuse(w, a, 403, "revoked", "the secret was revoked");
	else if (s->expires_ms <= who->now_ms)
		refuse(w, a, 403, "expired", "the secret has expired");
	else if (appid_parse(who->app, &id, NULL) != 0 || !is_for(s->app, &id))
		refuse(w, a, 403, "not-for-this-app",
		    "the secret is for other App IDs");
	return a->status == 0;
}

static void
give(struct writer *w, const struct asking *who, const struct buf *cert,
    struct writer_answer *a)
{
	parcel_put(&a->payload, buf_str(cert));
	parcel_put(&a->payload, buf_str(&w->bundle));
	parcel_put(&a->payload, buf_str(&w->policy_key));
	parcel_put_int(&a->payload, who->now_ms + who->life_ms);
	parcel_put_int(&a->payload, who->now_ms + who->life_ms / 2);
}

/* Sign, and keep that it was; false: refused or failed. */
static bool
certify(struct writer *w, const struct asking *who, struct writer_answer *a)
{
	cleanup_buf struct buf cert = BUF_MAX(PKI_PEM_MAX);
	struct pki_facts facts;
	struct store_certificate c;
	char uri[PKI_URI];
	struct err e = {0};
	int r = pki_app_uri(who->app, uri, &e);

	if (r == 0)
		r = pki_csr_sign(w->ca, who->csr, uri,
		    (who->now_ms + who->life_ms) / 1000, &cert, &facts, &e);
	if (r != 0) {
		refuse(w, a, 400, "csr", e.text);
		return false;
	}
	c = (struct store_certificate){.serial = str_of(facts.serial),
	    .app = who->app,
	    .boot = who->boot,
	    .secret = who->secret,
	    .issued_ms = who->now_ms,
	    .not_after_ms = facts.not_after * 1000};
	r = store_certificate_add(w->store, &c, who->max_live, &e);
	if (r < 0) {
		writer_failed(w, a, &e);
		return false;
	}
	if (r == 0) {
		refuse(w, a, 403, "too-many",
		    "as many tasks as the secret allows are enrolled");
		return false;
	}
	give(w, who, &cert, a);
	return true;
}

static void
note_app(struct writer *w, const struct asking *who, struct str version,
    struct str address)
{
	const struct store_app app = {.app = who->app,
	    .boot = who->boot,
	    .containers = STR("[]"),
	    .version = version,
	    .address = address,
	    .first_ms = who->now_ms,
	    .last_ms = who->now_ms};
	struct err e = {0};

	(void)store_app_put(w->store, &app, &e);
	writer_tell(w, &(struct writer_event){.name = "enrol",
			   .severity = "info",
			   .app = who->app,
			   .actor = who->secret,
			   .what = STR("enrol"),
			   .msg = "a task enrolled"});
}

/* secret-id hash app boot version address csr */
void
writer_enrol(struct writer *w, struct parcel *in, struct writer_answer *a)
{
	cleanup_arena struct arena *arena = arena_new(MEMORY_MAX);
	struct str id = parcel_str(in), hash = parcel_str(in), version, address;
	struct asking who = {.secret = id, .now_ms = time_now_ms()};
	struct store_secret s;
	struct err e = {0};
	int r;

	who.app = parcel_str(in);
	who.boot = parcel_str(in);
	version = parcel_str(in);
	address = parcel_str(in);
	who.csr = parcel_str(in);
	who.life_ms = life_ms(w->o);
	if (arena == NULL || hash.n != SHA256_BYTES) {
		(void)err_nomem(&e);
		writer_failed(w, a, &e);
		return;
	}
	r = store_secret_get(w->store, id, who.now_ms, arena, &s, &e);
	if (r < 0) {
		writer_failed(w, a, &e);
		return;
	}
	if (r == 0) {
		refuse(w, a, 401, "secret", "no such enrolment secret");
		return;
	}
	who.max_live = s.max_live;
	if (!allowed(w, &s, (const unsigned char *)hash.p, &who, a) ||
	    !certify(w, &who, a))
		return;
	board_add(w->row, BOARD_ENROLLED, 1);
	note_app(w, &who, version, address);
}

/* serial app boot csr */
void
writer_renew(struct writer *w, struct parcel *in, struct writer_answer *a)
{
	cleanup_arena struct arena *arena = arena_new(MEMORY_MAX);
	struct str serial = parcel_str(in);
	struct asking who = {.now_ms = time_now_ms()};
	struct store_certificate c;
	struct err e = {0};
	int r;

	who.app = parcel_str(in);
	who.boot = parcel_str(in);
	who.csr = parcel_str(in);
	who.life_ms = life_ms(w->o);
	if (arena == NULL) {
		(void)err_nomem(&e);
		writer_failed(w, a, &e);
		return;
	}
	r = store_certificate_get(w->store, serial, arena, &c, &e);
	if (r < 0) {
		writer_failed(w, a, &e);
		return;
	}
	if (r == 0 || !str_eq(c.app, who.app)) {
		refuse(w, a, 401, "unknown-certificate", "enrol anew");
		return;
	}
	if (!str_eq(c.boot, who.boot)) {
		refuse(w, a, 403, "other-boot",
		    "the certificate is another start's");
		return;
	}
	who.secret = c.secret;
	if (certify(w, &who, a))
		board_add(w->row, BOARD_RENEWED, 1);
}

/* app boot containers version address runtime waas age lost spooled */
void
writer_status(struct writer *w, struct parcel *in, struct writer_answer *a)
{
	struct store_app app = {0};
	struct err e = {0};

	app.app = parcel_str(in);
	app.boot = parcel_str(in);
	app.containers = parcel_str(in);
	app.version = parcel_str(in);
	app.address = parcel_str(in);
	app.runtime_version = (uint64_t)parcel_int(in);
	app.waas_version = (uint64_t)parcel_int(in);
	app.policy_age_s = (uint64_t)parcel_int(in);
	app.lost = (uint64_t)parcel_int(in);
	app.spooled = (uint64_t)parcel_int(in);
	app.first_ms = app.last_ms = time_now_ms();
	if (store_app_put(w->store, &app, &e) != 0)
		writer_failed(w, a, &e);
}
