/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON side of tree.h: jscan's tokens become nodes. */
#include <stdio.h>

#include "jscan/jscan.h"
#include "tree.h"

static int
text_of(struct tree *t, const struct jscan *s, const struct jscan_token *tok,
    struct str *text)
{
	cleanup_buf struct buf decoded = BUF_MAX(t->d->src.n);
	int r;

	if (!tok->escaped) {
		*text = jscan_inner(s, tok);
		return 0;
	}
	r = jscan_text(s, tok, &decoded);
	*text = r == 0 ? arena_str(t->d->arena, buf_str(&decoded)) : STR_NONE;
	return text->p == NULL ? err_nomem(t->e) : 0;
}

static int
scalar(struct tree *t, const struct jscan *s, const struct jscan_token *tok)
{
	struct tree_part part = {
	    .kind = DOC_SCALAR,
	    .start = tok->start,
	    .end = tok->end,
	};

	if (tok->kind == JSCAN_KEY || tok->kind == JSCAN_STRING) {
		int r = text_of(t, s, tok, &part.text);

		if (r != 0)
			return r;
		part.style = DOC_DOUBLE;
	} else {
		part.style = DOC_PLAIN;
		part.text = jscan_raw(s, tok);
	}
	return tree_add(t, &part);
}

static int
collection(struct tree *t, enum doc_kind kind, const struct jscan_token *tok)
{
	struct tree_part part = {
	    .kind = kind, .style = DOC_FLOW, .start = tok->start};

	return tree_add(t, &part);
}

static int
token(struct tree *t, const struct jscan *s, const struct jscan_token *tok)
{
	switch (tok->kind) {
	case JSCAN_OBJECT:
		return collection(t, DOC_MAP, tok);
	case JSCAN_ARRAY:
		return collection(t, DOC_SEQ, tok);
	case JSCAN_OBJECT_END:
	case JSCAN_ARRAY_END:
		return tree_close(t, tok->end);
	case JSCAN_KEY:
	case JSCAN_STRING:
	case JSCAN_NUMBER:
	case JSCAN_TRUE:
	case JSCAN_FALSE:
	case JSCAN_NULL:
		break;
	}
	return scalar(t, s, tok);
}

int
tree_parse_json(struct tree *t)
{
	struct jscan s;
	struct jscan_token tok;
	int r;

	jscan_init(&s, t->d->src, DOC_DEPTH_MAX);
	(void)jscan_skip_bom(&s);
	while ((r = jscan_next(&s, &tok, t->e)) == 1) {
		r = token(t, &s, &tok);
		if (r != 0)
			return r;
	}
	if (r < 0 && t->e != NULL) {
		char text[ERR_TEXT_MAX];

		(void)snprintf(text, sizeof text, "%s", t->e->text);
		(void)err_set(t->e, t->e->kind, -r, "%s:%s", t->d->name, text);
	}
	return r;
}
