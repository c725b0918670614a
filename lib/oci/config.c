/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of an image (image-spec/config.md). */
#include <errno.h>

#include "oci.h"
#include "oci_json.h"

enum { HEALTHCHECK_MAX = 64 * 1024 };

static int
parse_labels(struct arena *a, const struct jtree *config,
    struct oci_config *out, struct err *e)
{
	const struct jtree *labels = jtree_get(config, "Labels");
	struct oci_list *values = &out->label_values;
	int r = oci_json_keys(a, config, "Labels", &out->label_keys, e);

	if (r != 0 || out->label_keys.n == 0)
		return r;
	values->items =
	    arena_alloc(a, out->label_keys.n * sizeof *values->items);
	if (values->items == NULL)
		return err_nomem(e);
	values->given = true;
	for (; r == 0 && values->n < out->label_keys.n; values->n++)
		r = oci_json_str(a, labels, out->label_keys.items[values->n].p,
		    &values->items[values->n], e);
	return r;
}

static int
parse_healthcheck(struct arena *a, const struct jtree *config,
    struct oci_config *out, struct err *e)
{
	cleanup_buf struct buf text = BUF_MAX(HEALTHCHECK_MAX);
	const struct jtree *check;
	struct jwrite w;
	int r = oci_json_get(config, "Healthcheck", JSCAN_OBJECT, &check, e);

	if (r != 0 || check == NULL)
		return r;
	jwrite_init(&w, &text);
	jtree_write(check, &w);
	if (jwrite_end_text(&w) != 0)
		return err_set(e, ERR_PERM, EFBIG,
		    "\"Healthcheck\" is above %d bytes", HEALTHCHECK_MAX);
	out->healthcheck = arena_str(a, buf_str(&text));
	return out->healthcheck.p == NULL ? err_nomem(e) : 0;
}

static int
parse_run(struct arena *a, const struct jtree *config, struct oci_config *out,
    struct err *e)
{
	int r = oci_json_list(a, config, "Entrypoint", &out->entrypoint, e);

	if (r == 0)
		r = oci_json_list(a, config, "Cmd", &out->cmd, e);
	if (r == 0)
		r = oci_json_str(a, config, "User", &out->user, e);
	if (r == 0)
		r = oci_json_str(a, config, "WorkingDir", &out->working_dir, e);
	if (r == 0)
		r = oci_json_names(a, config, "Env", &out->env_names, e);
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
parse_root(struct arena *a, const struct jtree *root, struct oci_config *out,
    struct err *e)
{
	struct oci_platform *p = &out->platform;
	const struct jtree *config;
	int r;

	if (root->kind != JSCAN_OBJECT)
		return err_set(e, ERR_PERM, EINVAL, "should be an object");
	r = oci_json_part(root, "os", p->os, e);
	if (r == 0)
		r = oci_json_part(root, "architecture", p->arch, e);
	if (r == 0)
		r = oci_json_part(root, "variant", p->variant, e);
	if (r == 0)
		r = oci_json_get(root, "config", JSCAN_OBJECT, &config, e);
	if (r != 0 || config == NULL)
		return r;
	return parse_run(a, config, out, e);
}

int
oci_config_parse(
    struct arena *a, struct str text, struct oci_config *out, struct err *e)
{
	cleanup_arena struct arena *tree = arena_new(OCI_JSON_TREE_MAX);
	struct oci_config config = {.user = STR("")};
	const struct jtree *root;
	int r;

	if (tree == NULL)
		return err_nomem(e);
	if (text.n > OCI_CONFIG_MAX)
		return err_set(e, ERR_PERM, EFBIG,
		    "an image config above %d bytes", OCI_CONFIG_MAX);
	r = jtree_parse(tree, text, "image config", &root, e);
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
