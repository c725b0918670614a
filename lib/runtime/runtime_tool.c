/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are known for what they do. */
#include <string.h>

#include "runtime_list.h"
#include "runtime_look.h"

/* Under the name of what runs, of the script, or of what is run by it. */
static bool
is_known(const struct runtime_program *p, const struct runtime_list *list)
{
	struct str acts = runtime_program_acts(p);

	return runtime_list_has(list, acts) ||
	       (!str_eq(acts, p->zero) && runtime_list_has(list, p->zero)) ||
	       runtime_list_has(list, runtime_program_name(p->script)) ||
	       runtime_list_has(list, runtime_program_name(p->target));
}

static bool
is_shell(const struct runtime_program *p)
{
	return runtime_list_has(&runtime_list_shells, runtime_program_acts(p));
}

static bool
has_text(struct str text, const char *z)
{
	return text.n > 0 && memmem(text.p, text.n, z, strlen(z)) != NULL;
}

static bool
has_miner_args(struct str args)
{
	struct str rest = args, word;

	while (runtime_program_word(&rest, &word))
		if (str_starts(word, "--") &&
		    runtime_list_prefix(&runtime_list_miner_options, word) !=
			NULL)
			return true;
	return runtime_list_within(&runtime_list_miner_words, args) != NULL;
}

RUNTIME_CHECK(crypto_miner)
{
	if (is_known(&l->program, &runtime_list_miners)) {
		l->what = STR("its name");
		return true;
	}
	/* Who looks for the words of miners, or edits them, is none. */
	if (is_shell(&l->program) ||
	    str_eqz(runtime_program_acts(&l->program), "grep") ||
	    str_eqz(runtime_program_acts(&l->program), "sed"))
		return false;
	l->what = STR("its arguments");
	return has_miner_args(l->program.args);
}

RUNTIME_CHECK(network_tool)
{
	return is_known(&l->program, &runtime_list_network_tools);
}

RUNTIME_CHECK(lateral_movement)
{
	return is_known(&l->program, &runtime_list_lateral_tools);
}

/* nc -e PROGRAM, ncat --sh-exec, socat … EXEC:PROGRAM */
static bool
relays_program(const struct runtime_program *p)
{
	struct str name = runtime_program_acts(p), args = p->args, word;
	bool socat = str_eqz(name, "socat");
	bool found = false, remote = false;

	if (!socat && !str_starts(name, "nc") && !str_eqz(name, "netcat"))
		return false;
	while (runtime_program_word(&args, &word)) {
		if (socat) {
			found |= str_starts(word, "EXEC:") ||
				 str_starts(word, "exec:") ||
				 str_starts(word, "SYSTEM:") ||
				 str_starts(word, "system:");
			remote |=
			    has_text(word, "TCP") || has_text(word, "tcp") ||
			    has_text(word, "UDP") || has_text(word, "udp") ||
			    has_text(word, "OPENSSL") ||
			    has_text(word, "openssl");
		} else {
			found |= str_eqz(word, "-e") || str_eqz(word, "-c") ||
				 str_starts(word, "--exec") ||
				 str_starts(word, "--sh-exec") ||
				 str_starts(word, "--lua-exec");
		}
	}
	return found && (!socat || remote);
}

/* sh -c "sh -i >& /dev/tcp/HOST/PORT 0>&1"; a mere look at a port is none. */
static bool
redirects_shell(const struct runtime_program *p)
{
	return is_shell(p) &&
	       (has_text(p->args, "/dev/tcp/") ||
		   has_text(p->args, "/dev/udp/")) &&
	       (has_text(p->args, "0>&1") || has_text(p->args, "<&1") ||
		   has_text(p->args, "0<&") || has_text(p->args, "-i >"));
}

/* The second of a shell's own; one alone is how a script looks at a port. */
static bool
turns_to_socket(const struct event *ev)
{
	struct runtime_program p;

	if (ev->addr.family == 0 || (ev->by.facts & EXE_STDIO_SOCKET) == 0)
		return false;
	runtime_program_of(&ev->by, &p);
	return is_shell(&p);
}

/* Sockets between processes (AF_UNIX), as of node's children, do not count. */
RUNTIME_CHECK(reverse_shell)
{
	const struct event *ev = l->ev;

	if (ev->name == EVENT_STDIO) {
		l->what = STR("its standard streams became a socket");
		return turns_to_socket(ev);
	}
	if (is_shell(&l->program) && (ev->by.facts & EXE_STDIO_SOCKET) != 0)
		l->what = STR("its standard streams are a socket");
	else if (redirects_shell(&l->program))
		l->what = STR("it redirects a shell to the network");
	else if (relays_program(&l->program))
		l->what = STR("it gives a program to the network");
	else
		return false;
	return true;
}

RUNTIME_CHECK(web_shell)
{
	struct str parent = runtime_program_name(l->ev->by.parent);

	return is_shell(&l->program) &&
	       runtime_list_prefix(&runtime_list_servers, parent) != NULL;
}

/* Package managers, and the words that make them change something. */
static const struct {
	const char *names[5];
	const char *words[12];
} managers[] = {
    {{"apt", "apt-get", "aptitude"},
	{"autoremove", "build-dep", "dist-upgrade", "full-upgrade", "install",
	    "purge", "reinstall", "remove", "safe-upgrade", "satisfy",
	    "upgrade"}},
    {{"dpkg"}, {"--configure", "--install", "--purge", "--remove", "--unpack",
		   "-P", "-i", "-r"}},
    {{"dnf", "microdnf", "tdnf", "yum"},
	{"downgrade", "groupinstall", "install", "localinstall", "reinstall",
	    "remove", "swap", "update", "upgrade"}},
    {{"rpm"}, {"--erase", "--install", "--upgrade", "-U", "-Uvh", "-e", "-i",
		  "-ivh"}},
    {{"apk"}, {"add", "del", "fix", "upgrade"}},
    {{"zypper"}, {"dup", "in", "install", "remove", "rm", "up", "update"}},
    {{"pacman"}, {"-R", "-Rs", "-S", "-Sy", "-Syu", "-U"}},
    {{"snap", "flatpak"}, {"install", "remove", "update", "refresh"}},
    {{"pip", "pip3", "pipx", "uv"}, {"install", "uninstall", "sync"}},
    {{"npm", "pnpm", "yarn"},
	{"add", "ci", "i", "install", "remove", "uninstall", "update"}},
    {{"gem", "cargo", "conda", "mamba", "cpanm"},
	{"install", "remove", "uninstall", "update"}},
};

static bool
is_word_of(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n && words[i] != NULL && word.n > 0; i++)
		if (word.p[0] == words[i][0] && str_eqz(word, words[i]))
			return true;
	return false;
}

static bool
manages(struct str name, struct str args)
{
	struct str word;

	for (size_t i = 0; name.n > 0 && i < sizeof managers / sizeof *managers;
	     i++) {
		if (!is_word_of(name, managers[i].names, 5))
			continue;
		while (runtime_program_word(&args, &word))
			if (is_word_of(word, managers[i].words, 12))
				return true;
		break;
	}
	return false;
}

/* python -m MODULE */
static bool
is_module(struct str args, const char *module)
{
	struct str word;

	while (runtime_program_word(&args, &word) && str_starts(word, "-"))
		if (str_eqz(word, "-m"))
			return runtime_program_word(&args, &word) &&
			       str_eqz(word, module);
	return false;
}

/* The manager is a program, or a script: pip is run by python. */
RUNTIME_CHECK(package_manager)
{
	const struct runtime_program *p = &l->program;

	return manages(runtime_program_acts(p), p->args) ||
	       manages(runtime_program_name(p->script), p->args) ||
	       manages(runtime_program_name(p->target), p->args) ||
	       (is_module(p->args, "pip") && manages(STR("pip"), p->args));
}
