/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include "appid/appid.h"
#include "field.h"
#include "pki/pki.h"
#include "request.h"
#include "store/store_apps.h"
#include "time/time.h"

enum { CONTAINERS_MAX = 64, NAME_MAX_BYTES = 1024, VERSION_MAX = 64 };

static void
put_time(struct jwrite *w, const char *key, int64_t ms)
{
	char text[TIME_TEXT];

	(void)time_format(ms / 1000, text);
	jwrite_kvz(w, key, text);
}

static void
certified(struct request *r, struct parcel *in)
{
	cleanup_buf struct buf b = BUF_MAX(1 << 20);
	struct jwrite w;

	jwrite_init(&w, &b);
	jwrite_record(&w, "enrolled");
	jwrite_kv(&w, "certificate", parcel_str(in));
	jwrite_kv(&w, "ca", parcel_str(in));
	jwrite_kv(&w, "policy_key", parcel_str(in));
	put_time(&w, "not_after", parcel_int(in));
	put_time(&w, "renew_at", parcel_int(in));
	jwrite_end(&w);
	buf_addc(&b, '\n');
	request_json(r, 200, &b);
}

void
wire_enrol(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);
	const struct jtree *t = request_body(r);
	struct str app = STR_NONE, boot, csr, version = STR("");
	char text[APPID_TEXT];
	struct appid id;
	struct err e = {0};
	int error;

	if (t == NULL)
		return;
	error = field_version(t, &e);
	if (error == 0)
		error = field_text(t, "app_id", APPID_TEXT, true, &app, &e);
	if (error == 0)
		error = appid_parse(app, &id, &e);
	if (error == 0)
		error = field_boot(t, &boot, &e);
	if (error == 0)
		error =
		    field_text(t, "version", VERSION_MAX, false, &version, &e);
	if (error == 0)
		error = field_lines(t, "csr", PKI_CSR_MAX, &csr, &e);
	if (error != 0) {
		request_bad(r, &e);
		return;
	}
	appid_text(&id, text);
	parcel_put(&b, r->secret_id);
	parcel_put(&b, str_make((const char *)r->secret_hash, SHA256_BYTES));
	parcel_putz(&b, text);
	parcel_put(&b, boot);
	parcel_put(&b, version);
	parcel_put(&b, r->address);
	parcel_put(&b, csr);
	request_ask(r, MESSAGE_ENROL, &b, certified);
}

void
wire_renew(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);
	const struct jtree *t = request_body(r);
	struct str boot, csr;
	struct err e = {0};
	int error;

	if (t == NULL)
		return;
	error = field_version(t, &e);
	if (error == 0)
		error = field_boot(t, &boot, &e);
	if (error == 0)
		error = field_lines(t, "csr", PKI_CSR_MAX, &csr, &e);
	if (error != 0) {
		request_bad(r, &e);
		return;
	}
	parcel_put(&b, r->serial);
	parcel_put(&b, r->app);
	parcel_put(&b, boot);
	parcel_put(&b, csr);
	request_ask(r, MESSAGE_RENEW, &b, certified);
}

/* ---- status ------------------------------------------------------------- */

struct status {
	struct str boot, version;
	int64_t runtime, waas, age_s, lost, spooled;
};

static int
write_container(const struct jtree *t, struct jwrite *w, struct err *e)
{
	static const char *const names[] = {
	    "name", "image", "digest", "mode", "tier"};
	int r = 0;

	jwrite_object(w);
	for (size_t i = 0; i < sizeof names / sizeof *names && r == 0; i++) {
		struct str s = STR_NONE;

		r = field_text(t, names[i], NAME_MAX_BYTES, false, &s, e);
		if (s.p != NULL)
			jwrite_kv(w, names[i], s);
	}
	jwrite_end(w);
	return r;
}

static int
write_containers(const struct jtree *list, struct buf *out, struct err *e)
{
	struct jwrite w;
	size_t n = 0;
	int r = 0;

	jwrite_init(&w, out);
	jwrite_array(&w);
	if (!jtree_is_null(list) && list->kind == JSCAN_ARRAY)
		for (const struct jtree *t = list->first;
		     t != NULL && r == 0 && n++ < CONTAINERS_MAX; t = t->next)
			if (t->kind == JSCAN_OBJECT)
				r = write_container(t, &w, e);
	jwrite_end(&w);
	return r == 0 && jwrite_end_text(&w) != 0
		   ? err_set(e, ERR_PERM, 1, "containers: too large")
		   : r;
}

static int
read_status(const struct jtree *t, struct status *s, struct err *e)
{
	const int64_t most = (int64_t)1 << 53;
	const struct jtree *policy = jtree_get(t, "policy");
	int r = field_version(t, e);

	if (r == 0)
		r = field_boot(t, &s->boot, e);
	if (r == 0)
		r = field_text(
		    t, "version", VERSION_MAX, false, &s->version, e);
	if (r == 0)
		r = field_int(
		    policy, "runtime", 0, most, false, &s->runtime, e);
	if (r == 0)
		r = field_int(policy, "waas", 0, most, false, &s->waas, e);
	if (r == 0)
		r = field_int(t, "policy_age_s", 0, most, false, &s->age_s, e);
	if (r == 0)
		r = field_int(t, "lost", 0, most, false, &s->lost, e);
	if (r == 0)
		r = field_int(t, "spooled", 0, most, false, &s->spooled, e);
	return r;
}

static void
noted(struct request *r, struct parcel *in)
{
	(void)in;
	request_answer(r, 204, NULL, NULL, 0, STR(""));
}

void
wire_status(struct request *r)
{
	cleanup_buf struct buf b = BUF_MAX(256 * 1024);
	cleanup_buf struct buf containers = BUF_MAX(STORE_CONTAINERS_MAX);
	const struct jtree *t = request_body(r);
	struct status s = {.version = STR("")};
	struct err e = {0};

	if (t == NULL)
		return;
	if (read_status(t, &s, &e) != 0 ||
	    write_containers(jtree_get(t, "containers"), &containers, &e) !=
		0) {
		request_bad(r, &e);
		return;
	}
	parcel_put(&b, r->app);
	parcel_put(&b, s.boot);
	parcel_put(&b, buf_str(&containers));
	parcel_put(&b, s.version);
	parcel_put(&b, r->address);
	parcel_put_int(&b, s.runtime);
	parcel_put_int(&b, s.waas);
	parcel_put_int(&b, s.age_s);
	parcel_put_int(&b, s.lost);
	parcel_put_int(&b, s.spooled);
	request_ask(r, MESSAGE_STATUS, &b, noted);
}
