#compdef fg-run-local
# SPDX-License-Identifier: Apache-2.0
# zsh completion for fg-run-local: the options that its help names, and files
_arguments '*:FILE:_files' -- '*=FILE*:FILE:_files'
