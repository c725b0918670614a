/* SPDX-License-Identifier: Apache-2.0 */
/* Fn::Sub. */
#include "eval.h"

struct sub {
	struct cfn_eval *ev;
	const struct doc_node *text; /* the place for messages */
	const struct doc_node *vars; /* a map, or NULL */
	struct buf *out;
};

static bool
is_name(struct str s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '.' && c != ':' && c != '_')
			return false;
	}
	return true;
}

static enum cfn_result
variable(struct sub *s, struct str name)
{
	const struct doc_node *var = cfn_gets(s->vars, name);
	struct cfn_value v = {0};
	struct str text = STR_NONE;
	enum cfn_result r;

	if (var != NULL) {
		r = cfn_need_text(s->ev, var, "a variable of Fn::Sub", &text);
		if (r == CFN_KNOWN)
			buf_adds(s->out, text);
		return r;
	}
	if (!is_name(name))
		return cfn_say(s->ev, CFN_BAD, s->text,
		    "Fn::Sub: not a name: \"%.*s\"", STR_ARG(name));
	if (str_chr(name, '.') < name.n)
		return cfn_say(s->ev, CFN_UNKNOWN, s->text,
		    "the attribute %.*s is known only at deployment",
		    STR_ARG(name));
	r = cfn_enter(s->ev, s->text);
	if (r != CFN_KNOWN)
		return r;
	s->ev->depth--;
	r = cfn_ref(s->ev, name, s->text, &v);
	if (r == CFN_KNOWN && v.is_list)
		return cfn_say(s->ev, CFN_BAD, s->text,
		    "Fn::Sub: %.*s is a list", STR_ARG(name));
	if (r == CFN_KNOWN)
		buf_adds(s->out, v.text);
	return r == CFN_NOVALUE ? CFN_KNOWN : r;
}

/* The text between "${" and "}" or, from "${!" on, is left as it stands. */
static enum cfn_result
replace(struct sub *s, struct str text)
{
	size_t at = 0;

	while (at < text.n) {
		struct str rest = str_sub(text, at, text.n), name, behind;
		enum cfn_result r;

		if (!str_starts(rest, "${")) {
			buf_addc(s->out, text.p[at++]);
			continue;
		}
		if (!str_cut(rest, '}', &name, &behind)) {
			buf_adds(s->out, rest);
			break;
		}
		name = str_sub(name, 2, name.n);
		at = text.n - behind.n;
		if (str_starts(name, "!")) {
			buf_addz(s->out, "${");
			buf_adds(s->out, str_sub(name, 1, name.n));
			buf_addc(s->out, '}');
			continue;
		}
		r = variable(s, name);
		if (r != CFN_KNOWN)
			return r;
	}
	return CFN_KNOWN;
}

/* The text alone, or a list of it and the map of variables. */
static enum cfn_result
sub_arguments(struct sub *s, struct cfn_expr arg)
{
	enum cfn_result r;

	s->text = arg.node;
	if (arg.node->kind == DOC_SEQ) {
		arg.inner = false;
		r = cfn_arity(s->ev, CFN_SUB, arg, 2, 2);
		if (r != CFN_KNOWN)
			return r;
		s->text = cfn_follow(doc_at(arg.node, 0));
		s->vars = cfn_follow(doc_at(arg.node, 1));
		/* In YAML a function is a tag, in JSON a map with one key. */
		if (s->vars->kind != DOC_MAP ||
		    cfn_fn(s->vars, NULL) != CFN_LITERAL)
			return cfn_say(s->ev, CFN_BAD, s->vars,
			    "the variables of Fn::Sub must be a map");
		if (cfn_fn(s->text, NULL) != CFN_LITERAL)
			return cfn_say(s->ev, CFN_BAD, s->text,
			    "the text of Fn::Sub must be a literal");
	}
	if (!cfn_is_scalar((struct cfn_expr){s->text, arg.inner}))
		return cfn_say(s->ev, CFN_BAD, arg.node,
		    "Fn::Sub takes a text, or a text and a map");
	return CFN_KNOWN;
}

enum cfn_result
cfn_sub(struct cfn_eval *ev, struct cfn_expr arg, struct cfn_value *out)
{
	cleanup_buf struct buf b = BUF_MAX(CFN_TEXT_MAX);
	struct sub s = {.ev = ev, .out = &b};
	enum cfn_result r = sub_arguments(&s, arg);

	if (r == CFN_KNOWN)
		r = replace(&s, cfn_literal(s.text));
	if (r != CFN_KNOWN)
		return r;
	return cfn_made(ev, s.text, &b, out);
}
