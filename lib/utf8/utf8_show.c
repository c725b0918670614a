/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

bool
utf8_hidden(uint32_t code)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {
	    {0x00, 0x1f}, {0x7f, 0x9f}, /* DEL and C1 */
	    {0xad, 0xad},               /* soft hyphen */
	    {0x61c, 0x61c},             /* Arabic letter mark */
	    {0x180e, 0x180e},           /* Mongolian vowel separator */
	    {0x200b, 0x200f},           /* zero width, direction */
	    {0x2028, 0x202e},           /* separators, direction */
	    {0x2060, 0x206f},           /* joiners, direction */
	    {0xfeff, 0xfeff},           /* byte order mark */
	    {0xfff9, 0xfffb},           /* annotations */
	    {0xe0000, 0xe007f},         /* tags */
	};

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		if (code <= ranges[i].to)
			return code >= ranges[i].from;
	}
	return false;
}

static void
add_escape(uint32_t code, struct buf *out)
{
	enum { HIGH = 0xd800, LOW = 0xdc00, PLANE = 0x10000, BITS = 10 };

	if (code < PLANE) {
		buf_addf(out, "\\u%04x", (unsigned)code);
		return;
	}
	code -= PLANE;
	buf_addf(out, "\\u%04x\\u%04x", (unsigned)(HIGH | code >> BITS),
	    (unsigned)(LOW | (code & 0x3ff)));
}

static void
show(struct str s, unsigned char least, struct buf *out)
{
	size_t from = 0, at = 0;

	while (at < s.n) {
		uint32_t code = 0xfffd;
		unsigned char c = (unsigned char)s.p[at];
		size_t n;

		if (c >= least && c < 0x7f) { /* nearly all of it */
			at++;
			continue;
		}
		n = utf8_decode(str_sub(s, at, s.n), &code);
		if (n == 0 || utf8_hidden(code)) {
			buf_adds(out, str_sub(s, from, at));
			add_escape(code, out);
			from = at + (n == 0 ? 1 : n);
		}
		at += n == 0 ? 1 : n;
	}
	buf_adds(out, str_sub(s, from, s.n));
}

void
utf8_show(struct str s, struct buf *out)
{
	show(s, ' ', out);
}

void
utf8_show_json(struct str s, struct buf *out)
{
	show(s, 0, out);
}
