/* SPDX-License-Identifier: Apache-2.0 */
/* Every expression here stands in both spellings, which must come to the
 * same value and to the same canonical text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cfn/cfn.h"

static const char yaml_template[] =
    "Parameters:\n"
    "  Plain: {Type: String, Default: web}\n"
    "  NoDefault: {Type: String}\n"
    "  Empty: {Type: String, Default: ''}\n"
    "  Number: {Type: Number, Default: 256}\n"
    "  Flag: {Type: String, Default: yes}\n"
    "  Csv: {Type: CommaDelimitedList, Default: 'a, b,c'}\n"
    "  NoItems: {Type: CommaDelimitedList, Default: ''}\n"
    "  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}\n"
    "  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /ami}\n"
    "  Dynamic: {Type: String, Default: '{{resolve:ssm:/x:1}}'}\n"
    "Mappings:\n"
    "  Images:\n"
    "    us-east-1: {App: 'r/east:1', Same: x, List: [p, q]}\n"
    "    eu-west-1: {App: 'r/west:1', Same: x}\n"
    "Conditions:\n"
    "  Web: !Equals [!Ref Plain, web]\n"
    "  Prod: !Not [!Condition Web]\n"
    "  Later: !Equals [!Ref NoDefault, x]\n"
    "  IsFlag: !Equals [!Ref Flag, true]\n"
    "  AndNo: !And [!Condition Later, !Condition Prod]\n"
    "  AndLater: !And [Condition: Web, !Condition Later]\n"
    "  OrYes: !Or [!Condition Later, !Condition Web]\n"
    "  OrNo: !Or [!Condition Prod, !Not [!Condition Web]]\n"
    "  NotLater: !Not [!Condition Later]\n"
    "  Lists: !Equals [!Ref Csv, !Split [',', 'a,b,c']]\n"
    "  Ring: !Condition Ring2\n"
    "  Ring2: !Not [!Condition Ring]\n"
    "  OneOr: !Or [!Condition Web]\n"
    "  Text: !Ref Plain\n"
    "  Void: !Equals [!Ref 'AWS::NoValue', '']\n"
    "Resources:\n"
    "  Cluster: {Type: 'AWS::ECS::Cluster'}\n"
    "X: ";

static const char json_template[] =
    "{\"Parameters\":{"
    "\"Plain\":{\"Type\":\"String\",\"Default\":\"web\"},"
    "\"NoDefault\":{\"Type\":\"String\"},"
    "\"Empty\":{\"Type\":\"String\",\"Default\":\"\"},"
    "\"Number\":{\"Type\":\"Number\",\"Default\":256},"
    "\"Flag\":{\"Type\":\"String\",\"Default\":true},"
    "\"Csv\":{\"Type\":\"CommaDelimitedList\",\"Default\":\"a, b,c\"},"
    "\"NoItems\":{\"Type\":\"CommaDelimitedList\",\"Default\":\"\"},"
    "\"Subnets\":{\"Type\":\"List<AWS::EC2::Subnet::Id>\"},"
    "\"Stored\":{\"Type\":\"AWS::SSM::Parameter::Value<String>\","
    "\"Default\":\"/ami\"},"
    "\"Dynamic\":{\"Type\":\"String\",\"Default\":\"{{resolve:ssm:/x:1}}\"}},"
    "\"Mappings\":{\"Images\":{"
    "\"us-east-1\":{\"App\":\"r/east:1\",\"Same\":\"x\","
    "\"List\":[\"p\",\"q\"]},"
    "\"eu-west-1\":{\"App\":\"r/west:1\",\"Same\":\"x\"}}},"
    "\"Conditions\":{"
    "\"Web\":{\"Fn::Equals\":[{\"Ref\":\"Plain\"},\"web\"]},"
    "\"Prod\":{\"Fn::Not\":[{\"Condition\":\"Web\"}]},"
    "\"Later\":{\"Fn::Equals\":[{\"Ref\":\"NoDefault\"},\"x\"]},"
    "\"IsFlag\":{\"Fn::Equals\":[{\"Ref\":\"Flag\"},true]},"
    "\"AndNo\":{\"Fn::And\":[{\"Condition\":\"Later\"},"
    "{\"Condition\":\"Prod\"}]},"
    "\"AndLater\":{\"Fn::And\":[{\"Condition\":\"Web\"},"
    "{\"Condition\":\"Later\"}]},"
    "\"OrYes\":{\"Fn::Or\":[{\"Condition\":\"Later\"},"
    "{\"Condition\":\"Web\"}]},"
    "\"OrNo\":{\"Fn::Or\":[{\"Condition\":\"Prod\"},"
    "{\"Fn::Not\":[{\"Condition\":\"Web\"}]}]},"
    "\"NotLater\":{\"Fn::Not\":[{\"Condition\":\"Later\"}]},"
    "\"Lists\":{\"Fn::Equals\":[{\"Ref\":\"Csv\"},"
    "{\"Fn::Split\":[\",\",\"a,b,c\"]}]},"
    "\"Ring\":{\"Condition\":\"Ring2\"},"
    "\"Ring2\":{\"Fn::Not\":[{\"Condition\":\"Ring\"}]},"
    "\"OneOr\":{\"Fn::Or\":[{\"Condition\":\"Web\"}]},"
    "\"Text\":{\"Ref\":\"Plain\"},"
    "\"Void\":{\"Fn::Equals\":[{\"Ref\":\"AWS::NoValue\"},\"\"]}},"
    "\"Resources\":{\"Cluster\":{\"Type\":\"AWS::ECS::Cluster\"}},"
    "\"X\":";

struct fixture {
	struct doc *d;
	struct cfn_scope *s;
	struct arena *a;
	const struct doc_node *x;
};

static void
set_up(struct fixture *f, const char *head, const char *expression,
    const char *tail)
{
	cleanup_buf struct buf b = BUF_MAX(1024 * 1024);
	struct err e = {0};

	buf_addz(&b, head);
	buf_addz(&b, expression);
	buf_addz(&b, tail);
	if (doc_parse(buf_str(&b), "t", &f->d, &e) != 0)
		fail_msg("%s: %s", expression, e.text);
	f->s = cfn_scope_new(f->d);
	f->a = arena_new(64 * 1024 * 1024);
	assert_non_null(f->s);
	assert_non_null(f->a);
	f->x = doc_get(doc_root(f->d), "X");
	assert_non_null(f->x);
}

static void
tear_down(struct fixture *f)
{
	arena_free(f->a);
	cfn_scope_free(f->s);
	doc_free(f->d);
}

static void
in_yaml(struct fixture *f, const char *expression)
{
	set_up(f, yaml_template, expression, "\n");
}

static void
in_json(struct fixture *f, const char *expression)
{
	set_up(f, json_template, expression, "}");
}

/* want: the value, or a part of the reason. */
struct expression {
	const char *yaml, *json;
	enum cfn_result result;
	const char *want;
};

static void
check_reason(const char *what, const struct cfn_why *why, const char *want)
{
	if (strstr(why->text, want) == NULL)
		fail_msg("%s: the reason is: %s", what, why->text);
	assert_non_null(why->node);
}

static void
check_text(struct fixture *f, const char *what, const struct expression *c)
{
	struct cfn_why why = {0};
	struct str got = STR("untouched");
	enum cfn_result r = cfn_eval_text(f->s, f->x, f->a, &got, &why);

	if (r != c->result)
		fail_msg("%s: result %d (%s)", what, r, why.text);
	if (r == CFN_KNOWN && !str_eqz(got, c->want))
		fail_msg("%s: \"%.*s\"", what, STR_ARG(got));
	if (r != CFN_KNOWN)
		assert_true(str_eqz(got, "untouched"));
	if (r == CFN_UNKNOWN || r == CFN_BAD)
		check_reason(what, &why, c->want);
	else
		assert_null(why.node);
}

/* want: the items with a '|' behind each. */
static void
check_list(struct fixture *f, const char *what, const struct expression *c)
{
	cleanup_buf struct buf b = BUF_MAX(4096);
	struct cfn_why why = {0};
	struct str *items = NULL;
	size_t n = 0;
	enum cfn_result r = cfn_eval_list(f->s, f->x, f->a, &items, &n, &why);

	if (r != c->result)
		fail_msg("%s: result %d (%s)", what, r, why.text);
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%.*s|", STR_ARG(items[i]));
	if (r == CFN_KNOWN && !str_eqz(buf_str(&b), c->want))
		fail_msg("%s: %s", what, buf_z(&b));
	if (r == CFN_UNKNOWN || r == CFN_BAD)
		check_reason(what, &why, c->want);
}

static void
check_canonical(
    const struct fixture *yaml, const struct fixture *json, const char *what)
{
	cleanup_buf struct buf y = BUF_MAX(4096), j = BUF_MAX(4096);

	cfn_canonical(yaml->x, &y);
	cfn_canonical(json->x, &j);
	assert_int_equal(buf_error(&y), 0);
	if (!str_eq(buf_str(&y), buf_str(&j)))
		fail_msg("%s: %s\nbut %s", what, buf_z(&y), buf_z(&j));
}

static void
check(const struct expression *cases, size_t n,
    void (*one)(struct fixture *, const char *, const struct expression *))
{
	for (size_t i = 0; i < n; i++) {
		struct fixture yaml, json;

		in_yaml(&yaml, cases[i].yaml);
		one(&yaml, cases[i].yaml, &cases[i]);
		in_json(&json, cases[i].json);
		one(&json, cases[i].json, &cases[i]);
		check_canonical(&yaml, &json, cases[i].yaml);
		tear_down(&yaml);
		tear_down(&json);
	}
}

#define CHECK(cases, one) check(cases, sizeof(cases) / sizeof *(cases), one)

static void
literals(void **state)
{
	static const struct expression cases[] = {
	    {"nginx:1", "\"nginx:1\"", CFN_KNOWN, "nginx:1"},
	    {"''", "\"\"", CFN_KNOWN, ""},
	    {"256", "256", CFN_KNOWN, "256"},
	    {"0123", "\"0123\"", CFN_KNOWN, "0123"},
	    {"22:22", "\"22:22\"", CFN_KNOWN, "22:22"},
	    {"!!str 5", "\"5\"", CFN_KNOWN, "5"},
	    /* YAML 1.1, as CloudFormation reads it. */
	    {"on", "true", CFN_KNOWN, "true"},
	    {"'on'", "\"on\"", CFN_KNOWN, "on"},
	    {"No", "false", CFN_KNOWN, "false"},
	    {"y", "\"y\"", CFN_KNOWN, "y"},
	    {"~", "null", CFN_NOVALUE, NULL},
	    {"", "null", CFN_NOVALUE, NULL},
	    {"[a]", "[\"a\"]", CFN_BAD, "a list where a text"},
	    {"{a: b}", "{\"a\":\"b\"}", CFN_BAD, "a map where"},
	    {"{Condition: Web}", "{\"Condition\":\"Web\"}", CFN_BAD, "a map"},
	    {"'{{resolve:ssm:/a:1}}'", "\"{{resolve:ssm:/a:1}}\"", CFN_UNKNOWN,
		"dynamic reference"},
	    {"'{{resolve:'", "\"{{resolve:\"", CFN_KNOWN, "{{resolve:"},
	};

	(void)state;
	CHECK(cases, check_text);
}

static void
references(void **state)
{
	static const struct expression cases[] = {
	    {"!Ref Plain", "{\"Ref\":\"Plain\"}", CFN_KNOWN, "web"},
	    {"{Ref: Plain}", "{\"Ref\":\"Plain\"}", CFN_KNOWN, "web"},
	    {"!Ref 'Empty'", "{\"Ref\":\"Empty\"}", CFN_KNOWN, ""},
	    {"!Ref Number", "{\"Ref\":\"Number\"}", CFN_KNOWN, "256"},
	    {"!Ref Flag", "{\"Ref\":\"Flag\"}", CFN_KNOWN, "true"},
	    {"!Ref Csv", "{\"Ref\":\"Csv\"}", CFN_BAD, "a list"},
	    {"!Ref NoDefault", "{\"Ref\":\"NoDefault\"}", CFN_UNKNOWN,
		"parameter NoDefault has no default; give --param "
		"NoDefault=VALUE"},
	    {"!Ref Stored", "{\"Ref\":\"Stored\"}", CFN_UNKNOWN,
		"Parameter Store at deployment, from /ami; give"},
	    {"!Ref Dynamic", "{\"Ref\":\"Dynamic\"}", CFN_UNKNOWN,
		"dynamic reference"},
	    {"!Ref Cluster", "{\"Ref\":\"Cluster\"}", CFN_UNKNOWN,
		"resource Cluster is known only at deployment"},
	    {"!Ref Nobody", "{\"Ref\":\"Nobody\"}", CFN_BAD,
		"no parameter or resource \"Nobody\""},
	    {"!Ref [a]", "{\"Ref\":[\"a\"]}", CFN_BAD, "takes a name"},
	    {"!Ref AWS::NoValue", "{\"Ref\":\"AWS::NoValue\"}", CFN_NOVALUE,
		NULL},
	    {"!Ref AWS::Region", "{\"Ref\":\"AWS::Region\"}", CFN_UNKNOWN,
		"give --region"},
	    {"!Ref AWS::AccountId", "{\"Ref\":\"AWS::AccountId\"}", CFN_UNKNOWN,
		"give --account"},
	    {"!Ref AWS::Partition", "{\"Ref\":\"AWS::Partition\"}", CFN_UNKNOWN,
		"give --region or --partition"},
	    {"!Ref AWS::StackName", "{\"Ref\":\"AWS::StackName\"}", CFN_UNKNOWN,
		"only the deployment tells"},
	    {"!Ref AWS::Nothing", "{\"Ref\":\"AWS::Nothing\"}", CFN_BAD,
		"no such pseudo parameter: AWS::Nothing"},
	};

	(void)state;
	CHECK(cases, check_text);
}

static void
substitutions(void **state)
{
	static const struct expression cases[] = {
	    {"!Sub 'a-${Plain}-${Number}'",
		"{\"Fn::Sub\":\"a-${Plain}-${Number}\"}", CFN_KNOWN,
		"a-web-256"},
	    {"{'Fn::Sub': '${Plain}'}", "{\"Fn::Sub\":\"${Plain}\"}", CFN_KNOWN,
		"web"},
	    {"!Sub '${!Plain}$${Empty}$'",
		"{\"Fn::Sub\":\"${!Plain}$${Empty}$\"}", CFN_KNOWN,
		"${Plain}$$"},
	    {"!Sub 'a${Plain'", "{\"Fn::Sub\":\"a${Plain\"}", CFN_KNOWN,
		"a${Plain"},
	    {"!Sub ['${A}${Plain}', {A: !Ref Number, B: !Ref Nobody}]",
		"{\"Fn::Sub\":[\"${A}${Plain}\",{\"B\":{\"Ref\":\"Nobody\"},"
		"\"A\":{\"Ref\":\"Number\"}}]}",
		CFN_KNOWN, "256web"},
	    {"!Sub ['${Plain}', {Plain: 'own'}]",
		"{\"Fn::Sub\":[\"${Plain}\",{\"Plain\":\"own\"}]}", CFN_KNOWN,
		"own"},
	    {"!Sub '<${AWS::NoValue}>'", "{\"Fn::Sub\":\"<${AWS::NoValue}>\"}",
		CFN_KNOWN, "<>"},
	    {"!Sub '{{resolve:ssm:/${Plain}}}'",
		"{\"Fn::Sub\":\"{{resolve:ssm:/${Plain}}}\"}", CFN_UNKNOWN,
		"dynamic reference"},
	    {"!Sub '${Cluster.Arn}'", "{\"Fn::Sub\":\"${Cluster.Arn}\"}",
		CFN_UNKNOWN, "attribute Cluster.Arn"},
	    {"!Sub '${AWS::Region}'", "{\"Fn::Sub\":\"${AWS::Region}\"}",
		CFN_UNKNOWN, "give --region"},
	    {"!Sub '${Csv}'", "{\"Fn::Sub\":\"${Csv}\"}", CFN_BAD,
		"Csv is a list"},
	    {"!Sub ['a', !Ref Plain]",
		"{\"Fn::Sub\":[\"a\",{\"Ref\":\"Plain\"}]}", CFN_BAD,
		"must be a map"},
	    {"!Sub '${}'", "{\"Fn::Sub\":\"${}\"}", CFN_BAD, "not a name"},
	    {"!Sub '${a b}'", "{\"Fn::Sub\":\"${a b}\"}", CFN_BAD,
		"not a name: \"a b\""},
	    {"!Sub ['${A}']", "{\"Fn::Sub\":[\"${A}\"]}", CFN_BAD,
		"a list of 2"},
	    {"!Sub ['${A}', b]", "{\"Fn::Sub\":[\"${A}\",\"b\"]}", CFN_BAD,
		"must be a map"},
	    {"!Sub [!Ref Plain, {A: b}]",
		"{\"Fn::Sub\":[{\"Ref\":\"Plain\"},{\"A\":\"b\"}]}", CFN_BAD,
		"must be a literal"},
	    {"!Sub ['${A}', {A: !Ref AWS::NoValue}]",
		"{\"Fn::Sub\":[\"${A}\",{\"A\":{\"Ref\":\"AWS::NoValue\"}}]}",
		CFN_BAD, "no value for a variable"},
	    {"!Sub {A: b}", "{\"Fn::Sub\":{\"A\":\"b\"}}", CFN_BAD,
		"takes a text"},
	};

	(void)state;
	CHECK(cases, check_text);
}

static void
texts_of_lists(void **state)
{
	static const struct expression cases[] = {
	    {"!Join [':', [a, !Ref Plain]]",
		"{\"Fn::Join\":[\":\",[\"a\",{\"Ref\":\"Plain\"}]]}", CFN_KNOWN,
		"a:web"},
	    {"!Join ['', []]", "{\"Fn::Join\":[\"\",[]]}", CFN_KNOWN, ""},
	    {"!Join ['-', !Ref Csv]",
		"{\"Fn::Join\":[\"-\",{\"Ref\":\"Csv\"}]}", CFN_KNOWN, "a-b-c"},
	    {"!Join ['-', !Split ['/', 'x/y']]",
		"{\"Fn::Join\":[\"-\",{\"Fn::Split\":[\"/\",\"x/y\"]}]}",
		CFN_KNOWN, "x-y"},
	    {"!Join [',', [a, !Ref AWS::NoValue, b]]",
		"{\"Fn::Join\":[\",\",[\"a\",{\"Ref\":\"AWS::NoValue\"},"
		"\"b\"]]}",
		CFN_KNOWN, "a,b"},
	    {"!Join ['', ['{{resolve:ssm:', '/a}}']]",
		"{\"Fn::Join\":[\"\",[\"{{resolve:ssm:\",\"/a}}\"]]}",
		CFN_UNKNOWN, "dynamic reference"},
	    {"!Join ['', [!Ref Subnets]]",
		"{\"Fn::Join\":[\"\",[{\"Ref\":\"Subnets\"}]]}", CFN_UNKNOWN,
		"--param Subnets="},
	    {"!Join ['', [!Ref Csv]]",
		"{\"Fn::Join\":[\"\",[{\"Ref\":\"Csv\"}]]}", CFN_BAD,
		"a list where an item"},
	    {"!Join ['', a]", "{\"Fn::Join\":[\"\",\"a\"]}", CFN_BAD,
		"must be a list"},
	    {"!Join ['']", "{\"Fn::Join\":[\"\"]}", CFN_BAD, "a list of 2"},
	    {"!Select [1, [!Ref Nobody, b]]",
		"{\"Fn::Select\":[1,[{\"Ref\":\"Nobody\"},\"b\"]]}", CFN_KNOWN,
		"b"},
	    {"!Select ['2', !Ref Csv]",
		"{\"Fn::Select\":[\"2\",{\"Ref\":\"Csv\"}]}", CFN_KNOWN, "c"},
	    {"!Select [0, !GetAZs '']",
		"{\"Fn::Select\":[0,{\"Fn::GetAZs\":\"\"}]}", CFN_UNKNOWN,
		"Fn::GetAZs"},
	    {"!Select [3, !Ref Csv]", "{\"Fn::Select\":[3,{\"Ref\":\"Csv\"}]}",
		CFN_BAD, "no item 3"},
	    {"!Select [1, [a]]", "{\"Fn::Select\":[1,[\"a\"]]}", CFN_BAD,
		"no item 1"},
	    {"!Select [-1, [a]]", "{\"Fn::Select\":[-1,[\"a\"]]}", CFN_BAD,
		"not an index"},
	    {"!Select [0, a]", "{\"Fn::Select\":[0,\"a\"]}", CFN_BAD,
		"must be a list"},
	    {"{'Fn::Length': !Ref Csv}", "{\"Fn::Length\":{\"Ref\":\"Csv\"}}",
		CFN_KNOWN, "3"},
	    {"{'Fn::Length': [a]}", "{\"Fn::Length\":[\"a\"]}", CFN_KNOWN, "1"},
	};

	(void)state;
	CHECK(cases, check_text);
}

static void
lists(void **state)
{
	static const struct expression cases[] = {
	    {"[a, !Ref Plain]", "[\"a\",{\"Ref\":\"Plain\"}]", CFN_KNOWN,
		"a|web|"},
	    {"[]", "[]", CFN_KNOWN, ""},
	    {"!Ref Csv", "{\"Ref\":\"Csv\"}", CFN_KNOWN, "a|b|c|"},
	    {"!Ref NoItems", "{\"Ref\":\"NoItems\"}", CFN_KNOWN, ""},
	    {"!Split ['::', 'a::b::']", "{\"Fn::Split\":[\"::\",\"a::b::\"]}",
		CFN_KNOWN, "a|b||"},
	    {"!Split [',', !Sub 'x, ${Plain}']",
		"{\"Fn::Split\":[\",\",{\"Fn::Sub\":\"x, ${Plain}\"}]}",
		CFN_KNOWN, "x| web|"},
	    {"!Split ['', a]", "{\"Fn::Split\":[\"\",\"a\"]}", CFN_BAD,
		"is empty"},
	    {"!FindInMap [Images, us-east-1, List]",
		"{\"Fn::FindInMap\":[\"Images\",\"us-east-1\",\"List\"]}",
		CFN_KNOWN, "p|q|"},
	    {"!If [Prod, [x], !Ref Csv]",
		"{\"Fn::If\":[\"Prod\",[\"x\"],{\"Ref\":\"Csv\"}]}", CFN_KNOWN,
		"a|b|c|"},
	    {"!If [Later, [a, b, c], !Ref Csv]",
		"{\"Fn::If\":[\"Later\",[\"a\",\"b\",\"c\"],"
		"{\"Ref\":\"Csv\"}]}",
		CFN_KNOWN, "a|b|c|"},
	    {"!If [Later, [a, b], !Ref Csv]",
		"{\"Fn::If\":[\"Later\",[\"a\",\"b\"],{\"Ref\":\"Csv\"}]}",
		CFN_UNKNOWN, "--param NoDefault="},
	    {"[!If [Prod, a, !Ref AWS::NoValue], b]",
		"[{\"Fn::If\":[\"Prod\",\"a\",{\"Ref\":\"AWS::NoValue\"}]},"
		"\"b\"]",
		CFN_KNOWN, "b|"},
	    {"[a, [b]]", "[\"a\",[\"b\"]]", CFN_BAD, "a list where an item"},
	    {"[a, {b: c}]", "[\"a\",{\"b\":\"c\"}]", CFN_BAD, "a map where"},
	    {"[a, !Ref NoDefault]", "[\"a\",{\"Ref\":\"NoDefault\"}]",
		CFN_UNKNOWN, "NoDefault"},
	    {"a", "\"a\"", CFN_BAD, "a text where a list"},
	    {"", "null", CFN_NOVALUE, NULL},
	    {"!Cidr [a, 1, 8]", "{\"Fn::Cidr\":[\"a\",1,8]}", CFN_UNKNOWN,
		"Fn::Cidr"},
	};

	(void)state;
	CHECK(cases, check_list);
}

static void
mappings(void **state)
{
	static const struct expression cases[] = {
	    {"!FindInMap [Images, eu-west-1, App]",
		"{\"Fn::FindInMap\":[\"Images\",\"eu-west-1\",\"App\"]}",
		CFN_KNOWN, "r/west:1"},
	    {"!FindInMap [!Sub 'Images', !Join ['-', [us, east, 1]], App]",
		"{\"Fn::FindInMap\":[{\"Fn::Sub\":\"Images\"},{\"Fn::Join\":"
		"[\"-\",[\"us\",\"east\",1]]},\"App\"]}",
		CFN_KNOWN, "r/east:1"},
	    {"!FindInMap [Images, !Ref AWS::Region, App]",
		"{\"Fn::FindInMap\":[\"Images\",{\"Ref\":\"AWS::Region\"},"
		"\"App\"]}",
		CFN_UNKNOWN, "give --region"},
	    /* The key is not known, but does not matter. */
	    {"!FindInMap [Images, !Ref AWS::Region, Same]",
		"{\"Fn::FindInMap\":[\"Images\",{\"Ref\":\"AWS::Region\"},"
		"\"Same\"]}",
		CFN_KNOWN, "x"},
	    {"!FindInMap [Images, !Ref AWS::Region, List]",
		"{\"Fn::FindInMap\":[\"Images\",{\"Ref\":\"AWS::Region\"},"
		"\"List\"]}",
		CFN_UNKNOWN, "give --region"},
	    {"!FindInMap [Images, mars, App]",
		"{\"Fn::FindInMap\":[\"Images\",\"mars\",\"App\"]}", CFN_BAD,
		"no such entry"},
	    {"!FindInMap [Images, mars, App, {DefaultValue: !Ref Plain}]",
		"{\"Fn::FindInMap\":[\"Images\",\"mars\",\"App\","
		"{\"DefaultValue\":{\"Ref\":\"Plain\"}}]}",
		CFN_KNOWN, "web"},
	    {"!FindInMap [Nothing, a, b]",
		"{\"Fn::FindInMap\":[\"Nothing\",\"a\",\"b\"]}", CFN_BAD,
		"no such entry"},
	    {"!FindInMap [Images, mars]",
		"{\"Fn::FindInMap\":[\"Images\",\"mars\"]}", CFN_BAD,
		"a list of 3 to 4"},
	};

	(void)state;
	CHECK(cases, check_text);
}

#define IF(c) "!If [" c ", t, f]", "{\"Fn::If\":[\"" c "\",\"t\",\"f\"]}"

static void
conditions(void **state)
{
	static const struct expression cases[] = {
	    {IF("Web"), CFN_KNOWN, "t"},
	    {IF("Prod"), CFN_KNOWN, "f"},
	    {IF("IsFlag"), CFN_KNOWN, "t"},
	    {IF("AndNo"), CFN_KNOWN, "f"},
	    {IF("AndLater"), CFN_UNKNOWN, "NoDefault"},
	    {IF("OrYes"), CFN_KNOWN, "t"},
	    {IF("OrNo"), CFN_KNOWN, "f"},
	    {IF("NotLater"), CFN_UNKNOWN, "NoDefault"},
	    {IF("Lists"), CFN_KNOWN, "t"},
	    {IF("Ring"), CFN_BAD, "condition Ring depends on itself"},
	    {IF("Ring2"), CFN_BAD, "condition Ring2 depends on itself"},
	    {IF("OneOr"), CFN_BAD, "Fn::Or takes a list of 2 to 10"},
	    {IF("Text"), CFN_BAD, "not a condition"},
	    {IF("Void"), CFN_BAD, "no value for a side"},
	    {IF("Nobody"), CFN_BAD, "no condition \"Nobody\""},
	    /* Only the branch that counts is looked at. */
	    {"!If [Web, a, !Ref Nobody]",
		"{\"Fn::If\":[\"Web\",\"a\",{\"Ref\":\"Nobody\"}]}", CFN_KNOWN,
		"a"},
	    {"!If [Later, !Ref Plain, web]",
		"{\"Fn::If\":[\"Later\",{\"Ref\":\"Plain\"},\"web\"]}",
		CFN_KNOWN, "web"},
	    {"!If [Later, !Ref AWS::NoValue, !Ref AWS::NoValue]",
		"{\"Fn::If\":[\"Later\",{\"Ref\":\"AWS::NoValue\"},"
		"{\"Ref\":\"AWS::NoValue\"}]}",
		CFN_NOVALUE, NULL},
	    {"!If [Later, !Ref AWS::NoValue, a]",
		"{\"Fn::If\":[\"Later\",{\"Ref\":\"AWS::NoValue\"},\"a\"]}",
		CFN_UNKNOWN, "NoDefault"},
	    {"!If [Later, !Ref Nobody, a]",
		"{\"Fn::If\":[\"Later\",{\"Ref\":\"Nobody\"},\"a\"]}", CFN_BAD,
		"\"Nobody\""},
	    {"!If [Prod, a, !If [Web, b, c]]",
		"{\"Fn::If\":[\"Prod\",\"a\",{\"Fn::If\":[\"Web\",\"b\","
		"\"c\"]}]}",
		CFN_KNOWN, "b"},
	    {"!If [!Condition Web, a, b]",
		"{\"Fn::If\":[{\"Condition\":\"Web\"},\"a\",\"b\"]}", CFN_BAD,
		"must be a condition's name"},
	    {"!If [Web, a]", "{\"Fn::If\":[\"Web\",\"a\"]}", CFN_BAD,
		"a list of 3"},
	    {"!Equals [a, a]", "{\"Fn::Equals\":[\"a\",\"a\"]}", CFN_BAD,
		"gives a condition"},
	    {"!Not [a]", "{\"Fn::Not\":[\"a\"]}", CFN_BAD, "a condition"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fixture yaml, json;

		in_yaml(&yaml, cases[i].yaml);
		check_text(&yaml, cases[i].yaml, &cases[i]);
		in_json(&json, cases[i].json);
		check_text(&json, cases[i].json, &cases[i]);
		tear_down(&yaml);
		tear_down(&json);
	}
}

static void
other_functions(void **state)
{
	static const struct expression cases[] = {
	    {"!Base64 ''", "{\"Fn::Base64\":\"\"}", CFN_KNOWN, ""},
	    {"!Base64 f", "{\"Fn::Base64\":\"f\"}", CFN_KNOWN, "Zg=="},
	    {"!Base64 fo", "{\"Fn::Base64\":\"fo\"}", CFN_KNOWN, "Zm8="},
	    {"!Base64 foo", "{\"Fn::Base64\":\"foo\"}", CFN_KNOWN, "Zm9v"},
	    {"!Base64 {Ref: Plain}", "{\"Fn::Base64\":{\"Ref\":\"Plain\"}}",
		CFN_KNOWN, "d2Vi"},
	    {"{'Fn::Base64': !Ref Plain}",
		"{\"Fn::Base64\":{\"Ref\":\"Plain\"}}", CFN_KNOWN, "d2Vi"},
	    {"!Base64 [a]", "{\"Fn::Base64\":[\"a\"]}", CFN_BAD,
		"takes a text"},
	    {"!GetAtt Cluster.Arn.X",
		"{\"Fn::GetAtt\":[\"Cluster\",\"Arn.X\"]}", CFN_UNKNOWN,
		"attribute Cluster.Arn.X"},
	    {"!GetAtt [Cluster, Arn]", "{\"Fn::GetAtt\":[\"Cluster\",\"Arn\"]}",
		CFN_UNKNOWN, "attribute Cluster.Arn"},
	    {"!ImportValue base", "{\"Fn::ImportValue\":\"base\"}", CFN_UNKNOWN,
		"export base"},
	    {"!ImportValue {'Fn::Sub': '${X}-Y'}",
		"{\"Fn::ImportValue\":{\"Fn::Sub\":\"${X}-Y\"}}", CFN_UNKNOWN,
		"export"},
	    {"!GetStackOutput {StackName: a, OutputName: b}",
		"{\"Fn::GetStackOutput\":{\"OutputName\":\"b\","
		"\"StackName\":\"a\"}}",
		CFN_UNKNOWN, "Fn::GetStackOutput"},
	    {"!Transform {Name: M}", "{\"Fn::Transform\":{\"Name\":\"M\"}}",
		CFN_UNKNOWN, "Fn::Transform"},
	    {"{'Fn::ToJsonString': {a: b}}",
		"{\"Fn::ToJsonString\":{\"a\":\"b\"}}", CFN_UNKNOWN,
		"Fn::ToJsonString"},
	    {"{'Fn::ForEach::L': [a, [b], c]}",
		"{\"Fn::ForEach::L\":[\"a\",[\"b\"],\"c\"]}", CFN_UNKNOWN,
		"Fn::ForEach"},
	    {"{'Fn::ValueOf': [a, b]}", "{\"Fn::ValueOf\":[\"a\",\"b\"]}",
		CFN_BAD, "Rules"},
	    {"{'Fn::Nothing': a}", "{\"Fn::Nothing\":\"a\"}", CFN_BAD,
		"no such function"},
	};

	(void)state;
	CHECK(cases, check_text);
}

static void
odd_tags(void **state)
{
	static const char *const odd[] = {"!Nothing a", "!ref Plain",
	    "!Length [a]", "!Fn::Sub a", "!<tag:example.org,2000:x> a"};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct expression c = {odd[i], NULL, CFN_BAD, "no such"};
		struct fixture f;

		in_yaml(&f, odd[i]);
		assert_int_equal(cfn_fn(f.x, NULL), CFN_ODD);
		check_text(&f, odd[i], &c);
		tear_down(&f);
	}
}

static void
aliases_are_followed(void **state)
{
	static const struct expression c = {NULL, NULL, CFN_KNOWN, "a:web:b"};
	static const struct expression b = {NULL, NULL, CFN_KNOWN, "b"};
	struct fixture f;

	(void)state;
	in_yaml(&f, "a\nY: &list [a, !Ref Plain, &b b]\n"
		    "Z: !Join [':', *list]\nB: *b");
	f.x = doc_get(doc_root(f.d), "Z");
	check_text(&f, "a list", &c);
	f.x = doc_get(doc_root(f.d), "B");
	check_text(&f, "a text", &b);
	tear_down(&f);
}

/* !Join ['', [!Join ['', [... a ...]]]] */
static void
nest(struct buf *b, unsigned levels)
{
	for (unsigned i = 0; i < levels; i++)
		buf_addz(b, "{\"Fn::Join\":[\"\",[");
	buf_addz(b, "\"a\"");
	for (unsigned i = 0; i < levels; i++)
		buf_addz(b, "]]}");
}

static void
nesting_is_bounded(void **state)
{
	static const struct expression deep = {NULL, NULL, CFN_KNOWN, "a"};
	static const struct expression deeper = {
	    NULL, NULL, CFN_BAD, "nested deeper"};
	cleanup_buf struct buf b = BUF_MAX(65536);
	struct fixture f;

	(void)state;
	nest(&b, CFN_DEPTH_MAX / 2 - 1);
	in_json(&f, buf_z(&b));
	check_text(&f, "deep", &deep);
	tear_down(&f);
	buf_reset(&b);
	nest(&b, CFN_DEPTH_MAX / 2);
	in_json(&f, buf_z(&b));
	check_text(&f, "deeper", &deeper);
	tear_down(&f);
}

/* Aliases double the text at each of 60 levels. */
static void
work_is_bounded(void **state)
{
	static const struct expression c = {
	    NULL, NULL, CFN_BAD, "steps to evaluate"};
	cleanup_buf struct buf b = BUF_MAX(65536);
	struct fixture f;

	(void)state;
	buf_addz(&b, "a\nY:\n  - &l0 ''\n");
	for (unsigned i = 1; i < 28; i++)
		buf_addf(
		    &b, "  - &l%u !Join ['', [*l%u, *l%u]]\n", i, i - 1, i - 1);
	in_yaml(&f, buf_z(&b));
	f.x = doc_get(doc_root(f.d), "Y")->last;
	check_text(&f, "bomb", &c);
	tear_down(&f);
}

static void
texts_are_bounded(void **state)
{
	static const struct expression c = {
	    NULL, NULL, CFN_BAD, "longer than 65536 bytes"};
	cleanup_buf struct buf b = BUF_MAX(1024 * 1024);
	struct fixture f;

	(void)state;
	buf_addz(&b, "!Join ['0123456789abcdef', [");
	for (unsigned i = 0; i < 4098; i++)
		buf_addz(&b, "'',");
	buf_addz(&b, "]]");
	in_yaml(&f, buf_z(&b));
	check_text(&f, "long", &c);
	tear_down(&f);
}

static void
branches_are_followed(void **state)
{
	struct fixture f;
	const struct doc_node *out;
	struct cfn_why why = {0};
	bool is = false;

	(void)state;
	in_yaml(&f, "!If [Prod, {a: 1}, !If [Web, {b: 2}, {c: 3}]]");
	assert_int_equal(cfn_branch(f.s, f.x, f.a, &out, &why), CFN_KNOWN);
	assert_non_null(doc_get(out, "b"));
	tear_down(&f);

	in_yaml(&f, "!If [Web, !If [Later, {a: 1}, {b: 2}], {c: 3}]");
	assert_int_equal(cfn_branch(f.s, f.x, f.a, &out, &why), CFN_UNKNOWN);
	assert_ptr_equal(out, doc_at(f.x, 1));
	assert_non_null(strstr(why.text, "NoDefault"));

	/* What is assumed counts instead. */
	assert_int_equal(cfn_scope_assume(f.s, STR("Later"), false, NULL), 0);
	assert_int_equal(cfn_branch(f.s, f.x, f.a, &out, &why), CFN_KNOWN);
	assert_non_null(doc_get(out, "b"));
	assert_int_equal(
	    cfn_eval_condition(f.s, STR("NotLater"), f.a, &is, NULL),
	    CFN_KNOWN);
	assert_true(is);
	assert_int_not_equal(
	    cfn_scope_assume(f.s, STR("Nobody"), true, NULL), 0);
	tear_down(&f);

	in_yaml(&f, "!If [Prod, a, !Ref AWS::NoValue]");
	assert_int_equal(cfn_branch(f.s, f.x, f.a, &out, NULL), CFN_NOVALUE);
	assert_int_equal(cfn_branch(f.s, NULL, f.a, &out, NULL), CFN_NOVALUE);
	tear_down(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(literals),
	    cmocka_unit_test(references),
	    cmocka_unit_test(substitutions),
	    cmocka_unit_test(texts_of_lists),
	    cmocka_unit_test(lists),
	    cmocka_unit_test(mappings),
	    cmocka_unit_test(conditions),
	    cmocka_unit_test(other_functions),
	    cmocka_unit_test(odd_tags),
	    cmocka_unit_test(aliases_are_followed),
	    cmocka_unit_test(nesting_is_bounded),
	    cmocka_unit_test(work_is_bounded),
	    cmocka_unit_test(texts_are_bounded),
	    cmocka_unit_test(branches_are_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
