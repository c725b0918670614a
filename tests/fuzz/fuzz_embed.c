/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a task definition or template: what can be stamped and
 * injected is the same when injected again, and removing gives the bytes of
 * before.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "inject/embed.h"

enum { INPUT_MAX = 16 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static int
scope(void *arg, const struct doc *d, struct cfn_scope **ret, struct err *e)
{
	(void)arg;
	*ret = cfn_scope_new(d);
	return *ret == NULL ? err_set(e, ERR_PERM, 12, "no memory") : 0;
}

static void
same_uuid(char to[37])
{
	memcpy(to, "24edfabf-c761-40ae-9748-5844b0d7579c", 37);
}

/* A message that ends so means that a law was about to be broken. */
static bool
went_well(int r, const struct err *e)
{
	if (r == 0)
		return true;
	must(e->text[0] != '\0' && !str_ends(str_of(e->text),
				       "please report this with the document"));
	return false;
}

/* stamp (unless done), then inject; false: refused. */
static bool
embed(const struct doc *d, bool stamped, struct buf *out, struct err *e)
{
	/* A bare array has no tags. */
	struct stamp_config stamp = {.make_uuid = same_uuid,
	    .family = "family",
	    .tag = doc_root(d)->kind == DOC_MAP};
	static const struct inject_config inject = {
	    .sidecar_image = "example.com/fg/sidecar:1",
	    .console = "https://console.example.com",
	    .execution_role = "arn:aws:iam::123456789012:role/execution",
	    .log_group = "/fg/sidecar",
	    .log_region = "eu-central-1",
	    .stop_grace_s = -1};
	cleanup_buf struct buf text = BUF_MAX(DOC_BYTES_MAX);
	cleanup_doc struct doc *after = NULL;
	struct embed_input in = {.doc = d, .scope = scope};
	struct report report = REPORT_INIT;
	int r = 0;

	if (!stamped) {
		r = embed_stamp(&in, &stamp, &report, &text, e);
		if (r == 0) {
			r = doc_parse(buf_str(&text), "fuzz", &after, e);
			must(r == 0);
		}
		in.doc = after;
	}
	if (r == 0)
		r = embed_inject(&in, &inject, NULL, &report, out, e);
	report_free(&report);
	return went_well(r, e);
}

static void
check_removal(const struct doc *d, const struct doc *protected)
{
	cleanup_buf struct buf back = BUF_MAX(DOC_BYTES_MAX);
	struct embed_input in = {.doc = protected, .scope = scope};
	struct report report = REPORT_INIT;
	struct err e = {0};

	must(embed_remove(&in, &report, &back, &e) == 0);
	must(report.unresolved == 0);
	must(str_eq(buf_str(&back), doc_source(d)));
	report_free(&report);
}

static void
other_uuid(char to[37])
{
	memcpy(to, "11111111-2222-4333-8444-555555555555", 37);
}

/* Another App ID, and then the same laws. */
static void
check_renewal(const struct doc *d, const struct doc *protected)
{
	static const struct stamp_config stamp = {
	    .make_uuid = other_uuid, .renew = true, .family = "family"};
	cleanup_buf struct buf text = BUF_MAX(DOC_BYTES_MAX);
	cleanup_doc struct doc *renewed = NULL;
	struct embed_input in = {.doc = protected, .scope = scope};
	struct report report = REPORT_INIT;
	struct err e = {0};

	must(embed_stamp(&in, &stamp, &report, &text, &e) == 0);
	report_free(&report);
	must(doc_parse(buf_str(&text), "fuzz", &renewed, &e) == 0);
	check_removal(d, renewed);
}

static bool
holds(struct str s, const char *word)
{
	return memmem(s.p, s.n, word, strlen(word)) != NULL;
}

/* Is something of ours in it, so that removing takes more than was put in? */
static bool
is_touched(struct str s)
{
	return holds(s, "fg.undo") || holds(s, "FgEmbed") ||
	       holds(s, "fg-sidecar") || holds(s, "fg-wrap") ||
	       holds(s, "FG_") || holds(s, "\\u") || holds(s, "\\x");
}

static void
check(const struct doc *d)
{
	cleanup_buf struct buf once = BUF_MAX(DOC_BYTES_MAX);
	cleanup_buf struct buf twice = BUF_MAX(DOC_BYTES_MAX);
	cleanup_doc struct doc *protected = NULL;
	struct err e = {0};

	if (!embed(d, false, &once, &e))
		return;
	must(doc_parse(buf_str(&once), "fuzz", &protected, &e) == 0);
	must(embed(protected, true, &twice, &e));
	must(str_eq(buf_str(&once), buf_str(&twice)));
	if (is_touched(doc_source(d)))
		return;
	check_removal(d, protected);
	check_renewal(d, protected);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_doc struct doc *d = NULL, *normal = NULL;
	struct str src = str_make((const char *)data, size);

	if (size > INPUT_MAX || doc_parse(src, "fuzz", &d, NULL) != 0)
		return 0;
	if (taskdef_normalise(d, &normal, NULL) == 0)
		check(normal == NULL ? d : normal);
	return 0;
}
