/* SPDX-License-Identifier: Apache-2.0 */
/* http1: the heads of HTTP/1.x messages, strictly (RFC 9110, RFC 9112). */
#ifndef FG_HTTP1_HTTP1_H
#define FG_HTTP1_HTTP1_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "http1_bad.h"

/*
 * Two readers that differ about where a message ends are how requests are
 * smuggled. So this one refuses whatever any reader is known to read in
 * another way, even where the RFCs let a recipient repair it: folded lines,
 * blanks around names, lines that end in LF alone, two lengths, and so on.
 * What comes through is written anew (http1_write.h), never copied.
 */

enum {
	HTTP1_FIELDS_MAX = 100, /* of HTTP1_LIMITS */
	HTTP1_METHOD_MAX = 32,  /* bytes */
	HTTP1_HOST_MAX = 255,   /* bytes, without the port */
	HTTP1_OPTIONS_MAX = 16, /* elements of Connection */
};

/* What is taken. Bytes are counted with the CRLF. */
struct http1_limits {
	uint32_t line;      /* bytes of the first line: 414 */
	uint32_t field;     /* bytes of a field line: 431 */
	uint32_t head;      /* bytes of first line and fields together: 431 */
	uint32_t trailer;   /* bytes of a trailer section: 431 */
	uint32_t extension; /* bytes of chunk extensions in a body; 0: none */
	uint64_t body;      /* bytes of a body, as its framing says: 413 */
	bool bare_lf;       /* LF alone may end a line of fields */
	bool underscore;    /* names may have one; Content_Length never */
	bool strict_target; /* RFC 3986 characters and %XX alone in targets */
	bool connect;       /* CONNECT is served */
};

/* The defaults. Fields are limited by the array that the caller gives. */
#define HTTP1_LIMITS                                                           \
	((struct http1_limits){.line = 8192,                                   \
	    .field = 8192,                                                     \
	    .head = 32768,                                                     \
	    .trailer = 8192,                                                   \
	    .body = INT64_MAX})

/* The names that mean something here; all else is HTTP1_NAME_OTHER. */
enum http1_name {
	HTTP1_NAME_OTHER,
	HTTP1_NAME_CONNECTION,
	HTTP1_NAME_CONTENT_LENGTH,
	HTTP1_NAME_EXPECT,
	HTTP1_NAME_HOST,
	HTTP1_NAME_HTTP2_SETTINGS,
	HTTP1_NAME_KEEP_ALIVE,
	HTTP1_NAME_PROXY_CONNECTION,
	HTTP1_NAME_TE,
	HTTP1_NAME_TRAILER,
	HTTP1_NAME_TRANSFER_ENCODING,
	HTTP1_NAME_UPGRADE,
};

struct http1_field {
	struct str name;   /* a token, as it came */
	struct str value;  /* without blanks around it; may be empty */
	uint32_t at;       /* where the name is in the head */
	uint32_t value_at; /* where the value is */
	uint8_t id;        /* enum http1_name */
	/*
	 * Not to be copied to the next hop: Host and what frames the body,
	 * which are written anew; hop-by-hop fields (RFC 9110 section 7.6.1),
	 * be it by their name or by Connection. A caller may set it on more.
	 */
	bool drop;
};

/* How long the body is (RFC 9112 section 6.3). */
enum http1_body {
	HTTP1_BODY_NONE,
	HTTP1_BODY_LENGTH, /* `length` bytes, maybe 0 */
	HTTP1_BODY_CHUNKED,
	HTTP1_BODY_CLOSE,  /* of a response: until the connection ends */
	HTTP1_BODY_TUNNEL, /* 101, 2xx for CONNECT: no longer HTTP */
};

/* What requests and responses have in common. */
struct http1_head {
	struct http1_field *fields; /* the caller's array */
	uint32_t max;               /* of it */
	uint32_t n;                 /* how many are used */
	uint32_t size;              /* bytes of the head: the body follows */
	uint8_t minor;              /* of HTTP/1.minor: 0, 1 */
	enum http1_body body;
	uint64_t length;  /* the Content-Length, if has_length */
	bool has_length;  /* also without a body: HEAD, 304 */
	bool chunked;     /* Transfer-Encoding; also in answers to HEAD */
	bool keep_alive;  /* may the connection go on (RFC 9112 section 9.3) */
	bool te_trailers; /* TE: trailers (RFC 9110 section 10.1.4) */
	bool expect;      /* wants "100 Continue"; never in HTTP/1.0 */
	struct str upgrade; /* RFC 9110 section 7.8; empty: none */
	enum http1_bad bad; /* after -EBADMSG: what */
	uint32_t bad_at;    /* and where: the byte of the head */

	/* The parser's own. */
	uintptr_t base;   /* where the head was at the last call */
	uint32_t start;   /* of the first line: 0 to 2 */
	uint32_t at;      /* the first line that is not read */
	uint32_t scanned; /* bytes that hold no end of it */
	uint32_t host;    /* the Host field's number + 1 */
	uint32_t listed;  /* elements of Connection */
	bool line;        /* the first line is read */
	/* Connection options that were seen. */
	bool close, keep, upgrade_option, named;
};

enum http1_method {
	HTTP1_METHOD_OTHER,
	HTTP1_METHOD_CONNECT,
	HTTP1_METHOD_DELETE,
	HTTP1_METHOD_GET,
	HTTP1_METHOD_HEAD,
	HTTP1_METHOD_OPTIONS,
	HTTP1_METHOD_PATCH,
	HTTP1_METHOD_POST,
	HTTP1_METHOD_PUT,
	HTTP1_METHOD_TRACE,
};

/* RFC 9112 section 3.2. */
enum http1_form {
	HTTP1_FORM_ORIGIN,    /* /path?query */
	HTTP1_FORM_ABSOLUTE,  /* http://host/path?query */
	HTTP1_FORM_AUTHORITY, /* host:port, of CONNECT */
	HTTP1_FORM_ASTERISK,  /* *, of OPTIONS */
};

struct http1_target {
	enum http1_form form;
	struct str text;      /* all of it */
	struct str scheme;    /* of the absolute form, else empty */
	struct str authority; /* of the absolute and the authority form */
	struct str rest;      /* path and "?query", as they came */
	struct str path;      /* starts with "/"; may be empty if absolute */
	struct str query;     /* behind the first "?"; p is NULL without one */
};

struct http1_request {
	struct http1_head h;
	enum http1_method id;
	struct str method;
	struct http1_target target;
	/*
	 * HOST or HOST:PORT, of the target or else of the Host field; empty
	 * only in HTTP/1.0.
	 */
	struct str host;
	bool websocket; /* RFC 6455 section 4.2.1: GET, Upgrade, no body */
};

/* What a response answers, which its framing depends on. */
struct http1_asked {
	enum http1_method method;
	bool upgrade; /* an Upgrade field was sent */
};

struct http1_response {
	struct http1_head h;
	unsigned status;   /* 100 to 599 */
	struct str reason; /* may be empty */
};

/*
 * Begin to read a head, into fields[max]; what a caller of the next two needs
 * to do before the first call.
 */
void http1_request_begin(
    struct http1_request *r, struct http1_field *fields, uint32_t max);
void http1_response_begin(
    struct http1_response *r, struct http1_field *fields, uint32_t max);

/*
 * Read a head. in: all bytes that have come since its first one, and maybe
 * more behind it; they may lie elsewhere than at the last call. What was read
 * before is not read again, and how the bytes were cut makes no difference:
 * a line is judged when all of it is there.
 *
 * 0: r->h.size bytes are the head, and all spans point into `in`.
 * -EAGAIN: more bytes are needed, *e is untouched.
 * -EBADMSG: refused, for good; r->h.bad says why. ERR_PERM.
 *
 * A request may have one empty line in front (RFC 9112 section 2.2).
 */
int http1_request_read(struct http1_request *r, struct str in,
    const struct http1_limits *l, struct err *e);
int http1_response_read(struct http1_response *r, struct str in,
    const struct http1_asked *asked, const struct http1_limits *l,
    struct err *e);

/*
 * The first field of that name (letters in either case) from number *from on,
 * with *from behind it; NULL: no more of them.
 */
const struct http1_field *http1_find(
    const struct http1_head *h, struct str name, uint32_t *from);

/* Equal, letters in either case (ASCII)? */
bool http1_same(struct str a, struct str b);

#endif
