/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of an image (image-spec/config.md). */
#include <errno.h>
#include <string.h>

#include "oci.h"
#include "oci_json.h"
#include "json/json.h"

enum { HEALTHCHECK_MAX = 64 * 1024 };

static int
parse_part(struct arena *a, jv root, const char *key,
    char part[OCI_PLATFORM_PART], struct err *e)
{
	struct str s;
	int r = oci_json_str(a, root, key, &s, e);

	if (r != 0)
		return r;
	if (s.n >= OCI_PLATFORM_PART)
		return err_set(e, ERR_PERM, EINVAL, "\"%s\" is too long", key);
	memcpy(part, s.p, s.n);
	part[s.n] = '\0';
	return 0;
}

/* "NAME=value" becomes NAME: values are often secrets. */
static void
cut_values(struct oci_list *env)
{
	for (size_t i = 0; i < env->n; i++) {
		struct str rest;

		(void)str_cut(env->items[i], '=', &env->items[i], &rest);
	}
}

/* The names must end in NUL as all strings here do. */
static int
parse_env(struct arena *a, jv config, struct oci_config *out, struct err *e)
{
	int r = oci_json_list(a, config, "Env", &out->env_names, e);

	if (r != 0)
		return r;
	cut_values(&out->env_names);
	for (size_t i = 0; i < out->env_names.n; i++) {
		struct str *name = &out->env_names.items[i];

		*name = arena_str(a, *name);
		if (name->p == NULL)
			return err_nomem(e);
	}
	return 0;
}

static int
parse_labels(struct arena *a, jv config, struct oci_config *out, struct err *e)
{
	struct oci_list *values = &out->label_values;
	cleanup_jv jv labels = jv_invalid();
	int r = oci_json_keys(a, config, "Labels", &out->label_keys, e);

	if (r != 0 || out->label_keys.n == 0)
		return r;
	values->items =
	    arena_alloc(a, out->label_keys.n * sizeof *values->items);
	if (values->items == NULL)
		return err_nomem(e);
	values->given = true;
	labels = jv_object_get(jv_copy(config), jv_string("Labels"));
	for (; r == 0 && values->n < out->label_keys.n; values->n++)
		r = oci_json_str(a, labels, out->label_keys.items[values->n].p,
		    &values->items[values->n], e);
	return r;
}

static int
parse_healthcheck(
    struct arena *a, jv config, struct oci_config *out, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(HEALTHCHECK_MAX);
	cleanup_jv jv v = jv_invalid();
	int r = oci_json_get(config, "Healthcheck", JV_KIND_OBJECT, &v, e);

	if (r != 0 || !jv_is_valid(v))
		return r;
	json_dump(v, &text);
	if (buf_error(&text) != 0)
		return err_set(e, ERR_PERM, EFBIG,
		    "\"Healthcheck\" is above %d bytes", HEALTHCHECK_MAX);
	out->healthcheck = arena_str(a, buf_str(&text));
	return out->healthcheck.p == NULL ? err_nomem(e) : 0;
}

static int
parse_run(struct arena *a, jv config, struct oci_config *out, struct err *e)
{
	int r = oci_json_list(a, config, "Entrypoint", &out->entrypoint, e);

	if (r == 0)
		r = oci_json_list(a, config, "Cmd", &out->cmd, e);
	if (r == 0)
		r = oci_json_str(a, config, "User", &out->user, e);
	if (r == 0)
		r = oci_json_str(a, config, "WorkingDir", &out->working_dir, e);
	if (r == 0)
		r = parse_env(a, config, out, e);
	if (r == 0)
		r = oci_json_str(a, config, "StopSignal", &out->stop_signal, e);
	if (r == 0)
		r = oci_json_keys(a, config, "Volumes", &out->volumes, e);
	if (r == 0)
		r = oci_json_keys(
		    a, config, "ExposedPorts", &out->exposed_ports, e);
	if (r == 0)
		r = parse_labels(a, config, out, e);
	return r != 0 ? r : parse_healthcheck(a, config, out, e);
}

static int
parse_root(struct arena *a, jv root, struct oci_config *out, struct err *e)
{
	struct oci_platform *p = &out->platform;
	cleanup_jv jv config = jv_invalid();
	int r;

	if (jv_get_kind(root) != JV_KIND_OBJECT)
		return err_set(e, ERR_PERM, EINVAL, "should be an object");
	r = parse_part(a, root, "os", p->os, e);
	if (r == 0)
		r = parse_part(a, root, "architecture", p->arch, e);
	if (r == 0)
		r = parse_part(a, root, "variant", p->variant, e);
	if (r == 0)
		r = oci_json_get(root, "config", JV_KIND_OBJECT, &config, e);
	if (r != 0 || !jv_is_valid(config))
		return r;
	return parse_run(a, config, out, e);
}

int
oci_config_parse(
    struct arena *a, struct str text, struct oci_config *out, struct err *e)
{
	cleanup_jv jv root = jv_invalid();
	struct oci_config config = {.user = STR("")};
	int r;

	if (text.n > OCI_CONFIG_MAX)
		return err_set(e, ERR_PERM, EFBIG,
		    "an image config above %d bytes", OCI_CONFIG_MAX);
	r = json_parse(text, "image config", &root, e);
	if (r != 0)
		return r;
	r = parse_root(a, root, &config, e);
	if (r != 0) {
		err_prefix(e, "image config");
		return r;
	}
	*out = config;
	return 0;
}
