/* SPDX-License-Identifier: Apache-2.0 */
#include "warning.h"

#include <stdio.h>
#include <string.h>

#define CUT "..."

/* Append one byte; false: no room is left for it and the mark of a cut. */
static bool
add(char text[REGISTRY_WARNING_MAX], size_t *n, char c)
{
	char shown[8];
	size_t need;

	if (c >= ' ' && c <= '~')
		(void)snprintf(shown, sizeof shown, "%c", c);
	else
		(void)snprintf(
		    shown, sizeof shown, "\\x%02x", (unsigned char)c);
	need = strlen(shown);
	if (*n + need + sizeof CUT > REGISTRY_WARNING_MAX)
		return false;
	memcpy(text + *n, shown, need + 1);
	*n += need;
	return true;
}

bool
registry_warning_text(struct str value, char text[REGISTRY_WARNING_MAX])
{
	struct str code, agent, rest;
	size_t n = 0, i = 1;
	bool whole = true;

	if (!str_cut(value, ' ', &code, &rest) || !str_eqz(code, "299") ||
	    !str_cut(rest, ' ', &agent, &rest) || !str_starts(rest, "\""))
		return false;
	for (; i < rest.n && rest.p[i] != '"'; i++) {
		if (rest.p[i] == '\\' && ++i == rest.n)
			return false;
		whole = whole && add(text, &n, rest.p[i]);
	}
	if (!whole)
		memcpy(text + n, CUT, sizeof CUT);
	return i < rest.n && n > 0;
}

void
registry_warning_tell(const struct registry_config *cfg,
    struct registry_host *host, const struct client_call *call)
{
	char text[REGISTRY_WARNING_MAX];
	struct str value;

	if (cfg->warning == NULL || host->warned)
		return;
	for (size_t i = 0; i < REGISTRY_WARNINGS_MAX &&
			   client_header(call, "Warning", i, &value);
	     i++) {
		if (!registry_warning_text(value, text))
			continue;
		host->warned = true;
		cfg->warning(cfg->warning_arg, host->name, text);
	}
}
