/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <time.h>

#include "event/event.h"

/* args with '|' between words, secrets masked. */
static void
mask(const char *words, struct buf *out)
{
	struct event_mask m;
	char args[4096];
	size_t n = strlen(words), last = 0, from, to;

	assert_true(n < sizeof args);
	memcpy(args, words, n + 1);
	for (size_t i = 0; i < n; i++)
		args[i] = (char)(args[i] == '|' ? '\0' : args[i]);
	event_mask_init(&m, str_make(args, n));
	while (event_mask_next(&m, &from, &to)) {
		assert_true(from >= last && from < to && to <= n);
		buf_add(out, args + last, from - last);
		buf_addz(out, "***");
		last = to;
	}
	buf_add(out, args + last, n - last);
	for (size_t i = 0; i < out->n; i++)
		out->p[i] = (char)(out->p[i] == '\0' ? '|' : out->p[i]);
}

static void
check(const char *words, const char *want)
{
	cleanup_buf struct buf out = BUF_MAX(10000);
	cleanup_buf struct buf again = BUF_MAX(10000);

	mask(words, &out);
	if (strcmp(buf_z(&out), want) != 0)
		fail_msg(
		    "%s\n became %s\n instead of %s", words, buf_z(&out), want);
	mask(buf_z(&out), &again);
	assert_string_equal(buf_z(&again), want);
}

static void
hides(void **state)
{
	static const char *const rows[][2] = {
	    /* options */
	    {"x|--password|hunter2|y", "x|--password|***|y"},
	    {"x|--password|two words|y", "x|--password|***|y"},
	    {"x|--password=hunter2|y", "x|--password=***|y"},
	    {"x|--password=two words|y", "x|--password=***|y"},
	    {"x|--db-passwd=a=b|y", "x|--db-passwd=***|y"},
	    {"x|-token|abc|y", "x|-token|***|y"},
	    {"x|--api-key|k|--secret|s", "x|--api-key|***|--secret|***"},
	    {"x|--apiKey=k", "x|--apiKey=***"},
	    {"x|--password|\xff\xfe", "x|--password|***"},
	    /* variables */
	    {"env|AWS_SECRET_ACCESS_KEY=abc/d+e|aws",
		"env|AWS_SECRET_ACCESS_KEY=***|aws"},
	    {"env|PGPASSWORD=a b|psql", "env|PGPASSWORD=***|psql"},
	    {"env|MYSQL_PWD=x", "env|MYSQL_PWD=***"},
	    {"docker|run|-e|GITHUB_TOKEN=x|i",
		"docker|run|-e|GITHUB_TOKEN=***|i"},
	    {"x|--env=DB_PASS=a b", "x|--env=DB_PASS=***"},
	    /* programs' own */
	    {"mysql|-uroot|-phunter2|db", "mysql|-uroot|-p***|db"},
	    {"/usr/bin/mysqldump|-pa b", "/usr/bin/mysqldump|-p***"},
	    {"sudo|mariadb|-px", "sudo|mariadb|-p***"},
	    {"sshpass|-p|x|ssh|-p|22|h", "sshpass|-p|***|ssh|-p|***|h"},
	    {"redis-cli|-a|x|ping", "redis-cli|-a|***|ping"},
	    {"curl|-u|me:x|http://h", "curl|-u|me:***|http://h"},
	    {"curl|-ume:x|http://h", "curl|-ume:***|http://h"},
	    {"curl|--user|me:x:y|h", "curl|--user|me:***|h"},
	    {"docker|login|-u|me|-p|x|r", "docker|login|-u|me|-p|***|r"},
	    {"ldapsearch|-w|x|-h|y", "ldapsearch|-w|***|-h|y"},
	    {"openssl|rsa|-passin|pass:x", "openssl|rsa|-passin|pass:***"},
	    {"redis-server|--requirepass|x", "redis-server|--requirepass|***"},
	    /* URLs */
	    {"x|postgres://me:pw@db:5432/n", "x|postgres://me:***@db:5432/n"},
	    {"x|DB=postgres://me:p@w@db/n", "x|DB=postgres://me:***@db/n"},
	    {"git|clone|https://tok@github.com/a",
		"git|clone|https://***@github.com/a"},
	    {"x|https://:pw@h", "x|https://:***@h"},
	    {"x|https://h/?a=1&access_token=xyz&b=2",
		"x|https://h/?a=1&access_token=***&b=2"},
	    {"x|https://h/?X-Amz-Signature=0a&z",
		"x|https://h/?X-Amz-Signature=***&z"},
	    {"x|http://a:b@h http://c:d@i", "x|http://a:***@h http://c:***@i"},
	    /* headers, JSON */
	    {"curl|-H|Authorization: Bearer a b|h",
		"curl|-H|Authorization: ***|h"},
	    {"curl|-HX-Api-Key: k|h", "curl|-HX-Api-Key: ***|h"},
	    {"curl|-d|{\"user\":\"me\",\"password\": \"a\\\"b c\",\"x\":1}|h",
		"curl|-d|{\"user\":\"me\",\"password\": \"***\",\"x\":1}|h"},
	    {"curl|-d|user=me&password=x&y=1",
		"curl|-d|user=me&password=***&y=1"},
	    /* scripts */
	    {"sh|-c|PASSWORD=x exec y", "sh|-c|PASSWORD=***"},
	    {"sh|-c|exec env PASSWORD=x y", "sh|-c|exec env PASSWORD=*** y"},
	    {"sh|-c|cd /; TOKEN='a b' y", "sh|-c|cd /; TOKEN='***' y"},
	    {"sh|-c|exec x --password y z", "sh|-c|exec x --password *** z"},
	    {"sh|-c|exec x --password 'y' z",
		"sh|-c|exec x --password '***' z"},
	    {"sh|-c|mysql -u root -psecret <f", "sh|-c|mysql -u root -p*** <f"},
	    {"sh|-c|curl -H \"Authorization: Bearer a\" h",
		"sh|-c|curl -H \"Authorization: ***\" h"},
	    {"sh|-c|curl -H 'Cookie: a=b; c=d' h",
		"sh|-c|curl -H 'Cookie: ***' h"},
	    /* keys */
	    {"x|ghp_0123456789abcdefghij0123456789abcdef", "x|ghp_***"},
	    {"x|a:glpat-0123456789abcdefghij,b", "x|a:glpat-***,b"},
	    {"x|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "x|eyJ***"},
	    {"x|-----BEGIN RSA PRIVATE KEY-----\nMII\nXY=\n-----END",
		"x|-----BEGIN RSA PRIVATE KEY-----\n***"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(rows[i][0], rows[i][1]);
}

static void
shows(void **state)
{
	static const char *const rows[] = {"", "|", "||", "x", "mkdir|-p|/a/b",
	    "ssh|-p|22|me@h", "docker|run|-p|80:80|nginx", "find|.|-print",
	    "gcc|-pipe|-pthread|a.c", "vllm|--tokenizer|x|--max-tokens|100",
	    "x|--password-file|/run/p", "x|--password-stdin|reg.example.com",
	    "x|--password-file=/run/p", "git|commit|--author=me",
	    "x|--key=server.key", "x|--token-type=bearer",
	    "x|token_url=http://h", "git|clone|git@github.com:a/b",
	    "git|clone|ssh://git@h/a", "curl|http://h:80/p",
	    "curl|http://h/a@b:c", "x|a:b|12:00:00", "x|AWS_ACCESS_KEY_ID=AKIA",
	    "x|PASSWORD=", "x|--password|", "x|--password||shown",
	    "x|--password", "x|--password|--verbose", "compass|bypass=1",
	    "docker|run|-v|db-secret:/run/s:ro|i", "x|secret://vault/x",
	    "kubectl|get|secret|mine", "sh|-c|x --password|y", "x|ghp_short",
	    "x|eyJ", "x|keyboard=us|monkey=1|key=1",
	    "x|-----BEGIN CERTIFICATE-----\nMII", "curl|-u|me|h",
	    "x|:|=|:=", "x|http://", "x|http://@", "x|http://@h",
	    "x|http://:@h", "nginx|-g|daemon off;", "java|-Xmx1g|-jar|a.jar",
	    "python3|-c|print(1)", "x|\xff\xfe=\x80"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(rows[i], rows[i]);
}

static void
takes_hostile_words(void **state)
{
	static const char letters[] = "||--==::  \"'\\/@?&pass=token:://-p{},.";

	(void)state;
	srandom(2);
	for (int i = 0; i < 50000; i++) {
		cleanup_buf struct buf once = BUF_MAX(10000);
		cleanup_buf struct buf twice = BUF_MAX(10000);
		char words[65] = "";

		for (size_t j = 0, n = (size_t)random() % 64; j < n; j++)
			words[j] =
			    letters[(size_t)random() % (sizeof letters - 1)];
		mask(words, &once);
		mask(buf_z(&once), &twice);
		if (!str_eq(buf_str(&once), buf_str(&twice)))
			fail_msg(
			    "%s, %s, %s", words, buf_z(&once), buf_z(&twice));
	}
}

/* 1 MB takes as long as linear work does. */
static void
is_linear(void **state)
{
	static const char *const patterns[] = {"=", ":", "://", "\"", "'", "\\",
	    "password=", "password:'", "a", " ", "://a:b@", "--password ",
	    "eyJ", "authorization: \"", "-----BEGIN \n", " -----BEGIN ",
	    "a_=", "\\'"};
	size_t n = 1024 * 1024;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		size_t length = strlen(patterns[i]), from, to;
		struct event_mask m;
		clock_t start = clock();

		for (size_t at = 0; at < n; at++)
			text[at] = patterns[i][at % length];
		event_mask_init(&m, str_make(text, n));
		while (event_mask_next(&m, &from, &to))
			;
		if (clock() - start > 5 * CLOCKS_PER_SEC)
			fail_msg("\"%s\" takes too long", patterns[i]);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hides),
	    cmocka_unit_test(shows),
	    cmocka_unit_test(takes_hostile_words),
	    cmocka_unit_test(is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
