/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch_send.h"

#include <errno.h>
#include <string.h>

#define ACCEPT_MANIFEST                                                        \
	OCI_MEDIA_INDEX ", " DOCKER_MEDIA_LIST ", " OCI_MEDIA_MANIFEST         \
			", " DOCKER_MEDIA_MANIFEST

enum {
	AUTHORIZATION_MAX = 96 * 1024,
	SHOWN_MAX = 160,
	NONSENSE_MAX = 16 * 1024 * 1024
};

static bool
by_digest(const struct registry_fetch *f)
{
	return strchr(f->version, ':') != NULL;
}

void
registry_fetch_setup(
    struct registry_fetch *f, void (*done)(struct client_call *call))
{
	struct client_call *call = &f->call;

	f->url = BUF_MAX(URL_MAX);
	f->authorization = BUF_MAX(AUTHORIZATION_MAX);
	f->scope = BUF_MAX(URL_MAX);
	call->method = f->what == REGISTRY_HEAD ? CLIENT_HEAD : CLIENT_GET;
	call->accept = f->what == REGISTRY_BLOB ? "*/*" : ACCEPT_MANIFEST;
	call->max =
	    f->what == REGISTRY_BLOB ? OCI_CONFIG_MAX : OCI_MANIFEST_MAX;
	call->algorithm =
	    strncmp(f->version, "sha512:", 7) == 0 ? "sha512" : "sha256";
	call->follow = true;
	call->done = done;
	call->arg = f;
}

void
registry_fetch_send(struct registry_fetch *f, unsigned delay_ms)
{
	struct client_call *call = &f->call;

	client_call_reset(call);
	f->tries++;
	/* All parts passed a grammar without characters to escape. */
	buf_reset(&f->url);
	buf_addf(&f->url, "%s/v2/%s%s/%s/%s", f->endpoint.host->base,
	    f->endpoint.prefix, f->ref.repo,
	    f->what == REGISTRY_BLOB ? "blobs" : "manifests", f->version);
	call->url = buf_z(&f->url);
	call->authorization =
	    f->authorization.n > 0 ? buf_z(&f->authorization) : NULL;
	call->delay_ms = delay_ms;
	client_start(f->registry->client, call);
}

static int
differs(const struct registry_fetch *f, const char *what, struct str want,
    struct err *e)
{
	return err_set(e, ERR_PERM, EBADMSG, "%s: %s: %.*s, got %s",
	    f->endpoint.host->name, what, STR_ARG(want), f->call.digest);
}

/*
 * The digest as the registry's header has it; STR_NONE when there is none.
 * It goes into later requests and into records: it must be one.
 */
static int
said_digest(struct registry_fetch *f, struct str *said, struct err *e)
{
	if (!client_header(&f->call, "Docker-Content-Digest", 0, said)) {
		*said = STR_NONE;
		return 0;
	}
	if (imageref_digest_ok(*said))
		return 0;
	return err_set(e, ERR_PERM, EBADMSG,
	    "%s: malformed Docker-Content-Digest \"%.*s\"",
	    f->endpoint.host->name, STR_ARG(str_sub(*said, 0, SHOWN_MAX)));
}

static void
take_digest(struct registry_fetch *f, struct str digest)
{
	if (digest.n > 0)
		memcpy(f->digest, digest.p, digest.n);
	f->digest[digest.n] = '\0';
}

/*
 * A tag's document is checked by no digest; when a mirror gives nonsense, the
 * origin is to be asked, so it must be noticed here.
 */
static int
check_nonsense(const struct registry_fetch *f, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(NONSENSE_MAX);
	struct oci_document doc;
	struct str type = STR_NONE;
	int r;

	if (a == NULL)
		return err_nomem(e);
	(void)client_header(&f->call, "Content-Type", 0, &type);
	r = oci_document_parse(a, buf_str(&f->call.body), type, &doc, e);
	return r != 0 && e->kind == ERR_PERM ? r : 0;
}

int
registry_fetch_check(struct registry_fetch *f, struct err *e)
{
	struct str got = str_of(f->call.digest), said;
	int r;

	if (f->what == REGISTRY_BLOB)
		said = STR_NONE;
	else if ((r = said_digest(f, &said, e)) != 0)
		return r;
	if (f->what == REGISTRY_HEAD) {
		f->no_head = said.n == 0;
		take_digest(f, said);
		return 0;
	}
	if (by_digest(f) && !str_eqz(got, f->version))
		return differs(f, "another document than asked for",
		    str_of(f->version), e);
	/* Of another algorithm than ours it cannot be compared. */
	if (said.n == got.n && !str_eq(said, got))
		return differs(f, "not the document it says", said, e);
	take_digest(f, got);
	return f->endpoint.mirror && !by_digest(f) ? check_nonsense(f, e) : 0;
}
