/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base64/base64.h"
#include "policy/policy.h"
#include "sha256/sha256.h"
#include "time/time.h"
#include "writer.h"

static void
changed_meanwhile(struct writer_answer *a, const char *kind, uint64_t newest)
{
	writer_refuse(a, 412, "changed",
	    "%s is at version %" PRIu64 " by now; read it and try again", kind,
	    newest);
}

/*
 * What the worker checked the new document against must be the newest still:
 * else a policy could name a collection that has just been taken away.
 */
static bool
seen_newest(struct writer *w, enum documents_kind own,
    const int64_t expect[DOCUMENTS_KINDS], struct writer_answer *a)
{
	struct err e = {0};

	for (int i = 0; i < DOCUMENTS_KINDS; i++) {
		const char *name = documents_name((enum documents_kind)i);
		uint64_t newest = 0;

		if (expect[i] < 0 || i == (int)own)
			continue;
		if (store_document_newest(w->store, name, &newest, &e) != 0) {
			writer_failed(w, a, &e);
			return false;
		}
		if (newest != (uint64_t)expect[i]) {
			changed_meanwhile(a, name, newest);
			return false;
		}
	}
	return true;
}

static void
tell_put(struct writer *w, struct str who, const char *kind, struct str body,
    uint64_t before, uint64_t after)
{
	char sha256[SHA256_HEX], msg[128];

	sha256_text(body, sha256);
	(void)snprintf(msg, sizeof msg, "%s: version %" PRIu64 " to %" PRIu64,
	    kind, before, after);
	writer_tell(w, &(struct writer_event){.name = "config.write",
			   .severity = "info",
			   .actor = who,
			   .what = str_of(kind),
			   .sha256 = str_of(sha256),
			   .before = (int64_t)before,
			   .after = (int64_t)after,
			   .msg = msg});
}

/* who kind body note, then what each kind's version must be (-1: any) */
void
writer_document_put(
    struct writer *w, struct parcel *in, struct writer_answer *a)
{
	struct str who = parcel_str(in), name = parcel_str(in), body, note;
	int64_t expect[DOCUMENTS_KINDS], now_ms = time_now_ms();
	uint64_t before = 0, version = 0;
	int kind = documents_kind_of(name), r;
	struct err e = {0};

	body = parcel_str(in);
	note = parcel_str(in);
	for (int i = 0; i < DOCUMENTS_KINDS; i++)
		expect[i] = parcel_int(in);
	if (in->bad || kind < 0 ||
	    !seen_newest(w, (enum documents_kind)kind, expect, a))
		return;
	r = store_document_newest(
	    w->store, documents_name((enum documents_kind)kind), &before, &e);
	if (r == 0)
		r = store_document_put(w->store,
		    documents_name((enum documents_kind)kind), body, who, note,
		    expect[kind] < 0 ? STORE_ANY : (uint64_t)expect[kind],
		    now_ms, &version, &e);
	if (r == -ESTALE)
		changed_meanwhile(
		    a, documents_name((enum documents_kind)kind), before);
	else if (r < 0)
		writer_failed(w, a, &e);
	else if (r > 0)
		tell_put(w, who, documents_name((enum documents_kind)kind),
		    body, before, version);
	parcel_put_int(&a->payload, (int64_t)version);
	parcel_put_int(&a->payload, r > 0);
}

/* ---- what a task gets --------------------------------------------------- */

/* A line for one kind, and its part of the hash: without the version. */
static int
put_policy(struct writer *w, enum documents_kind kind, struct str app,
    struct sha256 *hash, struct buf *out, struct err *e)
{
	const struct documents_one *one = &w->documents.all[kind];
	cleanup_buf struct buf policy = BUF_MAX(MESSAGE_MAX);
	struct jwrite j;
	int r;

	if (one->tree == NULL)
		return 0;
	jwrite_init(&j, &policy);
	r = policy_for_app(one->tree, w->documents.collections, app, &j, e);
	if (r != 0)
		return r;
	if (jwrite_end_text(&j) != 0)
		return err_nomem(e);
	sha256_add(hash, documents_name(kind), 4);
	sha256_add(hash, policy.p, policy.n);
	jwrite_init(&j, out);
	jwrite_record(&j, "policy");
	jwrite_kvz(&j, "kind", documents_name(kind));
	jwrite_kv_int(&j, "version", (int64_t)one->version);
	jwrite_kv_raw(&j, "policy", buf_str(&policy));
	jwrite_end(&j);
	buf_addc(out, '\n');
	return jwrite_end_text(&j) != 0 ? err_nomem(e) : 0;
}

/* Is the body not empty, sign it. */
static int
put_signed(struct writer *w, const struct buf *body, struct sha256 *hash,
    struct buf *out, struct err *e)
{
	unsigned char digest[SHA256_BYTES], signature[PKI_SIGNATURE];
	cleanup_buf struct buf text = BUF_MAX(256);
	char hex[SHA256_HEX];
	int r = 0;

	sha256_end(hash, digest);
	sha256_hex(digest, hex);
	if (body->n > 0)
		r = pki_sign(w->signer, buf_str(body), signature, e);
	if (r != 0)
		return r;
	if (body->n > 0)
		base64_encode(
		    str_make((const char *)signature, sizeof signature), &text);
	parcel_put(out, str_make(hex, 32));
	parcel_put(out, buf_str(body));
	parcel_put(out, buf_str(&text));
	board_add(w->row, BOARD_POLICIES_SIGNED, 1);
	return 0;
}

/* app: ETag, body and signature of what a task of it gets */
void
writer_policy(struct writer *w, struct parcel *in, struct writer_answer *a)
{
	cleanup_buf struct buf body = BUF_MAX(MESSAGE_MAX / 2);
	struct str app = parcel_str(in);
	struct sha256 hash;
	struct err e = {0};
	int r;

	sha256_init(&hash);
	r = put_policy(w, DOCUMENTS_RUNTIME, app, &hash, &body, &e);
	if (r == 0)
		r = put_policy(w, DOCUMENTS_WAAS, app, &hash, &body, &e);
	if (r == 0)
		r = put_signed(w, &body, &hash, &a->payload, &e);
	if (r != 0)
		writer_failed(w, a, &e);
}
