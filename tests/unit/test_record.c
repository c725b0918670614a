/* SPDX-License-Identifier: Apache-2.0 */
/* The undo record: written, found again, read back, and refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inject/record.h"
#include "inject/remove.h"

#define ARENA_MAX ((size_t)1024 * 1024)

struct opened {
	struct doc *d;
	struct taskdef_file f;
	struct arena *arena;
	struct record rec;
};

static void
open_text(struct opened *o, const char *text)
{
	struct err e = {0};

	*o = (struct opened){.arena = arena_new(ARENA_MAX)};
	if (doc_parse(str_of(text), "t", &o->d, &e) != 0 ||
	    taskdef_open(&o->f, o->d, NULL, &e) != 0 ||
	    record_read(&o->f, o->f.defs, o->arena, &o->rec, &e) != 0)
		fail_msg("%s: %s", text, e.text);
}

static void
close_all(struct opened *o)
{
	taskdef_close(&o->f);
	doc_free(o->d);
	arena_free(o->arena);
}

static const char plain[] = "[{\"name\": \"a\"}, {\"name\": \"b\"}]";

static void
an_empty_one_has_the_digest(void **state)
{
	struct opened o;

	(void)state;
	open_text(&o, "[{\"name\": \"a\"}]");
	assert_null(o.rec.node);
	assert_true(record_is_empty(&o.rec));
	/* printf '[{"name": "a"}]' | sha256sum */
	assert_string_equal(o.rec.sha256, "a45f3d8cf8b07fdcff3491895883ab7e"
					  "15deeb505b32d2d3990a8e09fe56812d");
	assert_string_equal(o.rec.cut, RECORD_CUT_NONE);
	close_all(&o);
}

static void
fill_in(struct record *rec)
{
	struct record_container *a = record_get(rec, STR("a"));
	struct record_container *b = record_get(rec, STR("{\"Ref\":\"b\"}"));

	a->image = STR("i:1");
	a->digest = STR("sha256:0");
	a->platform = STR("linux/arm64");
	a->filled = a->filled_entry_point = a->stamped = true;
	a->old[RECORD_ENTRY_POINT] = STR("");
	a->old[RECORD_CAPABILITIES_ADD] = STR("[ \"\\u00e9\" ]");
	b->excluded = b->injected = b->filled_command = true;
	b->added_ptrace = true;
	rec->new_tag = rec->new_metadata = rec->new_execution_role = true;
	rec->old_metadata = STR("~");
	rec->old_execution_role = STR("\"\"");
	rec->old_tags = STR("");
}

static void
what_is_written_is_read(void **state)
{
	cleanup_buf struct buf text = BUF_MAX(65536), again = BUF_MAX(65536);
	cleanup_doc struct doc *after = NULL;
	cleanup_edit struct edit *ed = NULL;
	const struct record_container *a, *b;
	struct opened o, back;
	struct err e = {0};

	(void)state;
	open_text(&o, plain);
	fill_in(&o.rec);
	assert_false(record_is_empty(&o.rec));
	assert_int_equal(record_text(&o.rec, &text, &e), 0);
	ed = edit_new(o.d);
	assert_int_equal(record_put(&o.f, o.f.defs, &o.rec, ed, &e), 0);
	assert_int_equal(edit_apply(ed, &after, &e), 0);
	open_text(&back, doc_source(after).p);
	assert_non_null(back.rec.node);
	assert_ptr_equal(back.rec.holder, back.f.defs->containers[0].node);
	assert_int_equal(record_text(&back.rec, &again, &e), 0);
	assert_string_equal(buf_z(&text), buf_z(&again));
	a = record_find(&back.rec, STR("a"));
	b = record_find(&back.rec, STR("{\"Ref\":\"b\"}"));
	assert_true(a->filled && a->filled_entry_point && a->stamped);
	assert_false(a->filled_command || a->injected || a->excluded);
	assert_true(b->added_ptrace && !a->added_ptrace);
	assert_true(str_eqz(back.rec.old_execution_role, "\"\""));
	assert_true(back.rec.old_tags.p != NULL && back.rec.old_tags.n == 0);
	assert_true(str_eqz(a->old[RECORD_ENTRY_POINT], ""));
	assert_non_null(a->old[RECORD_ENTRY_POINT].p);
	assert_null(a->old[RECORD_COMMAND].p);
	assert_true(
	    str_eqz(a->old[RECORD_CAPABILITIES_ADD], "[ \"\\u00e9\" ]"));
	assert_true(b->excluded && b->injected && b->filled_command);
	assert_true(str_eqz(back.rec.old_metadata, "~"));
	assert_true(back.rec.new_tag && back.rec.new_execution_role);
	assert_null(record_find(&back.rec, STR("c")));
	assert_string_equal(back.rec.sha256, o.rec.sha256);
	close_all(&back);
	close_all(&o);
}

/* 1 KiB and 512 bytes per container, besides the replaced text. */
static void
it_is_small(void **state)
{
	cleanup_buf struct buf text = BUF_MAX(65536);
	struct opened o;

	(void)state;
	open_text(&o, plain);
	for (char name = 'a'; name < 'a' + 10; name++) {
		struct record_container *c =
		    record_get(&o.rec, str_make(&name, 1));

		c->image = STR("123456789012.dkr.ecr.eu-central-1.amazonaws."
			       "com/some/quite/long/name:and-a-tag-1.2.3");
		c->digest = STR("sha256:0123456789012345678901234567890123456"
				"789012345678901234567890123");
		c->platform = STR("linux/arm64/v8");
		c->filled = c->filled_entry_point = c->filled_command = true;
		c->stamped = c->injected = true;
	}
	assert_int_equal(record_text(&o.rec, &text, NULL), 0);
	assert_true(text.n <= 1024 + 10 * 512);
	close_all(&o);
}

/* Removing takes only what the record, or the names, say is ours. */
static void
removing_by_the_record(void **state)
{
	static const char before[] =
	    "containerDefinitions:\n- name: a\n  dockerLabels: # x\n    y: z\n";
	cleanup_doc struct doc *after = NULL;
	cleanup_edit struct edit *ed = NULL;
	struct removal removal;
	struct opened o, back;
	struct err e = {0};

	(void)state;
	open_text(&o, before);
	record_get(&o.rec, STR("a"))->excluded = true;
	ed = edit_new(o.d);
	assert_int_equal(record_put(&o.f, o.f.defs, &o.rec, ed, &e), 0);
	assert_int_equal(edit_apply(ed, &after, &e), 0);
	open_text(&back, doc_source(after).p);
	assert_int_equal(remove_all(&back.f, &removal, &e), 0);
	assert_true(str_eqz(doc_source(removal.after), before));
	assert_true(removal.defs->found && removal.defs->original);
	remove_free(&removal);
	assert_int_equal(remove_all(&o.f, &removal, &e), 0);
	assert_null(removal.after);
	assert_false(removal.defs->found);
	remove_free(&removal);
	close_all(&back);
	close_all(&o);
}

static void
damaged_ones_are_refused(void **state)
{
	static const char *const records[] = {"1", "\"\"", "\"x\"", "[]", "{}",
	    "\"{}\"", "\"[]\"", "\"{\\\"v\\\":2}\"",
	    "\"{\\\"v\\\":1,\\\"sha256\\\":\\\"0\\\"}\""};

	(void)state;
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		cleanup_buf struct buf b = BUF_MAX(1000);
		cleanup_arena struct arena *a = arena_new(ARENA_MAX);
		cleanup_doc struct doc *d = NULL;
		struct taskdef_file f;
		struct record rec;
		struct err e = {0};

		buf_addf(&b,
		    "[{\"name\": \"a\", \"dockerLabels\": {\"fg.undo\": %s}}]",
		    records[i]);
		assert_int_equal(doc_parse(buf_str(&b), "t", &d, &e), 0);
		assert_int_equal(taskdef_open(&f, d, NULL, &e), 0);
		if (record_read(&f, f.defs, a, &rec, &e) == 0)
			fail_msg("%s is taken", records[i]);
		assert_int_equal(e.kind, ERR_PERM);
		assert_non_null(strstr(e.text, "t:1:44: [0].dockerLabels"));
		taskdef_close(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_one_has_the_digest),
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(it_is_small),
	    cmocka_unit_test(removing_by_the_record),
	    cmocka_unit_test(damaged_ones_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
