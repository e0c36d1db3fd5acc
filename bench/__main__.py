"""What the README quotes: how fast a load is, then a look-up, then lists and free text."""

from bench import load, lookup, text

load.main()
lookup.main()
text.main()
