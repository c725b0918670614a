/* SPDX-License-Identifier: Apache-2.0 */
/* The policy that was given, with its lists grown. */
#include <errno.h>

#include "learn_lists.h"
#include "time/time.h"

enum { SCRATCH_MAX = 64 << 20, NOTES_MAX = 2048 };

static void
write_notes(struct learn_writing *x, const struct jtree *t)
{
	const struct learn_about *about = x->about;
	cleanup_buf struct buf b = BUF_MAX(NOTES_MAX);
	char at[TIME_TEXT];

	if (t->kind != JSCAN_STRING ||
	    (t->text.n > 0 && !str_starts(t->text, "Learnt by "))) {
		jtree_write(t, x->w);
		return;
	}
	(void)time_format(about->at_s, at);
	buf_addf(&b, "Learnt by %s, last on %s", about->agent, at);
	if (about->container.n > 0)
		buf_addf(&b, ", container %.*s", STR_ARG(about->container));
	if (about->image.n > 0)
		buf_addf(&b, ", image %.*s", STR_ARG(about->image));
	buf_addz(&b, ". Read it, above all \"detections\", before you use it.");
	if (about->lost + x->unlearnt > 0)
		buf_addf(&b,
		    " It is not whole: %llu events were lost, %llu things did "
		    "not fit. Run it again.",
		    (unsigned long long)about->lost,
		    (unsigned long long)x->unlearnt);
	jwrite_str(x->w, buf_str(&b));
}

static const struct {
	const char *section, *list;
	void (*write)(struct learn_writing *x, const struct jtree *t);
} lists[] = {
    {"processes", "whitelist", learn_lists_programs},
    {"processes", "rules", learn_lists_program_rules},
    {"network", "whitelistIPs", learn_lists_nets},
    {"network", "whitelistOutboundPorts", learn_lists_outbound},
    {"network", "whitelistListeningPorts", learn_lists_listening},
    {"dns", "whitelist", learn_lists_domains},
    {"filesystem", "whitelist", learn_lists_files},
    {"filesystem", "rules", learn_lists_file_rules},
};

static void
write_section(struct learn_writing *x, const struct jtree *section)
{
	const size_t n = sizeof lists / sizeof *lists;
	const struct jtree *t;

	if (section->kind != JSCAN_OBJECT) {
		jtree_write(section, x->w);
		return;
	}
	jwrite_object(x->w);
	for (t = section->first; t != NULL; t = t->next) {
		size_t i = 0;

		while (i < n && (!str_eqz(section->key, lists[i].section) ||
				    !str_eqz(t->key, lists[i].list)))
			i++;
		jwrite_keys(x->w, t->key);
		if (i < n && t->kind == JSCAN_ARRAY)
			lists[i].write(x, t);
		else
			jtree_write(t, x->w);
	}
	jwrite_end(x->w);
}

static void
write_rule(struct learn_writing *x)
{
	const struct jtree *t;
	bool detections = false;

	jwrite_object(x->w);
	for (t = x->l->rule->first; t != NULL; t = t->next) {
		jwrite_keys(x->w, t->key);
		if (str_eqz(t->key, "notes")) {
			write_notes(x, t);
		} else if (str_eqz(t->key, "detections") &&
			   t->kind == JSCAN_OBJECT) {
			learn_lists_detections(x, t);
			detections = true;
		} else {
			write_section(x, t);
		}
	}
	if (!detections && x->l->n_excepts > 0) {
		jwrite_key(x->w, "detections");
		learn_lists_detections(x, NULL);
	}
	jwrite_end(x->w);
}

static void
write_policy(struct learn_writing *x)
{
	const struct jtree *t, *rule;

	jwrite_object(x->w);
	for (t = x->l->given->first; t != NULL; t = t->next) {
		jwrite_keys(x->w, t->key);
		if (!str_eqz(t->key, "rules")) {
			jtree_write(t, x->w);
			continue;
		}
		jwrite_array(x->w);
		write_rule(x);
		for (rule = t->first->next; rule != NULL; rule = rule->next)
			jtree_write(rule, x->w);
		jwrite_end(x->w);
	}
	jwrite_end(x->w);
}

int
learn_write(struct learn *l, const struct learn_about *about, struct buf *out,
    struct err *e)
{
	cleanup_arena struct arena *scratch = arena_new(SCRATCH_MAX);
	cleanup_buf struct buf compact = BUF_MAX(POLICY_TEXT_MAX);
	struct jwrite w;
	struct learn_writing x = {.l = l,
	    .about = about,
	    .scratch = scratch,
	    .w = &w,
	    .unlearnt = l->unlearnt};
	const struct jtree *t;
	int r;

	if (l->given == NULL) {
		r = learn_read(l, STR_NONE, "the empty policy", e);
		if (r != 0)
			return r;
	}
	if (scratch == NULL)
		return err_nomem(e);
	jwrite_init(&w, &compact);
	write_policy(&x);
	r = x.error != 0 ? x.error : jwrite_end_text(&w);
	if (r == -EFBIG)
		return err_set(e, ERR_PERM, EFBIG,
		    "what was learnt is too much for a policy of 1 MiB");
	if (r != 0)
		return err_nomem(e);
	r = jtree_parse(scratch, buf_str(&compact), "policy", &t, e);
	if (r != 0)
		return r;
	learn_pretty(t, out);
	buf_addc(out, '\n');
	r = buf_error(out);
	return r == 0 ? 0
		      : err_set(e, ERR_PERM, -r,
			    "the policy is larger than %zu bytes", out->max);
}
