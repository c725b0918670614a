/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "secret.h"
#include "store/store_secrets.h"
#include "store/store_tokens.h"
#include "time/time.h"
#include "writer.h"

/* What the store said to a new one: the answer, if it is not yes. */
static bool
added(struct writer *w, struct writer_answer *a, int r, const struct err *e)
{
	if (r == 0)
		w->keys = true;
	else if (r == -E2BIG || r == -EINVAL)
		writer_refuse(a, 400, NULL, "%s", e->text);
	else
		writer_failed(w, a, e);
	return r == 0;
}

static void
revoked(struct writer *w, struct writer_answer *a, struct str who,
    const char *what, struct str id, int r, const struct err *e)
{
	if (r < 0) {
		writer_failed(w, a, e);
	} else if (r == 0) {
		writer_refuse(a, 404, NULL, "there is none of that id");
	} else {
		w->keys = true;
		writer_told(w, who, what, id);
	}
}

void
writer_token_add(struct writer *w, struct parcel *in, struct writer_answer *a)
{
	char text[SECRET_TEXT], id[SECRET_ID + 1], about[400];
	struct store_token t = {0};
	struct err e = {0};
	int r;

	t.by = parcel_str(in);
	t.name = parcel_str(in);
	t.scopes = parcel_str(in);
	t.expires_ms = parcel_int(in);
	t.created_ms = time_now_ms();
	r = secret_make(SECRET_TOKEN, text, id, t.sha256);
	t.id = str_of(id);
	if (r != 0)
		(void)err_set(&e, ERR_TEMP, -r, "getrandom: %s", strerror(-r));
	else
		r = store_token_add(w->store, &t, &e);
	if (!added(w, a, r, &e))
		return;
	parcel_putz(&a->payload, id);
	parcel_putz(&a->payload, text);
	explicit_bzero(text, sizeof text);
	(void)snprintf(about, sizeof about, "%s \"%.*s\": %.*s", id,
	    STR_ARG(t.name), STR_ARG(t.scopes));
	writer_told(w, t.by, "tokens/add", str_of(about));
}

void
writer_token_revoke(
    struct writer *w, struct parcel *in, struct writer_answer *a)
{
	struct str who = parcel_str(in), id = parcel_str(in);
	struct err e = {0};
	int r = store_token_revoke(w->store, id, time_now_ms(), &e);

	revoked(w, a, who, "tokens/revoke", id, r, &e);
}

void
writer_used(struct writer *w, struct parcel *in)
{
	struct str id = parcel_str(in);
	struct err e = {0};

	if (in->bad || writer_begin(w, &e) != 0)
		return;
	(void)store_token_used(w->store, id, time_now_ms(), &e);
	loop_at(w->loop, &w->commit, loop_now_ms(w->loop));
}

void
writer_secret_add(struct writer *w, struct parcel *in, struct writer_answer *a)
{
	char text[SECRET_TEXT], id[SECRET_ID + 1], about[400];
	struct store_secret s = {0};
	struct err e = {0};
	int r;

	s.by = parcel_str(in);
	s.app = parcel_str(in);
	s.note = parcel_str(in);
	s.expires_ms = parcel_int(in);
	s.max_live = (uint32_t)parcel_int(in);
	s.created_ms = time_now_ms();
	r = secret_make(SECRET_ENROL, text, id, s.sha256);
	s.id = str_of(id);
	if (r != 0)
		(void)err_set(&e, ERR_TEMP, -r, "getrandom: %s", strerror(-r));
	else
		r = store_secret_add(w->store, &s, &e);
	if (!added(w, a, r, &e))
		return;
	parcel_putz(&a->payload, id);
	parcel_putz(&a->payload, text);
	explicit_bzero(text, sizeof text);
	(void)snprintf(about, sizeof about, "%s for %.*s", id, STR_ARG(s.app));
	writer_told(w, s.by, "enrol-secrets/add", str_of(about));
}

void
writer_secret_revoke(
    struct writer *w, struct parcel *in, struct writer_answer *a)
{
	struct str who = parcel_str(in), id = parcel_str(in);
	struct err e = {0};
	int r = store_secret_revoke(w->store, id, time_now_ms(), &e);

	revoked(w, a, who, "enrol-secrets/revoke", id, r, &e);
}
