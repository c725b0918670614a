/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "appid/appid.h"
#include "base/fd.h"
#include "inject/inject_value.h"
#include "policy.h"

enum { CA_MAX = 16 * 1024 };

/* [LOGICALID=]APPID; neither part of an App ID can hold a '='. */
static int
check_app_ids(const struct cli_list *list, struct err *e)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str all = str_of(list->items[i]), name, id;
		struct err why = {0};
		struct appid parsed;

		if (!str_cut(all, '=', &name, &id))
			id = all;
		else if (name.n == 0)
			return cli_usage(e, "--app-id", "an empty LOGICALID");
		if (appid_parse(id, &parsed, &why) != 0)
			return cli_usage(e, "--app-id", why.text);
	}
	return 0;
}

static int
check_values(const struct options *o, struct err *e)
{
	int r = o->sidecar_image == NULL ? cli_usage(e, "--sidecar-image",
					       "required, or FG_SIDECAR_IMAGE")
					 : inject_value_image("--sidecar-image",
					       o->sidecar_image, e);

	if (r == 0)
		r = check_app_ids(&o->app_ids, e);
	if (r == 0)
		r = inject_value_url("--console", o->console, "https://", e);
	if (r == 0)
		r = inject_value_url("--proxy", o->proxy, "http://", e);
	if (r == 0)
		r = inject_value_arn("--enrol-secret", o->enrol_secret, e);
	if (r == 0)
		r = inject_value_arn("--execution-role", o->execution_role, e);
	if (r == 0 && o->console == NULL && o->console_ca != NULL)
		r = cli_usage(e, "--console-ca", "only with --console");
	return r;
}

static int
read_ca(struct config *c, const char *path, struct err *e)
{
	const char *what;
	int r;

	if (path == NULL)
		return 0;
	r = fd_read_input(path, &c->console_ca, &what, e);
	if (r != 0)
		return r;
	if (strstr(buf_z(&c->console_ca), "-----BEGIN CERTIFICATE-----") ==
	    NULL)
		return err_set(
		    e, ERR_PERM, EINVAL, "%s: no PEM certificate in it", what);
	c->inject.console_ca = buf_z(&c->console_ca);
	return 0;
}

static int
read_policy(struct config *c, const char *path, struct err *e)
{
	int r;

	if (path == NULL)
		return 0;
	r = policy_pack(path, &c->initial_policy, e);
	if (r == 0)
		c->inject.initial_policy = buf_z(&c->initial_policy);
	return r;
}

static struct inject_config
from_options(const struct options *o)
{
	return (struct inject_config){
	    .sidecar_image = o->sidecar_image,
	    .console = o->console,
	    .proxy = o->proxy,
	    .enrol_secret = o->enrol_secret,
	    .execution_role = o->execution_role,
	    .log_group = o->log_group,
	    .log_region = o->log_region,
	    .on_no_policy = o->on_no_policy,
	    .pid1 = o->pid1,
	    .stop_grace_s = o->stop_grace_s,
	    .not_essential =
		o->essential != NULL && strcmp(o->essential, "false") == 0,
	    .only = doctool_names(&o->doc.containers),
	    .exclude = doctool_names(&o->doc.excludes),
	};
}

int
config_read(struct config *c, const struct options *o, struct err *e)
{
	int r;

	*c = (struct config){
	    .inject = from_options(o),
	    .stamp = {.given = o->app_ids.items,
		.n_given = o->app_ids.n,
		.only = doctool_names(&o->doc.containers),
		.exclude = doctool_names(&o->doc.excludes)},
	    .console_ca = BUF_MAX(CA_MAX),
	    .initial_policy = BUF_MAX(2 * INJECT_POLICY_MAX),
	};
	if (o->remove)
		return 0;
	r = check_values(o, e);
	if (r == 0)
		r = read_ca(c, o->console_ca, e);
	return r == 0 ? read_policy(c, o->initial_policy, e) : r;
}

void
config_free(struct config *c)
{
	buf_free(&c->console_ca);
	buf_free(&c->initial_policy);
}
