/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What jscan accepts, libjq accepts too, and each string reads the same; the
 * tokens, written again by jwrite, scan to the same tokens.
 */
#include <errno.h>
#include <jv.h>
#include <stdlib.h>

#include "jscan/jscan.h"
#include "jwrite/jwrite.h"

enum { DEPTH = 64, INPUT_MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* The string as libjq reads it. */
static void
check_text(struct str raw, struct str text)
{
	jv v = jv_parse_sized(raw.p, (int)raw.n);

	must(jv_get_kind(v) == JV_KIND_STRING);
	must(str_eq(text, str_make(jv_string_value(v),
			      (size_t)jv_string_length_bytes(jv_copy(v)))));
	jv_free(v);
}

static void
copy_string(const struct jscan *s, const struct jscan_token *tok,
    struct jwrite *w, struct buf *text)
{
	buf_reset(text);
	must(jscan_text(s, tok, text) == 0);
	check_text(jscan_raw(s, tok), buf_str(text));
	must(tok->escaped || str_eq(jscan_inner(s, tok), buf_str(text)));
	if (tok->kind == JSCAN_KEY)
		jwrite_keys(w, buf_str(text));
	else
		jwrite_str(w, buf_str(text));
}

static void
copy_token(const struct jscan *s, const struct jscan_token *tok,
    struct jwrite *w, struct buf *text)
{
	switch (tok->kind) {
	case JSCAN_OBJECT:
		jwrite_object(w);
		break;
	case JSCAN_ARRAY:
		jwrite_array(w);
		break;
	case JSCAN_OBJECT_END:
	case JSCAN_ARRAY_END:
		jwrite_end(w);
		break;
	case JSCAN_KEY:
	case JSCAN_STRING:
		copy_string(s, tok, w, text);
		break;
	case JSCAN_NUMBER:
	case JSCAN_TRUE:
	case JSCAN_FALSE:
	case JSCAN_NULL:
		jwrite_raw(w, jscan_raw(s, tok));
		break;
	}
}

/* Copy src to out, token by token; false when it is no JSON. */
static bool
copy(struct str src, struct buf *out)
{
	cleanup_buf struct buf text = BUF_MAX(INPUT_MAX);
	struct jscan_token tok;
	struct err e = {0};
	struct jwrite w;
	struct jscan s;
	size_t last = 0;
	int r;

	jscan_init(&s, src, DEPTH);
	jwrite_init(&w, out);
	while ((r = jscan_next(&s, &tok, &e)) == 1) {
		must(tok.start >= last && tok.start < tok.end);
		must(tok.end <= src.n && s.depth <= DEPTH);
		last = tok.end;
		copy_token(&s, &tok, &w, &text);
	}
	if (r < 0) {
		must(e.kind == ERR_PERM && e.text[0] != '\0');
		must(jscan_next(&s, &tok, NULL) == r);
		return false;
	}
	must(jwrite_end_text(&w) == 0);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_buf struct buf once = BUF_MAX(16 * INPUT_MAX);
	cleanup_buf struct buf twice = BUF_MAX(16 * INPUT_MAX);
	struct str src = str_make((const char *)data, size);
	jv v;

	if (size > INPUT_MAX || !copy(src, &once))
		return 0;
	v = jv_parse_sized(src.p, (int)src.n);
	must(jv_is_valid(v));
	jv_free(v);
	must(copy(buf_str(&once), &twice));
	must(str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}
