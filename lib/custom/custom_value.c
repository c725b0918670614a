/* SPDX-License-Identifier: Apache-2.0 */
#include "custom_value.h"

#include "event/event_names.h"

bool
custom_value_known(enum custom_id id, const struct event *ev)
{
	if ((custom_field(id)->events & EVENT_BIT(ev->name)) == 0)
		return false;
	switch (id) {
	case CUSTOM_PROC_NAME:
	case CUSTOM_PROC_PATH:
		return ev->by.exe.n > 0;
	case CUSTOM_PROC_PNAME:
		return ev->by.parent.n > 0;
	case CUSTOM_PROC_CMDLINE:
	case CUSTOM_PROC_ARGS:
		return ev->by.args.n > 0;
	case CUSTOM_PROC_CWD:
		return ev->by.cwd.n > 0;
	case CUSTOM_PROC_SHA256:
		return ev->by.sha256.n > 0;
	case CUSTOM_PROC_INTERACTIVE:
	case CUSTOM_PROC_FACTS:
	case CUSTOM_PROC_SCRIPT:
		return !ev->attempt;
	case CUSTOM_NET_OUTGOING_PORT:
	case CUSTOM_NET_OUTGOING_IP:
	case CUSTOM_NET_PRIVATE_SUBNET:
	case CUSTOM_NET_LISTENING_PORT:
	case CUSTOM_NET_INCOMING_IP:
		return ev->addr.family != 0;
	case CUSTOM_NET_DOMAIN:
		return ev->domain.n > 0;
	case CUSTOM_NET_PROTOCOL:
		return ev->protocol != 0;
	default:
		return true;
	}
}

int64_t
custom_value_number(enum custom_id id, const struct event *ev)
{
	switch (id) {
	case CUSTOM_PROC_INTERACTIVE:
		return (ev->by.facts & EXE_TTY) != 0;
	case CUSTOM_PROC_UID:
		return ev->by.uid;
	case CUSTOM_PROC_USER:
	case CUSTOM_PROC_EUID:
		return ev->by.euid;
	case CUSTOM_PROC_GID:
		return ev->by.gid;
	case CUSTOM_FILE_MODE:
		return ev->mode;
	case CUSTOM_NET_OUTGOING_PORT:
		return ev->port;
	case CUSTOM_NET_LISTENING_PORT:
		return ev->port != 0 ? ev->port : ev->local_port;
	case CUSTOM_NET_PRIVATE_SUBNET:
		return ip_is_private(&ev->addr) || ip_is_loopback(&ev->addr);
	default:
		return ev->protocol;
	}
}

struct str
custom_value_base(struct str path)
{
	size_t slash = str_rchr(path, '/');

	return slash == path.n ? path : str_sub(path, slash + 1, path.n);
}

struct str
custom_value_cmdline(const struct event *ev, char to[EVENT_ARGS_MAX])
{
	struct str args = str_sub(ev->by.args, 0, EVENT_ARGS_MAX);

	if (args.n > 0 && args.p[args.n - 1] == '\0')
		args.n--;
	for (size_t i = 0; i < args.n; i++)
		to[i] = (char)(args.p[i] == '\0' ? ' ' : args.p[i]);
	return str_make(to, args.n);
}

/* ---- fields with several values --------------------------------------- */

static bool
is_multicall(struct str name)
{
	return str_eqz(name, "busybox") || str_eqz(name, "toybox") ||
	       str_starts(name, "busybox-") || str_starts(name, "busybox.");
}

/* A value that there may be one of: the next from number `i` on. */
static bool
next_name(struct custom_value_texts *t, struct str *ret)
{
	const struct event_process *by = &t->ev->by;
	struct str base = custom_value_base(by->exe);
	struct str first = str_sub(by->args, 0, str_chr(by->args, '\0'));

	switch (t->i++) {
	case 0:
		*ret = base;
		return true;
	case 1:
		if (by->script.n > 0) {
			*ret = custom_value_base(by->script);
			return true;
		}
		t->i++;
		/* fallthrough */
	case 2:
		*ret = custom_value_base(first);
		return is_multicall(base) && first.n > 0;
	default:
		return false;
	}
}

static bool
next_arg(struct custom_value_texts *t, struct str *ret)
{
	struct str rest = str_sub(t->ev->by.args, t->at, t->ev->by.args.n);

	if (rest.n == 0)
		return false;
	*ret = str_sub(rest, 0, str_chr(rest, '\0'));
	t->at += ret->n + 1;
	return true;
}

static bool
next_fact(struct custom_value_texts *t, struct str *ret)
{
	for (; t->i < 32; t->i++) {
		uint32_t fact = t->ev->by.facts & 1U << t->i;

		if (event_fact_text(fact) != NULL) {
			*ret = str_of(event_fact_text(fact));
			t->i++;
			return true;
		}
	}
	return false;
}

static bool
next_path(struct custom_value_texts *t, struct str *ret)
{
	const struct str paths[] = {t->ev->path, t->ev->path2};

	for (; t->i < 2; t->i++) {
		if (paths[t->i].n > 0) {
			*ret = paths[t->i++];
			return true;
		}
	}
	return false;
}

static bool
next_dir(struct custom_value_texts *t, struct str *ret)
{
	size_t slash;

	if (!next_path(t, ret))
		return false;
	slash = str_rchr(*ret, '/');
	*ret = slash == 0        ? str_sub(*ret, 0, 1)
	       : slash == ret->n ? STR_NONE
				 : str_sub(*ret, 0, slash);
	return true;
}

/* Private keys and stores of keys have names that are known. */
static bool
is_secret(struct str path)
{
	static const char *const names[] = {"id_rsa", "id_dsa", "id_ecdsa",
	    "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk"};
	static const char *const ends[] = {".pem", ".key", ".p12", ".pfx",
	    ".jks", ".keystore", ".ppk", ".kdbx"};
	struct str base = custom_value_base(path);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (str_eqz(base, names[i]))
			return true;
	}
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (str_ends(base, ends[i]))
			return true;
	}
	return false;
}

static bool
next_type(struct custom_value_texts *t, struct str *ret)
{
	const struct event *ev = t->ev;

	switch (t->i++) {
	case 0:
		*ret = ev->dir || ev->name == EVENT_MKDIR ? STR("folder")
							  : STR("regular");
		return true;
	case 1:
		*ret = STR("secret");
		return !ev->dir &&
		       (is_secret(ev->path) || is_secret(ev->path2));
	default:
		return false;
	}
}

static struct str
only_text(enum custom_id id, const struct event *ev)
{
	switch (id) {
	case CUSTOM_PROC_PNAME:
		return custom_value_base(ev->by.parent);
	case CUSTOM_PROC_PATH:
		return ev->by.exe;
	case CUSTOM_PROC_CWD:
		return ev->by.cwd;
	case CUSTOM_PROC_SCRIPT:
		return ev->by.script;
	case CUSTOM_PROC_SHA256:
		return ev->by.sha256;
	case CUSTOM_EVENT_NAME:
		return str_of(event_name_text(ev->name));
	case CUSTOM_FILE_OP:
		return str_of(event_names_op(ev->name));
	default:
		return ev->domain;
	}
}

bool
custom_value_next(struct custom_value_texts *t, struct str *ret)
{
	switch (t->id) {
	case CUSTOM_PROC_NAME:
		return next_name(t, ret);
	case CUSTOM_PROC_ARGS:
		return next_arg(t, ret);
	case CUSTOM_PROC_FACTS:
		return next_fact(t, ret);
	case CUSTOM_PROC_ANCESTORS:
		if (t->i >= t->ev->by.n_ancestors)
			return false;
		*ret = t->ev->by.ancestors[t->i++];
		return true;
	case CUSTOM_FILE_PATH:
		return next_path(t, ret);
	case CUSTOM_FILE_DIR:
		return next_dir(t, ret);
	case CUSTOM_FILE_TYPE:
		return next_type(t, ret);
	default:
		*ret = only_text(t->id, t->ev);
		return t->i++ == 0;
	}
}
