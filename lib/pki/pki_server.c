/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of servers. */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <string.h>

#include "pki_cert.h"
#include "pki_key.h"
#include "pki_x509.h"

enum { HOST_MAX = 253, LABEL_MAX = 63 }; /* RFC 1035 section 2.3.4 */

/* ---- names -------------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alphanumeric(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 1123 section 2.1. */
static bool
is_label(struct str s)
{
	if (s.n < 1 || s.n > LABEL_MAX || !is_alphanumeric(s.p[0]) ||
	    !is_alphanumeric(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_alphanumeric(s.p[i]) && s.p[i] != '-')
			return false;
	}
	return true;
}

/* A last label of digits alone would be an address that is none. */
static bool
is_host(struct str s)
{
	struct str label, rest = s;
	bool digits = true, wild = str_starts(s, "*.");
	size_t n = 0;

	if (s.n > HOST_MAX)
		return false;
	if (wild)
		rest = str_sub(s, 2, s.n);
	for (bool more = true; more; n++) {
		more = str_cut(rest, '.', &label, &rest);
		if (!is_label(label))
			return false;
	}
	for (size_t i = 0; i < label.n; i++)
		digits = digits && is_digit(label.p[i]);
	return !digits && (!wild || n >= 2);
}

/* Its 4 or 16 octets; 0: it is no address. */
static int
address(struct str s, unsigned char to[16])
{
	char text[INET6_ADDRSTRLEN];

	if (s.n >= sizeof text || memchr(s.p, '\0', s.n) != NULL)
		return 0;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, to) == 1)
		return 4;
	return inet_pton(AF_INET6, text, to) == 1 ? 16 : 0;
}

/* Push name onto names. */
static int
push(GENERAL_NAMES *names, int type, const void *p, int n, struct err *e)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value = ASN1_STRING_type_new(
	    type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);

	if (name == NULL || value == NULL || ASN1_STRING_set(value, p, n) != 1)
		goto bad;
	GENERAL_NAME_set0_value(name, type, value);
	value = NULL;
	if (sk_GENERAL_NAME_push(names, name) > 0)
		return 0;
bad:
	ASN1_STRING_free(value);
	GENERAL_NAME_free(name);
	return pki_x509_error(e, ENOMEM, "a name");
}

static int
push_name(GENERAL_NAMES *names, struct str s, struct err *e)
{
	unsigned char ip[16];
	int n = s.n > 0 ? address(s, ip) : 0;

	if (n > 0)
		return push(names, GEN_IPADD, ip, n, e);
	if (s.n > 0 && is_host(s))
		return push(names, GEN_DNS, s.p, (int)s.n, e);
	return err_set(e, ERR_PERM, EINVAL,
	    "neither a host name nor an IP address: \"%.*s\"", STR_ARG(s));
}

static int
push_names(GENERAL_NAMES *names, const struct str *all, size_t n, struct err *e)
{
	int r = 0;

	if (n == 0 || n > PKI_NAMES_MAX)
		return err_set(e, ERR_PERM, EINVAL,
		    "a server has 1 to %d names, not %zu", PKI_NAMES_MAX, n);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = push_name(names, all[i], e);
	return r;
}

/* ---- the certificate ---------------------------------------------------- */

int
pki_server_new(const struct pki_ca *ca, struct str key, const struct str *names,
    size_t n, int64_t not_after, struct buf *cert, struct err *e)
{
	cleanup_x509_key EVP_PKEY *parsed = NULL;
	cleanup_x509 X509 *x = NULL;
	struct pki_cert_plan plan = {
	    .not_after = not_after, .usage = "serverAuth"};
	int r;

	plan.san = GENERAL_NAMES_new();
	if (plan.san == NULL)
		return err_nomem(e);
	r = push_names(plan.san, names, n, e);
	if (r == 0)
		r = pki_key_p256(key, &parsed, e);
	plan.key = parsed;
	if (r == 0)
		r = pki_cert_make(ca, &plan, &x, e);
	if (r == 0)
		r = pki_x509_put(x, cert, e);
	GENERAL_NAMES_free(plan.san);
	return r;
}
