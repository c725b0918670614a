/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime_program.h"

#include <string.h>

#include "runtime_list.h"

struct str
runtime_program_name(struct str path)
{
	size_t slash = str_rchr(path, '/');

	return slash < path.n ? str_sub(path, slash + 1, path.n) : path;
}

bool
runtime_program_word(struct str *args, struct str *word)
{
	if (args->n == 0)
		return false;
	(void)str_cut(*args, '\0', word, args);
	return true;
}

static bool
is_one_of(struct str word, const char *const *words)
{
	while (*words != NULL && !str_eqz(word, *words))
		words++;
	return *words != NULL;
}

/* ld-linux-x86-64.so.2, ld-musl-x86_64.so.1, ld-2.31.so */
static bool
is_loader(struct str name)
{
	return str_starts(name, "ld-linux") || str_starts(name, "ld-musl") ||
	       str_starts(name, "ld.so") ||
	       (str_starts(name, "ld-") && str_ends(name, ".so"));
}

/* The program of "ld.so [OPTION ...] PROGRAM"; ld.so(8), --help. */
static struct str
loader_target(struct str args)
{
	static const char *const valued[] = {"--argv0", "--audit",
	    "--glibc-hwcaps-mask", "--glibc-hwcaps-prepend", "--inhibit-rpath",
	    "--library-path", "--preload", NULL};
	static const char *const looking[] = {"--help", "--list",
	    "--list-diagnostics", "--list-tunables", "--verify", "--version",
	    NULL};
	struct str word;

	while (runtime_program_word(&args, &word)) {
		if (!str_starts(word, "--"))
			return word;
		if (is_one_of(word, looking))
			break;
		if (is_one_of(word, valued))
			(void)runtime_program_word(&args, &word);
	}
	return STR_NONE;
}

/* A shell's letters may stand together, and those of others mean else. */
static bool
is_inline(struct str word, bool shell)
{
	static const char *const inline_text[] = {"-c", "-e", "-E", "-m", "-r",
	    "-p", "--eval", "--print", "-jar", "-s", "-", NULL};

	if (!shell || word.n < 2)
		return is_one_of(word, inline_text);
	return word.p[1] != '-' &&
	       (str_chr(word, 'c') < word.n || str_chr(word, 's') < word.n);
}

/* The script of "sh [-x] SCRIPT", unless its text is in the options. */
static struct str
script_target(struct str args, bool shell)
{
	struct str word;

	while (runtime_program_word(&args, &word)) {
		if (!str_starts(word, "-"))
			return word;
		if (is_inline(word, shell))
			break;
	}
	return STR_NONE;
}

void
runtime_program_of(const struct event_process *by, struct runtime_program *p)
{
	*p = (struct runtime_program){
	    .path = by->exe,
	    .name = runtime_program_name(by->exe),
	    .script = by->script,
	    .args = by->args,
	};
	if (runtime_program_word(&p->args, &p->zero)) {
		p->zero = runtime_program_name(p->zero);
		if (str_starts(p->zero, "-")) /* a login shell */
			p->zero = str_sub(p->zero, 1, p->zero.n);
	}
	if (runtime_list_has(&runtime_list_multicall, p->name)) {
		p->applet = p->zero;
		if (runtime_list_has(&runtime_list_multicall, p->zero)) {
			p->applet = STR_NONE;
			(void)runtime_program_word(&p->args, &p->applet);
		}
	}
	p->loader = is_loader(p->name);
	if (p->loader)
		p->target = loader_target(p->args);
	else if (runtime_list_prefix(&runtime_list_interpreters,
		     runtime_program_acts(p)) != NULL)
		p->target = script_target(
		    p->args, str_ends(runtime_program_acts(p), "sh"));
}

struct str
runtime_program_acts(const struct runtime_program *p)
{
	return p->applet.n > 0 ? p->applet : p->name;
}

bool
runtime_program_any(
    const struct runtime_program *p, const struct policy_names *list)
{
	return list->n > 0 && (policy_names_has(list, p->path) ||
				  policy_names_has(list, p->applet) ||
				  policy_names_has(list, p->script) ||
				  policy_names_has(list, p->target) ||
				  policy_names_has(list, p->zero));
}

bool
runtime_program_sure(
    const struct runtime_program *p, const struct policy_names *list)
{
	bool has = policy_names_has(list, p->path) ||
		   policy_names_has(list, p->applet);

	if (p->loader && p->target.n > 0)
		return has && policy_names_has(list, p->target);
	return has ||
	       (p->script.n > 0 && policy_set_has(&list->paths, p->script));
}
