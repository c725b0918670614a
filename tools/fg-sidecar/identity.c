/* SPDX-License-Identifier: Apache-2.0 */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base64/base64.h"
#include "jtree/jtree.h"
#include "jwrite/jwrite.h"
#include "pki/pki.h"
#include "time/time.h"

enum { PATH_TEXT = 4096, TREE = 64, FILE_MAX_BYTES = 5 * IDENTITY_TEXT_MAX };

static const char *
path(const struct identity *x, const char *name, char to[PATH_TEXT])
{
	(void)snprintf(to, PATH_TEXT, "%s/%s", x->dir, name);
	return to;
}

int
identity_open(struct identity *x, const char *data, struct err *e)
{
	*x = (struct identity){.key = BUF_MAX(IDENTITY_TEXT_MAX),
	    .certificate = BUF_MAX(IDENTITY_TEXT_MAX),
	    .ca = BUF_MAX(IDENTITY_TEXT_MAX),
	    .policy_key = BUF_MAX(IDENTITY_TEXT_MAX)};
	if (snprintf(x->dir, sizeof x->dir, "%s/link", data) >=
	    (int)sizeof x->dir)
		return err_set(e, ERR_PERM, ENAMETOOLONG, "--data: %s",
		    strerror(ENAMETOOLONG));
	if (mkdir(x->dir, 0700) != 0 && errno != EEXIST)
		return err_set(e, ERR_PERM, errno, "--data: %s: %s", x->dir,
		    strerror(errno));
	return 0;
}

void
identity_free(struct identity *x)
{
	pki_wipe(&x->key);
	buf_free(&x->certificate);
	buf_free(&x->ca);
	buf_free(&x->policy_key);
}

bool
identity_any(const struct identity *x)
{
	return x->key.n > 0 && x->certificate.n > 0;
}

/* ---- the certificate ---------------------------------------------------- */

/* A member that is a PEM text, into b. */
static int
text(const struct jtree *t, const char *key, struct buf *b, struct err *e)
{
	struct str s = jtree_str(jtree_get(t, key));

	buf_reset(b);
	buf_adds(b, s);
	if (s.n == 0 || buf_error(b) != 0)
		return err_set(e, ERR_PERM, EBADMSG,
		    "the Console's answer has no usable %s", key);
	return 0;
}

static int
understand(struct identity *x, const struct jtree *t, struct err *e)
{
	struct pki_facts facts;
	int r = text(t, "certificate", &x->certificate, e);

	if (r == 0)
		r = text(t, "ca", &x->ca, e);
	if (r == 0)
		r = text(t, "policy_key", &x->policy_key, e);
	if (r == 0)
		r = pki_cert_facts(buf_str(&x->certificate), &facts, e);
	if (r != 0)
		return r;
	/* How long it lives is the Console's to say, whatever our clock is. */
	x->made = facts.not_before + PKI_SKEW;
	x->not_after = facts.not_after;
	if (!time_parse(jtree_str(jtree_get(t, "renew_at")), &x->renew_at))
		x->renew_at = x->made + (x->not_after - x->made) / 2;
	if (x->renew_at < x->made || x->not_after <= x->made)
		return err_set(e, ERR_PERM, EBADMSG,
		    "the Console's certificate has no life left");
	return 0;
}

static void
set_boot(struct identity *x, struct str boot)
{
	(void)snprintf(x->boot, sizeof x->boot, "%.*s",
	    STR_ARG(str_sub(boot, 0, sizeof x->boot - 1)));
}

static int
parse(struct identity *x, struct str record, const char *type, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE * (record.n + 1024));
	const struct jtree *t;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = jtree_parse(a, record, "the Console's answer", &t, e);
	if (r != 0)
		return r;
	if (!str_eqz(jtree_str(jtree_get(t, "type")), type))
		return err_set(e, ERR_PERM, EBADMSG,
		    "the Console's answer is no \"%s\"", type);
	if (jtree_str(jtree_get(t, "certificate")).n == 0 &&
	    strcmp(type, "identity") == 0) {
		/* It was given up: what signs policies is all there is. */
		r = text(t, "ca", &x->ca, e);
		return r != 0 ? r : text(t, "policy_key", &x->policy_key, e);
	}
	r = understand(x, t, e);
	if (r != 0 || jtree_is_null(jtree_get(t, "key")))
		return r;
	set_boot(x, jtree_str(jtree_get(t, "boot")));
	return text(t, "key", &x->key, e);
}

static int
save(const struct identity *x, struct err *e)
{
	struct buf b = BUF_MAX(FILE_MAX_BYTES);
	char to[PATH_TEXT], when[TIME_TEXT];
	struct jwrite w;
	int r;

	(void)time_format(x->renew_at, when);
	jwrite_init(&w, &b);
	jwrite_record(&w, "identity");
	jwrite_kv(&w, "key", buf_str(&x->key));
	jwrite_kv(&w, "certificate", buf_str(&x->certificate));
	jwrite_kv(&w, "ca", buf_str(&x->ca));
	jwrite_kv(&w, "policy_key", buf_str(&x->policy_key));
	jwrite_kvz(&w, "renew_at", when);
	jwrite_kvz(&w, "boot", x->boot);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	r = jwrite_end_text(&w) != 0
		? err_nomem(e)
		: fd_save(path(x, "identity.json", to), buf_str(&b), 0600, e);
	pki_wipe(&b);
	return r;
}

void
identity_forget(struct identity *x)
{
	struct err e = {0};
	char to[PATH_TEXT];

	pki_wipe(&x->key);
	buf_free(&x->certificate);
	if (x->policy_key.n > 0 && save(x, &e) == 0)
		return;
	if (e.text[0] != '\0')
		log_error("%s", e.text);
	(void)unlink(path(x, "identity.json", to));
}

/* x becomes y, which is empty then. */
static void
become(struct identity *x, struct identity *y)
{
	identity_free(x);
	memcpy(y->dir, x->dir, sizeof y->dir);
	*x = *y;
}

static struct identity
fresh(const struct identity *x)
{
	struct identity y = *x;

	y.key = y.certificate = y.ca = y.policy_key =
	    BUF_MAX(IDENTITY_TEXT_MAX);
	return y;
}

int
identity_take(struct identity *x, struct str key, struct str boot,
    struct str record, struct err *e)
{
	struct identity y = fresh(x);
	struct err of_disk = {0};
	int r = parse(&y, record, "enrolled", e);

	buf_reset(&y.key);
	buf_adds(&y.key, key);
	set_boot(&y, boot);
	if (r == 0 && buf_error(&y.key) != 0)
		r = err_nomem(e);
	if (r != 0) {
		identity_free(&y);
		return r;
	}
	if (save(&y, &of_disk) != 0)
		log_error("%s; it is not there after a restart", of_disk.text);
	become(x, &y);
	return 0;
}

int
identity_load(struct identity *x, struct err *e)
{
	struct buf b = BUF_MAX(FILE_MAX_BYTES);
	struct identity y = fresh(x);
	char from[PATH_TEXT];
	const char *what = NULL;
	int r;

	if (access(path(x, "identity.json", from), F_OK) != 0)
		return -ENOENT;
	r = fd_read_input(from, &b, &what, e);
	if (r == 0)
		r = parse(&y, str_trim(buf_str(&b)), "identity", e);
	if (r == 0 && y.key.n == 0 && y.certificate.n > 0)
		r = err_set(e, ERR_PERM, EBADMSG, "%s: no key", from);
	if (r == 0)
		become(x, &y);
	else
		identity_free(&y);
	pki_wipe(&b);
	return r;
}

/* ---- the policies ------------------------------------------------------- */

int
identity_verify(const struct identity *x, struct str body, struct str signature,
    struct err *e)
{
	cleanup_buf struct buf raw = BUF_MAX(IDENTITY_WORD_MAX);

	if (!base64_decode(signature, &raw) || raw.n != PKI_SIGNATURE)
		return err_set(
		    e, ERR_NO, EBADMSG, "the policies have no signature");
	return pki_verify(buf_str(&x->policy_key), body, buf_str(&raw), e);
}

int
identity_save_policy(
    const struct identity *x, const struct identity_policy *p, struct err *e)
{
	cleanup_buf struct buf b = BUF_MAX(IDENTITY_POLICY_MAX + 4096);
	char to[PATH_TEXT];
	struct jwrite w;

	jwrite_init(&w, &b);
	jwrite_record(&w, "policies");
	jwrite_kvz(&w, "etag", p->etag);
	jwrite_kvz(&w, "signature", p->signature);
	jwrite_end(&w);
	buf_addc(&b, '\n');
	buf_adds(&b, buf_str(&p->body));
	if (jwrite_end_text(&w) != 0 || buf_error(&b) != 0)
		return err_nomem(e);
	return fd_save(path(x, "policies.ndjson", to), buf_str(&b), 0600, e);
}

void
identity_touch_policy(const struct identity *x)
{
	char to[PATH_TEXT];

	(void)utimensat(AT_FDCWD, path(x, "policies.ndjson", to), NULL, 0);
}

static int
read_head(struct identity_policy *p, struct str line, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(TREE * (line.n + 1024));
	const struct jtree *t;
	int r = a == NULL ? err_nomem(e) : jtree_parse(a, line, "", &t, e);

	if (r != 0)
		return r;
	(void)snprintf(p->etag, sizeof p->etag, "%.*s",
	    STR_ARG(jtree_str(jtree_get(t, "etag"))));
	(void)snprintf(p->signature, sizeof p->signature, "%.*s",
	    STR_ARG(jtree_str(jtree_get(t, "signature"))));
	return 0;
}

int
identity_load_policy(
    const struct identity *x, struct identity_policy *p, struct err *e)
{
	cleanup_buf struct buf b = BUF_MAX(IDENTITY_POLICY_MAX + 4096);
	struct str line, rest;
	char from[PATH_TEXT];
	const char *what = NULL;
	struct stat st;
	int r;

	p->body = BUF_MAX(IDENTITY_POLICY_MAX);
	if (stat(path(x, "policies.ndjson", from), &st) != 0)
		return -ENOENT;
	r = fd_read_input(from, &b, &what, e);
	if (r != 0)
		return r;
	(void)str_cut(buf_str(&b), '\n', &line, &rest);
	r = read_head(p, line, e);
	if (r == 0)
		r = identity_verify(x, rest, str_of(p->signature), e);
	if (r != 0) {
		err_prefix(e, "%s", from);
		return r;
	}
	p->confirmed = st.st_mtim.tv_sec;
	buf_adds(&p->body, rest);
	return buf_error(&p->body) != 0 ? err_nomem(e) : 0;
}
