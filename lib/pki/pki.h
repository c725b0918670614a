/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki: keys, certificates and requests for them (RFC 5280, RFC 2986), and
 * signatures of policies (Ed25519, RFC 8032), by OpenSSL 3. All texts are PEM
 * (RFC 7468), and whatever is read may be hostile.
 *
 * Keys are of EC P-256, private ones PKCS #8 without a password. Serials are
 * 128 random bits. Certificates are valid from PKI_SKEW seconds before they
 * were made. Functions that make PEM append it to what the buffer holds. No
 * error text ever quotes a key.
 */
#ifndef FG_PKI_PKI_H
#define FG_PKI_PKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
	PKI_PEM_MAX = 1024 * 1024, /* bytes of any PEM text taken */
	PKI_CSR_MAX = 8 * 1024,    /* ... of a request */
	PKI_SKEW = 300,            /* s, by which clocks may differ */
	PKI_NAMES_MAX = 64,        /* of a server */
	PKI_BUNDLE_MAX = 16,       /* certificates that pki_bundle() puts out */
	PKI_SUBJECT = 256,         /* with the NUL, as the next ones */
	PKI_URI = 1024,
	PKI_SERIAL = 41,   /* 20 octets in hexadecimal */
	PKI_SHA256 = 65,   /* 32 octets in hexadecimal */
	PKI_SIGNATURE = 64 /* octets of an Ed25519 signature */
};

/* What a certificate says. */
struct pki_facts {
	char subject[PKI_SUBJECT]; /* "CN=…", RFC 4514; cut when too long */
	char uri[PKI_URI];         /* its only SAN URI; "" when it has none */
	char serial[PKI_SERIAL];   /* small letters, whole octets */
	int64_t not_before;        /* s since 1970 */
	int64_t not_after;         /* ... */
	char sha256[PKI_SHA256];   /* of its DER form: the fingerprint */
	bool ca;                   /* basicConstraints say cA */
};

/* A new private key. */
int pki_key_new(struct buf *key, struct err *e);

/* As buf_free(), of a buffer that held a secret: it is overwritten first. */
void pki_wipe(struct buf *b);

/*
 * A new key and its self-signed certificate of a CA of that common name (1 to
 * 64 bytes, RFC 5280 A.1), which signs certificates of leaves only.
 * -EINVAL, ERR_PERM: the name, or not_after (s since 1970) is no such time.
 */
int pki_ca_new(const char *cn, int64_t not_after, struct buf *cert,
    struct buf *key, struct err *e);

/* A CA at work: its certificate and key, read once. */
struct pki_ca; /* opaque */

/*
 * -EINVAL, ERR_PERM: no PEM, no certificate of a CA, or the key is not its
 * own. Of several certificates the first counts.
 */
int pki_ca_load(
    struct str cert, struct str key, struct pki_ca **ret, struct err *e);
void pki_ca_free(struct pki_ca *ca);
void pki_ca_freep(struct pki_ca **ca);
#define cleanup_pki_ca __attribute__((cleanup(pki_ca_freep)))

/*
 * A server's certificate for a private key: extendedKeyUsage serverAuth, the
 * names as SAN. A name is an IPv4 or IPv6 address without brackets, or a host
 * name of RFC 1123, of which the first label may be "*". not_after: as in
 * pki_csr_sign(). -EINVAL, ERR_PERM: a name, no name, or the key.
 */
int pki_server_new(const struct pki_ca *ca, struct str key,
    const struct str *names, size_t n, int64_t not_after, struct buf *cert,
    struct err *e);

/* A request for a certificate, which proves that its maker has the key. */
int pki_csr_new(struct str key, struct buf *csr, struct err *e);

/*
 * A client's certificate, extendedKeyUsage clientAuth, for whoever made the
 * request. Only its public key is taken, which must be of P-256, and its
 * signature must be right; nothing else that it says counts. uri is the one
 * SAN (printable ASCII, shorter than PKI_URI). It is valid until not_after (s
 * since 1970), or as long as the CA when that ends before.
 * *facts, unless NULL, gets what the certificate says.
 * -EINVAL, ERR_PERM: the request or the uri.
 */
int pki_csr_sign(const struct pki_ca *ca, struct str csr, const char *uri,
    int64_t not_after, struct buf *cert, struct pki_facts *facts,
    struct err *e);

/*
 * Of the first certificate in a PEM text; nothing is verified. -EINVAL,
 * ERR_PERM: there is none, it is damaged, has several SAN URIs or one that is
 * not of printable ASCII, or a serial of more than 20 octets.
 */
int pki_cert_facts(struct str pem, struct pki_facts *ret, struct err *e);

/*
 * The CA certificates of all n texts as one, each once, in their order; two
 * while a CA is rotated. -EINVAL, ERR_PERM: not PEM, not a CA, none, or more
 * than PKI_BUNDLE_MAX.
 */
int pki_bundle(
    const struct str *pems, size_t n, struct buf *ret, struct err *e);

/*
 * "fg:app/" and the App ID, every octet but the unreserved ones of RFC 3986
 * section 2.3 as %XX. -EINVAL, ERR_PERM: it is empty, or the URI too long.
 */
int pki_app_uri(struct str app_id, char to[PKI_URI], struct err *e);

/*
 * The other way: append the App ID to out. False, with nothing appended, for
 * what pki_app_uri() does not write.
 */
bool pki_app_id(const char *uri, struct buf *out);

/* A new key for signatures, and the public key that verifies them. */
int pki_sign_key_new(struct buf *key, struct buf *public_key, struct err *e);

/* A private key at work, read once. */
struct pki_signer; /* opaque */

/* -EINVAL, ERR_PERM: no private key of Ed25519. */
int pki_signer_load(struct str key, struct pki_signer **ret, struct err *e);
void pki_signer_free(struct pki_signer *s);
void pki_signer_freep(struct pki_signer **s);
#define cleanup_pki_signer __attribute__((cleanup(pki_signer_freep)))

/* The signature over the octets of text. */
int pki_sign(const struct pki_signer *s, struct str text,
    unsigned char signature[PKI_SIGNATURE], struct err *e);

/*
 * Did a holder of the public key sign text? The PEM may hold two keys, while
 * they are rotated: any one will do. 0 when so; -EBADMSG, ERR_NO, when not;
 * -EINVAL, ERR_PERM: no public key of Ed25519.
 */
int pki_verify(struct str public_key, struct str text, struct str signature,
    struct err *e);

#endif
