# SPDX-License-Identifier: Apache-2.0
# Makes README.md of what `mandoc -T markdown` says of fg-intro(7): the title
# from NAME, fenced code, lists of terms as tables, pages as links, and
# paragraphs filled to 78 columns.
function links(text,   out, name) {
	while (match(text, /fg-[a-z-]+\([1-8]\)/)) {
		name = substr(text, RSTART, RLENGTH)
		out = out substr(text, 1, RSTART - 1) "[" name "](man/"
		sub(/\(/, ".", name)
		sub(/\)/, "", name)
		out = out name ")"
		text = substr(text, RSTART + RLENGTH)
	}
	return out text
}

function fill(text,   n, i, words, line) {
	n = split(links(text), words, " ")
	line = words[1]
	for (i = 2; i <= n; i++) {
		if (length(line " " words[i]) > 78) {
			print line
			line = words[i]
		} else {
			line = line " " words[i]
		}
	}
	if (n)
		print line
}

# What was gathered is over: a paragraph, the term of a list, or its text.
function flush() {
	if (held == "")
		return
	if (quoted) {
		if (!table)
			print "| | |\n|---|---|"
		print "| " links(term) " | " links(held) " |"
		table = 1
		term = ""
	} else {
		if (term != "") {
			end_table()
			fill(term)
			print ""
		}
		term = held
	}
	held = ""
	quoted = 0
}

function end_table() {
	if (table)
		print ""
	table = 0
}

# A paragraph waits in term for what follows it; nothing follows it now.
function end_text() {
	flush()
	end_table()
	if (term != "") {
		fill(term)
		print ""
	}
	term = ""
}

function end_code() {
	if (code)
		print "```\n"
	code = 0
}

function heading(level, text) {
	if (text == "DESCRIPTION")
		return
	print level " " substr(text, 1, 1) tolower(substr(text, 2)) "\n"
}

NR == 1 || /^fg - / { next }
/^# NAME/ { in_name = 1; next }
in_name && / - / {
	sub(/^.* - /, "")
	print "<!-- made from man/fg-intro.7 by `make README.md` -->"
	print "# fg: " $0 "\n"
	in_name = 0
	next
}
in_name { next }
/^\t/ {
	if (!code) {
		end_text()
		print "```sh"
	}
	while (blank_code-- > 0)
		print ""
	blank_code = 0
	code = 1
	print substr($0, 2)
	next
}
code && /^$/ { blank_code++; next }
{
	end_code()
	blank_code = 0
}
/^#/ {
	end_text()
	hashes = $1
	sub(/^#+ /, "")
	heading("#" hashes, $0)
	next
}
/^$/ { flush(); next }
/^> ?/ {
	if (!quoted)
		flush()
	quoted = 1
	sub(/^> ?/, "")
}
{ held = held (held == "" ? "" : " ") $0 }
END {
	end_text()
	end_code()
}
