/* SPDX-License-Identifier: Apache-2.0 */
#include "order.h"

#include <errno.h>

enum mark { NEW, ON_PATH, DONE };

struct walk {
	const struct taskdef_file *f;
	const struct taskdef *td;
	enum mark *marks; /* one per container */
	struct buf path;  /* "a -> b -> a" of the cycle, innermost first */
	size_t loop;      /* the container that closes it, or td->n */
};

struct str
order_log_driver(const struct taskdef_file *f, const struct taskdef *td,
    const struct doc_node *container)
{
	return taskdef_text(
	    f, taskdef_path(td->form, container, "logConfiguration.logDriver"));
}

/* The container that a name in a reference means; td->n: none. */
static size_t
index_of(const struct walk *w, const struct doc_node *ref)
{
	cleanup_buf struct buf canonical = BUF_MAX(64 * 1024);
	struct str known = taskdef_text(w->f, ref), id = STR_NONE;

	if (ref == NULL)
		return w->td->n;
	if (taskdef_function(w->td->form, ref) != NULL) {
		cfn_canonical(ref, &canonical);
		id = buf_str(&canonical);
	}
	for (size_t i = 0; i < w->td->n; i++) {
		const struct taskdef_container *c = &w->td->containers[i];

		if (known.p != NULL && str_eq(c->known_name, known))
			return i;
		if (id.p != NULL && str_eq(c->id, id))
			return i;
	}
	return w->td->n;
}

/* links are "name" or "name:alias". */
static size_t
index_of_link(const struct walk *w, const struct doc_node *link)
{
	struct str name, alias;

	if (!doc_is_text(link))
		return w->td->n;
	(void)str_cut(link->text, ':', &name, &alias);
	for (size_t i = 0; i < w->td->n; i++)
		if (str_eq(w->td->containers[i].known_name, name))
			return i;
	return w->td->n;
}

static size_t
log_router(const struct walk *w)
{
	for (size_t i = 0; i < w->td->n; i++)
		if (taskdef_get(w->td->form, w->td->containers[i].node,
			"firelensConfiguration") != NULL)
			return i;
	return w->td->n;
}

static bool visit(struct walk *w, size_t i);

/* Follow the references in one list; true: a cycle was found. */
static bool
follow(struct walk *w, size_t from, const char *list_name, const char *name)
{
	const struct doc_node *container = w->td->containers[from].node;
	const struct doc_node *list =
	    taskdef_get(w->td->form, container, list_name);

	if (list == NULL || list->kind != DOC_SEQ)
		return false;
	doc_each(item, list) {
		size_t to =
		    name == NULL
			? index_of_link(w, item)
			: index_of(w, taskdef_get(w->td->form, item, name));

		if (to < w->td->n && visit(w, to))
			return true;
	}
	return false;
}

static bool
follow_all(struct walk *w, size_t i)
{
	struct str driver =
	    order_log_driver(w->f, w->td, w->td->containers[i].node);
	size_t router = log_router(w);

	if (follow(w, i, "dependsOn", "containerName") ||
	    follow(w, i, "volumesFrom", "sourceContainer") ||
	    follow(w, i, "links", NULL))
		return true;
	return str_eqz(driver, "awsfirelens") && router < w->td->n &&
	       router != i && visit(w, router);
}

/* Depth first; on the way back from a cycle its names are written down. */
static bool
visit(struct walk *w, size_t i)
{
	if (w->marks[i] == DONE)
		return false;
	if (w->marks[i] == ON_PATH) {
		w->loop = i;
		buf_adds(&w->path, w->td->containers[i].id);
		return true;
	}
	w->marks[i] = ON_PATH;
	if (follow_all(w, i)) {
		if (w->loop < w->td->n)
			buf_addf(&w->path, " <- %.*s",
			    STR_ARG(w->td->containers[i].id));
		if (w->loop == i)
			w->loop = w->td->n;
		return true;
	}
	w->marks[i] = DONE;
	return false;
}

int
order_check(
    const struct taskdef_file *f, const struct taskdef *td, struct err *e)
{
	struct walk w = {
	    .f = f, .td = td, .path = BUF_MAX(ERR_TEXT_MAX / 2), .loop = td->n};
	int r = 0;

	w.marks = arena_alloc(f->arena, td->n * sizeof *w.marks);
	if (w.marks == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < td->n && r == 0; i++)
		if (visit(&w, i))
			r = doc_err(e, ERR_NO, ELOOP, f->doc,
			    td->containers[i].node,
			    "the containers wait for each other and never "
			    "start: %s",
			    buf_z(&w.path));
	buf_free(&w.path);
	return r;
}
