/* SPDX-License-Identifier: Apache-2.0 */
#include "console.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/num.h"
#include "pki/pki.h"
#include "url/url.h"

/* The file of an option, or else a variable. */
static int
text(struct buf *b, size_t max, const char *file, const char *variable,
    struct err *e)
{
	const char *what = NULL, *value = getenv(variable);

	*b = BUF_MAX(max);
	if (file != NULL)
		return fd_read_input(file, b, &what, e);
	buf_addz(b, value == NULL ? "" : value);
	return buf_error(b) != 0
		   ? err_set(e, ERR_USAGE, E2BIG, "%s: longer than %zu bytes",
			 variable, max)
		   : 0;
}

static int
read_uid(struct console *c, struct err *e)
{
	const char *value = getenv("FG_EGRESS_UID");
	int64_t uid;

	if (value == NULL || value[0] == '\0')
		return 0;
	if (!num_parse(str_of(value), 0, UINT_MAX - 1, &uid))
		return err_set(e, ERR_USAGE, EINVAL,
		    "FG_EGRESS_UID: \"%s\" is no number of a user", value);
	c->uid = (uid_t)uid;
	return 0;
}

int
console_read(struct console *c, const struct options *o, struct err *e)
{
	struct url url;
	int r;

	*c = (struct console){.use = o->console != NULL};
	if (!c->use) {
		(void)unsetenv("FG_ENROL_SECRET");
		return 0;
	}
	if (o->policy_dir != NULL || o->audit != NULL)
		return cli_usage(e,
		    o->policy_dir != NULL ? "--policy-dir" : "--audit",
		    "with a Console there is nothing for it to do");
	if (o->app_id == NULL)
		return cli_usage(
		    e, "--app-id", "a Console has to know whose task this is");
	r = url_parse(str_of(o->console), &url, e);
	if (r != 0 || !url.tls)
		return cli_usage(
		    e, "--console", "not a URL, https://HOST:PORT");
	r = text(&c->ca, LINK_CA_MAX, o->console_ca, "FG_CONSOLE_CA", e);
	if (r == 0)
		r = text(&c->secret, LINK_SECRET_MAX, o->enrol_secret_file,
		    "FG_ENROL_SECRET", e);
	if (r == 0)
		r = read_uid(c, e);
	/* A name for programs to find; no need to keep it there. */
	(void)unsetenv("FG_ENROL_SECRET");
	return r;
}

static int
make_folder(const char *path, struct err *e)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	return err_set(
	    e, ERR_PERM, errno, "--data: %s: %s", path, strerror(errno));
}

/* What an earlier life made is of the same user. */
static int
give_folder(const char *path, uid_t uid, struct err *e)
{
	int r = make_folder(path, e);

	if (r == 0 && lchown(path, uid, uid) != 0)
		r = err_set(e, ERR_PERM, errno, "--data: %s: %s", path,
		    strerror(errno));
	return r;
}

int
console_become(
    struct console *c, const struct options *o, struct launch *l, struct err *e)
{
	uid_t me = geteuid();
	int r;

	if (c->uid == 0 || c->uid == me)
		return make_folder(o->data, e);
	if (me != 0) {
		log_warn("FG_EGRESS_UID: user %u cannot become user %u",
		    (unsigned)me, (unsigned)c->uid);
		return make_folder(o->data, e);
	}
	r = give_folder(o->data, c->uid, e);
	return r != 0 ? r : launch_split(l, c->uid, o->socket, e);
}

/* Is it one of many that start together? Then its endpoint is there. */
static bool
spreads(const struct options *o)
{
	return !o->at_once && getenv("ECS_CONTAINER_METADATA_URI_V4") != NULL;
}

int
console_open(
    struct console *c, struct task *t, const struct options *o, struct err *e)
{
	int r;

	c->cfg = (struct link_config){.url = o->console,
	    .proxy = httpc_proxy_of(o->console),
	    .data = o->data,
	    .ca = buf_str(&c->ca),
	    .secret = str_trim(buf_str(&c->secret)),
	    .spread = spreads(o)};
	r = link_open(&c->link, &c->cfg, t, e);
	if (r != 0)
		return r;
	t->link = &c->link;
	if (c->cfg.secret.n == 0 && !identity_any(&c->link.identity)) {
		log_error("FG_ENROL_SECRET: not there, and no certificate");
		task_tell(t, EVENT_CONSOLE_REFUSED, EVENT_HIGH,
		    "there is no secret to enrol with");
	}
	return 0;
}

void
console_free(struct console *c)
{
	buf_free(&c->ca);
	pki_wipe(&c->secret);
}
