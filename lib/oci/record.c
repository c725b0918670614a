/* SPDX-License-Identifier: Apache-2.0 */
/* The `image.config` record. */
#include "jwrite/jwrite.h"
#include "oci.h"
#include "time/time.h"

static void
put_str(struct jwrite *w, const char *key, struct str s)
{
	if (s.n > 0)
		jwrite_kv(w, key, s);
}

/* Absent, null in a record's terms, is not []. */
static void
put_list(struct jwrite *w, const char *key, const struct oci_list *list)
{
	jwrite_key(w, key);
	if (!list->given) {
		jwrite_null(w);
		return;
	}
	jwrite_array(w);
	for (size_t i = 0; i < list->n; i++)
		jwrite_str(w, list->items[i]);
	jwrite_end(w);
}

static void
put_given(struct jwrite *w, const char *key, const struct oci_list *list)
{
	if (list->given)
		put_list(w, key, list);
}

static void
put_labels(struct jwrite *w, const struct oci_config *config)
{
	if (!config->label_keys.given)
		return;
	jwrite_key(w, "labels");
	jwrite_object(w);
	for (size_t i = 0; i < config->label_values.n; i++) {
		jwrite_keys(w, config->label_keys.items[i]);
		jwrite_str(w, config->label_values.items[i]);
	}
	jwrite_end(w);
}

static void
put_platform(struct jwrite *w, const struct oci_platform *p)
{
	cleanup_buf struct buf text = BUF_MAX(4 * OCI_PLATFORM_PART);

	oci_platform_format(p, &text);
	jwrite_kv(w, "platform", buf_str(&text));
}

static void
put_config(struct jwrite *w, const struct oci_config *config)
{
	put_list(w, "entrypoint", &config->entrypoint);
	put_list(w, "cmd", &config->cmd);
	jwrite_kv(w, "user", config->user);
	jwrite_kv(w, "working_dir", config->working_dir);
	put_list(w, "env_names", &config->env_names);
	put_str(w, "stop_signal", config->stop_signal);
	put_given(w, "volumes", &config->volumes);
	put_given(w, "exposed_ports", &config->exposed_ports);
	put_labels(w, config);
	if (config->healthcheck.n > 0)
		jwrite_kv_raw(w, "healthcheck", config->healthcheck);
}

void
oci_image_record(const struct oci_image *img, struct buf *out)
{
	char when[TIME_TEXT];
	struct jwrite w;

	jwrite_init(&w, out);
	jwrite_record(&w, "image.config");
	jwrite_kv(&w, "reference", img->reference);
	jwrite_kv(&w, "name", img->name);
	jwrite_kv(&w, "digest", img->digest);
	put_str(&w, "index_digest", img->index_digest);
	jwrite_kv(&w, "config_digest", img->config_digest);
	put_platform(&w, &img->platform);
	put_config(&w, &img->config);
	jwrite_kvz(&w, "source", img->source);
	if (time_format(img->time, when))
		jwrite_kvz(&w, "time", when);
	if (img->stale)
		jwrite_kv_bool(&w, "stale", true);
	put_str(&w, "moved_from", img->moved_from);
	jwrite_end(&w);
}
