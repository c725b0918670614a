/* SPDX-License-Identifier: Apache-2.0 */
/* pki_made: keys and certificates that are made for a test. */
#ifndef FG_TESTS_PKI_MADE_H
#define FG_TESTS_PKI_MADE_H

#include <openssl/err.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "pki/pki.h"

enum { PEM = 64 * 1024, DAY = 24 * 60 * 60 };

#define cleanup_wipe __attribute__((cleanup(pki_wipe)))

static inline int64_t
after(int64_t s)
{
	return time(NULL) + s;
}

static inline int
no_queue(void **state)
{
	(void)state;
	assert_int_equal(ERR_peek_error(), 0);
	return 0;
}

struct made {
	struct buf cert, key;
	struct pki_ca *ca;
};

static inline struct made
make_ca(const char *cn, int64_t not_after)
{
	struct made m = {.cert = BUF_MAX(PEM), .key = BUF_MAX(PEM)};
	struct err e = {0};

	assert_int_equal(pki_ca_new(cn, not_after, &m.cert, &m.key, &e), 0);
	assert_int_equal(
	    pki_ca_load(buf_str(&m.cert), buf_str(&m.key), &m.ca, &e), 0);
	return m;
}

static inline void
drop(struct made *m)
{
	pki_ca_free(m->ca);
	buf_free(&m->cert);
	pki_wipe(&m->key);
}

#define cleanup_made __attribute__((cleanup(drop)))

static inline void
make_csr(struct buf *csr)
{
	cleanup_wipe struct buf key = BUF_MAX(PEM);

	assert_int_equal(pki_key_new(&key, NULL), 0);
	assert_int_equal(pki_csr_new(buf_str(&key), csr, NULL), 0);
}

/* A file of its own for openssl(1). */
static inline void
put(const char *dir, const char *name, struct str text)
{
	char path[64];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	assert_int_equal(fd_save(path, text, 0600, NULL), 0);
}

/* What a command says, run by sh in dir. */
static inline void
ask(const char *dir, const char *command, struct buf *out)
{
	char line[1024];
	FILE *p;
	size_t n;

	assert_in_range(
	    snprintf(line, sizeof line, "cd %s && { %s; } 2>&1", dir, command),
	    1, sizeof line - 1);
	buf_reset(out);
	p = (popen)(line, "r");
	assert_non_null(p);
	while ((n = fread(line, 1, sizeof line, p)) > 0)
		buf_add(out, line, n);
	(void)pclose(p);
}

static inline void
says(const char *dir, const char *command, const char *text)
{
	struct buf out = BUF_MAX(PEM);

	ask(dir, command, &out);
	if (strstr(buf_z(&out), text) == NULL)
		fail_msg(
		    "%s says\n%s\nwithout\n%s", command, buf_z(&out), text);
	buf_free(&out);
}

static inline void
make_directory(char dir[32])
{
	(void)snprintf(dir, 32, "/tmp/fg-pki.XXXXXX");
	assert_non_null(mkdtemp(dir));
}

static inline void
remove_directory(const char *dir)
{
	struct buf out = BUF_MAX(PEM);

	ask(dir, "rm -f -- *", &out);
	buf_free(&out);
	assert_int_equal(rmdir(dir), 0);
}

#endif
