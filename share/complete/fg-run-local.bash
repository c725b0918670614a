# SPDX-License-Identifier: Apache-2.0
# bash completion for fg-run-local: the options that its help names, and files
_fg_run_local()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	[[ $cur != = ]] || cur=
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(fg-run-local --help |
			sed -n 's/^ .\{5\}\(--[a-z0-9-]*\).*/\1/p')" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _fg_run_local fg-run-local
