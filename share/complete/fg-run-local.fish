# SPDX-License-Identifier: Apache-2.0
# fish completion for fg-run-local: the options that its help names, and files
for line in (fg-run-local --help | string replace -rf \
        '^ .{5}--([a-z0-9-]+)(\S*) *(.*)$' '$1\t$2\t$3')
    set -l part (string split \t -- $line)
    if test -n "$part[2]"
        complete -c fg-run-local -l $part[1] -r -d "$part[3]"
    else
        complete -c fg-run-local -l $part[1] -d "$part[3]"
    end
end
