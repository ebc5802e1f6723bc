"""`{{name}}`: the place of a variable in a text that somebody wrote."""

import re

# A name begins and ends with something other than a space: else a long row of spaces behind {{ would be tried in every division of it.
PLACE = re.compile(r"\{\{\s*([^{}\s](?:[^{}]*[^{}\s])?)\s*\}\}")
