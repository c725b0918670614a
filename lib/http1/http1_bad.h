/* SPDX-License-Identifier: Apache-2.0 */
/* http1_bad: why a message was refused, for programs and for people. */
#ifndef FG_HTTP1_HTTP1_BAD_H
#define FG_HTTP1_HTTP1_BAD_H

/*
 * Each with the status that a server answers (RFC 9110 section 15; where what
 * was refused is a response, a gateway answers 502 to all of them), and a text
 * in lower case. After any of them the connection is closed (RFC 9112
 * section 9.6): where the next message begins is not known.
 */
#define HTTP1_BAD_EACH(X)                                                      \
	X(NONE, "none", 200, "nothing is wrong")                               \
	X(TLS, "tls", 400, "a TLS handshake where plain HTTP is spoken")       \
	X(LINE_TOO_LONG, "line_too_long", 414, "the first line is too long")   \
	X(METHOD, "method", 400,                                               \
	    "the method is no token with one space behind it")                 \
	X(METHOD_TOO_LONG, "method_too_long", 501, "the method is too long")   \
	X(METHOD_CONNECT, "method_connect", 405, "CONNECT is not served")      \
	X(TARGET_EMPTY, "target_empty", 400,                                   \
	    "no target behind the method's one space")                         \
	X(TARGET_BYTE, "target_byte", 400,                                     \
	    "a byte that the target cannot hold")                              \
	X(TARGET_FRAGMENT, "target_fragment", 400, "a fragment in the target") \
	X(TARGET_FORM, "target_form", 400,                                     \
	    "the target's form is not one of the method")                      \
	X(TARGET_SCHEME, "target_scheme", 400,                                 \
	    "the target's scheme is not http or https")                        \
	X(TARGET_AUTHORITY, "target_authority", 400,                           \
	    "the target's authority is malformed")                             \
	X(VERSION_MISSING, "version_missing", 400,                             \
	    "no version behind the target")                                    \
	X(VERSION, "version", 400, "the version is malformed")                 \
	X(VERSION_UNKNOWN, "version_unknown", 505,                             \
	    "the version is not 1.0 or 1.1")                                   \
	X(STATUS, "status", 502,                                               \
	    "the status is not three digits from 100 to 599")                  \
	X(STATUS_REASON, "status_reason", 502,                                 \
	    "the reason phrase is malformed")                                  \
	X(STATUS_UNASKED, "status_unasked", 502,                               \
	    "101 that no request asked for")                                   \
	X(BARE_CR, "bare_cr", 400, "CR without LF")                            \
	X(BARE_LF, "bare_lf", 400, "LF without CR")                            \
	X(FOLD, "fold", 400, "a line that starts with a blank")                \
	X(NAME_EMPTY, "name_empty", 400, "a field without a name")             \
	X(NAME_SPACE, "name_space", 400,                                       \
	    "a blank between a field's name and the colon")                    \
	X(NAME_BYTE, "name_byte", 400,                                         \
	    "a byte that a field's name cannot hold")                          \
	X(NAME_UNDERSCORE, "name_underscore", 400,                             \
	    "an underscore in a field's name")                                 \
	X(COLON, "colon", 400, "a line without a colon")                       \
	X(VALUE_NUL, "value_nul", 400, "a NUL byte in a field's value")        \
	X(VALUE_BYTE, "value_byte", 400,                                       \
	    "a control character in a field's value")                          \
	X(FIELD_TOO_LONG, "field_too_long", 431, "a field is too long")        \
	X(FIELDS, "fields", 431, "too many fields")                            \
	X(HEAD_TOO_LARGE, "head_too_large", 431,                               \
	    "the fields together are too long")                                \
	X(HOST_MISSING, "host_missing", 400, "no Host field")                  \
	X(HOST_TWICE, "host_twice", 400, "two Host fields")                    \
	X(HOST, "host", 400, "the Host field is not HOST or HOST:PORT")        \
	X(HOST_DIFFERS, "host_differs", 400,                                   \
	    "the Host field differs from the target")                          \
	X(LENGTH, "length", 400, "the Content-Length is not digits alone")     \
	X(LENGTH_HUGE, "length_huge", 400,                                     \
	    "the Content-Length is out of range")                              \
	X(LENGTH_TWICE, "length_twice", 400, "two Content-Length fields")      \
	X(LENGTH_CODING, "length_coding", 400,                                 \
	    "both Content-Length and Transfer-Encoding")                       \
	X(CODING_TWICE, "coding_twice", 400,                                   \
	    "chunked twice, or two Transfer-Encoding fields")                  \
	X(CODING_LAST, "coding_last", 400,                                     \
	    "the last transfer coding is not chunked")                         \
	X(CODING_UNKNOWN, "coding_unknown", 501,                               \
	    "a transfer coding that is not chunked")                           \
	X(CODING_VERSION, "coding_version", 400,                               \
	    "Transfer-Encoding in HTTP/1.0")                                   \
	X(BODY_UNEXPECTED, "body_unexpected", 400,                             \
	    "a body where there can be none")                                  \
	X(BODY_TOO_LARGE, "body_too_large", 413, "the body is too large")      \
	X(CONNECTION, "connection", 400,                                       \
	    "the Connection field is no list of tokens")                       \
	X(CONNECTION_MANY, "connection_many", 400,                             \
	    "too many connection options")                                     \
	X(CONNECTION_NAME, "connection_name", 400,                             \
	    "the Connection field names one that stays")                       \
	X(EXPECT, "expect", 417, "an expectation that is not 100-continue")    \
	X(UPGRADE, "upgrade", 400, "the Upgrade field is malformed")           \
	X(CHUNK_SIZE, "chunk_size", 400,                                       \
	    "the chunk size is not hexadecimal digits alone")                  \
	X(CHUNK_HUGE, "chunk_huge", 400, "the chunk size is out of range")     \
	X(CHUNK_LINE, "chunk_line", 400,                                       \
	    "the line of the chunk size does not end in CRLF")                 \
	X(CHUNK_EXTENSION, "chunk_extension", 400,                             \
	    "a chunk extension that is not allowed")                           \
	X(CHUNK_DATA, "chunk_data", 400, "no CRLF behind the data of a chunk") \
	X(TRAILER_NAME, "trailer_name", 400,                                   \
	    "a trailer field that has to be in the head")

enum http1_bad {
#define X(id, name, status, text) HTTP1_BAD_##id,
	HTTP1_BAD_EACH(X)
#undef X
	    HTTP1_BAD_COUNT
};

/* The status to answer: 400 and so on; 500 for a number that is none. */
unsigned http1_bad_status(enum http1_bad bad);

/* The name in lower case, as "host_missing"; never NULL. */
const char *http1_bad_name(enum http1_bad bad);

/* The text; never NULL. */
const char *http1_bad_text(enum http1_bad bad);

#endif
