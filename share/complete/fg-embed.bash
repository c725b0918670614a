# SPDX-License-Identifier: Apache-2.0
# bash completion for fg-embed: the options that its help names, and files
_fg_embed()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	[[ $cur != = ]] || cur=
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(fg-embed --help |
			sed -n 's/^ .\{5\}\(--[a-z0-9-]*\).*/\1/p')" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -o filenames -F _fg_embed fg-embed
