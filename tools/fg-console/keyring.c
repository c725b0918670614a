/* SPDX-License-Identifier: Apache-2.0 */
#include "keyring.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"
#include "store/store_secrets.h"
#include "store/store_tokens.h"

enum { MEMORY_MAX = 256 << 20 };

/* A list that grows. */
struct list {
	struct keyring_key *all;
	size_t n, cap;
};

static struct keyring_key *
add(struct list *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
		void *p = reallocarray(l->all, cap, sizeof *l->all);

		if (p == NULL)
			return NULL;
		l->all = p;
		l->cap = cap;
	}
	l->all[l->n] = (struct keyring_key){0};
	return &l->all[l->n++];
}

static int
read_tokens(struct arena *a, struct store *s, struct list *l, struct err *e)
{
	struct str after = STR_NONE;
	struct store_token *t;
	size_t n = 0;
	int r;

	do {
		r = store_token_list(s, after, STORE_LIST_MAX, a, &t, &n, e);
		for (size_t i = 0; i < n && r == 0; i++) {
			struct keyring_key *key = add(l);

			if (key == NULL)
				return err_nomem(e);
			key->id = after = t[i].id;
			key->name = t[i].name;
			memcpy(key->sha256, t[i].sha256, sizeof key->sha256);
			key->expires_ms = t[i].expires_ms;
			key->revoked = t[i].revoked_ms != 0;
			/* One that is not understood allows nothing. */
			(void)scope_parse(t[i].scopes, &key->scopes, NULL);
		}
	} while (r == 0 && n == STORE_LIST_MAX);
	return r;
}

static int
read_secrets(struct arena *a, struct store *s, struct list *l, struct err *e)
{
	struct str after = STR_NONE;
	struct store_secret *t;
	size_t n = 0;
	int r;

	do {
		r = store_secret_list(
		    s, after, STORE_LIST_MAX, 0, a, &t, &n, e);
		for (size_t i = 0; i < n && r == 0; i++) {
			struct keyring_key *key = add(l);

			if (key == NULL)
				return err_nomem(e);
			key->id = after = t[i].id;
			memcpy(key->sha256, t[i].sha256, sizeof key->sha256);
			key->expires_ms = t[i].expires_ms;
			key->revoked = t[i].revoked_ms != 0;
		}
	} while (r == 0 && n == STORE_LIST_MAX);
	return r;
}

int
keyring_refresh(
    struct keyring *k, const struct board *b, struct store *s, struct err *e)
{
	uint64_t now = atomic_load(&b->keys) + 1;
	struct list tokens = {0}, secrets = {0};
	struct arena *a;
	int r;

	if (now == k->generation)
		return 0;
	a = arena_new(MEMORY_MAX);
	if (a == NULL)
		return err_nomem(e);
	r = read_tokens(a, s, &tokens, e);
	if (r == 0)
		r = read_secrets(a, s, &secrets, e);
	if (r != 0) {
		free(tokens.all);
		free(secrets.all);
		arena_free(a);
		return r;
	}
	keyring_free(k);
	k->generation = now;
	k->arena = a;
	k->kinds[SECRET_TOKEN].all = tokens.all;
	k->kinds[SECRET_TOKEN].n = tokens.n;
	k->kinds[SECRET_ENROL].all = secrets.all;
	k->kinds[SECRET_ENROL].n = secrets.n;
	return 0;
}

void
keyring_free(struct keyring *k)
{
	free(k->kinds[SECRET_TOKEN].all);
	free(k->kinds[SECRET_ENROL].all);
	arena_free(k->arena);
	*k = (struct keyring){0};
}

static int
compare(const void *id, const void *key)
{
	return str_cmp(
	    *(const struct str *)id, ((const struct keyring_key *)key)->id);
}

struct keyring_key *
keyring_find(struct keyring *k, enum secret_kind kind, struct str text)
{
	unsigned char hash[SHA256_BYTES];
	struct keyring_key *key;
	struct str id;

	if (!secret_parse(kind, text, &id, hash) || k->kinds[kind].n == 0)
		return NULL;
	key = bsearch(
	    &id, k->kinds[kind].all, k->kinds[kind].n, sizeof *key, compare);
	return key != NULL && secret_same(key->sha256, hash) ? key : NULL;
}
