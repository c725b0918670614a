/* SPDX-License-Identifier: Apache-2.0 */
/* pki_pem: the blocks of a PEM text (RFC 7468), one after the other. */
#ifndef FG_PKI_PKI_PEM_H
#define FG_PKI_PKI_PEM_H

#include <openssl/bio.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define cleanup_pki_pem __attribute__((cleanup(pki_pem_close)))

struct pki_pem {
	const char *what;   /* in errors */
	BIO *bio;           /* over the caller's text */
	size_t begun, seen; /* blocks: that the text begins, that were read */

	/* the block that was read last; overwritten, then freed */
	char *label;  /* "CERTIFICATE" */
	char *header; /* RFC 1421: "" in all but old, encrypted ones */
	unsigned char *der;
	long n; /* bytes of it */
};

/*
 * text must stay until pki_pem_close(). -EFBIG, ERR_PERM: more than max bytes.
 */
int pki_pem_open(struct pki_pem *p, struct str text, size_t max,
    const char *what, struct err *e);
void pki_pem_close(struct pki_pem *p);

/*
 * Read the next block: 1, or 0 at the end. What stands between blocks is
 * skipped. -EINVAL, ERR_PERM: one is damaged or cut off.
 */
int pki_pem_next(struct pki_pem *p, struct err *e);

bool pki_pem_is(const struct pki_pem *p, const char *label);

#endif
