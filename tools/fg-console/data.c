/* SPDX-License-Identifier: Apache-2.0 */
#include "data.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "pki/pki.h"
#include "secret.h"
#include "store/store_tokens.h"
#include "time/time.h"
#include "url/url.h"

enum {
	DAY_S = 24 * 60 * 60,
	CA_DAYS = 3650,
	SERVER_DAYS = 397,
	TOKEN_DAYS = 365,
	LOCK_WAIT_MS = 5000
};

static int
path_of(const char *dir, const char *name, char path[PATH_MAX], struct err *e)
{
	if (snprintf(path, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
		return err_set(e, ERR_USAGE, ENAMETOOLONG, "--data: %s",
		    strerror(ENAMETOOLONG));
	return 0;
}

int
data_read(const char *dir, const char *name, struct buf *b, struct err *e)
{
	cleanup_fd int fd = -1;
	char path[PATH_MAX];
	int r = path_of(dir, name, path, e);

	if (r != 0)
		return r;
	fd = fd_open(path, e);
	return fd < 0 ? fd : fd_read_all(fd, path, b, e);
}

static bool
is_there(const char *dir, const char *name)
{
	char path[PATH_MAX];

	return path_of(dir, name, path, NULL) == 0 && access(path, F_OK) == 0;
}

static int
save(const char *dir, const char *name, struct buf *b, struct err *e)
{
	char path[PATH_MAX];
	int r = path_of(dir, name, path, e);

	if (r == 0 && buf_error(b) != 0)
		r = err_nomem(e);
	return r != 0 ? r : fd_save(path, buf_str(b), 0600, e);
}

/* ---- the directories ---------------------------------------------------- */

/* One that others can look into would give the keys away. */
static int
private_folder(const char *path, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	if (stat(path, &st) != 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(
		    e, ERR_PERM, ENOTDIR, "%s: not a directory", path);
	if ((st.st_mode & 077) != 0)
		return err_set(e, ERR_PERM, EPERM,
		    "%s: others can look into it; chmod 700", path);
	return 0;
}

int
data_lock(const char *dir, struct err *e)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	int64_t until = time_monotonic_ms() + LOCK_WAIT_MS;
	char path[PATH_MAX];
	int fd, r;

	r = private_folder(dir, e);
	if (r == 0)
		r = path_of(dir, "lock", path, e);
	if (r != 0)
		return r;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(
		    e, ERR_PERM, errno, "%s: %s", path, strerror(errno));
	/* The processes of one that was killed may be about to end. */
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (time_monotonic_ms() > until) {
			(void)close(fd);
			return err_set(e, ERR_TEMP, EBUSY,
			    "%s: another fg-console works there", dir);
		}
		(void)nanosleep(&pause, NULL);
	}
	return fd;
}

/* ---- keys and certificates ---------------------------------------------- */

static int64_t
days_from_now(int64_t days)
{
	return time_now_ms() / 1000 + days * DAY_S;
}

/* A key is there before what it belongs to is, or not at all. */
static int
save_pair(const char *dir, const char *key_name, struct buf *key,
    const char *name, struct buf *b, struct err *e)
{
	int r = save(dir, key_name, key, e);

	pki_wipe(key);
	return r == 0 ? save(dir, name, b, e) : r;
}

static int
make_ca(const char *dir, struct err *e)
{
	struct buf key = BUF_MAX(PKI_PEM_MAX);
	cleanup_buf struct buf cert = BUF_MAX(PKI_PEM_MAX);
	unsigned char id[4];
	char cn[64];
	int r;

	if (getrandom(id, sizeof id, 0) != (ssize_t)sizeof id)
		return err_set(e, ERR_TEMP, EIO, "getrandom");
	(void)snprintf(cn, sizeof cn, "fg-console CA %02x%02x%02x%02x", id[0],
	    id[1], id[2], id[3]);
	r = pki_ca_new(cn, days_from_now(CA_DAYS), &cert, &key, e);
	return r == 0 ? save_pair(dir, DATA_CA_KEY, &key, DATA_CA, &cert, e)
		      : r;
}

static int
make_policy_key(const char *dir, struct err *e)
{
	struct buf key = BUF_MAX(PKI_PEM_MAX);
	cleanup_buf struct buf public_key = BUF_MAX(PKI_PEM_MAX);
	int r = pki_sign_key_new(&key, &public_key, e);

	return r == 0 ? save_pair(dir, DATA_POLICY_KEY, &key,
			    DATA_POLICY_PUBLIC, &public_key, e)
		      : r;
}

static int
make_server_key(const char *dir, struct err *e)
{
	struct buf key = BUF_MAX(PKI_PEM_MAX);
	int r = pki_key_new(&key, e);

	if (r == 0)
		r = save(dir, DATA_SERVER_KEY, &key, e);
	pki_wipe(&key);
	return r;
}

/* The names that clients may know this machine by. */
struct names {
	struct str all[PKI_NAMES_MAX];
	size_t n;
	char host[HOST_NAME_MAX + 1];
	struct url url;
};

static void
add_name(struct names *names, struct str name)
{
	if (name.n == 0 || names->n == PKI_NAMES_MAX)
		return;
	for (size_t i = 0; i < names->n; i++)
		if (str_eq(names->all[i], name))
			return;
	names->all[names->n++] = name;
}

static int
collect_names(const struct options *o, struct names *names, struct err *e)
{
	struct str host;
	int r;

	for (size_t i = 0; i < o->names.n; i++)
		add_name(names, str_of(o->names.items[i]));
	if (o->url != NULL) {
		r = url_parse(str_of(o->url), &names->url, e);
		if (r != 0) {
			err_prefix(e, "--url");
			return r;
		}
		host = str_of(names->url.host);
		if (str_starts(host, "["))
			host = str_sub(host, 1, host.n - 1);
		add_name(names, host);
	}
	if (o->names.n == 0 && gethostname(names->host, HOST_NAME_MAX) == 0 &&
	    strchr(names->host, '_') == NULL)
		add_name(names, str_of(names->host));
	add_name(names, STR("localhost"));
	add_name(names, STR("127.0.0.1"));
	add_name(names, STR("::1"));
	return 0;
}

static int
make_server(const struct options *o, struct err *e)
{
	cleanup_buf struct buf ca = BUF_MAX(PKI_PEM_MAX);
	cleanup_buf struct buf cert = BUF_MAX(PKI_PEM_MAX);
	struct buf ca_key = BUF_MAX(PKI_PEM_MAX), key = BUF_MAX(PKI_PEM_MAX);
	cleanup_pki_ca struct pki_ca *signer = NULL;
	struct names names = {0};
	int r = collect_names(o, &names, e);

	if (r == 0)
		r = data_read(o->data, DATA_CA, &ca, e);
	if (r == 0)
		r = data_read(o->data, DATA_CA_KEY, &ca_key, e);
	if (r == 0)
		r = pki_ca_load(buf_str(&ca), buf_str(&ca_key), &signer, e);
	if (r == 0)
		r = data_read(o->data, DATA_SERVER_KEY, &key, e);
	if (r == 0)
		r = pki_server_new(signer, buf_str(&key), names.all, names.n,
		    days_from_now(SERVER_DAYS), &cert, e);
	pki_wipe(&ca_key);
	pki_wipe(&key);
	return r == 0 ? save(o->data, DATA_SERVER, &cert, e) : r;
}

/* ---- the first token ---------------------------------------------------- */

static int
make_token(struct store *s, struct str by, struct err *e)
{
	unsigned char hash[SHA256_BYTES];
	char text[SECRET_TEXT], id[SECRET_ID + 1];
	struct store_token t = {.name = STR("admin"),
	    .scopes = STR("admin"),
	    .by = by,
	    .created_ms = time_now_ms()};
	int r = secret_make(SECRET_TOKEN, text, id, hash);

	if (r != 0)
		return err_set(e, ERR_TEMP, -r, "getrandom: %s", strerror(-r));
	t.id = str_of(id);
	memcpy(t.sha256, hash, sizeof t.sha256);
	t.expires_ms = t.created_ms + (int64_t)TOKEN_DAYS * DAY_S * 1000;
	r = store_token_add(s, &t, e);
	if (r != 0)
		return r;
	log_note(0, "the admin token, shown this once:");
	text[SECRET_TEXT - 1] = '\n';
	r = fd_write_stdout(str_make(text, SECRET_TEXT), e);
	explicit_bzero(text, sizeof text);
	return r;
}

static int
first_token(const struct options *o, struct err *e)
{
	cleanup_arena struct arena *a = arena_new(1 << 20);
	cleanup_store struct store *s = NULL;
	struct store_token *tokens;
	size_t n = 0;
	int r;

	if (a == NULL)
		return err_nomem(e);
	r = store_open(o->data, STORE_WRITE, &s, e);
	if (r == 0)
		r = store_token_list(s, STR_NONE, 1, a, &tokens, &n, e);
	if (r == 0 && (n == 0 || o->admin_token))
		r = make_token(
		    s, n == 0 ? STR("first start") : STR("--admin-token"), e);
	return r;
}

int
data_renew(const struct options *o, struct err *e)
{
	(void)umask(077);
	return make_server(o, e);
}

int
data_prepare(const struct options *o, struct err *e)
{
	char keys[PATH_MAX];
	int r = path_of(o->data, "keys", keys, e);

	(void)umask(077);
	if (r == 0)
		r = private_folder(keys, e);
	if (r == 0 && !is_there(o->data, DATA_CA))
		r = make_ca(o->data, e);
	if (r == 0 && !is_there(o->data, DATA_POLICY_PUBLIC))
		r = make_policy_key(o->data, e);
	if (r == 0 && !is_there(o->data, DATA_SERVER_KEY))
		r = make_server_key(o->data, e);
	if (r == 0)
		r = make_server(o, e);
	return r == 0 ? first_token(o, e) : r;
}
