/* SPDX-License-Identifier: Apache-2.0 */
/* event_secret: which names and which forms a secret has. */
#ifndef FG_EVENT_EVENT_SECRET_H
#define FG_EVENT_EVENT_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* A character of names: ASCII letter, digit, '_', '-', '.'. */
bool event_secret_letter(char c);

/*
 * Does a value of this name want to be hidden? "db_password", "X-Api-Key",
 * "GITHUB_TOKEN" do; "password-file", "token_type", "tokenizer" do not.
 */
bool event_secret_name(struct str name);

/* The same for an option with its dashes: "--password", "-pass". */
bool event_secret_option(struct str word);

/* Does the secret go on behind blanks ("Authorization: Bearer …")? */
bool event_secret_rest(struct str name);

/*
 * Does s start with a key of a known form? How many bytes of it may be shown,
 * and where it ends; 0: no.
 */
size_t event_secret_key(struct str s, size_t *end);

#endif
