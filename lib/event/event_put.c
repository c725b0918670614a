/* SPDX-License-Identifier: Apache-2.0 */
#include "event_put.h"

#include <inttypes.h>
#include <stdio.h>

#include "base64/base64.h"
#include "utf8/utf8.h"

static const char CUT[] = "\xe2\x80\xa6"; /* … */
enum { CUT_BYTES = sizeof CUT - 1 };

size_t
event_put_fitting(struct str s, size_t max)
{
	size_t at = 0, size = 0;

	if (3 * s.n <= max)
		return s.n;
	while (at < s.n) {
		size_t n = utf8_decode(str_sub(s, at, s.n), NULL);

		size += n == 0 ? 3 : n;
		if (size > max)
			break;
		at += n == 0 ? 1 : n;
	}
	return at;
}

void
event_put_text(const struct event_put *x, struct str s)
{
	cleanup_buf struct buf cut = BUF_MAX(x->longest);

	if (event_put_fitting(s, x->longest) == s.n) {
		jwrite_str(x->w, s);
		return;
	}
	buf_add(&cut, s.p, event_put_fitting(s, x->longest - CUT_BYTES));
	buf_addz(&cut, CUT);
	if (buf_error(&cut) != 0)
		x->w->out->error = cut.error;
	jwrite_str(x->w, buf_str(&cut));
}

void
event_put_str(const struct event_put *x, const char *key, struct str s)
{
	if (s.n == 0)
		return;
	jwrite_key(x->w, key);
	event_put_text(x, s);
}

void
event_put_int(const struct event_put *x, const char *key, int64_t n)
{
	if (n != 0)
		jwrite_kv_int(x->w, key, n);
}

int64_t
event_put_counter(uint64_t n)
{
	return n > EVENT_PUT_INT_MAX ? EVENT_PUT_INT_MAX : (int64_t)n;
}

void
event_put_count(const struct event_put *x, const char *key, uint64_t n)
{
	jwrite_kv_int(x->w, key, event_put_counter(n));
}

void
event_put_true(const struct event_put *x, const char *key, bool b)
{
	if (b)
		jwrite_kv_bool(x->w, key, true);
}

void
event_put_bytes(const struct event_put *x, const char *key, const char *raw_key,
    struct str s)
{
	cleanup_buf struct buf raw = BUF_MAX(2 * x->longest + 4);

	event_put_str(x, key, s);
	if (utf8_valid(s, NULL) || event_put_fitting(s, x->longest) < s.n)
		return;
	base64_encode(s, &raw);
	if (buf_error(&raw) != 0)
		x->w->out->error = raw.error;
	jwrite_kv(x->w, raw_key, buf_str(&raw));
}

void
event_put_strings(const struct event_put *x, const char *key,
    const struct str *list, unsigned n)
{
	if (n == 0)
		return;
	jwrite_key(x->w, key);
	jwrite_array(x->w);
	for (unsigned i = 0; i < n; i++)
		event_put_text(x, list[i]);
	jwrite_end(x->w);
}

/* "04755" */
void
event_put_mode(const struct event_put *x, const char *key, uint32_t mode)
{
	char text[16];

	if (mode == 0)
		return;
	(void)snprintf(text, sizeof text, "0%" PRIo32, mode);
	jwrite_kvz(x->w, key, text);
}
