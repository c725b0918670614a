/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include <errno.h>

#include "appid/appid.h"
#include "jwrite/jwrite.h"
#include "ndjson/ndjson.h"
#include "options.h"
#include "stamp.h"
#include "uuid4/uuid4.h"

static int
read_id(const char *text, struct appid *id, struct err *e)
{
	int r = appid_parse(str_of(text), id, e);

	if (r != 0)
		e->kind = ERR_NO;
	return r;
}

static int
make_id(const char *name, const char *uuid, struct appid *id, struct err *e)
{
	char fresh[UUID4_TEXT] = "";
	int r;

	if (uuid == NULL) {
		uuid4_make(fresh);
		uuid = fresh;
	}
	r = appid_make(str_of(name), str_of(uuid), id, e);
	if (r != 0)
		e->kind = ERR_USAGE;
	return r;
}

static int
print(const struct appid *id, const char *program, struct err *e)
{
	cleanup_ndjson_out struct ndjson_out *out = NULL;
	cleanup_buf struct buf record = BUF_MAX(4096);
	char text[APPID_TEXT];
	struct jwrite w;
	int r;

	appid_text(id, text);
	jwrite_init(&w, &record);
	jwrite_record(&w, "app.id");
	jwrite_kvz(&w, "app_id", text);
	jwrite_kvz(&w, "name", id->name);
	jwrite_kvz(&w, "uuid", id->uuid);
	jwrite_end(&w);
	if (jwrite_end_text(&w) != 0)
		return err_nomem(e);
	r = ndjson_out_open(NULL, program, &out, e);
	if (r == 0)
		r = ndjson_out_put(out, buf_str(&record), e);
	return r != 0 ? r : ndjson_out_close(out, e);
}

static int
print_one(const struct options *o, struct cli_rest rest, struct err *e)
{
	struct str pattern = str_of(o->match);
	struct appid id;
	int r;

	if (o->match != NULL && appid_check_pattern(pattern, e) != 0) {
		err_prefix(e, "--match");
		e->kind = ERR_USAGE;
		return -EINVAL;
	}
	if (o->parse != NULL && rest.n > 0)
		return cli_usage(
		    e, rest.argv[0], "no NAME is taken with --parse");
	if (o->parse == NULL && rest.n == 0)
		return err_set(e, ERR_USAGE, EINVAL, "NAME is missing");
	r = o->parse != NULL ? read_id(o->parse, &id, e)
			     : make_id(rest.argv[0], o->uuid, &id, e);
	if (r != 0)
		return r;
	if (o->match != NULL && !appid_match(pattern, &id))
		return ERR_NO;
	return print(&id, o->jq, e);
}

int
run(void *opts, struct cli_rest rest, struct err *e)
{
	const struct options *o = opts;

	if (o->stamp)
		return stamp_run(o, rest.n > 0 ? rest.argv[0] : NULL, e);
	return print_one(o, rest, e);
}
