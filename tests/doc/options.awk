# SPDX-License-Identifier: Apache-2.0
# The option list of an mdoc page, one option a line, written as --help does:
# "-n, --dry-run", "--report=FILE", "-h, --help[=FORMAT]".
/^\.It Fl / {
	text = ""
	glue = 1
	close_with = ""
	for (i = 2; i <= NF; i++) {
		word = $i
		if (word == "Fl") {
			word = "-" $(++i)
		} else if (word == "Ns") {
			glue = 1
			continue
		} else if (word == "Ar" || word == "Cm") {
			continue
		} else if (word == "Op") {
			word = "["
			close_with = "]"
		}
		if (word == "," || word == "|")
			glue = 1
		text = text (glue ? "" : " ") word
		glue = word == "[" || word == "|"
	}
	print text close_with
}
