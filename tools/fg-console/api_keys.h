/* SPDX-License-Identifier: Apache-2.0 */
/* api_keys: API tokens and enrolment secrets. */
#ifndef FG_CONSOLE_API_KEYS_H
#define FG_CONSOLE_API_KEYS_H

struct request;

void api_keys_tokens(struct request *r);
void api_keys_token_add(struct request *r);
void api_keys_token_revoke(struct request *r);
void api_keys_secrets(struct request *r);
void api_keys_secret_add(struct request *r);
void api_keys_secret_revoke(struct request *r);

#endif
