/* SPDX-License-Identifier: Apache-2.0 */
#include "pki_pem.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "pki_x509.h"

/* Does the line begin a block, or would if the text had not been cut there? */
static bool
begins(struct str line, bool last)
{
	static const char begin[] = "-----BEGIN ";
	size_t n = sizeof begin - 1;

	if (last && line.n < n)
		n = line.n;
	return n > 0 && line.n >= n && memcmp(line.p, begin, n) == 0;
}

static size_t
count_begun(struct str text)
{
	struct str line;
	size_t n = 0;

	while (text.n > 0) {
		bool more = str_cut(text, '\n', &line, &text);

		n += begins(line, !more);
	}
	return n;
}

int
pki_pem_open(struct pki_pem *p, struct str text, size_t max, const char *what,
    struct err *e)
{
	*p = (struct pki_pem){.what = what};
	if (text.n > max)
		return err_set(
		    e, ERR_PERM, EFBIG, "%s: larger than %zu bytes", what, max);
	p->begun = count_begun(text);
	if (p->begun == 0)
		return 0; /* BIO_new_mem_buf() wants a text */
	p->bio = BIO_new_mem_buf(text.p, (int)text.n);
	return p->bio != NULL ? 0 : pki_x509_error(e, ENOMEM, what);
}

static void
drop_block(struct pki_pem *p)
{
	OPENSSL_free(p->label);
	OPENSSL_free(p->header);
	OPENSSL_clear_free(p->der, (size_t)p->n);
	p->label = NULL;
	p->header = NULL;
	p->der = NULL;
	p->n = 0;
}

void
pki_pem_close(struct pki_pem *p)
{
	drop_block(p);
	BIO_free(p->bio);
	p->bio = NULL;
}

int
pki_pem_next(struct pki_pem *p, struct err *e)
{
	int reason;

	drop_block(p);
	if (p->bio == NULL)
		return 0;
	ERR_clear_error();
	if (PEM_read_bio(p->bio, &p->label, &p->header, &p->der, &p->n) == 1) {
		p->seen++;
		return 1;
	}
	reason = ERR_GET_REASON(ERR_peek_last_error());
	if (reason == PEM_R_NO_START_LINE && p->seen == p->begun) {
		ERR_clear_error();
		return 0;
	}
	if (reason != PEM_R_NO_START_LINE)
		return pki_x509_error(e, EINVAL, p->what);
	ERR_clear_error();
	return err_set(e, ERR_PERM, EINVAL,
	    "%s: block %zu of the PEM text is cut off", p->what, p->seen + 1);
}

bool
pki_pem_is(const struct pki_pem *p, const char *label)
{
	return p->label != NULL && strcmp(p->label, label) == 0;
}
