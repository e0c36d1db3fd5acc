"""What goes over every byte of plain records, compiled when the program is installed, where there is a compiler.

Without it all records go the long way, to the same end and more slowly. Nothing here checks an index; what keeps each
in bounds stands beside it: a line feed at the end of every block, and arrays with room for all that a block may hold.
"""

from importlib.util import find_spec

IS_THERE = find_spec("ingest.compiled.rows") is not None
