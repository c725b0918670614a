/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data: the directory that the Console keeps everything in, and its first
 * start. Nothing in it is a default: keys, certificates and the first token
 * are made there, of random bits.
 */
#ifndef FG_CONSOLE_DATA_H
#define FG_CONSOLE_DATA_H

#include "base/buf.h"
#include "base/err.h"
#include "options.h"

/* Files below the directory. The keys are 0600, in a directory that is 0700. */
#define DATA_CA "ca.pem" /* the first one signs, all are trusted */
#define DATA_CA_KEY "keys/ca.key"
#define DATA_SERVER "server.pem"
#define DATA_SERVER_KEY "keys/server.key"
#define DATA_POLICY_KEY "keys/policy.key"
#define DATA_POLICY_PUBLIC "policy-key.pem"
#define DATA_SCANS "scan.db"

/*
 * Lock the directory, made when it is not there, for this process and those
 * that it forks: the descriptor that holds the lock. ERR_TEMP: another Console
 * has it.
 */
int data_lock(const char *dir, struct err *e);

/*
 * Make what is not there yet; the server's certificate is made anew each time.
 * Prints the admin token when there has never been one.
 */
int data_prepare(const struct options *o, struct err *e);

/*
 * Make the server's certificate anew, as ca.pem and its key are by now. The old
 * one stays when that fails.
 */
int data_renew(const struct options *o, struct err *e);

/* A file of it, into b, which a key is to be wiped from (pki_wipe()). */
int data_read(const char *dir, const char *name, struct buf *b, struct err *e);

#endif
