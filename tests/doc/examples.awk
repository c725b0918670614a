# SPDX-License-Identifier: Apache-2.0
# The literal blocks of an mdoc page, as a reader sees them; a form feed ends
# each. -v section=NAME: only those of that section ("": of the whole page).
function plain(line) {
	sub(/^\\&/, "", line)
	gsub(/\\&/, "", line)
	gsub(/\\\(aq/, "'", line)
	gsub(/\\\(dq/, "\"", line)
	gsub(/\\\(ti/, "~", line)
	gsub(/\\\(ha/, "^", line)
	gsub(/\\-/, "-", line)
	gsub(/\\e/, "\\", line)
	return line
}

/^\.Sh / { current = substr($0, 5) }
/^\.Bd .*-literal/ && (section == "" || current == section) {
	inside = 1
	next
}
/^\.Ed/ && inside {
	inside = 0
	printf "\f\n"
}
inside { print plain($0) }
