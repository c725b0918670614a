/* SPDX-License-Identifier: Apache-2.0 */
#include "vendor.h"

/* The vendor's word for a detection; where it has none, our id of it. */
static const struct {
	const char *id, *type;
} types[] = {
    {"custom-rule", "customRule"},
    {"process-rule", "customRule"},
    {"network-rule", "customRule"},
    {"file-rule", "customRule"},
    {"denied-process", "explicitlyDeniedProcess"},
    {"not-allowed-process", "explicitlyDeniedProcess"},
    {"any-process", "explicitlyDeniedProcess"},
    {"modified-process", "modifiedProcess"},
    {"altered-binary", "alteredBinary"},
    {"crypto-miner", "cryptoMinerProcess"},
    {"denied-ip", "explicitlyDeniedIP"},
    {"not-allowed-ip", "explicitlyDeniedIP"},
    {"denied-listening-port", "explicitlyDeniedListeningPort"},
    {"not-allowed-listening-port", "explicitlyDeniedListeningPort"},
    {"denied-outbound-port", "explicitlyDeniedOutboundPort"},
    {"not-allowed-outbound-port", "explicitlyDeniedOutboundPort"},
    {"denied-domain", "explicitlyDeniedDNS"},
    {"not-allowed-domain", "explicitlyDeniedDNS"},
    {"denied-file", "explicitlyDeniedFile"},
    {"not-allowed-file", "explicitlyDeniedFile"},
    {"backdoor-account", "administrativeAccount"},
    {"backdoor-ssh", "sshAccess"},
    {"new-executable", "execFileAccess"},
    {"suspicious-elf", "suspiciousELFHeader"},
    {"packed-binary", "encryptedBinary"},
};

struct pair {
	const char *from, *to;
};

static const struct pair severities[] = {{"info", "low"}, {"low", "low"},
    {"medium", "medium"}, {"high", "high"}, {"critical", "high"}, {0}};
static const struct pair sensors[] = {{"process", "processes"},
    {"net", "network"}, {"file", "filesystem"}, {"kernel", "processes"}, {0}};
static const struct pair places[] = {{"arg", "query"}, {"body", "rawBody"},
    {"path", "url"}, {"header", "header"}, {"cookie", "cookie"},
    {"method", "method"}, {0}};

/* The word for it; of others what was given. */
static struct str
translate(const struct pair *list, struct str word, struct str others)
{
	for (; list->from != NULL; list++)
		if (str_eqz(word, list->from))
			return str_of(list->to);
	return others;
}

static struct str
attack_type(struct str id)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eqz(id, types[i].id))
			return str_of(types[i].type);
	return id;
}

size_t
vendor_detections(struct str type, struct str *ids, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof types / sizeof *types && n < max; i++)
		if (str_eqz(type, types[i].type))
			ids[n++] = str_of(types[i].id);
	if (n == 0 && max > 0)
		ids[n++] = type;
	return n;
}

/* ---- members ------------------------------------------------------------ */

static const struct jtree *
at(const struct jtree *t, const char *a, const char *b)
{
	t = jtree_get(t, a);
	return b == NULL ? t : jtree_get(t, b);
}

/* As it is, whatever it is; left out when it is not there, or null. */
static void
copy(struct jwrite *w, const char *key, const struct jtree *t)
{
	if (jtree_is_null(t))
		return;
	jwrite_key(w, key);
	jtree_write(t, w);
}

static void
text(struct jwrite *w, const char *key, struct str s)
{
	if (s.n > 0)
		jwrite_kv(w, key, s);
}

static void
strings(struct jwrite *w, const char *key, const struct jtree *list)
{
	jwrite_key(w, key);
	jwrite_array(w);
	if (!jtree_is_null(list) && list->kind == JSCAN_ARRAY)
		for (list = list->first; list != NULL; list = list->next)
			if (list->kind == JSCAN_STRING)
				jwrite_str(w, list->text);
	jwrite_end(w);
}

/* ---- what both have ----------------------------------------------------- */

static void
put_common(const struct jtree *t, struct jwrite *w)
{
	const struct jtree *msg = at(t, "msg", NULL);

	if (jtree_is_null(msg))
		msg = at(t, "detail", NULL);
	if (jtree_is_null(msg))
		msg = at(t, "name", NULL);
	copy(w, "_id", at(t, "id", NULL));
	copy(w, "time", at(t, "ts", NULL));
	copy(w, "hostname", at(t, "app", "id"));
	copy(w, "effect", at(t, "action", NULL));
	copy(w, "ruleName", at(t, "rule", "name"));
	copy(w, "msg", msg);
	copy(w, "appID", at(t, "app", "id"));
	copy(w, "imageName", at(t, "container", "image"));
	copy(w, "imageId", at(t, "container", "digest"));
	copy(w, "containerName", at(t, "container", "name"));
	copy(w, "count", at(t, "count", NULL));
	text(w, "severity",
	    translate(
		severities, jtree_str(at(t, "severity", NULL)), STR_NONE));
	strings(w, "attackTechniques", at(t, "attack", NULL));
	jwrite_key(w, "collections");
	jwrite_array(w);
	jwrite_end(w);
}

/* ---- runtime ------------------------------------------------------------ */

static void
put_command(const struct jtree *args, struct jwrite *w)
{
	cleanup_buf struct buf b = BUF_MAX(64 * 1024);

	if (jtree_is_null(args) || args->kind != JSCAN_ARRAY)
		return;
	for (args = args->first; args != NULL; args = args->next)
		if (args->kind == JSCAN_STRING) {
			if (b.n > 0)
				buf_addc(&b, ' ');
			buf_adds(&b, args->text);
		}
	text(w, "command", buf_str(&b));
}

static bool
has_tty(const struct jtree *facts)
{
	if (jtree_is_null(facts) || facts->kind != JSCAN_ARRAY)
		return false;
	for (facts = facts->first; facts != NULL; facts = facts->next)
		if (str_eqz(jtree_str(facts), "tty"))
			return true;
	return false;
}

static void
put_process(const struct jtree *t, struct jwrite *w)
{
	const struct jtree *process = at(t, "process", NULL);
	const struct jtree *uid = jtree_get(process, "uid");

	if (uid != NULL && uid->kind == JSCAN_NUMBER)
		jwrite_kv(w, "user", uid->text);
	copy(w, "pid", jtree_get(process, "pid"));
	copy(w, "processPath", jtree_get(process, "exe"));
	put_command(jtree_get(process, "args"), w);
	if (!jtree_is_null(process))
		jwrite_kv_bool(
		    w, "interactive", has_tty(jtree_get(process, "facts")));
}

static void
put_runtime(const struct jtree *t, struct jwrite *w)
{
	struct str name = jtree_str(at(t, "name", NULL)), first, rest;
	struct str app = jtree_str(at(t, "app", "id"));
	cleanup_buf struct buf profile = BUF_MAX(1024);

	(void)str_cut(name, '.', &first, &rest);
	text(w, "type",
	    translate(sensors, first, jtree_str(at(t, "kind", NULL))));
	text(w, "attackType", attack_type(jtree_str(at(t, "rule", "id"))));
	if (app.n > 0) {
		buf_adds(&profile, app);
		buf_addc(&profile, '_');
		text(w, "profileId", buf_str(&profile));
	}
	put_process(t, w);
	copy(w, "filepath", at(t, "file", "path"));
	copy(w, "ip", at(t, "net", "addr"));
	copy(w, "port", at(t, "net", "port"));
	copy(w, "domain", at(t, "net", "domain"));
}

/* ---- WAAS --------------------------------------------------------------- */

static void
put_match(const struct jtree *match, struct jwrite *w)
{
	struct str where = jtree_str(jtree_get(match, "where"));

	if (jtree_is_null(match))
		return;
	jwrite_key(w, "attackField");
	jwrite_object(w);
	text(w, "type", translate(places, where, where));
	copy(w, "key", jtree_get(match, "name"));
	copy(w, "value", jtree_get(match, "value"));
	jwrite_end(w);
}

static void
put_url(const struct jtree *http, struct jwrite *w)
{
	struct str path = jtree_str(jtree_get(http, "path"));
	struct str query = jtree_str(jtree_get(http, "query"));
	cleanup_buf struct buf url = BUF_MAX(128 * 1024);

	if (path.n == 0)
		return;
	buf_adds(&url, path);
	if (query.n > 0) {
		buf_addc(&url, '?');
		buf_adds(&url, query);
	}
	text(w, "url", buf_str(&url));
}

static void
put_peers(const struct jtree *xff, struct jwrite *w)
{
	if (!jtree_is_null(xff) && xff->kind == JSCAN_ARRAY) {
		strings(w, "connectingIPs", xff);
		return;
	}
	jwrite_key(w, "connectingIPs");
	jwrite_array(w);
	if (jtree_str(xff).n > 0)
		jwrite_str(w, jtree_str(xff));
	jwrite_end(w);
}

static void
put_waas(const struct jtree *t, struct jwrite *w)
{
	const struct jtree *http = at(t, "http", NULL), *app, *type;

	app = at(t, "app", "id");
	type = at(t, "match", "class");
	copy(w, "type", jtree_is_null(type) ? at(t, "rule", "id") : type);
	copy(w, "ruleAppID", app);
	copy(w, "host",
	    jtree_is_null(jtree_get(http, "host")) ? app
						   : jtree_get(http, "host"));
	copy(w, "requestHost", jtree_get(http, "host"));
	copy(w, "method", jtree_get(http, "method"));
	put_url(http, w);
	copy(w, "urlPath", jtree_get(http, "path"));
	copy(w, "urlQuery", jtree_get(http, "query"));
	copy(w, "userAgentHeader", jtree_get(http, "ua"));
	copy(w, "statusCode", jtree_get(http, "status"));
	copy(w, "subnet", at(t, "client", "ip"));
	put_peers(at(t, "client", "xff"), w);
	put_match(at(t, "match", NULL), w);
	copy(w, "eventID", at(t, "id", NULL));
	jwrite_key(w, "resource");
	jwrite_object(w);
	jwrite_key(w, "appIDs");
	jwrite_array(w);
	if (jtree_str(app).n > 0)
		jwrite_str(w, jtree_str(app));
	jwrite_end(w);
	jwrite_end(w);
}

void
vendor_audit(const struct jtree *t, struct jwrite *w)
{
	jwrite_object(w);
	put_common(t, w);
	if (str_eqz(jtree_str(at(t, "kind", NULL)), "waas"))
		put_waas(t, w);
	else
		put_runtime(t, w);
	jwrite_end(w);
}
