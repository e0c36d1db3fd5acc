"""What goes over every byte of plain records, compiled when the program is installed, where there is a compiler.

Without it all records go the long way, to the same end and more slowly. Nothing here checks an index; what keeps each
in bounds stands beside it: a line feed at the end of every block, and arrays with room for all that a block may hold.
"""

from importlib.util import find_spec

MODULES = ("addresses", "digests", "known", "lists", "names", "objects", "rows", "sorting", "spots", "texts")

IS_THERE = all(find_spec(f"{__name__}.{module}") for module in MODULES)
"""All of it: where one module could not be compiled, the others are not used either."""
