/* SPDX-License-Identifier: Apache-2.0 */
#include "policies.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "policy/policy.h"

enum { TEXT_MAX = POLICY_TEXT_MAX + 4096 };

int
policies_init(struct policies *p, const char *dir, struct err *e)
{
	*p = (struct policies){
	    .text = BUF_MAX(TEXT_MAX), .fresh = BUF_MAX(TEXT_MAX)};
	if (dir == NULL)
		return 0;
	if (snprintf(p->path, sizeof p->path, "%s/runtime.json", dir) >=
	    (int)sizeof p->path)
		return err_set(e, ERR_PERM, ENAMETOOLONG, "--policy-dir: %s",
		    strerror(ENAMETOOLONG));
	return 0;
}

void
policies_free(struct policies *p)
{
	buf_free(&p->text);
	buf_free(&p->fresh);
}

bool
policies_any(const struct policies *p)
{
	return p->text.n > 0;
}

int
policies_offer(
    struct policies *p, struct str text, const char *what, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(POLICY_MEMORY_MAX);
	const struct collections_who nobody = {0};
	const struct policy_note *notes = NULL;
	struct err told;
	const struct policy *policy;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = policy_read(a, text, what, &nobody, &policy, &notes, e);
	if (r != 0)
		return r;
	for (; notes != NULL; notes = notes->next) {
		(void)policy_note_error(notes, what, &told);
		log_note(1, "%s", told.text);
	}
	buf_reset(&p->text);
	buf_adds(&p->text, text);
	p->changes++;
	return buf_error(&p->text) != 0 ? err_nomem(e) : 0;
}

int
policies_read(struct policies *p, struct err *e)
{
	int r;

	if (p->path[0] == '\0')
		return 0;
	buf_reset(&p->fresh);
	if (access(p->path, F_OK) != 0 && errno == ENOENT)
		return 0;
	r = filewatch_read(&p->file, 0, &p->fresh, e);
	return r != 0 ? r : policies_offer(p, buf_str(&p->fresh), p->path, e);
}

int
policies_line(const struct policies *p, const struct collections_who *who,
    struct buf *out, struct err *e)
{
	size_t from = out->n;
	struct jwrite w;
	int r;

	jwrite_init(&w, out);
	r = policy_resolve(
	    buf_str(&p->text), "policy", who, (int64_t)p->changes, &w, e);
	if (r == 0 && jwrite_end_text(&w) != 0)
		r = err_nomem(e);
	if (r == 0 && out->n - from > POLICIES_LINE_MAX)
		r = err_set(e, ERR_PERM, E2BIG,
		    "the rule for one container is larger than %d bytes",
		    POLICIES_LINE_MAX);
	if (r == 0)
		buf_addc(out, '\n');
	else
		out->n = from;
	return r;
}
