/* SPDX-License-Identifier: Apache-2.0 */
#include "embed_asked.h"

#include <errno.h>
#include <string.h>

#include "appid/appid.h"
#include "inject/inject_value.h"

static int
text(struct arena *a, const struct query *q, const char *name, const char **ret,
    struct err *e)
{
	struct str s = query_get(q, name);

	if (s.n == 0)
		return 0;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return err_set(e, ERR_PERM, EINVAL,
			    "%s: control characters in it", name);
	*ret = arena_dup(a, s);
	return *ret == NULL ? err_nomem(e) : 0;
}

/* Where the Console listens, as far as that says a port. */
static const char *
port_of(const struct options *o)
{
	const char *from = o->url != NULL ? o->url : o->listen;
	const char *colon = strrchr(from, ':');

	if (colon == NULL || strchr(colon, '/') != NULL ||
	    strchr(colon, ']') != NULL || strcmp(colon, ":0") == 0)
		return "";
	return colon;
}

/* "console.example.com", as the vendor has it, or a URL. */
static int
console_url(struct arena *a, const struct options *o, const struct query *q,
    const char **ret, struct err *e)
{
	const char *given = o->url;
	int r = text(a, q, "consoleaddr", &given, e);

	if (r != 0)
		return r;
	if (given == NULL)
		return err_set(e, ERR_PERM, EINVAL,
		    "consoleaddr: needed, since this Console was started "
		    "without --url");
	if (strstr(given, "://") == NULL) {
		bool port = strrchr(given, ':') != NULL &&
			    strchr(strrchr(given, ':'), ']') == NULL;

		given = arena_printf(
		    a, "https://%s%s", given, port ? "" : port_of(o));
		if (given == NULL)
			return err_nomem(e);
	}
	*ret = given;
	return inject_value_url("consoleaddr", given, "https://", e);
}

/* What stands there for the sake of the vendor's clients. */
static int
check_vendors(const struct query *q, struct embed_asked *ret, struct err *e)
{
	struct str type = query_get(q, "defenderType");
	bool ignored = false;
	int r;

	if (type.n > 0 && !str_eqz(type, "appEmbedded") &&
	    !str_eqz(type, "fargate"))
		return err_set(e, ERR_PERM, EINVAL,
		    "defenderType: neither appEmbedded nor fargate");
	if (query_get(q, "defenderImagePullSecret").n > 0)
		return err_set(e, ERR_PERM, EINVAL,
		    "defenderImagePullSecret: not supported; let the "
		    "execution role read the image");
	r = query_bool(q, "filesystemMonitoring", &ignored, e);
	if (r == 0)
		r = query_bool(q, "cloudFormation", &ret->template, e);
	if (r == 0)
		r = query_bool(q, "extractEntrypoint", &ret->fill, e);
	if (r == 0)
		r = query_bool(q, "partial", &ret->partial, e);
	return r;
}

static int
check_own(struct arena *a, const struct query *q, struct embed_asked *ret,
    struct err *e)
{
	struct inject_config *c = &ret->inject;
	struct appid id;
	int r = text(a, q, "appID", &ret->app_id, e);

	if (r == 0 && ret->app_id != NULL &&
	    appid_parse(str_of(ret->app_id), &id, e) != 0) {
		err_prefix(e, "appID");
		return -EINVAL;
	}
	if (r == 0)
		r = text(a, q, "onNoPolicy", &c->on_no_policy, e);
	if (r == 0 && c->on_no_policy != NULL &&
	    strcmp(c->on_no_policy, "open") != 0 &&
	    strcmp(c->on_no_policy, "closed") != 0)
		return err_set(
		    e, ERR_PERM, EINVAL, "onNoPolicy: neither open nor closed");
	if (r == 0)
		r = text(a, q, "executionRole", &c->execution_role, e);
	if (r == 0)
		r = inject_value_arn("executionRole", c->execution_role, e);
	if (r == 0)
		r = text(a, q, "enrolSecret", &c->enrol_secret, e);
	if (r == 0)
		r = inject_value_arn("enrolSecret", c->enrol_secret, e);
	return r;
}

int
embed_asked_read(struct arena *a, const struct options *o,
    const struct query *q, struct embed_asked *ret, struct err *e)
{
	int r;

	*ret = (struct embed_asked){.o = o,
	    .fill = true,
	    .inject = {.sidecar_image = o->sidecar_image, .stop_grace_s = -1}};
	r = check_vendors(q, ret, e);
	if (r == 0)
		r = text(a, q, "defenderImage", &ret->inject.sidecar_image, e);
	if (r == 0 && ret->inject.sidecar_image == NULL)
		return err_set(e, ERR_PERM, EINVAL,
		    "defenderImage: needed, since this Console was started "
		    "without --sidecar-image");
	if (r == 0)
		r = inject_value_image(
		    "defenderImage", ret->inject.sidecar_image, e);
	if (r == 0)
		r = console_url(a, o, q, &ret->inject.console, e);
	return r == 0 ? check_own(a, q, ret, e) : r;
}
